"""Entries by day in the browser."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Expected, Opens, Visit, signed_in
from tests.e2e.hours import (
    DASH,
    book,
    last_week,
    list_entries,
    make_project,
    my_id,
    submit,
    today,
    wait_for_entries,
)
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle


def open_last_week(visit: Visit, query: str = "") -> None:
    visit.go(f"/timesheets?day={last_week()}{query}")
    settle(visit.page)


def row(visit: Visit, name: str) -> Locator:
    return visit.page.get_by_role("listitem").filter(has_text=name)


def furnished(visit: Visit) -> dict[str, Any]:
    """Two entries by the clock and an amount, on the Monday of last week."""
    project = make_project(visit)
    book(visit, project, last_week(), "09:00-10:30", note="Sketches")
    book(visit, project, last_week(), "10:30-12:00", note="Layout")
    book(visit, project, last_week(), "2700", note="Mails", billable=False)
    return project


def test_days_show_their_sums_and_the_address_holds_the_period(ada: Visit):
    furnished(ada)
    page = ada.page
    open_last_week(ada)

    expect(page.get_by_role("status").filter(has_text="3:45 in all")).to_contain_text(
        "3:00 billable"
    )
    page.get_by_role("button", name="Next period").click()
    expect(page.get_by_text("No hours here")).to_be_visible()
    page.keyboard.press("[")
    expect(row(ada, "Sketches")).to_contain_text(f"09:00{DASH}10:30")
    page.get_by_text("Month", exact=True).click()
    expect(page).to_have_url(re.compile(r"span=month"))
    page.reload()
    expect(row(ada, "Layout")).to_contain_text("1:30")


def tab_to(page: Page, label: str) -> None:
    """On to the field by Tab alone, past the parts and the picker of the one before."""
    field = page.get_by_role("dialog").get_by_role("textbox", name=label)
    for _ in range(6):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {label}")


def test_an_entry_is_recorded_with_its_times_by_keys_alone(ada: Visit):
    make_project(ada)
    page, press, type_text = ada.page, ada.page.keyboard.press, ada.page.keyboard.type
    ada.go()
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()

    press("g")
    press("t")
    expect(page.get_by_role("heading", name="Timesheets")).to_be_focused()
    press("n")
    expect(page.get_by_role("combobox", name="Project or task")).to_be_focused()
    type_text("acme")
    expect(page.get_by_role("option", name="ACME project")).to_be_visible()
    press("ArrowDown")
    press("Enter")
    expect(page.get_by_role("combobox", name="Project or task")).to_have_value("ACME project")
    tab_to(page, "Day")
    type_text(last_week().strftime("%m%d%Y"))
    tab_to(page, "From")
    type_text("0900AM")
    tab_to(page, "To")
    type_text("1015AM")
    press("Control+Enter")

    expect(page.get_by_role("dialog")).to_have_count(0)
    entry = list_entries(ada)[0]
    assert (entry["kind"], entry["seconds"]) == ("clock", 4500)


def test_a_duration_is_recorded_and_a_wrong_one_is_explained(ada: Visit):
    make_project(ada)
    page = ada.page
    ada.go("/timesheets?panel=new")

    page.get_by_text("Duration", exact=True).first.click()
    page.get_by_role("combobox", name="Project or task").click()
    page.get_by_role("option", name="ACME project").click()
    field = page.get_by_role("textbox", name="Duration")
    field.fill("a while")
    page.get_by_role("button", name="Record").click()
    expect(field).to_have_accessible_description(re.compile("Not a duration"))
    field.fill("1,5")
    page.get_by_role("textbox", name="Note").fill("Reading")
    page.get_by_role("button", name="Record").click()

    expect(row(ada, "Reading")).to_contain_text("1:30")
    assert list_entries(ada)[0]["work_date"] == today().isoformat()


def test_a_refused_overlap_shows_at_the_row_and_its_fix_is_applied(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    furnished(ada)
    page = ada.page
    open_last_week(ada)

    page.get_by_role("button", name="Time of Layout").click()
    page.get_by_role("textbox", name="Time of Layout").fill("10-12")
    page.keyboard.press("Enter")
    alert = row(ada, "Layout").get_by_role("alert")
    expect(alert).to_contain_text(f"09:00{DASH}10:30 · Sketches")
    alert.get_by_role("button", name=f"Shorten the other: 09:00{DASH}10:00").click()

    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("button", name=f"Time of Sketches: 09:00{DASH}10:00")).to_be_visible()
    expect(page.get_by_role("button", name=f"Time of Layout: 10:00{DASH}12:00")).to_be_visible()


def test_an_overlap_is_fixed_in_the_form_and_can_be_left(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    furnished(ada)
    page = ada.page
    open_last_week(ada, "&panel=new")

    page.get_by_role("combobox", name="Project or task").click()
    page.get_by_role("option", name="ACME project").click()
    page.get_by_role("dialog").get_by_label("Day").fill(last_week().isoformat())
    page.get_by_label("From", exact=True).fill("11:30")
    page.get_by_label("To", exact=True).fill("13:00")
    page.get_by_role("button", name="Record").click()
    page.get_by_role("button", name=f"Shorten this one: 12:00{DASH}13:00").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(ada, f"12:00{DASH}13:00")).to_contain_text("1:00")


def test_an_entry_is_split_duplicated_and_deleted_by_name(ada: Visit):
    furnished(ada)
    page = ada.page
    open_last_week(ada)

    page.get_by_role("button", name="More: Sketches").click()
    page.get_by_role("menuitem", name="Split").click()
    page.get_by_label("Split at").fill("09:20")
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.get_by_role("button", name=f"Time of Sketches: 09:00{DASH}09:20")).to_be_visible()
    expect(page.get_by_role("button", name=f"Time of Sketches: 09:20{DASH}10:30")).to_be_visible()

    page.get_by_role("button", name="More: Mails").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Mails")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("button", name="More: Layout").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog", name=f"Delete “Layout”, 10:30{DASH}12:00?")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(row(ada, "Layout")).to_have_count(0)
    assert [each["note"] for each in list_entries(ada)].count("Mails") == 2


def test_continuing_starts_the_timer_with_the_same_words(ada: Visit):
    furnished(ada)
    open_last_week(ada)

    ada.page.get_by_role("button", name="Continue: Sketches").click()

    expect(ada.page.get_by_role("timer")).to_be_visible()
    expect(ada.page.get_by_role("button", name="Stop timer")).to_be_visible()
    wait_for_entries(ada, note="Sketches", is_running=True)


def test_several_entries_change_together_or_not_at_all(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    furnished(ada)
    other = make_project(ada, "INT")
    page = ada.page
    open_last_week(ada)

    page.get_by_role("checkbox", name="Select Sketches").check()
    page.get_by_role("checkbox", name="Select Layout").check()
    bar = page.get_by_role("region", name="Selection")
    expect(bar).to_contain_text("2 selected · 3:00")
    bar.get_by_role("button", name="Set project").click()
    page.get_by_role("combobox", name="Project or task").click()
    page.get_by_role("option", name="INT project").click()
    expect(row(ada, "Sketches")).to_contain_text("INT project")
    expect(bar).to_have_count(0)

    page.get_by_role("checkbox", name="Select Sketches").check()
    page.get_by_role("checkbox", name="Select Mails").check()
    submit(ada, my_id(ada), last_week())
    bar.get_by_role("button", name="Not billable").click()
    expect(
        page.get_by_text(re.compile("Nothing was changed. Sketches: This time is locked"))
    ).to_be_visible()
    assert {each["project"]["id"] for each in list_entries(ada)[:2]} == {other["id"]}


def test_billable_is_switched_in_the_row(ada: Visit):
    furnished(ada)
    open_last_week(ada)

    ada.page.get_by_role("switch", name=re.compile("^Sketches: billable")).click()

    expect(
        ada.page.get_by_role("switch", name=re.compile("^Sketches: not billable"))
    ).to_be_visible()
    expect(ada.page.get_by_role("status").filter(has_text="in all")).to_contain_text(
        "1:30 billable"
    )


def test_locked_entries_say_why_and_offer_no_change(ada: Visit):
    furnished(ada)
    submit(ada, my_id(ada), last_week())
    open_last_week(ada)

    reason = re.compile("The week was handed in")
    expect(row(ada, "Sketches").get_by_role("img", name=reason)).to_be_visible()
    expect(ada.page.get_by_role("checkbox")).to_have_count(0)
    expect(ada.page.get_by_role("button", name="Time of Sketches")).to_have_count(0)
    ada.page.get_by_role("button", name="More: Sketches").click()
    expect(ada.page.get_by_role("menuitem")).to_have_text(["Duplicate…"])


def test_an_entry_beyond_belief_is_confirmed(ada: Visit):
    project = make_project(ada)
    ada.call(
        "POST",
        "/api/timer/start",
        {"project_id": project["id"], "started_at": f"{last_week()}T00:00:00Z"},
    )
    ada.call("POST", "/api/timer/stop", {"ended_at": f"{last_week()}T17:00:00Z"})
    open_last_week(ada)

    ada.page.get_by_role("button", name="Check", exact=True).click()
    ada.page.get_by_role("menuitem", name="Times are right").click()

    expect(ada.page.get_by_role("button", name="Check", exact=True)).to_have_count(0)
    assert list_entries(ada)[0]["needs_review"] is False


def test_the_period_is_exported_as_a_file(ada: Visit):
    furnished(ada)
    open_last_week(ada)

    ada.page.get_by_role("button", name="Export").click()
    with ada.page.expect_download() as caught:
        ada.page.get_by_role("menuitem", name="CSV").click()

    assert caught.value.suggested_filename.endswith(".csv")
    text = caught.value.path().read_text()
    assert "Sketches" in text
    assert "Mails" in text


@one_database
@both_schemes
def test_the_days_are_accessible(
    open_window: Opens, axe_source: str, scheme: str, expected: Expected
):
    expected.statuses = (409,)
    ada = signed_in(open_window(color_scheme=scheme))
    furnished(ada)
    page = ada.page
    open_last_week(ada)
    page.get_by_role("checkbox", name="Select Sketches").check()
    assert_accessible(page, axe_source)
    page.get_by_role("button", name="Time of Layout").click()
    assert_accessible(page, axe_source)
    page.get_by_role("textbox", name="Time of Layout").fill("10-12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page, axe_source)
    page.get_by_role("button", name="More: Mails").click()
    page.get_by_role("menuitem", name="Split").click()
    expect(page.get_by_role("textbox", name="First part")).to_be_focused()
    assert_accessible(page, axe_source)
    open_last_week(ada, "&panel=new")
    page.get_by_role("button", name="Record").click()
    assert_accessible(page, axe_source)
    submit(ada, my_id(ada), last_week())
    open_last_week(ada)
    assert_accessible(page, axe_source)


@one_database
@both_schemes
def test_the_days_fit_a_phone(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme, viewport={"width": 390, "height": 844}))
    open_last_week(ada)
    assert_accessible(ada.page, axe_source)
    furnished(ada)
    open_last_week(ada)
    expect(row(ada, "Sketches")).to_be_visible()

    assert_accessible(ada.page, axe_source)
    assert not ada.page.evaluate("document.documentElement.scrollWidth > innerWidth")
