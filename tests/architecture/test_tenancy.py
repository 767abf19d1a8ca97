"""What belongs to one organization does not exist for another: a walk over every route."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from erp.organizations.access import PERMISSIONS, permissions_of
from erp.records import metadata
from erp.web.docs import api_routes, marks_of
from tests.architecture.tour import CALLS, make_everything
from tests.making import make_colleague, reading_all

pytestmark = pytest.mark.anyio

TENANT_TABLES = [table for table in metadata.sorted_tables if table.info["scope"] == "tenant"]


async def rows_of(app, organization_id):
    """Every row of the organization, table by table."""
    async with reading_all(app) as session:
        found = {}
        for table in TENANT_TABLES:
            mine = table.c.organization_id == organization_id
            query = select(table).where(mine).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(row) for row in await session.execute(query)]
        return found


def routes_of(app):
    return {
        (method, route.path)
        for route in api_routes(app)
        if ":" in "".join(marks_of(route))
        for method in route.methods - {"HEAD"}
    }


async def test_the_tour_visits_every_route(app, person):
    ids = await make_everything(app, person)

    answers = [(call, await call.send(person, ids)) for call in CALLS]

    assert {(call.method, call.path) for call in CALLS} == routes_of(app)
    refused = {str(call): answer.text for call, answer in answers if answer.status_code >= 300}
    assert refused == {}


async def test_ids_of_another_organization_do_not_exist_on_any_route(app, person, other):
    mine, theirs = await make_everything(app, person), await make_everything(app, other)
    before = (
        await rows_of(app, other.organization["id"]),
        await rows_of(app, person.organization["id"]),
    )

    wrong = {}
    for call in CALLS:
        for name in call.names():
            answer = await call.send(person, mine | {name: theirs[name]})
            if not is_refused(answer):
                wrong[f"{call} with their {name}"] = f"{answer.status_code} {answer.text[:200]}"
        if call.names():
            answer = await call.send(person, theirs)
            if not is_refused(answer):
                wrong[f"{call} with their ids"] = f"{answer.status_code} {answer.text[:200]}"

    assert wrong == {}
    after = (
        await rows_of(app, other.organization["id"]),
        await rows_of(app, person.organization["id"]),
    )
    assert after == before
    assert {name for call in CALLS for name in call.names()} == set(mine)


def is_refused(answer):
    """404 or 422; a batch says so item by item."""
    if answer.status_code == 409 and answer.json()["code"] == "batch_refused":
        codes = {item["code"] for item in answer.json()["items"] if item["code"]}
        return codes <= {"not_found", "validation_failed", "unknown_project"}
    return answer.status_code in {404, 422}


async def test_lists_hold_nothing_of_another_organization(app, person, other):
    theirs = await make_everything(app, other)

    seen = {
        str(call): (await call.send(person, {})).text
        for call in CALLS
        if call.method == "GET" and not call.names()
    }

    assert len(seen) >= 6
    assert [name for text in seen.values() for name in theirs.values() if name in text] == []


async def test_naming_another_organization_opens_nothing(app, person, other):
    theirs = await make_everything(app, other)
    before = await rows_of(app, other.organization["id"])
    slug = other.organization["slug"]

    codes = {
        str(call): answer.json().get("code")
        for call in CALLS
        for answer in [await call.send(person, theirs, **{"X-Organization": slug})]
    }

    assert set(codes.values()) == {"organization_not_found"}
    assert await rows_of(app, other.organization["id"]) == before


async def test_reading_changes_nothing(app, person):
    ids = await make_everything(app, person)
    before = await rows_of(app, person.organization["id"])
    reads = [call for call in CALLS if call.method == "GET"]

    for call in reads:
        for method in ("GET", "HEAD"):
            await replace(call, method=method).send(person, ids)

    assert len(reads) > 20
    assert await rows_of(app, person.organization["id"]) == before


async def test_nobody_gets_anywhere_without_signing_in(app, client, person):
    ids = await make_everything(app, person)
    stranger = type(person)(client, "", "", {}, {})

    statuses = {str(call): (await call.send(stranger, ids)).status_code for call in CALLS}

    assert set(statuses.values()) == {401}


async def test_every_route_asks_for_the_permission_it_names(app, person, monkeypatch):
    ids = await make_everything(app, person)
    colleague = await make_colleague(app, person, "user")
    marks = {
        (method, route.path): marks_of(route)[0]
        for route in api_routes(app)
        for method in route.methods
    }
    monkeypatch.setitem(PERMISSIONS, "user", frozenset())
    permissions_of.cache_clear()

    answers = [(call, await call.send(colleague, ids)) for call in CALLS]

    monkeypatch.undo()
    permissions_of.cache_clear()
    for call, answer in answers:
        assert answer.status_code == 403, str(call)
        assert answer.json()["permission"] == marks[call.method, call.path]
    await colleague.client.aclose()
