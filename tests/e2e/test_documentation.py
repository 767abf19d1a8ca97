"""The API's documentation: people sign in there and try calls."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Expected, Opens, Visit
from tests.making import PASSWORD


def test_authorize_signs_in_by_the_password_form(
    ada: Visit, open_window: Opens, expected: Expected
) -> None:
    reader = open_window()
    page = reader.page

    page.goto(f"{reader.base_url}/api/docs")
    page.get_by_role("button", name="Authorize").first.click()
    form = page.locator(".auth-container", has_text="password (OAuth2, password)")
    form.get_by_label("username").fill(ada.email)
    form.get_by_label("password", exact=False).last.fill(PASSWORD)
    form.get_by_role("button", name="Apply given OAuth2 credentials").click()
    expect(form.get_by_text("Authorized", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).first.click()

    page.locator("#operations-tag-identity").click()
    call = page.locator("#operations-identity-identity_read_me")
    call.get_by_role("button", name=re.compile("GET")).first.click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()

    answer = call.locator(".live-responses-table")
    expect(answer.get_by_text("200", exact=True)).to_be_visible()
    expect(answer.get_by_text(ada.email).first).to_be_visible()


def test_a_wrong_password_is_told_in_the_dialog(
    ada: Visit, open_window: Opens, expected: Expected
) -> None:
    expected.statuses = (400,)
    page = open_window().page

    page.goto(f"{ada.base_url}/api/docs")
    page.get_by_role("button", name="Authorize").first.click()
    form = page.locator(".auth-container", has_text="password (OAuth2, password)")
    form.get_by_label("username").fill(ada.email)
    form.get_by_label("password", exact=False).last.fill("Wrong-Horse-7")
    form.get_by_role("button", name="Apply given OAuth2 credentials").click()

    expect(form.get_by_text("The e-mail address, user name or password is wrong")).to_be_visible()
