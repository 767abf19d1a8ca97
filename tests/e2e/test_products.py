"""Products in the browser."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Expected, Opens, Visit, both_databases, signed_in


@both_databases
def test_who_changed_a_record_meanwhile_is_told_and_one_decides(ada: Visit, expected: Expected):
    expected.statuses = (412,)
    product = ada.make_product()
    ada.go(f"/products/{product['id']}")
    ada.page.get_by_role("button", name="Edit").click()
    ada.page.get_by_role("textbox", name="Name").fill("Oak desk, large")

    ada.call("PATCH", f"/api/products/{product['id']}", {"sku": "OAK-2"})
    ada.page.get_by_role("button", name="Save").click()

    dialog = ada.page.get_by_role("dialog", name="Changed in the meantime")
    expect(dialog).to_contain_text("Ada Lovelace saved other changes")
    expect(dialog.get_by_role("row", name="SKU")).to_contain_text("OAK-2")
    dialog.get_by_role("button", name="Save mine as well").click()
    expect(ada.page.get_by_role("heading", name="Oak desk, large")).to_be_visible()
    expect(ada.page.get_by_text("OAK-2")).to_be_visible()


def test_one_may_keep_what_somebody_else_saved(ada: Visit, expected: Expected):
    expected.statuses = (412,)
    product = ada.make_product()
    ada.go(f"/products/{product['id']}?panel=edit")
    ada.page.get_by_role("textbox", name="Name").fill("Mine")

    ada.call("PATCH", f"/api/products/{product['id']}", {"name": "Theirs"})
    ada.page.get_by_role("button", name="Save").click()
    ada.page.get_by_role("button", name="Keep what is saved").click()

    expect(ada.page.get_by_role("heading", name="Theirs")).to_be_visible()


def test_archiving_is_done_at_once_and_undone_at_once(ada: Visit):
    product = ada.make_product()
    ada.go(f"/products/{product['id']}")

    ada.page.get_by_role("button", name="More actions").click()
    ada.page.get_by_role("menuitem", name="Archive").click()
    expect(ada.page.get_by_text("Archived", exact=True).first).to_be_visible()
    ada.page.get_by_role("button", name="Undo").click()

    expect(ada.page.get_by_text("Archived", exact=True)).to_have_count(0)
    ada.page.get_by_role("tab", name="History").click()
    expect(ada.page.get_by_text("restored this product")).to_be_visible()


def test_several_are_archived_and_restored_together(ada: Visit):
    for number in range(3):
        ada.make_product(name=f"Lamp {number}", sku=f"L-{number}")
    ada.go("/products")

    ada.page.get_by_role("checkbox", name="Select all on this page").click()
    ada.page.get_by_role("button", name="Archive").click()
    expect(ada.page.get_by_text("No products yet")).to_be_visible()
    ada.page.get_by_role("button", name="Undo").click()

    expect(ada.page.get_by_role("link", name=re.compile("^Lamp"))).to_have_count(3)


def test_a_sku_of_an_archived_product_comes_with_the_offer_to_restore_it(
    ada: Visit, expected: Expected
):
    expected.statuses = (409,)
    product = ada.make_product(sku="OAK-1")
    ada.call("POST", f"/api/products/{product['id']}/archive")
    ada.go("/products?panel=new")

    ada.page.get_by_role("textbox", name="Name").fill("Another desk")
    ada.page.get_by_role("textbox", name="SKU").fill("OAK-1")
    ada.page.get_by_role("button", name="Create product").click()
    sku = ada.page.get_by_role("textbox", name="SKU")
    expect(sku).to_have_accessible_description("Another product has this SKU.")
    ada.page.get_by_role("button", name="Restore it instead").click()
    ada.page.get_by_role("button", name="Discard changes").click()

    expect(ada.page.get_by_role("heading", name="Oak desk")).to_be_visible()


@both_databases
def test_filters_sorting_and_search_live_in_the_address(ada: Visit):
    ada.make_product(name="Chair", sku="C-1", sale_price="30")
    ada.make_product(name="Desk", sku="D-1", sale_price="20")
    ada.make_product(name="Delivery", sku="S-1", kind="service", sale_price="10")
    ada.go("/products")

    ada.page.get_by_role("button", name="Kind").click()
    ada.page.get_by_role("menuitemradio", name="Goods").click()
    ada.page.get_by_role("button", name="Sale price", exact=True).click()
    expect(ada.page).to_have_url(re.compile(r"kind=goods"))
    expect(ada.page).to_have_url(re.compile(r"sort=-sale_price"))
    names = ada.page.get_by_role("cell").get_by_role("link")
    expect(names).to_have_text(["Chair", "Desk"])
    header = ada.page.get_by_role("columnheader", name="Sale price")
    expect(header).to_have_attribute("aria-sort", "descending")

    ada.page.get_by_role("searchbox").fill("des")
    expect(names).to_have_text(["Desk"])
    ada.page.reload()
    expect(names).to_have_text(["Desk"])
    ada.page.get_by_role("searchbox").fill("nothing like it")
    ada.page.get_by_role("button", name="Clear filters").click()
    expect(names).to_have_count(3)


def test_pages_lead_on_and_back(ada: Visit):
    items = [{"op": "create", "data": {"name": f"Part {n:03}"}} for n in range(120)]
    ada.call("POST", "/api/products/batch", {"items": items})
    ada.go("/products")

    status = ada.page.get_by_role("status")
    expect(status.filter(has_text=re.compile("^1.50 of 120$"))).to_be_visible()
    ada.page.get_by_role("button", name="Next page").click()
    expect(ada.page.get_by_role("link", name="Part 050")).to_be_visible()
    ada.page.get_by_role("button", name="Next page").click()
    expect(status.filter(has_text=re.compile("^101.120 of 120$"))).to_be_visible()
    expect(ada.page.get_by_role("button", name="Next page")).to_be_disabled()
    ada.page.get_by_role("button", name="Previous page").click()
    expect(ada.page.get_by_role("link", name="Part 050")).to_be_visible()
    ada.page.go_back()
    expect(ada.page.get_by_role("link", name="Part 119")).to_be_visible()


def test_deleting_asks_and_names_the_product(ada: Visit):
    product = ada.make_product()
    ada.go(f"/products/{product['id']}")

    ada.page.get_by_role("button", name="More actions").click()
    ada.page.get_by_role("menuitem", name="Delete").click()
    dialog = ada.page.get_by_role("dialog", name="Delete Oak desk?")
    dialog.get_by_role("button", name="Delete").click()

    expect(ada.page.get_by_text("No products yet")).to_be_visible()


def test_leaving_a_form_with_input_asks_first(ada: Visit):
    ada.go("/products?panel=new")
    ada.page.get_by_role("textbox", name="Name").fill("Half a desk")

    ada.page.keyboard.press("Escape")
    ada.page.get_by_role("dialog", name="Leave without saving?").get_by_role(
        "button", name="Cancel"
    ).click()
    expect(ada.page.get_by_role("textbox", name="Name")).to_have_value("Half a desk")
    ada.page.get_by_role("button", name="Cancel").click()
    ada.page.get_by_role("button", name="Discard changes").click()

    expect(ada.page.get_by_role("textbox", name="Name")).to_have_count(0)


def test_german_speaks_german_and_counts_german(open_window: Opens):
    ada = signed_in(open_window(locale="de-DE"))
    ada.go("/products?panel=new")
    page = ada.page

    page.get_by_role("textbox", name="Name").fill("Eichentisch")
    page.get_by_role("textbox", name="Verkaufspreis").fill("1.234,5")
    page.get_by_role("button", name="Produkt anlegen").click()

    expect(page.get_by_role("row", name="Eichentisch")).to_contain_text("1.234,50 €")
    expect(page.get_by_role("heading", name="Produkte")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de"
    page.get_by_role("button", name="Konto").click()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name="Products")).to_be_visible()
