"""Projects, their teams and tasks in the browser."""

import re

from playwright.sync_api import expect

from tests.e2e.company import colleague
from tests.e2e.conftest import Expected, Opens, Visit, signed_in
from tests.e2e.hub import make_project, make_task, my_id
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle
from tests.process.running import Running

LONG_AGO = "2020-02-29"


def test_a_project_is_made_opened_and_changed_by_keys_alone(ada: Visit):
    page, press, type_text = ada.page, ada.page.keyboard.press, ada.page.keyboard.type
    ada.go()
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()

    press("g")
    press("j")
    expect(page.get_by_role("heading", name="Projects")).to_be_focused()
    press("n")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    type_text("Website relaunch")
    press("Tab")
    type_text("WEB")
    press("Control+Enter")
    expect(page.get_by_role("link", name="Website relaunch")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

    press("j")
    press("Enter")
    expect(page.get_by_role("heading", name="Website relaunch")).to_be_focused()
    press("e")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    press("End")
    type_text(" 2027")
    press("Control+Enter")
    expect(page.get_by_role("heading", name="Website relaunch 2027")).to_be_visible()


def test_hours_are_typed_as_people_write_them(ada: Visit):
    ada.go("/projects?panel=new")
    ada.page.get_by_role("textbox", name="Name").fill("Website")
    ada.page.get_by_role("textbox", name="Code").fill("WEB")

    hours = ada.page.get_by_role("textbox", name="Hours budget")
    hours.fill("soon")
    ada.page.get_by_role("button", name="Create project").click()
    expect(hours).to_have_accessible_description("Not a duration. Try 1:30, 1.5, 90m or 1h30.")
    hours.fill("7.5")
    ada.page.get_by_role("button", name="Create project").click()

    ada.page.get_by_role("link", name="Website").click()
    expect(ada.page.get_by_text("0:00 of 7:30 h")).to_be_visible()


def test_projects_are_narrowed_by_status_and_customer_in_the_address(ada: Visit):
    customer = ada.make_customer(name="Northwind")
    make_project(ada, customer_id=customer["id"])
    make_project(ada, code="APP", name="App", state="paused")
    ada.go("/projects")
    names = ada.page.get_by_role("cell").get_by_role("link")

    ada.page.get_by_role("button", name="Status", exact=True).first.click()
    ada.page.get_by_role("menuitemradio", name="Paused").click()
    expect(names).to_have_text(["App"])
    expect(ada.page).to_have_url(re.compile("state=paused"))
    ada.page.get_by_role("button", name="Clear filter Status").click()
    ada.page.get_by_role("button", name="Customer").first.click()
    ada.page.get_by_role("combobox", name="Customer").fill("north")
    ada.page.get_by_role("option", name="Northwind").click()

    expect(names).to_have_text(["Website"])
    ada.page.reload()
    expect(names).to_have_text(["Website"])
    expect(ada.page.get_by_role("button", name="Customer: Northwind")).to_be_visible()


def test_what_is_late_says_so(ada: Visit):
    project = make_project(ada, due_on=LONG_AGO)
    make_task(ada, project, "Write the texts", due_on=LONG_AGO)

    ada.go("/projects")
    expect(ada.page.get_by_role("row", name="Website").get_by_label("Overdue")).to_be_visible()
    ada.page.get_by_role("link", name="Website").click()

    row = ada.page.get_by_role("row", name="Write the texts")
    expect(row.get_by_label("Overdue")).to_be_visible()


def test_projects_are_archived_together_and_come_back(ada: Visit):
    make_project(ada)
    make_project(ada, code="APP", name="App")
    ada.go("/projects")

    ada.page.get_by_role("checkbox", name="Select all on this page").click()
    ada.page.get_by_role("button", name="Archive").click()
    expect(ada.page.get_by_text("No projects yet")).to_be_visible()
    ada.page.get_by_role("button", name="Undo").click()

    expect(ada.page.get_by_role("cell").get_by_role("link")).to_have_count(2)


def test_who_changed_a_project_meanwhile_is_told(ada: Visit, expected: Expected):
    expected.statuses = (412,)
    customer = ada.make_customer(name="Northwind")
    project = make_project(ada)
    ada.go(f"/projects/{project['id']}?panel=edit")
    ada.page.get_by_role("textbox", name="Name").fill("Mine")

    ada.call("PATCH", f"/api/projects/{project['id']}", {"customer_id": customer["id"]})
    ada.page.get_by_role("button", name="Save").click()

    dialog = ada.page.get_by_role("dialog", name="Changed in the meantime")
    expect(dialog.get_by_role("row", name="Customer")).to_contain_text("Northwind")
    dialog.get_by_role("button", name="Save mine as well").click()
    expect(ada.page.get_by_role("heading", name="Mine")).to_be_visible()
    expect(ada.page.get_by_role("link", name="Northwind")).to_be_visible()


def test_people_come_into_the_team_and_leave_it(server: Running, ada: Visit, open_window: Opens):
    colleague(server, ada, open_window())
    project = make_project(ada)
    ada.go(f"/projects/{project['id']}?tab=team")
    team = ada.page.get_by_role("list", name="Team")

    ada.page.get_by_role("combobox", name="Add to the team").click()
    ada.page.get_by_role("option", name="Carl Colleague").click()
    expect(team).to_contain_text("Carl Colleague")
    ada.page.get_by_role("button", name="Remove Carl Colleague from the team").click()
    expect(team).not_to_contain_text("Carl Colleague")
    ada.page.get_by_role("button", name="Undo").click()

    expect(team).to_contain_text("Carl Colleague")


def test_my_tasks_come_from_every_project_and_those_of_others_do_not(ada: Visit):
    mine = [my_id(ada)]
    make_task(ada, make_project(ada), "Write the texts", assignee_ids=mine)
    other = make_project(ada, code="APP", name="App")
    make_task(ada, other, "Draw the icon", assignee_ids=mine)
    make_task(ada, other, "Nobody's task")
    make_task(ada, other, "Done already", "completed", assignee_ids=mine)
    ada.go("/projects")

    expect(ada.page.get_by_role("link", name="Website")).to_be_visible()
    ada.page.keyboard.press("Control+k")
    expect(ada.page.get_by_role("combobox")).to_be_focused()
    ada.page.keyboard.type("my tasks")
    expect(ada.page.get_by_role("option", name="My tasks")).to_be_visible()
    ada.page.keyboard.press("Enter")

    names = ada.page.get_by_role("cell").get_by_role("link")
    expect(names).to_have_text(["Write the texts", "Draw the icon"])
    ada.page.get_by_role("link", name="Draw the icon").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("App")
    ada.page.go_back()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)


def test_tasks_are_written_down_one_after_the_other(ada: Visit):
    project = make_project(ada)
    ada.go(f"/projects/{project['id']}")
    expect(ada.page.get_by_text("No tasks yet")).to_be_visible()

    ada.page.keyboard.press("n")
    for title in ("First", "Second"):
        ada.page.keyboard.type(title)
        ada.page.keyboard.press("Enter")
    names = ada.page.get_by_role("cell").get_by_role("link")
    expect(names).to_have_text(["Second", "First"])
    ada.page.keyboard.press("Escape")

    expect(ada.page.get_by_role("button", name="New task")).to_be_focused()


def test_the_list_leaves_as_a_file_as_it_is_filtered(ada: Visit):
    make_project(ada)
    make_project(ada, code="APP", name="App", state="paused")
    ada.go("/projects?state=paused")
    expect(ada.page.get_by_role("link", name="App")).to_be_visible()

    ada.page.get_by_role("button", name="Export").click()
    with ada.page.expect_download() as download:
        ada.page.get_by_role("menuitem", name="CSV").click()

    assert download.value.suggested_filename == "projects.csv"
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2
    assert "App" in lines[1]


@one_database
@both_schemes
def test_the_screens_of_projects(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme))
    project = make_project(ada, due_on=LONG_AGO, budget_seconds=36_000)
    task = make_task(ada, project, "Write the texts", due_on=LONG_AGO, assignee_ids=[my_id(ada)])
    make_task(ada, project, "Draft", parent_id=task["id"], priority="urgent")
    ada.call("POST", f"/api/tasks/{task['id']}/comments", {"text": "@1 ready?"})
    place = f"/projects/{project['id']}"

    for path in (
        *("/projects", "/projects?panel=new", "/projects/tasks"),
        *(place, f"{place}?tab=team", f"{place}?tab=history", f"{place}?panel=edit"),
        *(f"{place}?task={task['id']}", f"{place}/board", f"{place}/board?task={task['id']}"),
    ):
        ada.go(path)
        settle(ada.page)
        assert_accessible(ada.page, axe_source)
    ada.page.get_by_role("tab", name="Journal").click()
    expect(ada.page.get_by_text("made the task in To do")).to_be_visible()
    assert_accessible(ada.page, axe_source)


def test_on_a_phone_nothing_is_wider_than_the_screen(open_window: Opens):
    ada = signed_in(open_window(viewport={"width": 390, "height": 844}, has_touch=True))
    project = make_project(ada, name="Relaunch " * 12)
    task = make_task(ada, project, "Donaudampfschifffahrtsgesellschaft " * 5)
    place = f"/projects/{project['id']}"

    for path in ("/projects", place, f"{place}/board", f"{place}?task={task['id']}"):
        ada.go(path)
        settle(ada.page)
        wider = "document.documentElement.scrollWidth > innerWidth"
        assert not ada.page.evaluate(wider), path
