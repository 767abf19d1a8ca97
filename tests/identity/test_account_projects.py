"""The projects of a company's account, as the directory lists them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI

from erp.cli.sandbox import TOKEN
from erp.identity.actions.account_projects import fetch_account_projects
from erp.identity.directory.models import DirectoryConnection
from erp.identity.directory.provider import ProjectMember
from erp.identity.errors import (
    DirectoryBadResponse,
    DirectoryNotConnected,
    DirectoryUnavailable,
)
from erp.kernel.errors import Refusal
from tests.identity.directories import (
    asking,
    connect,
    home_of,
    make_account,
    sandbox_at_work,
)
from tests.identity.making import rows
from tests.making import Person
from tests.strangers import Stranger

pytestmark = pytest.mark.anyio


async def refusal_of(asker: FastAPI, person: Person) -> type[Refusal]:
    with pytest.raises(Refusal) as caught:
        await fetch_account_projects(asker.state.desk, home_of(person))
    return caught.type


async def test_the_projects_of_the_sandbox_come_whole(app: FastAPI, person: Person):
    account = "northwind"
    await connect(app, person, account, enabled=False)
    async with sandbox_at_work() as address, asking(app, address) as asker:
        [connection] = [
            each for each in await connections_of(asker, person) if each.account_id == account
        ]

        web, move = await asker.state.desk.directories["ace"].list_projects(connection)

    assert (web.id, web.account_id, web.code, web.name) == ("101", account, "WEB", "New web shop")
    assert (web.status, web.starts_on, web.ends_on) == (
        "active",
        date(2026, 9, 1),
        date(2027, 3, 31),
    )
    assert web.members == (
        ProjectMember("guid-northwind-ada", "ada"),
        ProjectMember("guid-northwind-grace", "grace"),
    )
    assert (move.starts_on, move.members) == (None, ())


async def connections_of(asker: FastAPI, person: Person) -> list[Any]:
    mine = DirectoryConnection.organization_id == home_of(person)
    return await rows(asker, DirectoryConnection, mine)


async def test_every_enabled_account_is_asked_with_the_service_token(
    asker: FastAPI, person: Person, stranger: Stranger
):
    accounts = [make_account(), make_account()]
    for account in accounts:
        await connect(asker, person, account)
    await connect(asker, person, make_account(), enabled=False)
    stranger.say(200, {"projects": [{"id": "p1", "name": "Shop"}]})

    found = await fetch_account_projects(asker.state.desk, home_of(person))

    assert sorted(each.account_id for each in found) == sorted(accounts)
    asked = [each.decode() for each in stranger.asked]
    assert [each.split(" ")[1] for each in asked] == [
        f"/ace/projects?account_id={each.account_id}" for each in found
    ]
    assert all(f"Bearer {TOKEN}" in each for each in asked)


async def test_an_organization_without_an_enabled_connection_has_none(
    asker: FastAPI, person: Person, other: Person, stranger: Stranger
):
    await connect(asker, person, make_account(), enabled=False)
    await connect(asker, other, make_account())

    assert await refusal_of(asker, person) is DirectoryNotConnected
    assert stranger.asked == []


async def test_a_directory_that_left_the_settings_is_unavailable(app: FastAPI, person: Person):
    await connect(app, person, make_account())

    assert await refusal_of(app, person) is DirectoryUnavailable


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (200, [], DirectoryBadResponse),
        (200, {}, DirectoryBadResponse),
        (200, {"projects": None}, DirectoryBadResponse),
        (200, {"error_code": "NO"}, DirectoryBadResponse),
        (200, {"projects": [{"id": "1"}]}, DirectoryBadResponse),
        (200, {"projects": [{"id": "1", "name": "x" * 201}]}, DirectoryBadResponse),
        (200, {"projects": [{"id": "1", "name": "x\x00"}]}, DirectoryBadResponse),
        (200, {"projects": [{"id": ["1"], "name": "x"}]}, DirectoryBadResponse),
        (200, {"projects": [{"id": 1, "name": "x", "start_date": "soon"}]}, DirectoryBadResponse),
        (200, {"projects": [{"id": 1, "name": "x"}] * 5001}, DirectoryBadResponse),
        (200, b"<html>", DirectoryBadResponse),
        (200, b" " * (4 * 1024 * 1024 + 1), DirectoryBadResponse),
        (401, {"error_code": "INVALID_TOKEN"}, DirectoryBadResponse),
        (404, {"error_code": "INVALID_ACCOUNT_ID"}, DirectoryBadResponse),
        (500, {}, DirectoryBadResponse),
        (302, b"", DirectoryBadResponse),
        (503, {}, DirectoryUnavailable),
        (429, {}, DirectoryUnavailable),
    ],
)
async def test_what_was_not_agreed_upon_is_refused(
    asker: FastAPI, person: Person, stranger: Stranger, status: int, body: Any, refusal
):
    await connect(asker, person, make_account())
    stranger.say(status, body)

    assert await refusal_of(asker, person) is refusal


async def test_five_thousand_projects_fit(asker: FastAPI, person: Person, stranger: Stranger):
    await connect(asker, person, make_account())
    listed = [{"id": number, "name": f"Project {number}"} for number in range(5000)]
    stranger.say(200, {"projects": listed})

    found = await fetch_account_projects(asker.state.desk, home_of(person))

    assert len(found) == 5000
