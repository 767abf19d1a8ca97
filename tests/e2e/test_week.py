"""The weekly grid in the browser."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, expect

from tests.e2e.company import colleague
from tests.e2e.conftest import Expected, Opens, Visit, both_databases, signed_in
from tests.e2e.hours import (
    book,
    expect_hours,
    last_week,
    list_entries,
    make_project,
    my_id,
    submit,
    today,
)
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle
from tests.process.running import Running


def open_week(visit: Visit, query: str = "") -> None:
    visit.go(f"/timesheets/week?week={last_week()}{query}")
    settle(visit.page)


def cell(visit: Visit, row: str, weekday: str) -> Locator:
    return visit.page.get_by_role("textbox", name=re.compile(f"^{row}, {weekday}"))


def total(visit: Visit) -> Locator:
    return visit.page.get_by_role("row", name=re.compile("^In all"))


def test_cells_take_every_way_to_write_hours_and_say_that_they_are_saved(ada: Visit):
    make_project(ada)
    page = ada.page
    open_week(ada)
    page.get_by_role("button", name="Add a row").click()
    page.get_by_role("option", name="ACME project").click()

    for weekday, text in (
        ("Monday", "1:30"),
        ("Tuesday", "1.5"),
        ("Wednesday", "90m"),
        ("Thursday", "1h30"),
    ):
        cell(ada, "ACME project", weekday).fill(text)
        page.keyboard.press("Tab")
        expect(cell(ada, "ACME project", weekday)).to_have_value("1:30")

    expect(page.get_by_role("status").filter(has_text="Saved")).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("^ACME project"))).to_contain_text("6:00")
    expect(total(ada)).to_contain_text("6:00")
    page.reload()
    expect(cell(ada, "ACME project", "Thursday")).to_have_value("1:30")
    assert sum(each["seconds"] for each in list_entries(ada)) == 4 * 5400


def test_keys_lead_through_the_grid_like_in_a_spreadsheet(ada: Visit):
    for code in ("AAA", "BBB", "CCC"):
        book(ada, make_project(ada, code), last_week(), "3600")
    press = ada.page.keyboard.press
    open_week(ada)

    cell(ada, "AAA project", "Monday").focus()
    press("ArrowDown")
    expect(cell(ada, "BBB project", "Monday")).to_be_focused()
    ada.page.keyboard.type("2")
    press("Enter")
    expect(cell(ada, "CCC project", "Monday")).to_be_focused()
    press("Enter")
    expect(cell(ada, "BBB project", "Monday")).to_have_value("2:00")
    cell(ada, "CCC project", "Monday").focus()
    press("ArrowUp")
    press("Tab")
    expect(cell(ada, "BBB project", "Tuesday")).to_be_focused()
    press("Shift+Tab")
    expect(cell(ada, "BBB project", "Monday")).to_be_focused()
    press("Shift+Enter")
    expect(cell(ada, "AAA project", "Monday")).to_be_focused()
    ada.page.keyboard.type("7")
    press("Escape")

    expect(cell(ada, "AAA project", "Monday")).to_have_value("1:00")
    expect(total(ada)).to_contain_text("4:00")


def test_a_refused_cell_keeps_what_was_typed_and_says_why(ada: Visit, expected: Expected):
    expected.statuses = (409, 422)
    book(ada, make_project(ada), last_week(), "3600")
    open_week(ada)
    monday = cell(ada, "ACME project", "Monday")

    monday.fill("a while")
    monday.press("Enter")
    expect(monday).to_have_accessible_description(re.compile("This is no duration"))
    expect(monday).to_have_value("a while")
    monday.fill("25")
    monday.press("Enter")
    expect(monday).to_have_accessible_description("The day is not that long.")
    expect(monday).to_have_value("25:00")
    monday.press("Escape")

    expect(monday).to_have_value("1:00")
    expect(monday).not_to_have_attribute("aria-invalid", "true")


def test_cells_are_locked_with_their_reason(ada: Visit):
    project = make_project(ada)
    book(ada, project, last_week(), "09:00-10:00", note="By the clock")
    open_week(ada)
    by_clock = cell(ada, "ACME project", "Monday")
    expect(by_clock).to_have_attribute("readonly", "")
    expect(by_clock).to_have_accessible_description(re.compile("Entries with start and end"))

    ada.call("POST", "/api/timer/start", {"project_id": project["id"]})
    ada.go("/timesheets/week")

    running = cell(ada, "ACME project", today().strftime("%A"))
    expect(running).to_have_accessible_description(re.compile("A timer is running here"))
    expect(running).to_have_attribute("readonly", "")


def test_last_week_is_copied_as_rows_or_with_its_hours(ada: Visit):
    project = make_project(ada)
    before = last_week() - timedelta(days=7)
    book(ada, project, before, "09:00-11:00", activity="Writing")
    book(ada, project, before + timedelta(days=1), "1800")
    page = ada.page
    open_week(ada)

    page.get_by_role("button", name="Copy last week").click()
    page.get_by_role("menuitem", name="Rows only").click()
    expect(cell(ada, "ACME project · Writing", "Monday")).to_have_value("")
    assert len(list_entries(ada)) == 2
    page.get_by_role("button", name="Copy last week").click()
    page.get_by_role("menuitem", name="Rows and hours").click()

    expect(cell(ada, "ACME project · Writing", "Monday")).to_have_value("2:00")
    expect(cell(ada, "ACME project", "Tuesday")).to_have_value("0:30")
    expect(total(ada)).to_contain_text("2:30")


@both_databases
def test_a_week_is_handed_in_in_spite_of_gaps_and_withdrawn(ada: Visit):
    member = my_id(ada)
    expect_hours(ada, member, 3600)
    book(ada, make_project(ada), last_week(), "3600")
    page = ada.page
    open_week(ada)

    page.get_by_role("button", name="Hand in").click()
    dialog = page.get_by_role("dialog", name="Hand in with gaps?")
    expect(dialog).to_contain_text("Tue")
    expect(dialog).not_to_contain_text("Mon")
    dialog.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in", exact=True)).to_be_visible()
    expect(cell(ada, "ACME project", "Monday")).to_have_attribute("readonly", "")
    expect(cell(ada, "ACME project", "Monday")).to_have_accessible_description(
        re.compile("The week was handed in")
    )
    page.get_by_role("button", name="Withdraw").click()

    expect(page.get_by_text("Open", exact=True)).to_be_visible()
    expect(cell(ada, "ACME project", "Monday")).not_to_have_attribute("readonly", "")


def test_a_week_with_an_entry_beyond_belief_says_what_to_check(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    project = make_project(ada)
    begun = {"project_id": project["id"], "started_at": f"{last_week()}T00:00:00Z"}
    ada.call("POST", "/api/timer/start", begun)
    ada.call("POST", "/api/timer/stop", {"ended_at": f"{last_week()}T17:00:00Z"})
    open_week(ada)

    expect(ada.page.get_by_text("1 entry is longer than anybody works")).to_be_visible()
    ada.page.get_by_role("button", name="Hand in").click()
    expect(ada.page.get_by_text("Entries wait for a second look")).to_be_visible()
    ada.page.get_by_role("link", name="Show entries").click()

    expect(ada.page.get_by_role("button", name="Check", exact=True)).to_be_visible()


def test_the_address_holds_the_week(ada: Visit):
    ada.go("/timesheets/week")
    expect(ada.page.get_by_text("An empty week")).to_be_visible()

    ada.page.keyboard.press("[")

    expect(ada.page).to_have_url(re.compile(f"week={last_week()}"))
    ada.page.go_back()
    expect(ada.page).not_to_have_url(re.compile("week="))


@one_database
@both_schemes
def test_the_week_is_accessible(server: Running, open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme))
    carl = colleague(server, ada, open_window(color_scheme=scheme), "manager")
    member = my_id(ada)
    expect_hours(ada, member, 3600)
    project = make_project(ada)
    open_week(ada)
    assert_accessible(ada.page, axe_source)
    book(ada, project, last_week(), "09:00-11:00", activity="Writing")
    book(ada, project, last_week(), "3600")
    open_week(ada)
    monday = cell(ada, "ACME project", "Monday")
    monday.fill("a while")
    monday.press("Enter")
    expect(monday).to_have_attribute("aria-invalid", "true")
    assert_accessible(ada.page, axe_source)
    monday.press("Escape")
    ada.page.get_by_role("button", name="Add a row").click()
    expect(ada.page.get_by_role("combobox", name="Project or task")).to_be_focused()
    assert_accessible(ada.page, axe_source)
    submit(ada, member, last_week())
    carl.call("POST", f"/api/timesheets/{member}/{last_week()}/reject", {"reason": "Gaps"})
    open_week(ada)
    expect(ada.page.get_by_text("Given back: Gaps")).to_be_visible()
    assert_accessible(ada.page, axe_source)
    open_week(carl, f"&member={member}")
    expect(carl.page.get_by_role("heading", name="Week of Ada Lovelace")).to_be_visible()
    assert_accessible(carl.page, axe_source)


@one_database
@both_schemes
def test_the_week_fits_a_phone(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme, viewport={"width": 390, "height": 844}))
    book(ada, make_project(ada), last_week(), "3600", activity="Writing letters to customers")
    open_week(ada)

    assert_accessible(ada.page, axe_source)
    assert not ada.page.evaluate("document.documentElement.scrollWidth > innerWidth")
