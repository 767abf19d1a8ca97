"""Notices in the browser."""

import re

from playwright.sync_api import expect

from tests.e2e.company import colleague
from tests.e2e.conftest import Opens, Visit, signed_in
from tests.e2e.hours import book, last_week, make_project, my_id, submit
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle
from tests.process.running import Running


def tell(ada: Visit, carl: Visit) -> None:
    """What Carl is told: a week to approve and a task; Ada that stock is low."""
    project = make_project(ada)
    book(ada, project, last_week(), "3600")
    submit(ada, my_id(ada), last_week())
    task = {"project_id": project["id"], "title": "Call Nancy", "assignee_ids": [my_id(carl)]}
    ada.call("POST", "/api/tasks", task)


def test_each_notice_is_a_sentence_that_leads_to_its_thing(
    server: Running, ada: Visit, open_window: Opens
):
    carl = colleague(server, ada, open_window(), "manager")
    tell(ada, carl)
    page = carl.page
    carl.go()

    page.get_by_role("link", name="Notices, 2 unread").click()
    expect(page.get_by_role("heading", name="Notices")).to_be_focused()
    notices = page.get_by_role("list", name="Your notices").get_by_role("listitem")
    expect(notices).to_have_count(2)
    expect(notices.first).to_contain_text("Ada Lovelace assigned ACME-1 Call Nancy to you")
    page.get_by_role("link", name=re.compile("Ada Lovelace handed in the week from")).click()

    expect(page.get_by_role("heading", name="Week of Ada Lovelace")).to_be_visible()
    expect(page.get_by_role("link", name="Notices, 1 unread")).to_be_visible()


def test_notices_are_marked_as_read_one_by_one_and_all_at_once(
    server: Running, ada: Visit, open_window: Opens
):
    carl = colleague(server, ada, open_window(), "manager")
    tell(ada, carl)
    page = carl.page
    carl.go("/notices")
    notices = page.get_by_role("list", name="Your notices").get_by_role("listitem")

    page.get_by_role("button", name=re.compile("^Mark as read: .*Call Nancy")).click()
    expect(notices).to_have_count(1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("Nothing new")).to_be_visible()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    page.get_by_text("All", exact=True).click()

    expect(notices).to_have_count(2)
    expect(page.get_by_role("img", name="Unread")).to_have_count(0)
    expect(page).to_have_url(re.compile("show=all"))


def test_a_notice_is_put_off_until_one_has_time(ada: Visit):
    product = ada.make_product()
    ada.call("PUT", f"/api/stock/rules/{product['id']}", {"minimum": "5"})
    page = ada.page
    ada.go("/notices")
    expect(page.get_by_role("link", name="Notices, 1 unread")).to_be_visible()

    page.get_by_role("button", name="Remind me later: Oak desk is low").press("Enter")
    page.get_by_role("menuitem", name="Tomorrow morning").press("Enter")

    expect(page.get_by_text("Comes back")).to_be_visible()
    expect(page.get_by_text("Nothing new")).to_be_visible()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()


def test_low_stock_is_told_with_its_figures(ada: Visit):
    product = ada.make_product()
    ada.call("PUT", f"/api/stock/rules/{product['id']}", {"minimum": "5"})
    ada.go("/notices")

    ada.page.get_by_role("link", name="Oak desk is low: 0 pc available, the minimum is 5").click()

    expect(ada.page.get_by_role("heading", name="Oak desk")).to_be_visible()


def test_notices_speak_the_language_of_the_reader(open_window: Opens):
    ada = signed_in(open_window(locale="de-DE"))
    product = ada.make_product()
    ada.call("PUT", f"/api/stock/rules/{product['id']}", {"minimum": "5"})

    ada.go("/notices")

    expect(
        ada.page.get_by_text("Oak desk wird knapp: 0 pc verfügbar, das Minimum ist 5")
    ).to_be_visible()


@one_database
@both_schemes
def test_notices_are_accessible(server: Running, open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window())
    carl = colleague(server, ada, open_window(color_scheme=scheme), "manager")
    carl.go("/notices")
    settle(carl.page)
    assert_accessible(carl.page, axe_source)
    tell(ada, carl)
    carl.go("/notices")
    expect(carl.page.get_by_role("listitem").first).to_be_visible()
    assert_accessible(carl.page, axe_source)
    carl.page.set_viewport_size({"width": 390, "height": 844})
    expect(carl.page.get_by_role("button", name="Menu")).to_be_visible()
    assert_accessible(carl.page, axe_source)
    assert not carl.page.evaluate("document.documentElement.scrollWidth > innerWidth")
