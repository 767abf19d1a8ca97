"""Tasks, projects, saving and reports of the task hub, as its front end calls them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from erp.projects.models import Project, Task
from tests.compat.hub import NAME, FrontEnd, assert_refused, at_hub, data_of, serve_account
from tests.compat.speaking import make_front_end
from tests.identity.directories import asking, home_of, sandbox_at_work
from tests.identity.making import rows
from tests.making import make_client
from tests.organizations.making import set_organization
from tests.projects.making import complete, make_project, make_task
from tests.reports.making import added_up, figures_in, rows_behind

pytestmark = pytest.mark.anyio
NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
async def hub(app, person):
    """A process that asks the sandbox, whose account belongs to the person's organization."""
    async with sandbox_at_work() as address, asking(app, address) as product:
        await serve_account(product, person)
        yield product


@pytest.fixture
async def ada(hub):
    """A manager of the account, at the front end."""
    async with at_hub(hub, "ada") as front:
        yield front


@pytest.fixture
async def grace(hub):
    """A developer of the account, at the front end; no more than a user here."""
    async with at_hub(hub, "grace") as front:
        yield front


def everything(ada: FrontEnd) -> dict[str, Any]:
    """A batch that names everything by the front end's own ids."""
    return {
        "users": [{"external_id": "u-1", "name": "Paula Placed"}],
        "projects": [
            {"id": 7, "name": "Seven", "status": "IN_PROGRESS", "start_date": "2026-01-01"}
        ],
        "tasks": [
            {
                "external_id": "t-1",
                "project_id": 7,
                "title": "First",
                "description": "As it came",
                "status": "todo",
                "priority": "medium",
                "due_date": "2026-02-01",
                "estimate_hours": 1.5,
            },
            {
                "external_id": "t-2",
                "project_external_id": "7",
                "title": "Second",
                "parent_external_id": "t-1",
            },
        ],
        "task_assignees": [
            {"task_external_id": "t-1", "user_id": ada.kept["user_id"]},
            {"task_external_id": "t-1", "user_external_id": "u-1"},
        ],
    }


# Tasks of a user.


@pytest.mark.parametrize("name", ["user_id", "guid"])
async def test_the_tasks_of_a_user_are_a_plain_array(person, ada, name):
    project = await make_project(person, name="Web shop")
    given = {"starts_on": "2026-01-02", "due_on": "2026-02-01", "estimate_seconds": 5400}
    task = await make_task(
        person,
        project,
        title="Ship it",
        description="Soon",
        priority="high",
        assignee_ids=[ada.kept["user_id"]],
        **given,
    )
    done = await make_task(person, project, assignee_ids=[ada.kept["user_id"]])
    await complete(person, done)
    await make_task(person, project, title="Of nobody")

    found = data_of(await ada.get(f"/tasks/{ada.kept[name]}"))

    assert found[0] == {
        "id": task["id"],
        "title": "Ship it",
        "description": "Soon",
        "status": "unstarted",
        "priority": "high",
        "project_id": project["id"],
        "project_name": "Web shop",
        "assignees": [{"user_id": ada.kept["user_id"], "name": "Ada Lovelace"}],
        "start_date": "2026-01-02",
        "due_date": "2026-02-01",
        "estimate_hours": 1.5,
        "completed_at": None,
    }
    [finished] = found[1:]
    assert (finished["id"], finished["status"]) == (done["id"], "completed")
    assert datetime.fromisoformat(finished["completed_at"]) <= datetime.now(UTC)


async def test_tasks_of_archived_projects_are_left_out(person, ada):
    project = await make_project(person)
    await make_task(person, project, assignee_ids=[ada.kept["user_id"]])
    await person.client.post(f"/api/projects/{project['id']}/archive")

    assert data_of(await ada.get(f"/tasks/{ada.kept['user_id']}")) == []


@pytest.mark.parametrize("path", ["/tasks/{}", "/reports/users/{}"])
async def test_tasks_of_others_need_a_manager(ada, grace, path):
    mine = await grace.get(path.format(grace.kept["guid"]))
    refused = [
        await grace.get(path.format(ada.kept["user_id"])),
        await grace.get(path.format(ada.kept["guid"])),
        await grace.get(path.format(NOBODY)),
    ]
    managed = await ada.get(path.format(grace.kept["user_id"]))
    unknown = [
        await ada.get(path.format(name)) for name in (NOBODY, "guid-globex-hank", "7", "%00")
    ]

    assert (mine.status_code, managed.status_code) == (200, 200)
    for answer in refused:
        assert_refused(answer, 403, "NOT_ALLOWED")
    for answer in unknown:
        assert_refused(answer, 404, "NOT_FOUND")


async def test_without_a_token_every_call_is_refused_in_the_old_shape(hub):
    async with make_front_end(hub, NAME) as front:
        answers = [
            await front.get(f"/tasks/{NOBODY}"),
            await front.post("/projects/fetch-projects"),
            await front.post("/data/save", json={}),
            await front.get("/reports/tasks"),
        ]
        lost = await front.get("/no/such/call")

    for answer in answers:
        assert_refused(answer, 401, "NOT_SIGNED_IN")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert_refused(lost, 404, "NO_SUCH_PATH")


# Projects of the directory.


async def test_projects_are_fetched_and_stored_and_repeating_it_changes_nothing(hub, person, ada):
    first = data_of(await ada.post("/projects/fetch-projects"))
    again = data_of(await ada.post("/projects/fetch-projects", {"account_id": "northwind"}))

    assert {name: first[name] for name in first if name != "projects"} == {
        "created": 2,
        "changed": 0,
        "archived": 0,
        "skipped": 0,
    }
    assert (again["created"], again["skipped"]) == (0, 2)
    assert [each["code"] for each in first["projects"]] == ["WEB", "WMS"]
    stored = await rows(hub, Project, Project.organization_id == home_of(person))
    assert {str(each.id) for each in stored} == {each["id"] for each in first["projects"]}
    team = await person.client.get(f"/api/projects/{first['projects'][0]['id']}")
    assert [each["name"] for each in team.json()["team"]] == ["Ada Lovelace"]


async def test_a_directory_that_is_away_fetches_nothing(app, hub, person, ada):
    async with asking(app, "http://127.0.0.1:9/ace/login") as lost:
        header = {"Authorization": ada.client.headers["Authorization"]}
        async with make_front_end(lost, NAME, **header) as front:
            answer = await front.post("/projects/fetch-projects")

    assert_refused(answer, 503, "DIRECTORY_UNAVAILABLE")


async def test_an_organization_without_a_directory_is_told_so(hub, other):
    header = {"Authorization": other.client.headers["Authorization"]}
    async with make_front_end(hub, NAME, **header) as front:
        answer = await front.post("/projects/fetch-projects")

    assert_refused(answer, 409, "DIRECTORY_NOT_CONNECTED")


# Saving.


async def test_a_batch_is_counted_by_kind_and_repeating_it_changes_nothing(hub, person, ada):
    first = data_of(await ada.post("/data/save", everything(ada)))
    again = data_of(await ada.post("/data/save", everything(ada)))

    one, two = ({"created": 0, "changed": 0, "skipped": 0} | {"created": n} for n in (1, 2))
    counts = {"users": one, "projects": one, "tasks": two, "task_assignees": two}
    assert {kind: first[kind] for kind in counts} == counts
    assert first["refused"] == again["refused"] == []
    assert {kind: again[kind]["skipped"] for kind in counts} == {
        "users": 1,
        "projects": 1,
        "tasks": 2,
        "task_assignees": 2,
    }
    [task, *_] = data_of(await ada.get(f"/tasks/{ada.kept['user_id']}"))
    assert (task["title"], task["priority"], task["estimate_hours"]) == ("First", "normal", 1.5)
    assert (task["status"], task["project_name"]) == ("unstarted", "Seven")
    assert {each["name"] for each in task["assignees"]} == {"Ada Lovelace", "Paula Placed"}
    assert task["id"] in {each["id"] for each in first["items"] if each["kind"] == "tasks"}
    [project] = await rows(hub, Project, Project.organization_id == home_of(person))
    assert (project.code, project.state, project.external_source) == ("7", "active", NAME)


async def test_what_was_saved_is_changed_by_the_products_id_or_ones_own(hub, person, ada):
    saved = data_of(await ada.post("/data/save", everything(ada)))
    ids = {each["kind"]: each["id"] for each in saved["items"] if each["index"] == 0}
    changes = {
        "projects": [{"id": ids["projects"], "status": "done"}],
        "tasks": [{"external_id": "t-1", "status": "in_progress", "estimate_hours": None}],
        "task_assignees": [{"task_id": ids["tasks"], "user_external_id": "u-1", "assigned": False}],
    }

    changed = data_of(await ada.post("/data/save", changes))

    assert [changed[kind]["changed"] for kind in changes] == [1, 1, 1]
    [task] = [
        each
        for each in data_of(await ada.get(f"/tasks/{ada.kept['user_id']}"))
        if each["id"] == ids["tasks"]
    ]
    assert (task["status"], task["estimate_hours"]) == ("started", None)
    assert [each["name"] for each in task["assignees"]] == ["Ada Lovelace"]


async def test_refused_items_are_listed_by_index_and_nothing_is_saved(hub, person, ada):
    body = everything(ada)
    body["tasks"] += [{"title": "Homeless"}, {"id": NOBODY, "title": "Of nobody"}]
    body["task_assignees"].append({"task_external_id": "t-9", "user_external_id": "u-1"})

    answer = await ada.post("/data/save", body)

    assert_refused(answer, 409, "BATCH_REFUSED")
    refused = [
        (each["kind"], each["index"], each["error_code"])
        for each in answer.json()["data"]["refused"]
    ]
    assert refused == [
        ("tasks", 2, "VALIDATION_FAILED"),
        ("tasks", 3, "NOT_FOUND"),
        ("task_assignees", 2, "VALIDATION_FAILED"),
    ]
    assert await rows(hub, Task, Task.organization_id == home_of(person)) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tasks": [{"title": "x", "status": "someday"}]}, "tasks/0/status"),
        ({"tasks": [{"title": "", "project_id": 1}]}, "tasks/0/title"),
        ({"projects": [{"name": "x", "start_date": "soon"}]}, "projects/0/start_date"),
        ({"task_assignees": [{"task_id": 1}]}, "task_assignees/0/user"),
        ({"tasks": [{"title": "x", "estimate_hours": -1}]}, "tasks/0/estimate_hours"),
        ({"users": "all"}, "users"),
        ({}, ""),
    ],
)
async def test_wrong_fields_are_named(ada, body, field):
    answer = await ada.post("/data/save", body)

    assert_refused(answer, 422, "VALIDATION_FAILED")
    assert [each["field"] for each in answer.json()["data"]["errors"]] == [field]


async def test_a_batch_may_be_larger_than_other_requests(ada):
    long = "word " * 3999 + "word"
    tasks = [{"project_id": 7, "title": f"Task {n}", "description": long} for n in range(60)]
    body = {"projects": [{"id": 7, "name": "Seven"}], "tasks": tasks}

    answer = await ada.post("/data/save", body)

    assert len(answer.request.content) > 1_048_576
    assert data_of(answer)["tasks"]["created"] == 60


async def test_users_save_tasks_and_make_no_members(hub, person, ada, grace):
    await ada.post("/data/save", everything(ada))
    own = {"tasks": [{"external_id": "g-1", "project_id": 7, "title": "Of Grace"}]}
    allowed = await grace.post("/data/save", own)
    members = await grace.post("/data/save", {"users": [{"external_id": "u-9", "name": "New"}]})
    known = await grace.post("/data/save", {"users": everything(ada)["users"]})
    await set_organization(hub, person, writers="managers")
    projects = await grace.post("/data/save", {"projects": [{"id": 8, "name": "Eight"}]})
    foreign = await grace.post("/data/save", {"tasks": [{"external_id": "t-1", "title": "Mine"}]})

    assert data_of(allowed)["tasks"]["created"] == 1
    assert data_of(known)["users"]["skipped"] == 1
    for answer in (members, projects, foreign):
        assert_refused(answer, 409, "BATCH_REFUSED")
        assert [each["error_code"] for each in answer.json()["data"]["refused"]] == ["NOT_ALLOWED"]


async def test_records_of_another_organization_are_not_there(ada, other):
    theirs = await make_task(other, await make_project(other))

    answer = await ada.post("/data/save", {"tasks": [{"id": theirs["id"], "title": "Taken"}]})

    assert [each["error_code"] for each in answer.json()["data"]["refused"]] == ["NOT_FOUND"]


# Reports.


@pytest.fixture
async def saved(ada) -> dict[str, Any]:
    """What the batch made, by kind."""
    found = data_of(await ada.post("/data/save", everything(ada)))
    return {each["kind"]: each["id"] for each in found["items"] if each["index"] == 0}


async def test_tasks_are_reported_by_days_and_project(ada, saved):
    whole = data_of(await ada.get("/reports/tasks"))
    january = data_of(await ada.get("/reports/tasks", from_="2026-01-01", to="2026-01-31"))
    project = data_of(await ada.get("/reports/tasks", project_id=saved["projects"]))

    assert (whole["tasks"]["value"], whole["overdue"]["value"]) == (2, 1)
    assert january["tasks"]["value"] == 0
    assert project["tasks"]["value"] == 2
    assert [each["project"]["id"] for each in project["projects"]] == [saved["projects"]]


async def test_journals_are_reported_by_days_and_project(ada, saved, person):
    await make_task(person, await make_project(person))
    tomorrow = f"{datetime.now(UTC).date() + timedelta(days=1)}"
    project = data_of(await ada.get("/reports/task-logs", project_id=saved["projects"]))
    later = data_of(await ada.get("/reports/task-logs", from_=tomorrow, to=tomorrow))

    [line] = project["people"]
    assert line["member"]["name"] == "Ada Lovelace"
    assert project["lines"]["value"] == line["lines"]["value"] == 4  # two tasks, two assignees
    assert (later["lines"]["value"], later["people"]) == (0, [])


async def test_a_users_report_holds_only_that_users_tasks_and_lines(ada, grace, saved):
    mine = data_of(await ada.get(f"/reports/users/{ada.kept['guid']}"))
    theirs = data_of(await ada.get(f"/reports/users/{grace.kept['user_id']}"))

    assert mine["user"] == {"user_id": ada.kept["user_id"], "name": "Ada Lovelace"}
    assert (mine["tasks"]["tasks"]["value"], mine["task_logs"]["lines"]["value"]) == (1, 4)
    assert (theirs["tasks"]["tasks"]["value"], theirs["task_logs"]["lines"]["value"]) == (0, 0)


async def test_the_rows_behind_the_figures_are_read_with_the_same_token(hub, ada, saved, person):
    found = data_of(await ada.get(f"/reports/users/{ada.kept['user_id']}", to="2999-01-01"))
    header = {"Authorization": ada.client.headers["Authorization"]}
    async with make_client(hub, **header) as product:
        reader = type(person)(product, "", "", {}, {})
        sums = {
            place: (added_up(name, await rows_behind(reader, figure["rows"])), figure["value"])
            for place, (name, figure) in figures_in(found["tasks"]).items()
        }

    assert {place: pair for place, pair in sums.items() if pair[0] != pair[1]} == {}
    assert sums["/estimate_seconds"] == (5400, 5400)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/reports/tasks?from=yesterday", "from"),
        ("/reports/task-logs?from=2026-02-01&to=2026-01-01", "to"),
        ("/reports/tasks?project_id=seven", "project_id"),
        ("/reports/tasks?weeks=2", "weeks"),
    ],
)
async def test_reports_name_what_is_wrong_with_a_question(ada, path, field):
    answer = await ada.client.get(path)

    assert_refused(answer, 422, "VALIDATION_FAILED")
    assert [each["field"] for each in answer.json()["data"]["errors"]] == [field]


# Its description.


async def test_its_description_shows_both_shapes_with_their_statuses(hub):
    async with make_front_end(hub, NAME) as front:
        document = (await front.get("/openapi.json")).json()

    login = document["paths"]["/user/login"]["post"]["responses"]
    assert {"200", "401", "403", "409", "422", "429", "502", "503", "504"} <= set(login)
    shapes = {
        response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path in document["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status != "200"
    }
    assert shapes == {"ErrorResponse"}
    assert "INVALID_ACCOUNT_ID" in login["401"]["description"]
    assert {"success", "message", "data", "error"} == set(
        document["components"]["schemas"]["SuccessResponse_SignedInOut_"]["properties"]
    )
