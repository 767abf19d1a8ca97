"""The task hub moves in: colleagues of a directory, projects, tasks, assignees, logs."""

from __future__ import annotations

from datetime import datetime

import pytest

from erp.identity.directory.models import Identity
from erp.organizations.models import Placeholder
from tests.identity.making import rows
from tests.transfer import old_systems
from tests.transfer.moving import bring, list_of, people_of, sign_in
from tests.transfer.old_systems import write_sqlite

pytestmark = pytest.mark.anyio


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_everything_of_the_task_hub_moves_in(app, person, tag, put_down):
    place = put_down(old_systems.task_hub(tag))

    report = await bring(app, person, "task-hub", place, roles={"manager": "manager"})

    assert report.refused == []
    assert {table: dict(counts) for table, counts in report.outcomes.items()} == {
        "users": {"created": 3},
        "projects": {"created": 2},
        "tasks": {"created": 3},
        "task_assignees": {"created": 3},
        "task_logs": {"created": 2},
    }
    assert [(each.table, each.row) for each in report.notices] == [
        ("users", f"g-cy-{tag}"),
        ("tasks", "2"),
    ]
    members = await list_of(person, "/api/members")
    assert [(each["name"], each["role"]) for each in members[1:]] == [
        ("Ann", "manager"),
        ("Bob", "user"),
        ("Cy", "user"),
    ]


async def test_projects_and_tasks_keep_what_they_were(app, person, tag, put_down):
    await bring(app, person, "task-hub", put_down(old_systems.task_hub(tag)))

    projects = await list_of(person, "/api/projects?sort=number")
    tasks = {each["title"]: each for each in await list_of(person, "/api/tasks")}
    detail = (await person.client.get(f"/api/tasks/{tasks['Above']['id']}")).json()
    seen = [(await person.client.get(f"/api/projects/{each['id']}")).json() for each in projects]

    assert [(each["code"], each["name"], each["state"]) for each in projects] == [
        ("HUB", "Hub", "active"),
        ("P-77", "Synced", "done"),
    ]
    assert [(each["external_source"], each["external_id"]) for each in seen] == [
        ("task-hub", "10"),
        (f"ace:acme-{tag}", "P-77"),
    ]
    assert (detail["state"]["group"], detail["priority"]) == ("started", "high")
    assert [each["title"] for each in detail["subtasks"]] == ["Below"]
    assert (detail["external_source"], detail["external_id"]) == ("task-hub", "1")
    assert sorted(each["name"] for each in detail["assignees"]) == ["Ann", "Bob"]
    assert tasks["Below"]["estimate_seconds"] == 5400
    assert tasks["Below"]["due_on"] == "2026-06-01"
    assert instant(tasks["Done"]["completed_at"]) == old_systems.at("03 12:00")


async def test_logs_keep_their_author_and_time_and_hours_become_time_entries(
    app, person, tag, tmp_path
):
    await bring(
        app, person, "task-hub", write_sqlite(tmp_path / "hub.db", old_systems.task_hub(tag))
    )

    tasks = {each["title"]: each for each in await list_of(person, "/api/tasks")}
    lines = await list_of(person, f"/api/tasks/{tasks['Above']['id']}/logs?sort=at")
    [hours] = await list_of(person, "/api/time-entries")

    [progress] = [each for each in lines if each["kind"] == "progress"]
    assert (progress["member"]["name"], progress["percent"]) == ("Bob", 50)
    assert (progress["text"], instant(progress["at"])) == ("Halfway", old_systems.at("05 09:00"))
    assert (hours["member"]["name"], hours["seconds"], hours["kind"]) == ("Ann", 8100, "amount")
    assert (hours["work_date"], hours["task"]["title"]) == ("2026-05-05", "Done")


async def test_directory_people_get_an_identity_and_others_their_password_or_a_place(
    app, person, tag, tmp_path
):
    place = write_sqlite(tmp_path / "hub.db", old_systems.task_hub(tag))
    await bring(app, person, "task-hub", place)

    people = await people_of(app, tag)
    [identity] = await rows(app, Identity, Identity.subject == f"g-ann-{tag}")
    kept = await rows(app, Placeholder, Placeholder.external_id.like(f"g-%-{tag}"))

    assert people["ann"].password_hash is None
    assert (identity.user_id, identity.key) == (
        people["ann"].id,
        ("ace", f"acme-{tag}", f"g-ann-{tag}"),
    )
    assert (identity.account_id, identity.last_login_at) == (f"ACME-{tag}", None)
    assert await sign_in(app, f"bob.{tag}@example.com", "Bob-Secret-1") == 200
    assert {each.external_id for each in kept} == {
        f"g-{name}-{tag}" for name in ("ann", "bob", "cy")
    }


async def test_importing_the_task_hub_again_changes_nothing(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "hub.db", old_systems.task_hub(tag))
    await bring(app, person, "task-hub", place)
    paths = ("/api/projects", "/api/tasks", "/api/members", "/api/time-entries")
    before = [await list_of(person, path) for path in paths]

    report = await bring(app, person, "task-hub", place)

    assert {outcome for counts in report.outcomes.values() for outcome in counts} == {"skipped"}
    assert report.refused == report.notices == []
    assert [await list_of(person, path) for path in paths] == before


async def test_a_dry_run_of_the_task_hub_writes_nothing(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "hub.db", old_systems.task_hub(tag))

    report = await bring(app, person, "task-hub", place, dry_run=True)

    assert report.outcomes["tasks"] == {"created": 3}
    assert await list_of(person, "/api/projects") == []
    assert await rows(app, Identity, Identity.subject == f"g-ann-{tag}") == []


async def test_a_known_directory_account_or_address_is_proposed_and_joins_only_when_told(
    app, person, other, tag, tmp_path
):
    place = write_sqlite(tmp_path / "hub.db", old_systems.task_hub(tag))
    await bring(app, other, "task-hub", place)

    refused = await bring(app, person, "task-hub", place)
    joined = await bring(app, person, "task-hub", place, join=True)

    named = {(each.row, each.code) for each in refused.refused if each.table == "users"}
    assert named == {(f"g-ann-{tag}", "known_identity"), (f"g-bob-{tag}", "known_address")}
    assert joined.outcomes["users"] == {"joined": 2, "created": 1}
    statuses = {each["name"]: each["status"] for each in await list_of(person, "/api/members")}
    assert (statuses["Ann"], statuses["Bob"]) == ("invited", "invited")


async def test_who_left_is_told_and_gets_no_task(app, person, tag, tmp_path):
    tables = old_systems.task_hub(tag)
    tables["users"][1]["is_active"] = False
    place = write_sqlite(tmp_path / "hub.db", tables)

    report = await bring(app, person, "task-hub", place)

    assert report.refused == []
    assert report.outcomes["task_assignees"] == {"created": 2, "skipped": 1}
    assert "is no longer active here and was not assigned" in [e.detail for e in report.notices]


async def test_a_row_that_names_nobody_or_nothing_is_refused_by_name(app, person, tag, tmp_path):
    tables = old_systems.task_hub(tag)
    tables["tasks"][1]["title"] = None
    tables["task_assignees"].append({"task_id": 3, "user_id": 99})
    tables["task_logs"][1]["hours"] = "many"
    place = write_sqlite(tmp_path / "hub.db", tables)

    report = await bring(app, person, "task-hub", place)

    named = {(each.table, each.row, each.code) for each in report.refused}
    assert named >= {
        ("tasks", "1", "string_type"),
        ("tasks", "2", "old_reference_missing"),
        ("task_assignees", "3:99", "old_reference_missing"),
        ("task_logs", "2", "decimal_expected"),
    }
    assert await list_of(person, "/api/projects") == []


async def test_tasks_that_stand_above_each_other_are_refused(app, person, tag, tmp_path):
    tables = old_systems.task_hub(tag, task_assignees=[], task_logs=[])
    tables["tasks"][1]["parent_id"] = 2
    place = write_sqlite(tmp_path / "hub.db", {name: each for name, each in tables.items() if each})

    report = await bring(app, person, "task-hub", place)

    assert {(each.row, each.code) for each in report.refused} == {
        ("1", "old_reference_missing"),
        ("2", "old_reference_missing"),
    }
