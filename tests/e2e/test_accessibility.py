"""Every screen passes axe in light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.company import colleague
from tests.e2e.conftest import Expected, Opens, Visit, signed_in
from tests.making import make_address
from tests.process.running import Running

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FINDINGS = """(rules) => axe.run({ runOnly: rules }).then(({ violations }) => violations.flatMap(
    ({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\\n${failureSummary}`)))"""

Acts = Callable[[Page], None]


def assert_accessible(page: Page, axe_source: str) -> None:
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source)
    findings = page.evaluate(FINDINGS, RULES)
    assert not findings, "\n".join(findings)


def settle(page: Page) -> None:
    """Until the screen shows what it came for."""
    expect(page.locator("main h1, main strong").first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def nothing(_page: Page) -> None:
    """The screen as it opens."""


def show_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("oak")
    expect(page.get_by_role("option", name="Oak desk")).to_be_visible()


def show_help(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def show_account(page: Page) -> None:
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text("Appearance")).to_be_visible()


def select_rows(page: Page) -> None:
    page.get_by_role("checkbox", name="Select all on this page").click()
    expect(page.get_by_role("region", name="Selection")).to_be_visible()


def ask_to_delete(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def show_errors(page: Page) -> None:
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_attribute("aria-invalid", "true")


def show_history(page: Page) -> None:
    expect(page.get_by_text("created this")).to_be_visible()


def show_filter(page: Page) -> None:
    page.get_by_role("button", name="Kind").click()
    expect(page.get_by_role("menuitemradio", name="Goods")).to_be_visible()


def show_columns(page: Page) -> None:
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_role("menuitemcheckbox", name="SKU")).to_be_visible()


def show_actions(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name="Archive")).to_be_visible()


def choose_twin(page: Page) -> None:
    page.get_by_role("combobox", name="Customer to take in").click()
    page.get_by_role("option", name="Acme Inc").click()
    expect(page.get_by_text("After merging")).to_be_visible()


def show_twin(page: Page) -> None:
    page.get_by_role("textbox", name="Name").fill("acme")
    expect(page.get_by_text("may be customers you have")).to_be_visible()


SCREENS: list[tuple[str, Acts]] = [
    ("", nothing),
    ("", show_palette),
    ("", show_help),
    ("", show_account),
    ("/products", nothing),
    ("/products", select_rows),
    ("/products", show_filter),
    ("/products", show_columns),
    ("/products?q=nothing-like-it", nothing),
    ("/products?archived=true", nothing),
    ("/products?panel=new", show_errors),
    ("/products/{product}", nothing),
    ("/products/{product}", show_actions),
    ("/products/{product}", ask_to_delete),
    ("/products/{product}?panel=edit", nothing),
    ("/products/{product}?tab=history", show_history),
    ("/products/{product}?tab=stock", nothing),
    ("/products/{product}?tab=stock&panel=transfer", nothing),
    ("/stock", nothing),
    ("/stock?panel=new", nothing),
    ("/stock?low=true", nothing),
    ("/customers", nothing),
    ("/customers?panel=new", nothing),
    ("/customers/{customer}", nothing),
    ("/customers/{customer}?panel=contact:new", nothing),
    ("/customers/{customer}?panel=address:new", nothing),
    ("/customers/{customer}?tab=history", show_history),
    ("/customers/{customer}?panel=merge", choose_twin),
    ("/customers?panel=new", show_twin),
]


def show_organizations(page: Page) -> None:
    page.get_by_role("button", name="Switch organization").click()
    page.get_by_role("menuitem", name="New organization").click()
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()


def type_password(page: Page) -> None:
    page.get_by_role("textbox", name="New password").fill("Lovelace1815")
    expect(page.get_by_text("Weak")).to_be_visible()


def show_roles(page: Page) -> None:
    page.get_by_role("button", name="Role of Carl Colleague").click()
    expect(page.get_by_role("menuitemradio", name="Manager")).to_be_visible()


def show_reason(page: Page) -> None:
    page.get_by_role("button", name="Role of Ada Lovelace").focus()
    expect(page.get_by_role("tooltip")).to_be_visible()


def refuse_invitation(page: Page) -> None:
    page.get_by_role("textbox", name="Email addresses").fill("nobody")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Not an email address.")).to_be_visible()


def show_holders(page: Page) -> None:
    page.get_by_role("button", name="2 people: See customers").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def change_address(page: Page) -> None:
    page.get_by_role("textbox", name="Address").fill("elsewhere")
    expect(page.get_by_text("Every address changes")).to_be_visible()


def show_hours(page: Page) -> None:
    page.get_by_role("button", name="More for Ada Lovelace").click()
    page.get_by_role("menuitem", name="Working hours").click()
    expect(page.get_by_label("Monday")).to_be_visible()


def show_period(page: Page) -> None:
    page.get_by_role("button", name="Period").click()
    expect(page.get_by_label("From")).to_be_visible()


SETTINGS: list[tuple[str, Acts]] = [
    ("/me/profile", nothing),
    ("/me/security", type_password),
    ("/me/preferences", nothing),
    ("/me/keys?panel=new", nothing),
    ("/{slug}", show_organizations),
    ("/{slug}/admin/members", show_roles),
    ("/{slug}/admin/members", show_reason),
    ("/{slug}/admin/members?panel=invite", refuse_invitation),
    ("/{slug}/admin/members", show_hours),
    ("/{slug}/admin/roles", show_holders),
    ("/{slug}/admin/settings", change_address),
    ("/{slug}/admin/directory", nothing),
    ("/{slug}/admin/outbox", nothing),
    ("/{slug}/admin/closing", nothing),
    ("/{slug}/admin/import", nothing),
    ("/{slug}/admin/audit", nothing),
    ("/{slug}/admin/audit", show_period),
]

one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def furnished(visit: Visit) -> dict[str, str]:
    """One record of each kind."""
    customer = visit.make_customer(notes="Rings twice")
    contact = {"name": "Nancy", "role": "Sales", "is_primary": True}
    visit.call("POST", f"/api/customers/{customer['id']}/contacts", contact)
    address = {"kind": "billing", "lines": "Main Street 1", "country": "DE"}
    visit.call("POST", f"/api/customers/{customer['id']}/addresses", address)
    visit.make_customer(name="Acme Inc")
    product = visit.make_product()
    visit.call("POST", "/api/stock/locations", {"code": "SHOP", "name": "Shop"})
    line = {"product_id": product["id"], "quantity": "7"}
    visit.call("POST", "/api/stock/postings", {"kind": "receipt", "lines": [line]})
    visit.call("PUT", f"/api/stock/rules/{product['id']}", {"minimum": "9"})
    visit.call("PATCH", f"/api/products/{product['id']}", {"name": "Oak desk, large"})
    return {"customer": customer["id"], "product": product["id"]}


@one_database
@both_schemes
def test_the_screens_of_an_organization(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme))
    ids = furnished(ada)

    for path, act in SCREENS:
        ada.go(path.format(**ids))
        settle(ada.page)
        act(ada.page)
        assert_accessible(ada.page, axe_source)


@one_database
@both_schemes
def test_the_screens_about_people_and_settings(
    server: Running, open_window: Opens, axe_source: str, scheme: str, expected: Expected
):
    expected.statuses = (422,)
    ada = signed_in(open_window(color_scheme=scheme))
    colleague(server, ada, open_window())
    ada.call("POST", "/api/invitations", {"email": make_address(), "role": "user"})

    for path, act in SETTINGS:
        ada.page.goto(ada.base_url + path.format(slug=ada.slug))
        settle(ada.page)
        act(ada.page)
        assert_accessible(ada.page, axe_source)


@one_database
@both_schemes
@pytest.mark.parametrize(
    "path", ["/login", "/signup", "/reset", "/reset#token=x", "/nowhere/to/be"]
)
def test_the_screens_before_the_door(open_window: Opens, axe_source: str, scheme: str, path: str):
    stranger = open_window(color_scheme=scheme)

    stranger.page.goto(stranger.base_url + path)
    settle(stranger.page)

    assert_accessible(stranger.page, axe_source)


@one_database
@both_schemes
def test_an_empty_organization_and_a_phone(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme, viewport={"width": 390, "height": 844}))

    for path in (
        "",
        "/products",
        "/customers",
        "/admin/members",
        "/admin/roles",
        "/admin/settings",
    ):
        ada.go(path)
        settle(ada.page)
        assert_accessible(ada.page, axe_source)
    ada.page.get_by_role("button", name="Menu").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    assert_accessible(ada.page, axe_source)
