"""The timer in the shell: one per person, the truth on the server."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Expected, Opens, Visit, both_databases, signed_in
from tests.e2e.hours import list_entries, make_project, wait_for_entries
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle
from tests.process.running import wait_for


def start(visit: Visit, project: dict[str, Any], **fields: Any) -> None:
    """Start the timer, as another device would."""
    visit.call("POST", "/api/timer/start", {"project_id": project["id"]} | fields)


def hours_ago(hours: float) -> str:
    """An instant as the API takes it."""
    then = datetime.now(UTC) - timedelta(hours=hours)
    return then.replace(microsecond=0).isoformat()


def clock(page: Page) -> Any:
    return page.get_by_role("timer")


def choose(page: Page, option: str) -> None:
    """Pick a project or task in the form that is open."""
    page.get_by_role("combobox", name="Project or task").click()
    page.get_by_role("option", name=option).click()


def test_the_timer_counts_in_header_and_title_and_survives_a_reload(ada: Visit):
    make_project(ada)
    page = ada.page
    page.clock.install()
    ada.go()

    page.get_by_role("button", name="Start timer").click()
    page.get_by_role("textbox", name="What are you working on?").fill("Design review")
    choose(page, "ACME project")
    page.get_by_role("dialog").get_by_role("button", name="Start timer").click()
    expect(page.get_by_role("button", name="Stop timer")).to_be_visible()
    page.clock.fast_forward("00:20")

    expect(clock(page)).to_have_text(re.compile(r"^0:00:[2-5]\d$"))
    expect(page).to_have_title(
        re.compile(r"^0:00:[2-5]\d Design review · Hello Ada · Cloud ERP Lite$")
    )
    page.reload()
    expect(clock(page)).to_have_text(re.compile(r"^0:0\d:\d\d$"))
    page.get_by_role("button", name="Stop timer").click()
    expect(page.get_by_role("button", name="Start timer")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^[^0-9]"))
    wait_for_entries(ada, note="Design review", is_running=False)


def test_the_clock_of_the_server_counts_however_wrong_that_of_the_device_is(ada: Visit):
    start(ada, make_project(ada), started_at=hours_ago(1))
    ada.page.clock.install(time=datetime.now(UTC) - timedelta(days=2))

    ada.go()

    expect(clock(ada.page)).to_have_text(re.compile(r"^1:00:\d\d$"))


def test_a_line_that_begins_with_a_duration_books_an_amount(ada: Visit):
    make_project(ada)
    ada.go()

    ada.page.get_by_role("button", name="Start timer").click()
    ada.page.get_by_role("textbox", name="What are you working on?").fill("1h30 design")
    choose(ada.page, "ACME project")
    ada.page.get_by_role("button", name="Book 1:30 for today").click()

    expect(ada.page.get_by_text("1:30 booked: design")).to_be_visible()
    entry = list_entries(ada)[0]
    assert (entry["kind"], entry["seconds"], entry["note"]) == ("amount", 5400, "design")


def test_keys_alone_start_and_stop(ada: Visit):
    project = make_project(ada)
    body = {"project_id": project["id"], "kind": "amount", "seconds": 60, "note": "Calls"}
    ada.call(
        "POST", "/api/time-entries", body | {"work_date": datetime.now(UTC).date().isoformat()}
    )
    page, press = ada.page, ada.page.keyboard.press
    ada.go("/products")
    expect(page.get_by_role("button", name="Start timer")).to_be_visible()

    press("s")
    expect(page.get_by_role("textbox", name="What are you working on?")).to_be_focused()
    expect(page.get_by_role("combobox", name="Project or task")).to_have_value("ACME project")
    page.keyboard.type("Answering mails")
    press("Enter")
    expect(clock(page)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("s")

    expect(clock(page)).to_have_count(0)
    expect(page.get_by_text(re.compile("recorded: Answering mails"))).to_be_visible()
    assert list_entries(ada)[0]["seconds"] >= 1


@both_databases
def test_what_another_device_starts_shows_on_focus_and_switching_leaves_no_gap(ada: Visit):
    project = make_project(ada)
    ada.go()
    expect(ada.page.get_by_role("button", name="Start timer")).to_be_visible()
    start(ada, project, note="From the phone", started_at=hours_ago(1))

    ada.page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    expect(clock(ada.page)).to_have_text(re.compile(r"^1:00:\d\d$"))
    clock(ada.page).click()
    ada.page.get_by_role("button", name="Switch…").click()
    ada.page.get_by_role("textbox", name="What are you working on?").fill("Something else")
    ada.page.get_by_role("dialog").get_by_role("button", name="Start timer").click()

    expect(clock(ada.page)).to_have_text(re.compile(r"^0:0\d:\d\d$"))
    expect(ada.page.get_by_role("button", name=re.compile("Something else"))).to_be_visible()
    now, before = wait_for_entries(ada, note="Something else")
    assert before["ended_at"] == now["started_at"]


def test_starting_without_knowing_of_another_timer_offers_to_switch(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    project = make_project(ada)
    page = ada.page
    ada.go()
    page.get_by_role("button", name="Start timer").click()
    page.get_by_role("textbox", name="What are you working on?").fill("Here")
    choose(page, "ACME project")
    start(ada, project, note="Elsewhere", started_at=hours_ago(0.5))

    page.get_by_role("dialog").get_by_role("button", name="Start timer").click()
    expect(page.get_by_text("“Elsewhere” is running, started elsewhere.")).to_be_visible()
    page.get_by_role("button", name="Switch", exact=True).click()

    expect(page.get_by_role("button", name=re.compile(r"Here\b"))).to_be_visible()
    entries = wait_for_entries(ada, note="Here")
    assert [entry["note"] for entry in entries] == ["Here", "Elsewhere"]


def test_the_start_is_put_right_while_it_runs_and_an_overlap_is_fixed_there(
    ada: Visit, expected: Expected
):
    expected.statuses = (409,)
    project = make_project(ada)
    times = {"started_at": hours_ago(3), "ended_at": hours_ago(1)}
    body = {"project_id": project["id"], "note": "Before"} | times
    before = ada.call("POST", "/api/time-entries", body)
    start(ada, project, note="Now")
    page = ada.page
    ada.go()

    clock(page).click()
    earlier = datetime.now(UTC) - timedelta(hours=2)
    page.get_by_label("From", exact=True).fill(earlier.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Another entry lies within this time")
    expect(alert).to_contain_text("Before")
    alert.get_by_role("button", name=re.compile("Shorten this one")).click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(clock(page)).to_have_text(re.compile(r"^(0:59|1:00):\d\d$"))
    assert list_entries(ada)[0]["started_at"] == before["ended_at"]


def test_a_forgotten_timer_asks_and_stops_where_it_should_have(ada: Visit):
    project = make_project(ada)
    page = ada.page
    page.clock.install()
    start(ada, project, note="Design", started_at=hours_ago(9.9))
    ada.go()
    expect(clock(page)).to_have_text(re.compile(r"^9:5\d:\d\d$"))
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.clock.fast_forward("00:10:00")
    dialog = page.get_by_role("dialog", name="Is this timer still right?")
    expect(dialog).to_contain_text("“Design” has been running since")
    dialog.get_by_role("button", name="Stop there").click()

    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Start timer")).to_be_visible()
    seconds = wait_for_entries(ada, is_running=False)[0]["seconds"]
    assert 7.9 * 3600 < seconds <= 8 * 3600


def test_a_long_timer_that_is_right_asks_only_once(ada: Visit):
    start(ada, make_project(ada), note="Night shift", started_at=hours_ago(11))
    page = ada.page
    ada.go()

    page.get_by_role("button", name="Keep running").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.reload()

    expect(clock(page)).to_have_text(re.compile(r"^11:00:\d\d$"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_discarding_names_what_is_lost(ada: Visit):
    start(ada, make_project(ada), note="Nothing")
    page = ada.page
    ada.go()

    clock(page).click()
    page.get_by_role("button", name="Discard…").click()
    expect(page.get_by_role("dialog", name="Discard “Nothing”?")).to_be_visible()
    page.get_by_role("button", name="Discard", exact=True).click()

    expect(page.get_by_role("button", name="Start timer")).to_be_visible()
    wait_for(lambda: list_entries(ada) == [], lambda: "the entry is still there")


def test_a_refused_start_is_taken_back(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    project = make_project(ada)
    page = ada.page
    ada.go()
    page.get_by_role("button", name="Start timer").click()
    choose(page, "ACME project")
    ada.call("POST", f"/api/projects/{project['id']}/archive")

    page.get_by_role("dialog").get_by_role("button", name="Start timer").click()

    expect(page.get_by_text("This project is archived. Restore it first.")).to_be_visible()
    expect(clock(page)).to_have_count(0)
    expect(page).to_have_title("Hello Ada · Cloud ERP Lite")


def test_a_project_that_is_missing_is_made_on_the_way(ada: Visit):
    page = ada.page
    ada.go()
    page.get_by_role("button", name="Start timer").click()

    page.get_by_role("combobox", name="Project or task").fill("Move")
    page.get_by_role("option", name="Create project “Move”").click()
    field = page.get_by_role("combobox", name="Project or task")
    expect(field).to_have_value("Move")
    expect(field).not_to_have_attribute("aria-busy", "true")
    page.get_by_role("dialog").get_by_role("button", name="Start timer").click()

    expect(clock(page)).to_be_visible()
    assert wait_for_entries(ada, is_running=True)[0]["project"]["code"] == "Move"


def test_the_timer_starts_from_a_task(ada: Visit):
    body = {"project_id": make_project(ada)["id"], "title": "Call Nancy"}
    task = ada.call("POST", "/api/tasks", body)
    ada.go(f"/projects/tasks?which=all&task={task['id']}")

    ada.page.get_by_role("button", name="Start timer: ACME-1").click()

    entry = wait_for_entries(ada, is_running=True)[0]
    assert entry["task"]["title"] == "Call Nancy"
    expect(clock(ada.page)).to_be_attached()


@one_database
@both_schemes
@pytest.mark.parametrize("width", [1280, 390])
def test_the_timer_is_accessible(open_window: Opens, axe_source: str, scheme: str, width: int):
    ada = signed_in(open_window(color_scheme=scheme, viewport={"width": width, "height": 844}))
    project = make_project(ada)
    ada.go()
    settle(ada.page)
    ada.page.keyboard.press("s")
    expect(ada.page.get_by_role("textbox", name="What are you working on?")).to_be_focused()
    assert_accessible(ada.page, axe_source)

    start(ada, project, note="Design", started_at=hours_ago(11))
    ada.go()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    assert_accessible(ada.page, axe_source)
    ada.page.get_by_role("button", name="Keep running").click()
    clock(ada.page).click()
    expect(ada.page.get_by_role("button", name="Switch…")).to_be_visible()
    assert_accessible(ada.page, axe_source)
    wider = "document.documentElement.scrollWidth > innerWidth"
    assert not ada.page.evaluate(wider)
