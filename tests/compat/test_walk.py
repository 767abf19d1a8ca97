"""Every route of every dialect: who may call it, and that nothing of others is in reach."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from erp.app import DIALECTS
from erp.organizations.access import PERMISSIONS, permissions_of
from erp.web.docs import marks_of
from tests.architecture.test_tenancy import rows_of
from tests.compat.tour import DOCUMENTATION, TOURS
from tests.identity.making import another_app
from tests.making import Person, make_client, make_colleague

pytestmark = pytest.mark.anyio
NAMES = [dialect.name for dialect in DIALECTS]
WITH_PERMISSIONS = [name for name in NAMES if name != "medicalcare"]  # it knows oneself alone
ALIVE = ("/health", "/healthz", "/docs", "/openapi.json")
BAD = {"Authorization": "Bearer no.such.token"}


def routes_of(app, name):
    """Method and path of every route of the dialect, with its marks."""
    [mount] = [
        each for each in app.routes if isinstance(each, Mount) and each.path == f"/compat/{name}"
    ]
    return {
        f"{method} {route.path}": marks_of(route)
        for route in mount.app.routes
        if isinstance(route, APIRoute)
        for method in route.methods - {"HEAD"}
    }


@pytest.mark.parametrize("name", NAMES)
async def test_the_tour_names_every_route_with_its_one_mark(app, name):
    tour = TOURS[name]
    named = {each: ["public"] for each in tour.public | DOCUMENTATION}
    for mark, calls in tour.marked.items():
        named |= {str(call): [mark] for call in calls}

    assert routes_of(app, name) == named


@pytest.mark.parametrize("name", NAMES)
async def test_the_tour_passes(app, person, name):
    ids = await TOURS[name].make_records(app, person, 0)

    answers = {str(call): await call.send(person, ids) for _mark, call in TOURS[name].calls(name)}

    refused = {call: each.text for call, each in answers.items() if each.status_code >= 300}
    assert refused == {}


@pytest.mark.parametrize("name", NAMES)
async def test_without_a_good_token_nobody_gets_anywhere(app, client, person, name):
    ids = await TOURS[name].make_records(app, person, 0)
    stranger = Person(client, "", "", {}, {})

    statuses = {
        (str(call), sent is BAD): (await call.send(stranger, ids, **sent)).status_code
        for _mark, call in TOURS[name].calls(name)
        for sent in ({}, BAD)
    }

    assert set(statuses.values()) == {401}, statuses


@pytest.mark.parametrize("name", WITH_PERMISSIONS)
async def test_every_route_asks_for_its_permission(app, person, monkeypatch, name):
    ids = await TOURS[name].make_records(app, person, 0)
    colleague = await make_colleague(app, person, "user")
    calls = [call for mark, call in TOURS[name].calls(name) if ":" in mark]
    monkeypatch.setitem(PERMISSIONS, "user", frozenset())
    permissions_of.cache_clear()

    statuses = {str(call): (await call.send(colleague, ids)).status_code for call in calls}

    monkeypatch.undo()
    permissions_of.cache_clear()
    assert calls
    assert set(statuses.values()) == {403}, statuses
    await colleague.client.aclose()


@pytest.mark.parametrize("name", WITH_PERMISSIONS)
async def test_records_of_another_organization_do_not_exist(app, person, other, name):
    mine = await TOURS[name].make_records(app, person, 0)
    theirs = await TOURS[name].make_records(app, other, len(mine) + 3)
    before = await rows_of(app, other.organization["id"])

    wrong = {}
    for _mark, call in TOURS[name].calls(name):
        answer = await call.send(person, theirs)
        if call.names():
            if answer.status_code != 404:
                wrong[str(call)] = f"{answer.status_code} {answer.text}"
        elif any(each in answer.text for each in theirs.values() if len(each) > 10):
            wrong[str(call)] = answer.text

    assert wrong == {}
    assert await rows_of(app, other.organization["id"]) == before


@pytest.mark.parametrize("name", NAMES)
async def test_its_docs_page_shows_every_call(app, client, name):
    page = await client.get(f"/compat/{name}/docs")
    document = (await client.get(f"/compat/{name}/openapi.json")).json()

    shown = {
        f"{method.upper()} {path}" for path, each in document["paths"].items() for method in each
    }
    assert page.status_code == 200
    assert shown == set(routes_of(app, name)) - {
        call for call in routes_of(app, name) if "docs" in call or "openapi" in call
    }


@pytest.mark.parametrize("name", NAMES)
async def test_until_the_schema_is_ready_it_only_says_that_it_is_alive(app, person, name):
    calls = [call for _mark, call in TOURS[name].calls(name) if not call.names()]
    alive = [each for each in TOURS[name].public | DOCUMENTATION if each.endswith(ALIVE)]
    async with another_app(app) as starting:
        starting.state.health.schema_is_ready = False
        async with make_client(starting, **person.client.headers) as client:
            early = Person(client, "", "", {}, {})
            waiting = {str(call): (await call.send(early, {})).status_code for call in calls}
            paths = [f"/compat/{name}{each.partition(' ')[2]}" for each in alive]
            answers = {path: (await client.get(path)).status_code for path in paths}

    assert set(waiting.values()) == {503}, waiting
    assert set(answers.values()) == {200}, answers
    assert len(answers) >= len(DOCUMENTATION)
