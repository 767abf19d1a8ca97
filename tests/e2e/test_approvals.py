"""Weeks are approved by a second person."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, expect

from tests.e2e.company import colleague
from tests.e2e.conftest import Expected, Opens, Visit, signed_in
from tests.e2e.hours import book, expect_hours, last_week, make_project, my_id, submit
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle
from tests.process.running import Running

WEEK = timedelta(days=7)


def hand_in(visit: Visit, weeks: int = 1) -> str:
    """Hours of the last weeks, handed in; the member's id."""
    project, member = make_project(visit), my_id(visit)
    for number in range(weeks):
        book(visit, project, last_week() - number * WEEK, "7200")
        submit(visit, member, last_week() - number * WEEK)
    return member


def weeks_of(visit: Visit, name: str) -> Locator:
    return visit.page.get_by_role("row").filter(has_text=name)


def test_a_second_person_approves_and_reopens_and_the_first_hears_of_it(
    server: Running, ada: Visit, open_window: Opens
):
    carl = colleague(server, ada, open_window(), "manager")
    member = hand_in(ada)
    expect_hours(carl, member, 3600)
    carl.go("/timesheets/approvals")

    row = weeks_of(carl, "Ada Lovelace")
    expect(row).to_contain_text("2:00")
    expect(row).to_contain_text("6:00")  # missing: an hour on each of the other days
    row.get_by_role("button", name=re.compile("^Approve: Ada Lovelace")).click()
    expect(carl.page.get_by_text("Nothing to approve")).to_be_visible()
    carl.go("/timesheets/approvals?state=approved")
    weeks_of(carl, "Ada Lovelace").get_by_role("button", name=re.compile("^Reopen: Ada")).click()
    dialog = carl.page.get_by_role("dialog", name="Reopen the week?")
    dialog.get_by_role("button", name="Reopen").click()
    expect(dialog.get_by_role("textbox", name="Reason")).to_have_accessible_description(
        "Please fill this in."
    )
    dialog.get_by_role("textbox", name="Reason").fill("Friday is wrong")
    dialog.get_by_role("button", name="Reopen").click()

    expect(weeks_of(carl, "Ada Lovelace")).to_have_count(0)
    ada.go(f"/timesheets/week?week={last_week()}")
    expect(ada.page.get_by_text("Reopened: Friday is wrong")).to_be_visible()
    expect(ada.page.get_by_role("button", name="Hand in")).to_be_visible()


def test_a_week_is_looked_at_and_given_back_with_a_reason(
    server: Running, ada: Visit, open_window: Opens
):
    carl = colleague(server, ada, open_window(), "manager")
    hand_in(ada)
    page = carl.page
    carl.go("/timesheets/approvals")

    page.get_by_role("link", name="Ada Lovelace").click()
    expect(page.get_by_role("heading", name="Week of Ada Lovelace")).to_be_visible()
    monday = page.get_by_role("textbox", name=re.compile("ACME project, Monday"))
    expect(monday).to_have_value("2:00")
    expect(monday).to_have_attribute("readonly", "")
    page.get_by_role("button", name="Give back…").click()
    page.get_by_role("textbox", name="Reason").fill("Tuesday is missing")
    page.get_by_role("button", name="Give back", exact=True).click()

    expect(page.get_by_text("Given back", exact=True)).to_be_visible()
    week = ada.call("GET", f"/api/timesheets/{my_id(ada)}/{last_week()}")
    assert (week["state"], week["reason"]) == ("rejected", "Tuesday is missing")


def test_several_weeks_are_approved_at_once(server: Running, ada: Visit, open_window: Opens):
    carl = colleague(server, ada, open_window(), "manager")
    hand_in(ada, weeks=3)
    carl.go("/timesheets/approvals")
    expect(weeks_of(carl, "Ada Lovelace")).to_have_count(3)

    carl.page.get_by_role("checkbox", name="Select all on this page").check()
    bar = carl.page.get_by_role("region", name="Selection")
    bar.get_by_role("button", name="Approve").click()

    expect(carl.page.get_by_text("3 weeks approved")).to_be_visible()
    expect(carl.page.get_by_text("Nothing to approve")).to_be_visible()


def test_nobody_approves_an_own_week_while_somebody_else_may(
    server: Running, ada: Visit, open_window: Opens, expected: Expected
):
    expected.statuses = (409,)
    colleague(server, ada, open_window(), "manager")
    hand_in(ada)
    ada.go("/timesheets/approvals")

    ada.page.get_by_role("button", name=re.compile("^Approve: Ada")).click()

    expect(ada.page.get_by_text("Nobody approves his or her own week")).to_be_visible()
    expect(weeks_of(ada, "Ada Lovelace")).to_have_count(1)


def test_those_who_may_not_approve_do_not_find_the_page(
    server: Running, ada: Visit, open_window: Opens
):
    carl = colleague(server, ada, open_window(), "user")
    carl.go("/timesheets")
    expect(carl.page.get_by_role("link", name="Week", exact=True)).to_be_visible()
    expect(carl.page.get_by_role("link", name="Approvals")).to_have_count(0)

    carl.go("/timesheets/approvals")

    expect(carl.page.get_by_text("Not for your role")).to_be_visible()


def test_the_next_week_is_approved_by_keys_alone(server: Running, ada: Visit, open_window: Opens):
    carl = colleague(server, ada, open_window(), "manager")
    hand_in(ada)
    page, press = carl.page, carl.page.keyboard.press
    carl.go("/timesheets/approvals")
    expect(weeks_of(carl, "Ada Lovelace")).to_have_count(1)

    press("j")
    press("Enter")
    expect(page.get_by_role("heading", name="Week of Ada Lovelace")).to_be_focused()
    page.get_by_role("button", name="Approve").focus()
    press("Enter")

    expect(page.get_by_text("Approved", exact=True)).to_be_visible()


@one_database
@both_schemes
def test_approvals_are_accessible(
    server: Running, open_window: Opens, axe_source: str, scheme: str
):
    ada = signed_in(open_window())
    carl = colleague(server, ada, open_window(color_scheme=scheme), "manager")
    carl.go("/timesheets/approvals")
    settle(carl.page)
    assert_accessible(carl.page, axe_source)
    hand_in(ada)
    carl.go("/timesheets/approvals")
    settle(carl.page)
    carl.page.get_by_role("checkbox", name="Select all on this page").check()
    assert_accessible(carl.page, axe_source)
    carl.page.get_by_role("button", name=re.compile("^Give back: Ada")).click()
    expect(carl.page.get_by_role("textbox", name="Reason")).to_be_focused()
    assert_accessible(carl.page, axe_source)
    carl.page.set_viewport_size({"width": 390, "height": 844})
    carl.go("/timesheets/approvals?state=all")
    settle(carl.page)
    assert_accessible(carl.page, axe_source)
    assert not carl.page.evaluate("document.documentElement.scrollWidth > innerWidth")
