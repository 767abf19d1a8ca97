"""One's own account: sessions, password, preferences."""

import sqlite3

from playwright.sync_api import Page, expect

from tests.e2e.company import mail_to
from tests.e2e.conftest import Expected, Opens, Visit, signed_in
from tests.e2e.test_accessibility import one_database
from tests.e2e.test_entrance import sign_in
from tests.making import PASSWORD, make_address
from tests.process.running import Running

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW_PASSWORD = "a battery of correct horses"


def on_another_device(ada: Visit, open_window: Opens) -> Visit:
    """The same person, signed in with Firefox on Windows as well."""
    other = open_window(user_agent=FIREFOX)
    other.page.goto(f"{other.base_url}/login")
    sign_in(other.page, ada.email)
    expect(other.page.get_by_role("heading", name="Hello Ada")).to_be_visible()
    other.slug = ada.slug
    return other


def test_a_session_on_another_device_is_seen_and_ended(
    ada: Visit, open_window: Opens, expected: Expected
):
    expected.statuses = (401,)
    other = on_another_device(ada, open_window)
    ada.go()
    ada.page.get_by_role("button", name="Account").click()
    ada.page.get_by_role("link", name="Your account").click()
    ada.page.get_by_role("link", name="Security").click()

    devices = ada.page.get_by_role("list", name="Where you are signed in")
    expect(devices.get_by_role("listitem")).to_have_count(2)
    expect(devices.get_by_role("listitem").first).to_contain_text("This device")
    devices.get_by_role("button", name="Sign out: Firefox on Windows").click()

    expect(devices.get_by_role("listitem")).to_have_count(1)
    other.go("/products")
    expect(other.page.get_by_role("heading", name="Sign in")).to_be_visible()


@one_database
def test_what_needs_a_recent_sign_in_asks_for_the_password(
    ada: Visit, open_window: Opens, expected: Expected, server: Running
):
    expected.statuses = (401, 403)
    on_another_device(ada, open_window)
    with sqlite3.connect(next(server.log.parent.glob("*.db")), timeout=10) as database:
        database.execute("UPDATE sessions SET auth_time = '2026-01-01T00:00:00.000000Z'")
    page = ada.page
    page.goto(f"{ada.base_url}/me/security")

    page.get_by_role("button", name="Sign out everywhere else").click()
    question = page.get_by_role("dialog", name="Is it you?")
    field = question.get_by_role("textbox", name="Password")
    expect(field).to_be_focused()
    field.fill("Wrong-Horse-7")
    page.keyboard.press("Enter")
    expect(field).to_have_accessible_description("This is not your password.")
    field.fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_text("All other sessions have ended")).to_be_visible()
    devices = page.get_by_role("list", name="Where you are signed in")
    expect(devices.get_by_role("listitem")).to_have_count(1)


def test_another_password_is_measured_checked_and_ends_other_sessions(
    ada: Visit, open_window: Opens, expected: Expected
):
    expected.statuses = (401,)
    other = on_another_device(ada, open_window)
    page = ada.page
    page.goto(f"{ada.base_url}/me/security")
    current = page.get_by_role("textbox", name="Current password")
    new = page.get_by_role("textbox", name="New password")

    new.fill("Lovelace1815")
    expect(page.get_by_text("None of your names or addresses")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Weak")).to_be_visible()
    new.fill(NEW_PASSWORD)
    expect(page.get_by_role("status").filter(has_text="Strong")).to_be_visible()
    current.fill("Wrong-Horse-7")
    page.get_by_role("button", name="Change password").click()
    expect(current).to_have_accessible_description("This is not your password.")
    current.fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()

    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    expect(new).to_have_value("")
    page.reload()
    expect(page.get_by_role("heading", name="Security")).to_be_visible()
    other.go()
    expect(other.page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(other.page, ada.email, NEW_PASSWORD)
    expect(other.page.get_by_role("heading", name="Hello Ada")).to_be_visible()


def choose(page: Page, name: str, option: str) -> None:
    page.get_by_role("combobox", name=name).click()
    page.get_by_role("option", name=option).click()


def test_preferences_act_at_once_and_stay(ada: Visit):
    page = ada.page
    page.goto(f"{ada.base_url}/me/preferences")

    page.get_by_text("Dark", exact=True).click()
    choose(page, "Language", "Deutsch")

    expect(page.get_by_role("heading", name="Vorlieben")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Vorlieben")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    assert page.evaluate("document.documentElement.lang") == "de"


def test_single_keys_can_be_switched_off(ada: Visit):
    page = ada.page
    page.goto(f"{ada.base_url}/me/preferences")
    page.get_by_role("switch", name="Single keys do something").uncheck()

    ada.go("/products")
    expect(page.get_by_text("No products yet")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("?")
    page.keyboard.press("Control+k")

    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_accessible_name("Search and commands")


def test_signing_out_keeps_the_tastes_of_the_device(ada: Visit):
    page = ada.page
    page.goto(f"{ada.base_url}/me/preferences")
    page.get_by_role("switch", name="Single keys do something").uncheck()

    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, ada.email)
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()
    page.goto(f"{ada.base_url}/me/preferences")

    expect(page.get_by_role("switch", name="Single keys do something")).not_to_be_checked()


def test_one_more_organization_is_founded_from_the_switcher(open_window: Opens, expected: Expected):
    expected.statuses = (404,)
    ada = signed_in(open_window(), organization_name="Harbor Works")
    ada.go()
    ada.page.get_by_role("button", name="Switch organization").click()

    ada.page.get_by_role("menuitem", name="New organization").click()
    ada.page.get_by_role("textbox", name="Name").fill("North Pier")
    ada.page.keyboard.press("Enter")

    switch = ada.page.get_by_role("button", name="Switch organization North Pier")
    expect(switch).to_be_visible()
    expect(ada.page).to_have_url(f"{ada.base_url}/north-pier")


def test_an_api_key_is_made_shown_once_used_and_revoked(ada: Visit):
    ada.make_customer()
    page = ada.page
    ada.go()
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()
    page.goto(f"{ada.base_url}/me/keys")
    expect(page.get_by_text("No API keys")).to_be_visible()

    page.keyboard.press("n")
    page.get_by_role("textbox", name="Name").fill("Web shop")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Give it at least one permission.")).to_be_visible()
    page.get_by_role("checkbox", name="See customers").check()
    page.get_by_role("button", name="Create key").click()
    key = page.get_by_role("dialog").get_by_role("code").inner_text()
    page.get_by_role("button", name="Done").click()

    assert status_with(ada, key) == 200
    row = page.get_by_role("row", name="Web shop")
    expect(row).to_contain_text(key[:15])
    row.get_by_role("button", name="Revoke Web shop").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No API keys")).to_be_visible()
    assert status_with(ada, key) == 401


def status_with(ada: Visit, key: str) -> int:
    """What a program with the key is answered."""
    context = ada.page.context.browser.new_context()
    headers = {"Authorization": f"Bearer {key}"}
    status = context.request.get(f"{ada.base_url}/api/customers", headers=headers).status
    context.close()
    return status


def test_name_and_zone_are_changed_and_another_address_is_proved(server: Running, ada: Visit):
    page, address = ada.page, make_address()
    page.goto(f"{ada.base_url}/me/profile")
    page.get_by_role("textbox", name="Your name").fill("Ada King")
    page.get_by_role("combobox", name="Time zone").fill("tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Account Ada King")).to_be_visible()

    page.get_by_role("textbox", name="New address").fill(address)
    page.get_by_role("button", name="Send code").click()
    code = mail_to(server, address, r"\b(\d{6})\b")
    page.get_by_role("textbox", name="Code").fill(code)

    expect(page.get_by_text(f"You sign in with {address}.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Ada King")
    expect(page.get_by_role("combobox", name="Time zone")).to_have_value("Asia/Tokyo")
