"""The way in and out."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Expected, Opens, Visit, both_databases, signed_in
from tests.making import PASSWORD, make_address


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_role("textbox", name="Email or user name").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@both_databases
def test_from_signing_up_to_the_first_product_in_the_list(stranger: Visit):
    page = stranger.page
    page.goto(stranger.base_url)
    page.get_by_role("link", name="Create an account").click()
    page.get_by_role("textbox", name="Your name").fill("Grace Hopper")
    page.get_by_role("textbox", name="Company").fill("Harbor Works")
    page.get_by_role("textbox", name="Email").fill(make_address())
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_role("heading", name="Hello Grace")).to_be_visible()
    page.get_by_role("link", name="Add your first product").click()
    page.get_by_role("textbox", name="Name").fill("Oak desk")
    page.get_by_role("textbox", name="Sale price").fill("1,299.90")
    page.get_by_role("button", name="Create product").click()

    row = page.get_by_role("row", name="Oak desk")
    expect(row).to_contain_text("€1,299.90")
    expect(page.get_by_role("status").filter(has_text="1 record")).to_be_visible()
    page.reload()
    expect(row).to_be_visible()


def test_a_weak_password_is_explained_at_its_field(stranger: Visit, expected: Expected):
    expected.statuses = (422,)
    page = stranger.page
    page.goto(f"{stranger.base_url}/signup")

    page.get_by_role("textbox", name="Email").fill(make_address())
    page.get_by_role("textbox", name="Password").fill("password")
    page.get_by_role("button", name="Create account").click()

    field = page.get_by_role("textbox", name="Password")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_signing_in_leads_back_to_where_one_wanted_to_go(
    open_window: Opens, stranger: Visit, expected: Expected
):
    expected.statuses = (401,)
    ada = signed_in(open_window())
    page = stranger.page

    page.goto(f"{stranger.base_url}/{ada.slug}/products?q=oak")
    sign_in(page, ada.email, "Wrong-Horse-7")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    sign_in(page, ada.email)

    expect(page.get_by_role("heading", name="Products")).to_be_visible()
    expect(page).to_have_url(f"{stranger.base_url}/{ada.slug}/products?q=oak")


def test_signing_out_ends_every_tab(ada: Visit):
    other_tab = ada.page.context.new_page()
    ada.go("/products")
    other_tab.goto(f"{ada.base_url}/{ada.slug}/customers")

    ada.page.bring_to_front()
    ada.page.get_by_role("button", name="Account").click()
    ada.page.get_by_role("button", name="Sign out").click()

    expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(other_tab.get_by_role("heading", name="Sign in")).to_be_visible()
    ada.go("/products")
    expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_expired_access_token_is_renewed_once_for_all_calls(ada: Visit, expected: Expected):
    expected.statuses = (401,)
    calls: list[str] = []
    ada.page.on("request", lambda request: calls.append(request.url))
    ada.go()
    expect(ada.page.get_by_role("heading", name="Customers")).to_be_visible()

    ada.page.context.clear_cookies(name="access_token")
    calls.clear()
    ada.page.get_by_role("link", name="Products", exact=True).first.click()

    expect(ada.page.get_by_text("No products yet")).to_be_visible()
    assert sum(url.endswith("/api/auth/refresh") for url in calls) == 1


def test_a_session_that_is_over_leads_to_sign_in_and_back(ada: Visit, expected: Expected):
    expected.statuses = (401,)
    ada.go("/customers")
    expect(ada.page.get_by_text("No customers yet")).to_be_visible()

    ada.page.context.clear_cookies()
    ada.page.get_by_role("link", name="Products").click()
    expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(ada.page, ada.email)

    expect(ada.page.get_by_role("heading", name="Products")).to_be_visible()


def test_another_organization_does_not_exist(ada: Visit, open_window: Opens):
    other = signed_in(open_window(), organization_name="Somebody Else")

    ada.page.goto(f"{ada.base_url}/{other.slug}/products")

    expect(ada.page.get_by_text("Nothing here")).to_be_visible()


def test_a_link_to_reset_without_its_token_says_so(stranger: Visit):
    stranger.page.goto(f"{stranger.base_url}/reset")

    expect(stranger.page.get_by_text("This link is incomplete")).to_be_visible()


def test_a_link_that_is_not_valid_any_more_says_so(stranger: Visit, expected: Expected):
    expected.statuses = (400,)
    stranger.page.goto(f"{stranger.base_url}/reset#token=made-up")

    stranger.page.get_by_role("textbox", name="New password").fill(PASSWORD)
    stranger.page.get_by_role("button", name="Set password").click()

    expect(stranger.page.get_by_role("alert")).to_contain_text("not valid any more")
