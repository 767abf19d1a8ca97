"""Forgotten and changed passwords."""

import asyncio

import pytest
from fastapi import FastAPI

from erp.identity.actions.recovery import FORGOTTEN
from erp.identity.jobs import send_reset_link
from erp.identity.models import Throttle
from erp.kernel.crypto import KeyRing
from erp.kernel.jobs import Job, OutboxRow
from tests.identity.making import (
    events_about,
    log_in,
    mails_to,
    open_browser,
    rows,
    sign_in_again,
    user_id_of,
)
from tests.making import PASSWORD, SECRET, MovableClock, Person, make_address, make_client

pytestmark = pytest.mark.anyio

NEXT = "Another-Word-8"


async def ask(app: FastAPI, email: str) -> tuple[int, str]:
    """Forget the password of this address."""
    answer = await make_client(app).post("/api/auth/forgot-password", json={"email": email})
    return answer.status_code, answer.text


async def follow(app: FastAPI, email: str) -> str | None:
    """Do the worker's part, and take the token out of the mail it promises."""
    asked = await rows(app, OutboxRow, OutboxRow.kind == FORGOTTEN)
    for row in asked:
        if row.payload["email"] == email:
            job = Job(row.organization_id, row.id, row.kind, row.payload, 1, None)
            async with app.state.database.writing() as session:
                await send_reset_link(app.state.desk, session, job)
    promised = await rows(app, OutboxRow, OutboxRow.payload["to"].as_string() == email)
    links = [
        KeyRing(SECRET).unseal(row.payload["sealed"])["link"]
        for row in promised
        if "sealed" in row.payload
    ]
    return links[-1].partition("#token=")[2] if links else None


async def reset(app: FastAPI, token: str | None, password: str = NEXT):
    body = {"token": token, "new_password": password}
    return await make_client(app).post("/api/auth/reset-password", json=body)


async def test_a_forgotten_password_is_replaced_by_a_link(app: FastAPI, person: Person):
    await ask(app, person.email)
    token = await follow(app, person.email)

    answer = await reset(app, token)

    person.password = NEXT
    assert answer.status_code == 204
    assert (await log_in(make_client(app), person)).status_code == 200
    assert (await person.client.get("/api/auth/me")).status_code == 401


async def test_unknown_addresses_are_answered_alike(app: FastAPI, person: Person):
    known = await ask(app, person.email)
    unknown = await ask(app, make_address())

    assert known == unknown
    assert known[0] == 202


async def test_nobody_gets_a_link_for_an_unknown_address(app: FastAPI):
    stranger = make_address()
    await ask(app, stranger)

    assert await follow(app, stranger) is None


async def test_the_mailbox_is_spared_silently(app: FastAPI, person: Person):
    answers = [await ask(app, person.email) for _ in range(3)]
    await follow(app, person.email)

    assert {status for status, _ in answers} == {202}
    assert (await mails_to(app, person.email)).count("identity/reset_password") == 1


async def test_a_link_dies_after_fifteen_minutes(app: FastAPI, person: Person, clock: MovableClock):
    await ask(app, person.email)
    token = await follow(app, person.email)
    clock.advance(minutes=15, seconds=1)

    answer = await reset(app, token)

    assert (answer.status_code, answer.json()["code"]) == (400, "reset_token_invalid")


async def test_changing_the_password_ends_every_other_session(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)
    body = {"current_password": PASSWORD, "new_password": NEXT}

    answer = await person.client.post("/api/auth/change-password", json=body)

    fresh = make_client(app, Authorization=f"Bearer {answer.json()['access_token']}")
    assert answer.status_code == 200
    assert (await fresh.get("/api/auth/me")).status_code == 200
    assert (await person.client.get("/api/auth/me")).status_code == 401
    assert (await elsewhere.client.get("/api/auth/me")).status_code == 401
    assert "identity/password_changed" in await mails_to(app, person.email)


async def test_a_browser_gets_new_cookies_and_no_token(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    body = {"current_password": PASSWORD, "new_password": NEXT}

    answer = await browser.post("/api/auth/change-password", json=body)

    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"csrf_token"}
    assert (await browser.get("/api/auth/me")).status_code == 200


async def test_the_present_password_is_needed(person: Person):
    body = {"current_password": "Wrong-Word-1", "new_password": NEXT}

    answer = await person.client.post("/api/auth/change-password", json=body)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


async def test_guessing_the_present_password_is_limited(person: Person):
    body = {"password": "Wrong-Word-1"}

    answers = [await person.client.post("/api/auth/reauthenticate", json=body) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_a_wrong_proof_leaves_an_event_and_counts_as_a_failure(app: FastAPI, person: Person):
    body = {"password": "Wrong-Horse-7"}

    answer = await person.client.post("/api/auth/reauthenticate", json=body)

    failures = app.state.desk.keys.hide(f"failures:{user_id_of(person)}")
    assert answer.status_code == 401
    assert (await events_about(app, person))[-1] == "session.proof_failed"
    assert [row.count for row in await rows(app, Throttle, Throttle.key_hash == failures)] == [1]


async def test_a_weak_next_password_names_its_field(person: Person):
    body = {"current_password": PASSWORD, "new_password": "short"}

    answer = await person.client.post("/api/auth/change-password", json=body)

    assert answer.json()["code"] == "weak_password"
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/new_password"}


async def test_two_changes_at_once_take_effect_once(app: FastAPI, person: Person):
    bodies = [{"current_password": PASSWORD, "new_password": f"{NEXT}{n}"} for n in (1, 2)]

    answers = await asyncio.gather(
        *(person.client.post("/api/auth/change-password", json=body) for body in bodies)
    )

    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_proving_it_is_you_renews_the_sign_in(person: Person):
    answer = await person.client.post("/api/auth/reauthenticate", json={"password": PASSWORD})

    assert answer.status_code == 204
