"""Closing periods in the browser."""

from playwright.sync_api import expect

from tests.e2e.conftest import Expected, Visit


def test_a_period_is_closed_and_opened_again_with_a_reason(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    page = ada.page
    ada.go("/admin/closing")
    hours = page.locator("form").filter(has=page.get_by_role("heading", name="Hours"))
    expect(hours.get_by_role("status")).to_have_text("Nothing is closed yet.")
    hours.get_by_label("Last closed day").fill("2026-03-31")
    hours.get_by_role("button", name="Close").click()
    expect(hours.get_by_role("status")).to_have_text("Closed until Mar 31, 2026")

    hours.get_by_label("Last closed day").fill("2026-02-28")
    hours.get_by_role("button", name="Close").click()
    dialog = page.get_by_role("dialog", name="Open days again?")
    dialog.get_by_role("textbox", name="Reason").fill("A late invoice")
    dialog.get_by_role("button", name="Open again").click()

    expect(hours.get_by_role("status")).to_have_text("Closed until Feb 28, 2026")
    ada.go("/admin/audit?action=time.closed")
    told = page.get_by_role("list", name="What happened").get_by_role("listitem").first
    expect(told).to_contain_text("“A late invoice”")
    expect(told).to_contain_text("Mar 31 → Feb 28")
