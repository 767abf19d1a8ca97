"""Taking projects over from a company directory: preview, then apply."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from erp.identity.directory.models import DirectoryConnection as DirectoryOf
from erp.identity.directory.models import Identity
from erp.kernel.schema import fold
from erp.projects.actions.planning import source_of
from erp.projects.models import SyncPlan
from erp.projects.schemas.syncing import SyncPlanOut
from tests.identity.directories import asking, connect, make_account, sandbox_at_work
from tests.identity.making import user_id_of
from tests.making import Person, make_client, make_colleague, writing_all
from tests.projects.making import make_project, make_task
from tests.strangers import Stranger, stranger_at_work

pytestmark = pytest.mark.anyio

PREVIEW = "/api/directory/projects/preview"
APPLY = "/api/directory/projects/apply"


@pytest.fixture
async def stranger():
    async with stranger_at_work() as somebody:
        yield somebody


@pytest.fixture
async def asker(app, stranger):
    """The product, where the directory is that stranger."""
    async with asking(app, stranger.address) as product:
        yield product


@pytest.fixture
async def account(app, person):
    """An account the person's organization is connected with."""
    name = make_account()
    await connect(app, person, name)
    return name


def of(asker, person) -> Any:
    """The person's client of that product."""
    kept = ("authorization", "x-organization")
    return make_client(asker, **{k: v for k, v in person.client.headers.items() if k in kept})


def lists(stranger: Stranger, *projects: dict[str, Any]) -> None:
    stranger.say(200, {"projects": list(projects)})


async def preview(asker, person) -> Any:
    answer = await of(asker, person).post(PREVIEW)
    assert answer.status_code == 200, answer.text
    SyncPlanOut.model_validate(answer.json())
    return answer.json()


async def apply(asker, person, plan) -> Any:
    return await of(asker, person).post(APPLY, json={"plan_id": plan["id"]})


async def sync(asker, person) -> Any:
    answer = await apply(asker, person, await preview(asker, person))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def link(app, person: Person, account_id: str, guid: str) -> None:
    """The directory has vouched for the person."""
    linked = Identity(
        user_id=user_id_of(person),
        provider="ace",
        issuer_key=fold(account_id),
        subject=guid,
        username="ada",
        claims={"account_id": account_id},
        linked_at=datetime.now(UTC),
    )
    async with app.state.database.writing() as session:
        session.add(linked)


async def projects_of(person, query="") -> list[dict[str, Any]]:
    answer = await person.client.get(f"/api/projects?sort=number&{query}")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


WEB = {
    "id": 101,
    "code": "WEB",
    "name": "Web shop",
    "status": "On_Hold",
    "start_date": "2026-09-01",
    "end_date": "2027-03-31",
    "members": [{"guid": "g-ada", "username": "ada"}, {"guid": "g-bob", "username": "bob"}],
}
WMS = {"id": "w", "name": "Warehouse"}


async def test_a_preview_shows_everything_and_changes_nothing(
    app, asker, stranger, person, account
):
    await link(app, person, account, "g-ada")
    lists(stranger, WEB, WMS)

    plan = await preview(asker, person)

    web, wms = plan["items"]
    assert (web["op"], web["code"], web["external_id"]) == ("create", "WEB", "101")
    assert web["changes"] == {
        "name": [None, "Web shop"],
        "state": [None, "paused"],
        "starts_on": [None, "2026-09-01"],
        "due_on": [None, "2027-03-31"],
        "code": [None, "WEB"],
    }
    assert [each["number"] for each in web["added"]] == [1]
    assert web["unknown"] == ["bob"]
    assert (wms["code"], wms["name"]) == ("w", "Warehouse")
    assert plan["counts"] == {"create": 2, "change": 0, "archive": 0, "skip": 0}
    assert await projects_of(person) == []


async def test_applying_does_what_was_shown_and_only_once(app, asker, stranger, person, account):
    await link(app, person, account, "g-ada")
    lists(stranger, WEB, WMS)
    plan = await preview(asker, person)

    applied = await apply(asker, person, plan)
    again = await apply(asker, person, plan)

    assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    assert (again.status_code, again.json()["code"]) == (409, "plan_expired")
    web, wms = await projects_of(person)
    assert (web["id"], web["state"]) == (plan["items"][0]["project_id"], "paused")
    assert (wms["state"], wms["code"], wms["version"]) == ("active", "w", 1)
    whole = (await person.client.get(f"/api/projects/{web['id']}")).json()
    assert [each["number"] for each in whole["team"]] == [1]
    assert whole["external_source"] == source_of(account)
    history = (await person.client.get(f"/api/audit/project/{web['id']}")).json()["items"]
    assert [(each["action"], each["reason"]) for each in history] == [
        ("project.created", "directory")
    ]


async def test_the_same_list_again_is_skipped_and_a_changed_one_shows_the_difference(
    app, asker, stranger, person, account
):
    lists(stranger, WEB, WMS)
    await sync(asker, person)
    await link(app, person, account, "g-ada")

    lists(stranger, WEB | {"members": []}, WMS)
    same = await preview(asker, person)
    lists(stranger, WEB | {"name": "Shop", "status": "who knows", "code": "NEW"}, WMS)
    changed = await sync(asker, person)

    assert [(each["op"], each["note"]) for each in same["items"]] == [("skip", "unchanged")] * 2
    web = changed["items"][0]
    assert (web["op"], web["changes"]) == ("change", {"name": ["Web shop", "Shop"]})
    [shop, _wms] = await projects_of(person)
    assert (shop["name"], shop["code"], shop["version"]) == ("Shop", "WEB", 2)
    team = (await person.client.get(f"/api/projects/{shop['id']}")).json()["team"]
    assert [each["number"] for each in team] == [1]


async def test_what_the_directory_lost_is_archived_if_it_had_come_from_there(
    app, asker, stranger, person, account
):
    lists(stranger, WEB, WMS)
    await sync(asker, person)
    named = {"external_source": source_of(account), "external_id": "by hand"}
    linked = await make_project(person, **named)
    await make_project(person)
    lists(stranger, WMS)

    plan = await sync(asker, person)
    back = (lists(stranger, WEB, WMS), await preview(asker, person))[1]

    ops = {each["external_id"]: (each["op"], each["note"]) for each in plan["items"]}
    assert ops == {
        "w": ("skip", "unchanged"),
        "101": ("archive", None),
        "by hand": ("skip", "kept"),
    }
    assert [each["code"] for each in await projects_of(person, "archived=true")] == ["WEB"]
    assert linked["id"] in [each["id"] for each in await projects_of(person)]
    assert back["items"][0]["note"] == "archived"


async def test_an_account_that_lists_nothing_archives_nothing(asker, stranger, person, account):
    lists(stranger, WEB)
    await sync(asker, person)
    lists(stranger)

    plan = await sync(asker, person)

    assert plan["items"] == []
    assert len(await projects_of(person)) == 1


async def test_users_add_and_update_but_archive_nothing(app, asker, stranger, person, account):
    user = await make_colleague(app, person)
    lists(stranger, WEB, WMS)
    made = await sync(asker, user)
    lists(stranger, WMS)

    theirs = await preview(asker, user)
    planned = await preview(asker, person)
    refused = await apply(asker, user, planned)

    assert made["counts"]["create"] == 2
    assert theirs["counts"] == {"create": 0, "change": 0, "archive": 0, "skip": 1}
    assert planned["counts"]["archive"] == 1
    assert (refused.status_code, refused.json()["permission"]) == (403, "projects:sync")
    assert len(await projects_of(person)) == 2
    await user.client.aclose()


async def test_a_project_changed_since_the_preview_is_not_overwritten(
    asker, stranger, person, account
):
    lists(stranger, WEB, WMS)
    await sync(asker, person)
    lists(stranger, WEB | {"name": "Shop"}, WMS | {"name": "Store"})
    plan = await preview(asker, person)
    web, _wms = await projects_of(person)
    await person.client.patch(f"/api/projects/{web['id']}", json={"name": "By hand"})

    answer = await apply(asker, person, plan)

    assert (answer.status_code, answer.json()["code"]) == (409, "sync_stale")
    assert [each["code"] for each in answer.json()["projects"]] == ["WEB"]
    assert [each["name"] for each in await projects_of(person)] == ["By hand", "Warehouse"]


@pytest.mark.parametrize("over", [{"code": "web"}, {"external": True}])
async def test_a_code_or_identifier_taken_meanwhile_is_not_overwritten(
    asker, stranger, person, account, over
):
    lists(stranger, WEB)
    plan = await preview(asker, person)
    named = {"external_source": source_of(account), "external_id": "101"}
    await make_project(person, **(named if over.get("external") else over))

    answer = await apply(asker, person, plan)

    assert (answer.status_code, answer.json()["code"]) == (409, "sync_stale")
    assert len(await projects_of(person)) == 1


async def test_a_code_that_another_project_has_gets_a_number_behind(
    asker, stranger, person, account
):
    await make_project(person, code="WEB")
    lists(stranger, WEB, WEB | {"id": 7}, WMS | {"code": "x" * 50})

    plan = await sync(asker, person)

    assert [each["code"] for each in plan["items"]] == ["WEB-2", "WEB-3", "x" * 32]
    assert len(await projects_of(person)) == 4


async def test_an_end_before_the_beginning_is_left_out(asker, stranger, person, account):
    lists(stranger, WEB | {"end_date": "2026-08-31"})

    await sync(asker, person)

    [web] = await projects_of(person)
    assert (web["starts_on"], web["due_on"]) == ("2026-09-01", None)


async def test_a_plan_is_good_for_a_day(app, asker, stranger, person, account):
    lists(stranger, WEB)
    plan = await preview(asker, person)
    past = datetime.now(UTC) - timedelta(seconds=1)
    async with writing_all(app) as session:
        mine = update(SyncPlan).where(SyncPlan.id == UUID(plan["id"]))
        await session.execute(mine.values(expires_at=past))

    late = await apply(asker, person, plan)
    await preview(asker, person)

    assert (
        timedelta(hours=23, minutes=59)
        < datetime.fromisoformat(plan["expires_at"]) - datetime.fromisoformat(plan["created_at"])
        <= timedelta(hours=24)
    )
    assert (late.status_code, late.json()["code"]) == (409, "plan_expired")
    async with writing_all(app) as session:
        kept = await session.get_one(SyncPlan, (UUID(person.organization["id"]), UUID(plan["id"])))
        assert kept.state == "expired"


async def test_of_parallel_applications_one_takes_effect(asker, stranger, person, account):
    lists(stranger, WEB, WMS)
    plan = await preview(asker, person)

    answers = await asyncio.gather(*(apply(asker, person, plan) for _ in range(4)))

    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert len(await projects_of(person)) == 2


async def test_tasks_of_synchronized_projects_stay(asker, stranger, person, account):
    lists(stranger, WEB)
    await sync(asker, person)
    [web] = await projects_of(person)
    task = await make_task(person, web)
    lists(stranger, WMS)

    await sync(asker, person)

    assert (await person.client.get(f"/api/tasks/{task['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"no": 1}, (502, "directory_bad_response")),
        (503, {}, (503, "directory_unavailable")),
    ],
)
async def test_what_the_directory_does_wrong_is_told_apart(
    asker, stranger, person, account, status, body, expected
):
    stranger.say(status, body)

    answer = await of(asker, person).post(PREVIEW)

    assert (answer.status_code, answer.json()["code"]) == expected


async def test_an_organization_without_a_connection_is_told(asker, stranger, person):
    answer = await of(asker, person).post(PREVIEW)

    assert (answer.status_code, answer.json()["code"]) == (409, "directory_not_connected")
    assert stranger.asked == []


async def test_no_transaction_is_open_while_the_directory_thinks(
    asker, stranger, person, account, backend
):
    open_when_asked = []
    engine: Engine = asker.state.database._writer.sync_engine
    begun = 0

    def begin(_connection):
        nonlocal begun
        begun += 1

    def end(_connection):
        nonlocal begun
        begun -= 1

    class Watching(list):
        def __iter__(self):
            open_when_asked.append(begun)
            return super().__iter__()

    lists(stranger, WEB)
    stranger.pieces = Watching(stranger.pieces)
    for name, note in (("begin", begin), ("commit", end), ("rollback", end)):
        event.listen(engine, name, note)
    try:
        await preview(asker, person)
    finally:
        for name, note in (("begin", begin), ("commit", end), ("rollback", end)):
            event.remove(engine, name, note)

    assert open_when_asked == [0]


async def test_the_sandbox_serves_the_whole_way(app, person):
    await connect(app, person, "northwind", enabled=False)
    async with writing_all(app) as session:  # other tests may be connected with this account, too
        await session.execute(
            update(DirectoryOf).where(DirectoryOf.account_key == "northwind").values(enabled=False)
        )
        mine = DirectoryOf.organization_id == UUID(person.organization["id"])
        await session.execute(update(DirectoryOf).where(mine).values(enabled=True))
    async with sandbox_at_work() as address, asking(app, address) as asker:
        plan = await sync(asker, person)

    assert [(each["op"], each["code"]) for each in plan["items"]] == [
        ("create", "WEB"),
        ("create", "WMS"),
    ]
    assert plan["items"][0]["unknown"] == ["ada", "grace"]
    assert [each["name"] for each in await projects_of(person)] == [
        "New web shop",
        "Warehouse move",
    ]


def test_long_accounts_have_short_sources_of_their_own():
    long = "account-" + "x" * 60

    assert source_of("Acme") == source_of("ACME") == "ace:acme"
    assert len(source_of(long)) <= 40
    assert source_of(long) != source_of(long + "y")
