"""Tasks and their journals in figures, each with the rows that add up to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from erp.kernel.schema import new_id
from erp.kernel.walls import admit
from erp.projects.models import TaskLog
from erp.projects.queries.talk import list_journal
from erp.projects.queries.tasks import list_tasks
from erp.projects.schemas.talk import JournalQuery
from erp.projects.schemas.tasks import TaskQuery
from erp.reports.queries.journal import sum_journal
from erp.reports.queries.stays import list_stays
from erp.reports.queries.tasks import sum_tasks
from erp.reports.schemas.tasks import LogReportQuery, StayQuery, TaskReportQuery
from tests.identity.making import sign_in_again
from tests.making import make_colleague, workspace_of, writing_all
from tests.organizations.making import set_organization
from tests.projects.making import complete, make_project, make_task, me, states_of
from tests.reports.making import added_up, figures_in, report, rows_behind

pytestmark = pytest.mark.anyio

LONG_AGO, LATER = "2026-01-15", "2999-01-15"


@pytest.fixture
async def shop(app, person) -> dict[str, Any]:
    """Two projects with five tasks of the person, a colleague, both and nobody."""
    colleague = await make_colleague(app, person)
    mine, theirs = (await me(person))["id"], (await me(colleague))["id"]
    web, hall = await make_project(person), await make_project(person)
    late = await make_task(
        person, web, due_on=LONG_AGO, estimate_seconds=7200, assignee_ids=[mine, theirs]
    )
    done = await make_task(person, web, due_on=LONG_AGO, priority="high", assignee_ids=[mine])
    await complete(person, done)
    await make_task(person, web, due_on=LATER, estimate_seconds=1800, assignee_ids=[theirs])
    await make_task(person, hall, priority="urgent")
    await make_task(person, hall, due_on=LONG_AGO, estimate_seconds=60)
    yield {
        "web": web,
        "hall": hall,
        "late": late,
        "mine": mine,
        "theirs": theirs,
        "colleague": colleague,
    }
    await colleague.client.aclose()


def keyed(parts: list[dict[str, Any]], name: str, key: str = "") -> dict[Any, tuple[int, int]]:
    """Tasks and overdue ones of each part."""
    return {
        (part[name][key] if key and part[name] else part[name]): (
            part["tasks"]["value"],
            part["overdue"]["value"],
        )
        for part in parts
    }


async def test_tasks_are_counted_by_group_priority_project_and_assignee(person, shop):
    found = await report(person, "tasks")

    assert (found["tasks"]["value"], found["overdue"]["value"]) == (5, 2)
    assert found["estimate_seconds"]["value"] == 9060
    assert keyed(found["groups"], "group") == {
        "backlog": (0, 0),
        "unstarted": (4, 2),
        "started": (0, 0),
        "completed": (1, 0),
        "canceled": (0, 0),
    }
    assert keyed(found["priorities"], "priority") == {
        "urgent": (1, 0),
        "high": (1, 0),
        "normal": (0, 0),
        "low": (0, 0),
        "none": (3, 2),
    }
    assert keyed(found["projects"], "project", "id") == {
        shop["web"]["id"]: (3, 1),
        shop["hall"]["id"]: (2, 1),
    }
    assert keyed(found["assignees"], "member", "id") == {
        shop["mine"]: (2, 1),
        shop["theirs"]: (2, 1),
        None: (2, 1),
    }


NARROWED = [
    {},
    {"from_": "2026-01-01", "to": "2026-01-31"},
    {"project_id": "web"},
    {"member_id": "mine"},
    {"project_id": "web", "member_id": "theirs", "to": LATER},
]


def meant(shop: dict[str, Any], query: dict[str, str]) -> dict[str, str]:
    ids = {"web": shop["web"]["id"], "mine": shop["mine"], "theirs": shop["theirs"]}
    return {name: ids.get(value, value) for name, value in query.items()}


@pytest.mark.parametrize("query", NARROWED, ids=str)
async def test_the_rows_behind_each_figure_of_tasks_add_up_to_it(person, shop, query):
    figures = figures_in(await report(person, "tasks", **meant(shop, query)))

    assert len(figures) >= 3 * (1 + 5 + 5)
    for place, (name, figure) in figures.items():
        rows = await rows_behind(person, figure["rows"])
        assert added_up(name, rows) == figure["value"], place
    assert figures["/tasks"][1]["value"] > 0


async def test_days_narrow_to_what_is_due_in_them(person, shop):
    january = await report(person, "tasks", from_="2026-01-01", to="2026-01-31")
    dated = await report(person, "tasks", from_="2000-01-01")

    assert january["tasks"]["value"] == 3
    assert dated["tasks"]["value"] == 4


async def test_only_the_asked_assignee_is_named(person, shop):
    found = await report(person, "tasks", member_id=shop["theirs"])

    assert keyed(found["assignees"], "member", "id") == {shop["theirs"]: (2, 1)}


async def test_tasks_of_archived_projects_count_where_the_project_is_named(person, shop):
    hall = shop["hall"]["id"]
    await person.client.post(f"/api/projects/{hall}/archive")

    everything = await report(person, "tasks")
    named = await report(person, "tasks", project_id=hall)

    assert (everything["tasks"]["value"], named["tasks"]["value"]) == (3, 2)
    assert len(await rows_behind(person, named["tasks"]["rows"])) == 2


async def pass_time(app, clock, person, **by: float) -> None:
    """Time passes, and the person goes on with a token of then."""
    clock.advance(**by)
    renewed = await sign_in_again(app, person)
    person.client.headers["Authorization"] = renewed.client.headers["Authorization"]
    await renewed.client.aclose()


async def test_overdue_follows_the_day_where_the_organization_is(app, person, clock):
    tomorrow = datetime.now(UTC).replace(hour=23, minute=30) + timedelta(days=1)
    await make_task(person, await make_project(person), due_on=f"{tomorrow.date()}")
    until = tomorrow - datetime.now(UTC)
    await pass_time(app, clock, person, seconds=until.total_seconds())  # in Berlin a day later

    before = await report(person, "tasks")
    await set_organization(app, person, time_zone="Europe/Berlin")
    after = await report(person, "tasks")

    assert (before["overdue"]["value"], after["overdue"]["value"]) == (0, 1)


async def test_who_sees_only_the_own_tasks_has_them_counted_and_listed_alone(
    app, person, shop, clock
):
    clock.advance(seconds=5)  # a stay is seen once a second of it is over
    async with workspace_of(app, shop["colleague"]) as work:
        home = UUID(person.organization["id"])
        here = replace(
            work,
            organization_id=home,
            member_id=UUID(shop["theirs"]),
            own=work.own | {"tasks:read"},
        )
        await admit(work.session, organization_id=home)
        found = await sum_tasks(here, TaskReportQuery())
        listed = await list_tasks(here, TaskQuery(count="true"))
        told = await sum_journal(here, LogReportQuery())
        lines = await list_journal(here, JournalQuery(count="true"))
        stays = await list_stays(here, StayQuery(count="true"))

    assert (found.tasks.value, found.overdue.value) == (2, 1)
    assert b'"total":2' in listed
    assert (told.lines.value, told.people) == (0, [])  # the other one wrote them all
    assert b'"total":0' in lines
    assert b'"total":2' in stays


async def test_another_organization_is_in_no_figure(person, shop, other):
    found = figures_in(await report(other, "tasks"))
    logs = figures_in(await report(other, "task-logs"))

    assert {figure["value"] for _name, figure in (found | logs).values()} == {0}


# The journal.


async def write_line(app, person, task: dict[str, Any], at: datetime, **told: Any) -> None:
    """A line of the journal as it was written then."""
    values = {"kind": "note", "text": "Then"} | told
    async with writing_all(app) as session:
        session.add(
            TaskLog(
                id=new_id(),
                organization_id=UUID(person.organization["id"]),
                task_id=UUID(task["id"]),
                member_id=UUID((await me(person))["id"]),
                at=at,
                **values,
            )
        )


async def test_lines_are_counted_by_person_and_period_where_the_organization_is(app, person, shop):
    await set_organization(app, person, time_zone="Pacific/Auckland")
    zone = ZoneInfo("Pacific/Auckland")
    for local in ("2026-03-01T00:00:00", "2026-03-01T23:59:59", "2026-03-02T00:00:00"):
        at = datetime.fromisoformat(local).replace(tzinfo=zone)
        await write_line(app, person, shop["late"], at)

    days = await report(person, "task-logs", from_="2026-03-01", to="2026-03-02", period="day")
    weeks = await report(person, "task-logs", from_="2026-03-01", to="2026-03-02", period="week")
    month = await report(person, "task-logs", from_="2026-03-01", to="2026-03-31", period="month")

    def told(found):
        return [
            (each["first_on"], each["last_on"], each["lines"]["value"]) for each in found["people"]
        ]

    assert told(days) == [("2026-03-01", "2026-03-01", 2), ("2026-03-02", "2026-03-02", 1)]
    assert told(weeks) == [("2026-03-01", "2026-03-01", 2), ("2026-03-02", "2026-03-02", 1)]
    assert told(month) == [("2026-03-01", "2026-03-31", 3)]


@pytest.mark.parametrize("period", ["day", "week", "month"])
@pytest.mark.parametrize("query", [{}, {"project_id": "web"}, {"member_id": "mine"}], ids=str)
async def test_the_rows_behind_each_figure_of_journals_add_up_to_it(
    app, person, shop, clock, period, query
):
    states = await states_of(person)
    path = f"/api/tasks/{shop['late']['id']}"
    await person.client.patch(path, json={"state_id": states["started"]["id"]})
    await shop["colleague"].client.post(f"{path}/logs", json={"text": "Half of it", "percent": 50})
    await pass_time(app, clock, person, days=3)  # what is over does not grow while it is read
    over = {"to": f"{datetime.now(UTC).date() + timedelta(days=1)}"}
    found = await report(person, "task-logs", period=period, **over, **meant(shop, query))

    figures = figures_in(found)

    assert found["lines"]["value"] > 5
    for place, (name, figure) in figures.items():
        rows = await rows_behind(person, figure["rows"])
        assert added_up(name, rows) == figure["value"], place


async def test_time_in_each_group_is_what_lies_between_the_lines(app, person, clock):
    task = await make_task(person, await make_project(person))
    states, path = await states_of(person), f"/api/tasks/{task['id']}"
    for hours, group in ((2, "started"), (24, "completed")):
        await pass_time(app, clock, person, hours=hours)
        await person.client.patch(path, json={"state_id": states[group]["id"]})
    await pass_time(app, clock, person, hours=1)

    found = await report(person, "task-logs", project_id=task["project"]["id"])

    spent = {each["group"]: each["seconds"]["value"] for each in found["groups"]}
    assert spent == {
        "backlog": 0,
        "unstarted": pytest.approx(2 * 3600, abs=5),
        "started": pytest.approx(24 * 3600, abs=5),
        "completed": pytest.approx(3600, abs=5),
        "canceled": 0,
    }


async def test_time_counts_only_within_the_days(app, person, shop):
    unstarted = (await states_of(person))["unstarted"]
    web = shop["web"]["id"]
    task = await make_task(person, shop["web"])
    entered = datetime(2026, 3, 1, 12, tzinfo=UTC)
    moved = {"kind": "moved", "text": None, "to_state_id": UUID(unstarted["id"])}
    await write_line(app, person, task, entered, **moved, to_state="To do")
    since = {"from_": "2026-03-02", "to": "2026-03-03"}

    found = await report(person, "task-logs", project_id=web, **since)

    [unstarted] = [each for each in found["groups"] if each["group"] == "unstarted"]
    [row] = await rows_behind(person, unstarted["seconds"]["rows"])
    assert unstarted["seconds"]["value"] == row["seconds"] == 2 * 24 * 3600
    assert datetime.fromisoformat(row["entered_at"]) == entered
    assert (row["task"]["id"], row["state"], row["group"]) == (task["id"], "To do", "unstarted")


async def test_time_in_a_state_that_was_deleted_is_told_apart(app, person, clock):
    made = await person.client.post("/api/task-states", json={"name": "Odd", "group": "started"})
    odd, states = made.json(), await states_of(person)
    task = await make_task(person, await make_project(person), state_id=odd["id"])
    await pass_time(app, clock, person, hours=3)
    kept = f"?replace_by={states['started']['id']}"
    gone = await person.client.delete(f"/api/task-states/{odd['id']}{kept}")
    assert gone.status_code == 204, gone.text

    found = await report(person, "task-logs", project_id=task["project"]["id"])

    spent = {each["group"]: each["seconds"] for each in found["groups"]}
    assert spent["deleted"]["value"] == pytest.approx(3 * 3600, abs=5)
    [row] = await rows_behind(person, spent["deleted"]["rows"])
    assert (row["state"], row["seconds"]) == ("Odd", spent["deleted"]["value"])


async def test_without_days_the_last_thirty_are_told(person, shop):
    today = datetime.now(UTC).date()

    found = await report(person, "task-logs")

    assert found["last_on"] in {f"{today}", f"{today + timedelta(days=1)}"}
    assert datetime.fromisoformat(found["last_on"]) - datetime.fromisoformat(
        found["first_on"]
    ) == timedelta(days=29)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=2026-03-02&to=2026-03-01", "?to"),
        ("from=2026-01-01&to=2026-12-31&period=day", "?period"),
        ("from=yesterday", "?from"),
        ("period=year", "?period"),
        ("first=2026-03-02", "?first"),
    ],
)
async def test_days_that_make_no_sense_are_refused(person, query, pointer):
    answer = await person.client.get(f"/api/reports/task-logs?{query}")

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_journals_of_all_tasks_are_one_list(person, shop):
    colleague, path = shop["colleague"], f"/api/tasks/{shop['late']['id']}/logs"
    await colleague.client.post(path, json={"text": "Mine"})

    notes = await rows_behind(person, "/api/task-logs?kind=note")
    theirs = await rows_behind(person, f"/api/task-logs?member={shop['theirs']}")
    sheet = await person.client.get("/api/task-logs.csv?kind=note")

    assert [(each["text"], each["task"]["key"]) for each in notes] == [
        ("Mine", shop["late"]["key"])
    ]
    assert notes == theirs
    assert shop["late"]["key"] in sheet.text
