"""The board and the drawer of a task in the browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.company import colleague
from tests.e2e.conftest import Expected, Opens, Visit, both_databases, signed_in
from tests.e2e.hub import Record, make_project, make_task, my_id, wait_for_titles
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database
from tests.process.running import Running


@pytest.fixture
def project(ada: Visit) -> Record:
    """A project with three tasks to do and one begun."""
    made = make_project(ada)
    for title in ("First", "Second", "Third"):
        make_task(ada, made, title)
    make_task(ada, made, "Begun", "started")
    return made


def open_board(visit: Visit, project: Record, search: str = "") -> None:
    visit.go(f"/projects/{project['id']}/board{search}")
    expect(visit.page.get_by_role("region", name="Board of Website")).to_be_visible()


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def cards(page: Page, name: str) -> Locator:
    return column(page, name).get_by_role("listitem").get_by_role("link")


def refuse(route: Route) -> None:
    """What a server says that is in trouble."""
    body = {"code": "server_fault", "status": 500, "title": "Server fault"}
    route.fulfill(status=500, json=body, content_type="application/problem+json")


@both_databases
def test_cards_are_dragged_between_columns_and_within_one(ada: Visit, project: Record):
    open_board(ada, project)
    page = ada.page

    page.get_by_role("link", name="First").drag_to(column(page, "In progress"))
    expect(cards(page, "In progress")).to_have_text(["Begun", "First"])
    expect(column(page, "In progress").get_by_label("2 tasks")).to_be_visible()
    top = {"x": 40, "y": 2}
    begun = column(page, "In progress").get_by_role("listitem").first
    page.get_by_role("link", name="First").drag_to(begun, target_position=top)
    expect(cards(page, "In progress")).to_have_text(["First", "Begun"])
    below = column(page, "To do").get_by_role("listitem").last
    page.get_by_role("link", name="Second").drag_to(below, target_position={"x": 40, "y": 50})

    expect(cards(page, "To do")).to_have_text(["Third", "Second"])
    wait_for_titles(ada, project, started=["First", "Begun"], unstarted=["Third", "Second"])
    page.reload()
    expect(cards(page, "In progress")).to_have_text(["First", "Begun"])
    expect(cards(page, "To do")).to_have_text(["Third", "Second"])


def test_cards_are_moved_by_keys_alone(ada: Visit, project: Record):
    open_board(ada, project)
    page, press = ada.page, ada.page.keyboard.press
    cards(page, "To do").first.focus()

    press("ArrowDown")
    expect(page.get_by_role("link", name="Second")).to_be_focused()
    press("ArrowRight")
    expect(page.get_by_role("link", name="Begun")).to_be_focused()
    press("ArrowLeft")
    expect(page.get_by_role("link", name="First")).to_be_focused()
    press("m")
    expect(page.get_by_role("menuitem", name="Backlog")).to_be_focused()
    press("ArrowDown")
    press("ArrowDown")
    press("Enter")
    expect(cards(page, "Done")).to_have_text(["First"])
    expect(page.get_by_role("link", name="First")).to_be_focused()
    told = page.get_by_role("status").filter(has_text="WEB-1 is now in Done, place 1 of 1")
    expect(told).to_be_attached()

    press("ArrowLeft")
    press("m")
    page.get_by_role("menuitem", name="Backlog").press("Enter")
    expect(cards(page, "Backlog")).to_have_text(["Begun"])
    wait_for_titles(ada, project, completed=["First"])


def test_the_menu_of_a_card_moves_it_by_mouse(ada: Visit, project: Record):
    open_board(ada, project)
    page = ada.page
    third = page.get_by_role("listitem").filter(has_text="Third")

    third.hover()
    third.get_by_role("button", name="Move WEB-3").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Third")).to_be_focused()
    third.get_by_role("button", name="Move WEB-3").click()
    page.get_by_role("menuitem", name="To the top").click()

    expect(cards(page, "To do")).to_have_text(["Third", "First", "Second"])
    wait_for_titles(ada, project, unstarted=["Third", "First", "Second"])
    page.reload()
    expect(cards(page, "To do")).to_have_text(["Third", "First", "Second"])


def test_a_move_that_the_server_refuses_is_taken_back(
    ada: Visit, project: Record, expected: Expected
):
    expected.statuses = (500,)
    open_board(ada, project)
    page = ada.page
    page.route("**/api/tasks/*/move", refuse)

    page.get_by_role("link", name="First").drag_to(column(page, "Done"))

    expect(page.get_by_role("alert")).to_be_visible()
    expect(cards(page, "To do")).to_have_text(["First", "Second", "Third"])
    expect(cards(page, "Done")).to_have_count(0)


def test_what_it_waits_for_keeps_a_task_from_being_finished(
    ada: Visit, project: Record, expected: Expected
):
    expected.statuses = (409,)
    board = ada.call("GET", f"/api/projects/{project['id']}/board")
    tasks = {task["title"]: task["id"] for each in board["columns"] for task in each["tasks"]}
    ada.call("PUT", f"/api/tasks/{tasks['First']}/dependencies/{tasks['Begun']}")
    open_board(ada, project)
    page = ada.page

    page.get_by_role("link", name="First").drag_to(column(page, "Done"))

    expect(page.get_by_text("First finish what it waits for: WEB-4 Begun")).to_be_visible()
    expect(cards(page, "To do")).to_have_text(["First", "Second", "Third"])


def test_open_subtasks_are_finished_with_their_task_if_one_says_so(
    ada: Visit, project: Record, expected: Expected
):
    expected.statuses = (409,)
    parent = make_task(ada, project, "Whole")
    make_task(ada, project, "Part", parent_id=parent["id"])
    open_board(ada, project)
    page = ada.page

    page.get_by_role("link", name="Whole").drag_to(column(page, "Done"))
    expect(page.get_by_role("dialog")).to_contain_text("Part")
    page.get_by_role("button", name="Complete all").click()

    expect(cards(page, "Done")).to_have_text(["Whole", "Part"])


def test_tasks_are_added_where_they_belong_one_after_the_other(ada: Visit, project: Record):
    open_board(ada, project)
    page = ada.page

    page.get_by_role("button", name="Add task to In progress").click()
    for title in ("One", "Two"):
        page.keyboard.type(title)
        page.keyboard.press("Enter")
    expect(cards(page, "In progress")).to_have_text(["Begun", "One", "Two"])
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Add task to In progress")).to_be_focused()
    wait_for_titles(ada, project, started=["Begun", "One", "Two"])


def test_the_filter_lives_in_the_address_and_new_tasks_fit_it(ada: Visit, project: Record):
    make_task(ada, project, "Mine", assignee_ids=[my_id(ada)])
    open_board(ada, project)
    page = ada.page

    page.get_by_role("button", name="Assigned to").click()
    page.get_by_role("menuitemradio", name="Me", exact=True).click()
    expect(page).to_have_url(re.compile("assignee=me"))
    expect(cards(page, "To do")).to_have_text(["Mine"])
    page.reload()
    expect(cards(page, "To do")).to_have_text(["Mine"])
    page.get_by_role("button", name="Add task to To do").click()
    page.keyboard.type("Also mine")
    page.keyboard.press("Enter")

    expect(cards(page, "To do")).to_have_text(["Mine", "Also mine"])


def test_a_task_opens_over_the_board_is_edited_and_left_by_keys(ada: Visit, project: Record):
    open_board(ada, project)
    page, press = ada.page, ada.page.keyboard.press
    cards(page, "To do").first.focus()

    press("Enter")
    drawer = page.get_by_role("dialog")
    title = drawer.get_by_role("textbox", name="Title")
    expect(title).to_have_value("First")
    expect(page).to_have_url(re.compile("task="))
    title.focus()
    press("End")
    page.keyboard.type(" of all")
    press("Enter")
    estimate = drawer.get_by_role("textbox", name="Estimate")
    estimate.focus()
    page.keyboard.type("90m")
    press("Control+Enter")
    expect(estimate).to_have_value("1:30")
    press("Escape")

    expect(drawer).to_have_count(0)
    expect(page.get_by_role("link", name="First of all")).to_be_focused()


def test_the_address_of_a_task_opens_it_and_back_closes_it(ada: Visit, project: Record):
    open_board(ada, project)
    page = ada.page
    page.get_by_role("link", name="Second").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value("Second")
    address = page.url
    page.go_back()
    expect(drawer).to_have_count(0)

    page.goto(address)
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value("Second")
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    expect(cards(page, "To do")).to_have_count(3)


def open_task(visit: Visit, project: Record, task: Record) -> Locator:
    open_board(visit, project, f"?task={task['id']}")
    drawer = visit.page.get_by_role("dialog")
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value(task["title"])
    return drawer


def test_every_part_of_a_task_saves_itself(server: Running, ada: Visit, open_window: Opens):
    colleague(server, ada, open_window())
    project = make_project(ada)
    task = make_task(ada, project, "Write the texts")
    drawer = open_task(ada, project, task)

    drawer.get_by_role("combobox", name="Priority").click()
    ada.page.get_by_role("option", name="High").click()
    drawer.get_by_role("combobox", name="Assigned to").click()
    ada.page.get_by_role("option", name="Carl Colleague").click()
    ada.page.keyboard.press("Tab")
    drawer.get_by_label("Due").fill("2099-05-01")
    drawer.get_by_role("textbox", name="Description").fill("Two pages")
    drawer.get_by_role("combobox", name="Status").click()
    ada.page.get_by_role("option", name="In progress").click()

    expect(cards(ada.page, "In progress")).to_have_count(0)  # the board rests behind the drawer
    drawer.get_by_role("button", name="Close").click()
    card = column(ada.page, "In progress").get_by_role("listitem")
    expect(card).to_contain_text("Write the texts")
    expect(card).to_contain_text("High")
    expect(card).to_contain_text("May 1, 2099")
    expect(card.get_by_role("img", name="Carl Colleague")).to_be_visible()
    saved = ada.call("GET", f"/api/tasks/{task['id']}")
    assert saved["description"] == "Two pages"


def test_a_task_is_due_after_it_starts(ada: Visit, project: Record, expected: Expected):
    expected.statuses = (422,)
    task = make_task(ada, project, "Late", starts_on="2030-05-01")
    drawer = open_task(ada, project, task)

    due = drawer.get_by_label("Due")
    due.fill("2030-04-30")
    drawer.get_by_role("textbox", name="Description").focus()

    expect(due).to_have_accessible_description("Not before the start.")


def test_who_changed_a_task_meanwhile_is_told(ada: Visit, project: Record, expected: Expected):
    expected.statuses = (412,)
    task = make_task(ada, project, "Draft")
    drawer = open_task(ada, project, task)

    ada.call("PATCH", f"/api/tasks/{task['id']}", {"title": "Theirs"})
    drawer.get_by_role("textbox", name="Description").fill("Mine")
    drawer.get_by_role("textbox", name="Estimate").focus()

    dialog = ada.page.get_by_role("dialog", name="Changed in the meantime")
    expect(dialog.get_by_role("row", name="Title")).to_contain_text("Theirs")
    dialog.get_by_role("button", name="Save mine as well").click()
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value("Theirs")
    expect(drawer.get_by_role("textbox", name="Description")).to_have_value("Mine")


def test_what_was_typed_is_saved_when_one_goes_back(ada: Visit, project: Record):
    open_board(ada, project)
    ada.page.get_by_role("link", name="First").click()
    drawer = ada.page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Description").fill("Not lost")

    ada.page.go_back()
    expect(drawer).to_have_count(0)

    ada.page.get_by_role("link", name="First").click()
    expect(drawer.get_by_role("textbox", name="Description")).to_have_value("Not lost")


def test_subtasks_and_what_a_task_waits_for(ada: Visit, project: Record):
    task = make_task(ada, project, "Whole")
    drawer = open_task(ada, project, task)

    drawer.get_by_role("button", name="Add a subtask").click()
    ada.page.keyboard.type("Part")
    ada.page.keyboard.press("Enter")
    expect(drawer.get_by_role("region", name="Subtasks")).to_contain_text("Part")
    ada.page.keyboard.press("Escape")
    drawer.get_by_role("combobox", name="Add a task to wait for").fill("begun")
    ada.page.get_by_role("option", name="WEB-4 Begun").click()
    waits = drawer.get_by_role("region", name="Waits for")
    expect(waits.get_by_role("link", name="WEB-4 Begun")).to_be_visible()

    waits.get_by_role("button", name="No longer wait for WEB-4").click()
    expect(waits.get_by_role("link")).to_have_count(0)
    drawer.get_by_role("link", name="Part").click()
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value("Part")
    drawer.get_by_role("region", name="Part of").get_by_role("link", name="Whole").click()
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value("Whole")


def test_comments_mention_people_and_can_be_taken_back(
    server: Running, ada: Visit, open_window: Opens
):
    colleague(server, ada, open_window())
    project = make_project(ada)
    drawer = open_task(ada, project, make_task(ada, project, "Write the texts"))
    page = ada.page

    drawer.get_by_label("Write a comment").click()
    page.keyboard.type("Ask @car")
    expect(page.get_by_role("option", name="Carl Colleague")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("about it")
    page.keyboard.press("Control+Enter")
    comment = drawer.get_by_role("listitem", name="Comment by Ada Lovelace")
    expect(comment).to_contain_text("Ask @Carl Colleague about it")

    comment.get_by_role("button", name="Edit comment").click()
    drawer.locator("textarea[aria-label='Edit comment']").fill("Never mind")
    drawer.get_by_role("button", name="Save").click()
    expect(comment).to_contain_text("edited")
    comment.get_by_role("button", name="Delete comment").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(drawer.get_by_text("Nobody has said anything yet.")).to_be_visible()


def test_the_journal_tells_what_happened_and_takes_notes(ada: Visit, project: Record):
    task = make_task(ada, project, "Whole")
    drawer = open_task(ada, project, task)

    drawer.get_by_role("tab", name="Journal").click()
    drawer.get_by_role("textbox", name="Write a note").fill("Half way")
    drawer.get_by_label("Progress in %").fill("50")
    drawer.get_by_role("button", name="Add", exact=True).click()

    expect(drawer.get_by_text("set the progress to 50 %")).to_be_visible()
    expect(drawer.get_by_text("Half way")).to_be_visible()
    expect(drawer.get_by_text("made the task in To do")).to_be_visible()


def test_deleting_names_the_task_and_asks_first(ada: Visit, project: Record):
    task = make_task(ada, project, "Superfluous")
    drawer = open_task(ada, project, task)

    drawer.get_by_role("button", name="More actions").click()
    ada.page.get_by_role("menuitem", name="Delete").click()
    expect(
        ada.page.get_by_role("dialog", name=f"Delete {task['key']} Superfluous?")
    ).to_be_visible()
    ada.page.get_by_role("button", name="Delete", exact=True).click()

    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(cards(ada.page, "To do")).to_have_text(["First", "Second", "Third"])


def test_who_may_not_write_sees_no_dead_buttons(ada: Visit, project: Record):
    def without_writing(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for membership in body["organizations"]:
            membership["permissions"].remove("tasks:write")
            membership["permissions"].remove("comments:write")
        route.fulfill(response=answer, json=body)

    ada.page.route("**/api/auth/me", without_writing)
    open_board(ada, project)
    page = ada.page

    expect(cards(page, "To do")).to_have_count(3)
    expect(page.get_by_role("button", name=re.compile("^(Add|Move)"))).to_have_count(0)
    page.get_by_role("link", name="First").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="First")).to_be_visible()
    expect(drawer.get_by_role("textbox")).to_have_count(0)
    expect(drawer.get_by_role("button", name="More actions")).to_have_count(0)


def test_where_managers_keep_the_books_users_move_their_own_alone(
    server: Running, ada: Visit, open_window: Opens
):
    carl = colleague(server, ada, open_window())
    project = make_project(ada)
    make_task(ada, project, "Ada's")
    make_task(ada, project, "Carl's", assignee_ids=[my_id(carl)])
    ada.call("PATCH", "/api/organization", {"writers": "managers"})

    open_board(carl, project)

    expect(cards(carl.page, "To do")).to_have_text(["Ada's", "Carl's"])
    expect(carl.page.get_by_role("button", name="Move WEB-2")).to_be_attached()
    expect(carl.page.get_by_role("button", name="Move WEB-1")).to_have_count(0)


@one_database
@both_schemes
def test_the_board_is_accessible_in_every_state(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme))
    project = make_project(ada)
    late: dict[str, Any] = {"due_on": "2020-02-29", "priority": "urgent"}
    make_task(ada, project, "Late", assignee_ids=[my_id(ada)], **late)
    for number in range(20):
        make_task(ada, project, f"Finished {number}", "completed")
    open_board(ada, project)
    page = ada.page
    assert_accessible(page, axe_source)

    page.get_by_role("link", name="Late").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("menuitem", name="Backlog")).to_be_focused()
    assert_accessible(page, axe_source)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add task to Backlog").click()
    expect(page.get_by_role("textbox", name="Add task to Backlog")).to_be_focused()
    assert_accessible(page, axe_source)
