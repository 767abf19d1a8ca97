"""Customers in the browser."""

from playwright.sync_api import expect

from tests.e2e.conftest import OFFLINE_NEWS, Expected, Visit, both_databases


def test_a_customer_gets_contacts_and_addresses(ada: Visit):
    page = ada.page
    ada.go("/customers?panel=new")
    page.get_by_role("textbox", name="Name").fill("Northwind Traders")
    page.get_by_role("textbox", name="Email").fill("office@northwind.example")
    page.get_by_role("button", name="Create customer").click()
    page.get_by_role("link", name="Northwind Traders").click()
    expect(page.get_by_role("heading", name="Northwind Traders")).to_be_visible()

    page.get_by_role("button", name="Add").first.click()
    page.get_by_role("textbox", name="Name").fill("Nancy Davolio")
    page.get_by_role("checkbox", name="Primary contact").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Nancy Davolio")).to_contain_text("Primary")

    page.get_by_role("button", name="Add").last.click()
    page.get_by_role("textbox", name="Street and number").fill("Main Street 1")
    page.get_by_role("textbox", name="City").fill("Berlin")
    page.get_by_role("combobox", name="Country").fill("German")
    page.get_by_role("option", name="Germany").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Billing address")).to_contain_text("Berlin, Germany")


def test_a_second_billing_address_is_refused_with_the_reason(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    customer = ada.make_customer()
    address = {"kind": "billing", "lines": "Main Street 1", "country": "DE"}
    ada.call("POST", f"/api/customers/{customer['id']}/addresses", address)
    ada.go(f"/customers/{customer['id']}?panel=address:new")

    ada.page.get_by_role("textbox", name="Street and number").fill("Side Street 2")
    ada.page.get_by_role("combobox", name="Country").fill("France")
    ada.page.get_by_role("option", name="France").click()
    ada.page.get_by_role("button", name="Save").click()

    expect(ada.page.get_by_text("There is a billing address already.")).to_be_visible()


def test_an_edit_stands_in_the_history(ada: Visit):
    customer = ada.make_customer(name="Bluebird Bakery")
    ada.go(f"/customers/{customer['id']}")

    ada.page.get_by_role("button", name="Edit").click()
    ada.page.get_by_role("textbox", name="Payment term").fill("30")
    ada.page.get_by_role("button", name="Save").click()
    ada.page.get_by_role("tab", name="Timeline").click()

    change = ada.page.get_by_role("listitem").filter(has_text="made changes")
    expect(change).to_contain_text("Ada Lovelace")
    expect(change).to_contain_text("14 days")
    expect(change).to_contain_text("30 days")


def test_without_a_network_the_page_says_so_and_recovers(ada: Visit, expected: Expected):
    expected.words += OFFLINE_NEWS
    ada.go("/products")
    expect(ada.page.get_by_text("No products yet")).to_be_visible()

    ada.page.context.set_offline(True)
    expect(ada.page.get_by_text("You are offline")).to_be_visible()
    ada.page.get_by_role("link", name="Customers").click()
    expect(ada.page.get_by_text("No connection")).to_be_visible()
    ada.page.context.set_offline(False)
    ada.page.get_by_role("button", name="Try again").click()

    expect(ada.page.get_by_text("No customers yet")).to_be_visible()


def test_a_record_that_is_gone_says_so_and_the_navigation_stays(ada: Visit, expected: Expected):
    expected.statuses = (404,)
    ada.go("/customers/01900000-0000-7000-8000-000000000000")

    expect(ada.page.get_by_text("Nothing here")).to_be_visible()
    ada.page.get_by_role("link", name="Customers").click()
    expect(ada.page.get_by_text("No customers yet")).to_be_visible()


def test_a_twin_shows_while_one_types(ada: Visit):
    ada.make_customer(name="Acme GmbH", email="info@acme.example.com")
    ada.go("/customers?panel=new")

    ada.page.get_by_role("textbox", name="Name").fill("ACME")

    hint = ada.page.get_by_role("status").filter(has_text="may be a customer")
    expect(hint.get_by_role("link", name="Acme GmbH")).to_be_visible()


@both_databases
def test_two_customers_become_one_and_two_again(ada: Visit):
    kept = ada.make_customer(name="Acme", phone="+1 555")
    ada.make_customer(name="Acme Inc", email="info@acme.example.com")
    page = ada.page
    ada.go(f"/customers/{kept['id']}")

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Merge…").click()
    page.get_by_role("combobox", name="Customer to take in").click()
    page.get_by_role("option", name="Acme Inc").click()
    page.get_by_role("radio", name="info@acme.example.com").check()
    expect(page.get_by_text("Acme · info@acme.example.com · +1 555")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()

    expect(page.get_by_role("link", name="info@acme.example.com")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="info@acme.example.com")).to_have_count(0)
