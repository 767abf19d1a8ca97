"""Linking an account at a company directory, proving oneself through it, and giving it up."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from erp.identity.directory.models import Identity
from erp.identity.jobs import send_reset_link
from erp.identity.models import OneTimeToken
from erp.kernel.jobs import Job, OutboxRow
from tests.identity.directories import (
    THERE,
    connect,
    log_in_there,
    make_account,
    make_somebody,
)
from tests.identity.making import (
    events_about,
    mails_to,
    open_browser,
    rows,
    session_id_of,
    session_of,
    user_id_of,
)
from tests.making import PASSWORD, MovableClock, Person, make_client, sign_up
from tests.strangers import Stranger

pytestmark = pytest.mark.anyio

IDENTITIES = "/api/auth/identities"


async def link(person: Person, account: str, **over: Any):
    body = {"account_id": account, "username": "ada", "password": THERE} | over
    return await person.client.post(IDENTITIES, json=body)


async def come_by_directory(asker: FastAPI, account: str) -> Person:
    """Somebody whom the directory has just signed in."""
    tokens = (await log_in_there(asker, account)).json()
    client = make_client(asker, Authorization=f"Bearer {tokens['access_token']}")
    email = tokens["user"]["email"]
    return Person(client, email, THERE, tokens, tokens["organizations"][0])


@pytest.fixture
async def account(asker: FastAPI, other: Person, stranger: Stranger) -> str:
    """An account connected with another organization, whose directory knows somebody new."""
    made = make_account()
    await connect(asker, other, made)
    stranger.say(200, make_somebody() | {"account_id": made})
    return made


@pytest.fixture
async def local(asker: FastAPI) -> Person:
    """Somebody who signed up with a password a moment ago."""
    return await sign_up(asker)


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"] if answer.content else ""


async def test_a_linked_account_signs_the_same_person_in(
    asker: FastAPI, local: Person, account: str
):
    linked = await link(local, account)

    there = (await log_in_there(asker, account)).json()

    assert linked.status_code == 201
    assert linked.json()["account_id"] == account
    assert (linked.json()["username"], linked.json()["last_login_at"]) == ("ada", None)
    assert there["user"]["id"] == local.tokens["user"]["id"]
    assert there["user"]["email"] == local.email
    assert there["user"]["full_name"] == "Ada Lovelace"


async def test_linking_and_unlinking_leave_a_trace_and_a_mail(
    asker: FastAPI, local: Person, account: str
):
    made = (await link(local, account)).json()

    ended = await local.client.delete(f"{IDENTITIES}/{made['id']}")

    assert ended.status_code == 204
    events = await events_about(asker, local)
    assert [each for each in events if each.startswith("identity.")] == [
        "identity.linked",
        "identity.unlinked",
    ]
    mails = await mails_to(asker, local.email)
    assert mails[-2:] == ["identity/identity_linked", "identity/identity_unlinked"]


async def test_the_list_shows_ones_own_alone(asker: FastAPI, local: Person, account: str):
    made = (await link(local, account)).json()
    stranger = await sign_up(asker)

    mine = (await local.client.get(IDENTITIES)).json()
    theirs = (await stranger.client.get(IDENTITIES)).json()

    assert (mine, theirs) == ({"items": [made]}, {"items": []})


async def test_a_linked_profile_stays_ones_own(
    asker: FastAPI, local: Person, account: str, stranger: Stranger
):
    somebody = make_somebody() | {"account_id": account, "full_name": "A. Byron"}
    stranger.say(200, somebody)
    await link(local, account)

    there = (await log_in_there(asker, account)).json()

    assert (there["user"]["full_name"], there["user"]["email"]) == ("Ada Lovelace", local.email)


async def test_an_account_is_linked_to_one_person(asker: FastAPI, local: Person, account: str):
    another = await sign_up(asker)
    await link(local, account)

    answers = [await link(another, account), await link(local, account)]

    assert [outcome(each) for each in answers] == [(409, "identity_taken")] * 2


async def test_parallel_links_of_one_account_leave_one(asker: FastAPI, account: str):
    people = [await sign_up(asker) for _ in range(4)]

    answers = await asyncio.gather(*(link(each, account) for each in people))

    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]


async def test_a_wrong_password_links_nothing(
    asker: FastAPI, local: Person, account: str, stranger: Stranger
):
    stranger.say(401, {"error_code": "INVALID_CREDENTIALS"})

    answer = await link(local, account)

    assert outcome(answer) == (401, "invalid_credentials")
    assert await rows(asker, Identity, Identity.user_id == user_id_of(local)) == []


async def test_linking_shares_the_limit_of_signing_in(
    asker: FastAPI, local: Person, account: str, stranger: Stranger
):
    stranger.say(401, b"")
    for _ in range(4):
        await log_in_there(asker, account)

    answer = await link(local, account)

    assert outcome(answer) == (429, "too_many_attempts")
    assert len(stranger.asked) == 4


async def test_linking_and_unlinking_want_a_recent_sign_in(
    asker: FastAPI, app: FastAPI, person: Person, clock: MovableClock
):
    account = make_account()
    await connect(app, person, account)
    clock.advance(minutes=11)

    linking = await link(person, account)
    unlinking = await person.client.delete(f"{IDENTITIES}/{user_id_of(person)}")

    assert outcome(linking) == outcome(unlinking) == (403, "reauthentication_required")


async def test_an_unconnected_account_cannot_be_linked(
    asker: FastAPI, local: Person, stranger: Stranger
):
    stranger.say(200, make_somebody())

    answer = await link(local, make_account())

    assert outcome(answer) == (401, "invalid_account_id")
    assert stranger.asked == []


async def test_a_claimed_account_can_be_linked_and_does_not_sign_in_yet(
    asker: FastAPI, local: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, local, account, enabled=False)
    stranger.say(200, make_somebody() | {"account_id": account})

    linked = await link(local, account)
    signing_in = await log_in_there(asker, account)

    assert linked.status_code == 201
    assert outcome(signing_in) == (401, "invalid_account_id")


async def test_foreign_identities_do_not_exist(asker: FastAPI, local: Person, account: str):
    made = (await link(local, account)).json()
    stranger = await sign_up(asker)

    answer = await stranger.client.delete(f"{IDENTITIES}/{made['id']}")

    assert outcome(answer) == (404, "not_found")
    assert len((await local.client.get(IDENTITIES)).json()["items"]) == 1


async def test_unlinking_ends_sessions_elsewhere_and_the_way_in(
    asker: FastAPI, local: Person, account: str
):
    made = (await link(local, account)).json()
    elsewhere = await come_by_directory(asker, account)

    await local.client.delete(f"{IDENTITIES}/{made['id']}")
    after = await log_in_there(asker, account)

    assert (await elsewhere.client.get("/api/auth/me")).status_code == 401
    assert (await local.client.get("/api/auth/me")).status_code == 200
    assert after.json()["user"]["id"] != local.tokens["user"]["id"]


async def test_the_only_way_in_stays(asker: FastAPI, account: str):
    person = await come_by_directory(asker, account)
    [only] = (await person.client.get(IDENTITIES)).json()["items"]

    answer = await person.client.delete(f"{IDENTITIES}/{only['id']}")

    assert outcome(answer) == (409, "only_way_in")


async def test_parallel_unlinks_leave_one_way_in(asker: FastAPI, account: str, stranger: Stranger):
    person = await come_by_directory(asker, account)
    stranger.say(200, make_somebody() | {"account_id": account})
    await link(person, account, username="second")
    both = (await person.client.get(IDENTITIES)).json()["items"]

    answers = await asyncio.gather(
        *(person.client.delete(f"{IDENTITIES}/{each['id']}") for each in both)
    )

    assert len(both) == 2
    assert sorted(each.status_code for each in answers) == [204, 409]


async def test_nobody_links_without_signing_in(asker: FastAPI, account: str, stranger: Stranger):
    client = make_client(asker)

    answers = [
        await client.post(
            IDENTITIES, json={"account_id": account, "username": "a", "password": "b"}
        ),
        await client.get(IDENTITIES),
        await client.delete(f"{IDENTITIES}/{UUID(int=1)}"),
    ]

    assert {each.status_code for each in answers} == {401}
    assert stranger.asked == []


async def prove(person: Person, password: str):
    return await person.client.post("/api/auth/reauthenticate", json={"password": password})


async def test_directory_users_prove_themselves_through_the_directory(
    asker: FastAPI, account: str, stranger: Stranger
):
    person = await come_by_directory(asker, account)
    begun = (await session_of(asker, session_id_of(person))).auth_time

    right = await prove(person, THERE)
    proved = (await session_of(asker, session_id_of(person))).auth_time
    stranger.say(401, b"")
    wrong = await prove(person, "Wrong-There-1")

    assert right.status_code == 204
    assert outcome(wrong) == (401, "invalid_credentials")
    assert (await session_of(asker, session_id_of(person))).auth_time == proved > begun
    assert b'"username":"ada","password":"Wrong-There-1"' in stranger.asked[-1]


async def test_another_person_of_the_account_proves_nothing(
    asker: FastAPI, account: str, stranger: Stranger
):
    person = await come_by_directory(asker, account)
    stranger.say(200, make_somebody() | {"account_id": account})

    assert outcome(await prove(person, THERE)) == (401, "invalid_credentials")


async def test_proving_shares_the_limit_of_signing_in(
    asker: FastAPI, account: str, stranger: Stranger
):
    person = await come_by_directory(asker, account)
    stranger.say(401, b"")

    statuses = [(await prove(person, THERE)).status_code for _ in range(5)]

    assert statuses == [401] * 4 + [429]


async def test_a_dead_directory_proves_nothing(asker: FastAPI, account: str, stranger: Stranger):
    person = await come_by_directory(asker, account)
    stranger.say(503, b"")

    assert outcome(await prove(person, THERE)) == (503, "directory_unavailable")


async def test_who_came_by_password_proves_by_password(
    asker: FastAPI, local: Person, account: str, stranger: Stranger
):
    await link(local, account)
    asked = len(stranger.asked)

    right, wrong = await prove(local, PASSWORD), await prove(local, THERE)

    assert (right.status_code, wrong.status_code) == (204, 401)
    assert len(stranger.asked) == asked


async def test_a_forgotten_password_is_found_at_the_company(asker: FastAPI, account: str):
    person = await come_by_directory(asker, account)

    answer = await make_client(asker).post(
        "/api/auth/forgot-password", json={"email": person.email}
    )
    await do_the_workers_part(asker, person.email)

    assert answer.status_code == 202
    assert await mails_to(asker, person.email) == ["identity/use_directory"]
    assert await rows(asker, OneTimeToken, OneTimeToken.user_id == user_id_of(person)) == []


async def test_who_has_a_password_too_gets_the_usual_link(
    asker: FastAPI, local: Person, account: str
):
    await link(local, account)

    await make_client(asker).post("/api/auth/forgot-password", json={"email": local.email})
    await do_the_workers_part(asker, local.email)

    assert (await mails_to(asker, local.email))[-1] == "identity/reset_password"


async def do_the_workers_part(app: FastAPI, email: str) -> None:
    asked = await rows(app, OutboxRow, OutboxRow.kind == "identity.forgotten_password")
    [row] = [each for each in asked if each.payload["email"] == email]
    job = Job(row.organization_id, row.id, row.kind, row.payload, 1, None)
    async with app.state.database.writing() as session:
        await send_reset_link(app.state.desk, session, job)


async def test_directory_users_have_no_password_to_sign_in_with_or_to_change(
    asker: FastAPI, account: str
):
    person = await come_by_directory(asker, account)
    change = {"current_password": THERE, "new_password": "Another-Word-8"}

    by_password = await make_client(asker).post(
        "/api/auth/login", json={"email": person.email, "password": THERE}
    )
    changing = await person.client.post("/api/auth/change-password", json=change)

    assert outcome(by_password) == outcome(changing) == (401, "invalid_credentials")


async def test_linking_needs_the_csrf_token_in_a_browser(
    asker: FastAPI, local: Person, account: str, stranger: Stranger
):
    browser = await open_browser(asker, local)
    del browser.headers["X-CSRF-Token"]
    body = {"account_id": account, "username": "ada", "password": THERE}
    asked = len(stranger.asked)

    answer = await browser.post(IDENTITIES, json=body)

    assert outcome(answer) == (403, "csrf_failed")
    assert len(stranger.asked) == asked
