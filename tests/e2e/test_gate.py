"""Coming in where addresses are proved by a code and a company directory is connected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from erp.cli.sandbox import TOKEN
from erp.migrations.upgrade import migrate
from erp.web.pages import STATIC
from tests.conftest import empty_database
from tests.e2e.company import mail_to
from tests.e2e.conftest import Expected, Opens, Visit
from tests.e2e.test_accessibility import assert_accessible, one_database
from tests.making import PASSWORD, make_address
from tests.process.running import Running, free_port, serving, settings_for, start_erp

pytestmark = one_database


@pytest.fixture(scope="module")
def server(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The product with codes for new addresses, beside a directory that plays a company's."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("browser: the UI is not built, run `python ui/build.py`")
    folder, port = tmp_path_factory.mktemp("gate"), free_port()
    with (
        empty_database(backend, "gate", request, folder) as url,
        start_erp(folder, settings_for(folder), "directory-sandbox", "--port", str(port)),
    ):
        migrate(url)
        settings = settings_for(
            folder,
            url,
            TRUSTED_PROXIES="127.0.0.0/8",
            EMAIL_VERIFICATION="required",
            ACE_API_URL=f"http://127.0.0.1:{port}/ace/login",
            ACE_API_TOKEN=TOKEN,
        )
        with serving(folder, settings) as running:
            yield running


def sign_up(page: Page, base_url: str, address: str) -> None:
    page.goto(f"{base_url}/signup")
    page.get_by_role("textbox", name="Your name").fill("Ada Lovelace")
    page.get_by_role("textbox", name="Email").fill(address)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()


def code_for(server: Running, address: str) -> str:
    return mail_to(server, address, r"\b(\d{6})\b")


def test_a_code_is_typed_wrong_then_pasted_and_sends_itself(
    server: Running, stranger: Visit, expected: Expected, axe_source: str
):
    expected.statuses = (400,)
    page, address = stranger.page, make_address()
    sign_up(page, stranger.base_url, address)
    field = page.get_by_role("textbox", name="Code")
    expect(field).to_be_focused()
    expect(page.get_by_text("You can ask again in")).to_be_visible()
    assert_accessible(page, axe_source)

    code = code_for(server, address)
    wrong = "000000" if code != "000000" else "111111"
    page.keyboard.type(wrong)
    expect(field).to_have_accessible_description("This code is wrong or not valid any more.")
    field.fill(code)

    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()


def test_a_company_account_is_linked_and_lets_colleagues_in(
    server: Running, stranger: Visit, open_window: Opens, expected: Expected, axe_source: str
):
    expected.statuses = (401, 403)
    page, address = stranger.page, make_address()
    sign_up(page, stranger.base_url, address)
    page.get_by_role("textbox", name="Code").fill(code_for(server, address))
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()

    connect(page)
    switch = page.get_by_role("switch", name="On: northwind")
    expect(switch).not_to_be_checked()
    assert_accessible(page, axe_source)
    link_account(page)
    page.get_by_role("link", name="Company directory").click()
    switch.click(force=True)
    expect(switch).to_be_checked()

    colleague = open_window().page
    colleague.goto(f"{stranger.base_url}/login")
    colleague.get_by_role("link", name="Sign in with your company account").click()
    company_sign_in(colleague, "linus", "Linus-Sandbox-1")
    expect(colleague.get_by_role("alert")).to_contain_text("directory has locked this account")
    assert_accessible(colleague, axe_source)
    company_sign_in(colleague, "grace", "Grace-Sandbox-1")
    expect(colleague.get_by_role("heading", name="Hello Grace")).to_be_visible()


def connect(page: Page) -> None:
    page.get_by_role("link", name="Administration").click()
    page.get_by_role("link", name="Company directory").click()
    page.get_by_role("button", name="Connect directory").click()
    page.get_by_role("textbox", name="Account id").fill("northwind")
    page.get_by_role("button", name="Add group").click()
    page.get_by_role("textbox", name="Group in the directory").fill("developer")
    page.get_by_role("combobox", name="Role of developer").click()
    page.get_by_role("option", name="Manager").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def link_account(page: Page) -> None:
    page.get_by_role("link", name="Security").click()
    page.get_by_role("button", name="Link account").click()
    link = page.get_by_role("dialog", name="Link account")
    link.get_by_role("textbox", name="Account id").fill("northwind")
    link.get_by_role("textbox", name="User name").fill("ada")
    link.get_by_role("textbox", name="Password").fill("wrong")
    page.keyboard.press("Control+Enter")
    expect(link.get_by_role("alert")).to_have_text("Name or password is wrong.")
    link.get_by_role("textbox", name="Password").fill("Ada-Sandbox-1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("ada @ northwind")).to_be_visible()


def company_sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_role("textbox", name="Account id").fill("northwind")
    page.get_by_role("textbox", name="User name").fill(username)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
