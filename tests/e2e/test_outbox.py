"""Mails and jobs, as administrators look after them."""

from playwright.sync_api import expect

from tests.e2e.company import colleague, mail_to
from tests.e2e.conftest import Opens, Visit
from tests.making import make_address
from tests.process.running import Running


def test_an_administrator_tries_whether_mails_arrive(server: Running, ada: Visit):
    ada.call("POST", "/api/invitations", {"email": make_address(), "role": "user"})
    page = ada.page
    ada.go("/admin/outbox")
    table = page.get_by_role("table", name="Mails and jobs")
    expect(table.get_by_role("row", name="Invitation")).to_be_visible()

    page.get_by_role("button", name="Send me a test mail").click()

    mine = table.get_by_role("row", name=f"Test mail {ada.email}")
    expect(page.get_by_text(f"A test mail to {ada.email} is on its way")).to_be_visible()
    assert mail_to(server, ada.email, r"(this is the test mail)")
    page.reload()
    expect(mine).to_contain_text("Done")
    mine.get_by_role("button", name="Send again: Test mail").click()
    expect(page.get_by_text("On its way again: Test mail")).to_be_visible()
    page.get_by_role("button", name="State", exact=True).click()
    page.get_by_role("menuitemradio", name="Failed").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_the_outbox_is_not_for_everybody(server: Running, ada: Visit, open_window: Opens):
    carl = colleague(server, ada, open_window(), "manager")

    carl.go("/admin/outbox")

    expect(carl.page.get_by_text("Not for your role")).to_be_visible()
    expect(carl.page.get_by_role("link", name="Closing of periods")).to_be_visible()
    expect(carl.page.get_by_role("link", name="Outbox")).to_have_count(0)
