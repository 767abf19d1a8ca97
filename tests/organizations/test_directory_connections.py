"""Connecting an organization with an account of a company directory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from erp.identity.directory.models import DirectoryConnection, Identity
from erp.identity.models import SecurityEvent
from tests.identity.directories import asking, home_of, make_account
from tests.identity.making import rows, user_id_of
from tests.making import Person, make_colleague

pytestmark = pytest.mark.anyio

CONNECTIONS = "/api/directory-connections"


async def connect(person: Person, account: str, **over: Any):
    return await person.client.post(CONNECTIONS, json={"account_id": account} | over)


async def change(person: Person, connection: dict[str, Any], headers=None, **edit: Any):
    path = f"{CONNECTIONS}/{connection['id']}"
    return await person.client.patch(path, json=edit, headers=headers)


async def prove(app: FastAPI, person: Person, account: str) -> None:
    """The directory has vouched for the person as one of the account."""
    identity = Identity(
        user_id=user_id_of(person),
        provider="ace",
        issuer_key=account.casefold(),
        subject=str(user_id_of(person)),
        username="ada",
        claims={"account_id": account},
        linked_at=app.state.desk.now(),
    )
    async with app.state.database.writing() as session:
        session.add(identity)


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


async def test_a_connection_is_made_read_changed_and_ended(app: FastAPI, person: Person):
    account = make_account()

    made = await connect(person, account, role_map={"lead": "manager"})
    changed = await change(person, made.json(), allowed_domains=["Example.COM"])
    listed = (await person.client.get(CONNECTIONS)).json()["items"]
    ended = await person.client.delete(f"{CONNECTIONS}/{made.json()['id']}")

    assert made.status_code == 201
    assert made.headers["location"] == f"{CONNECTIONS}/{made.json()['id']}"
    assert made.headers["etag"] == '"1"'
    told = made.json()
    assert (told["account_id"], told["provider"], told["endpoint"]) == (account, "ace", "ace")
    assert (told["enabled"], told["jit_provision"]) == (False, True)
    assert told["role_map"] == {"lead": "manager"}
    assert (changed.headers["etag"], changed.json()["allowed_domains"]) == ('"2"', ["example.com"])
    assert listed == [changed.json()]
    assert ended.status_code == 204
    assert (await person.client.get(CONNECTIONS)).json() == {"items": []}


async def test_what_happens_to_connections_is_noted(app: FastAPI, person: Person):
    made = (await connect(person, make_account())).json()
    await change(person, made, jit_provision=False)
    await person.client.delete(f"{CONNECTIONS}/{made['id']}")

    events = await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))

    told = [each.event for each in sorted(events, key=lambda each: each.id)]
    assert [each for each in told if each.startswith("directory.")] == [
        "directory.connected",
        "directory.changed",
        "directory.disconnected",
    ]


async def test_only_who_is_of_the_account_enables_it(app: FastAPI, person: Person):
    account = make_account()
    claimed = (await connect(person, account)).json()

    unproved = await change(person, claimed, enabled=True)
    at_once = await connect(person, make_account(), enabled=True)
    await prove(app, person, account.upper())
    proved = await change(person, claimed, enabled=True)

    assert outcome(unproved) == outcome(at_once) == (409, "directory_proof_required")
    assert (proved.status_code, proved.json()["enabled"]) == (200, True)
    assert len(await rows(app, DirectoryConnection, home(person))) == 1


async def test_who_is_of_the_account_may_enable_it_at_once(app: FastAPI, person: Person):
    account = make_account()
    await prove(app, person, account)

    made = await connect(person, account, enabled=True)

    assert (made.status_code, made.json()["enabled"]) == (201, True)


async def test_the_proof_of_one_admin_does_not_serve_another_organization(
    app: FastAPI, person: Person, other: Person
):
    account = make_account()
    await prove(app, person, account)
    claimed = (await connect(other, account)).json()

    assert outcome(await change(other, claimed, enabled=True)) == (409, "directory_proof_required")


async def test_an_enabled_connection_changes_without_another_proof(app: FastAPI, person: Person):
    account = make_account()
    await prove(app, person, account)
    made = (await connect(person, account, enabled=True)).json()
    colleague = await make_colleague(app, person, "admin")

    kept = await change(colleague, made, enabled=True, jit_provision=False)
    off = await change(colleague, made, enabled=False)
    on = await change(colleague, made, enabled=True)

    assert [kept.status_code, off.status_code] == [200, 200]
    assert outcome(on) == (409, "directory_proof_required")


async def test_an_account_is_enabled_in_one_organization(
    app: FastAPI, person: Person, other: Person
):
    account = make_account()
    for each in (person, other):
        await prove(app, each, account)
    claims = [(await connect(each, account)).json() for each in (person, other)]

    answers = await asyncio.gather(
        *(
            change(each, claim, enabled=True)
            for each, claim in zip((person, other), claims, strict=True)
        )
    )
    third = await connect(other, account.upper(), enabled=True)

    assert sorted(outcome(each) for each in answers) == [
        (200, ""),
        (409, "directory_account_taken"),
    ]
    assert outcome(third)[0] == 409
    enabled = [
        each
        for each in await rows(app, DirectoryConnection, DirectoryConnection.account_key == account)
        if each.enabled
    ]
    assert len(enabled) == 1


async def test_an_account_is_connected_once_however_it_is_written(person: Person):
    account = make_account()
    await connect(person, account)

    answer = await connect(person, f" {account.upper()} ")

    assert outcome(answer) == (409, "directory_connected")
    assert answer.json()["errors"][0]["pointer"] == "/account_id"


async def test_an_older_version_is_refused(person: Person):
    made = (await connect(person, make_account())).json()
    await change(person, made, jit_provision=False)
    old = {"If-Match": '"1"'}

    changing = await change(person, made, old, jit_provision=True)
    ending = await person.client.delete(f"{CONNECTIONS}/{made['id']}", headers=old)

    assert (changing.status_code, ending.status_code) == (412, 412)


async def test_a_repeated_creation_takes_effect_once(person: Person):
    body, headers = {"account_id": make_account()}, {"Idempotency-Key": "connect-1"}

    first = await person.client.post(CONNECTIONS, json=body, headers=headers)
    second = await person.client.post(CONNECTIONS, json=body, headers=headers)

    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"


async def test_another_organization_sees_and_changes_nothing(
    app: FastAPI, person: Person, other: Person
):
    made = (await connect(person, make_account())).json()

    listed = (await other.client.get(CONNECTIONS)).json()
    changing = await change(other, made, enabled=True)
    ending = await other.client.delete(f"{CONNECTIONS}/{made['id']}")

    assert listed == {"items": []}
    assert (changing.status_code, ending.status_code) == (404, 404)
    assert len(await rows(app, DirectoryConnection, home(person))) == 1


@pytest.mark.parametrize("role", ["user", "manager"])
async def test_connections_are_the_business_of_administrators(
    app: FastAPI, person: Person, role: str
):
    made = (await connect(person, make_account())).json()
    colleague = await make_colleague(app, person, role)

    answers = [
        await colleague.client.get(CONNECTIONS),
        await connect(colleague, make_account()),
        await change(colleague, made, jit_provision=False),
        await colleague.client.delete(f"{CONNECTIONS}/{made['id']}"),
    ]

    assert {outcome(each) for each in answers} == {(403, "not_allowed")}


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"account_id": " "}, "/account_id"),
        ({"account_id": "a\x07"}, "/account_id"),
        ({"provider": "ldap"}, "/provider"),
        ({"endpoint": "http://127.0.0.1/"}, "/endpoint"),
        ({"endpoint": "ACE_API_URL"}, "/endpoint"),
        ({"role_map": {"lead": "owner"}}, "/role_map/lead"),
        ({"role_map": {"": "user"}}, "/role_map//[key]"),
        ({"role_map": {f"g{number}": "user" for number in range(51)}}, "/role_map"),
        ({"allowed_domains": ["not a domain"]}, "/allowed_domains/0"),
        ({"allowed_domains": ["a@example.com"]}, "/allowed_domains/0"),
        ({"enabled": None}, "/enabled"),
        ({"url": "http://127.0.0.1/"}, "/url"),
        ({"organization_id": "x"}, "/organization_id"),
    ],
)
async def test_what_cannot_be_connected_is_refused_at_its_field(
    person: Person, over: dict[str, Any], pointer: str
):
    body = {"account_id": make_account()} | over

    answer = await person.client.post(CONNECTIONS, json=body)

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_without_a_directory_in_the_settings_nothing_is_connected(
    app: FastAPI, person: Person
):
    async with asking(app, "") as without:
        person.client._transport.app = without
        answer = await connect(person, make_account())

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "endpoint_unknown"


def home(person: Person) -> Any:
    return DirectoryConnection.organization_id == home_of(person)
