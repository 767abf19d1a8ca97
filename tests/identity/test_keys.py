"""What each key opens: kinds of tokens, dumps, rings of several keys, clocks that differ."""

import base64
import json
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.actions.accounts import make_reset_link
from erp.identity.models import SessionRow
from erp.kernel.crypto import KeyRing
from tests.identity.making import (
    another_app,
    claims_of,
    make_browser,
    open_browser,
    refresh,
    run,
    session_id_of,
    session_of,
    user_of,
)
from tests.making import SECRET, MovableClock, Person, make_client

pytestmark = pytest.mark.anyio

OTHER_SECRET = "an0ther-key-for-the-suite-0123456789-zyxw"
RING = KeyRing(SECRET)
KID = RING.keys[0].kid


def without(fields: dict, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


async def test_each_kind_of_token_is_refused_where_another_is_due(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    async with app.state.database.writing() as session:
        link = await make_reset_link(session, app.state.desk, await user_of(app, person))
    kinds = {
        "access": person.tokens["access_token"],
        "refresh": person.tokens["refresh_token"],
        "csrf": browser.headers["X-CSRF-Token"],
        "reset": link.partition("#token=")[2],
    }
    accepted = {}

    for name, token in kinds.items():
        client = make_client(app)
        bearer = {"Authorization": f"Bearer {token}"}
        reset = {"token": token, "new_password": "Some-Thing-New-8"}
        header = {"X-CSRF-Token": token.encode()}
        switch = {"organization": person.organization["slug"]}
        answers = {
            "access": await client.get("/api/auth/me", headers=bearer),
            "refresh": await refresh(client, token),
            "csrf": await browser.post(
                "/api/auth/switch-organization", json=switch, headers=header
            ),
            "reset": await client.post("/api/auth/reset-password", json=reset),
        }
        accepted[name] = {where for where, answer in answers.items() if answer.status_code < 300}

    assert accepted == {name: {name} for name in kinds}


async def test_a_dump_without_the_key_mints_nothing(app: FastAPI, person: Person):
    row = await session_of(app, session_id_of(person))
    ring = KeyRing(OTHER_SECRET)
    ring.keys[0] = type(ring.keys[0])(KID, ring.keys[0].master)
    ring._derived = {(KID, kind): ring.keys[0].derive(kind) for kind in ("access", "refresh")}
    claims = claims_of(person.tokens["refresh_token"]) | {"sec": row.sec_hash}

    access = ring.sign("access", without(claims_of(person.tokens["access_token"]), "aud"))
    by_access = await make_client(app, Authorization=f"Bearer {access}").get("/api/auth/me")
    by_refresh = await refresh(make_client(app), ring.sign("refresh", without(claims, "aud")))

    assert (by_access.status_code, by_refresh.status_code) == (401, 401)


async def test_the_key_without_a_dump_mints_nothing(app: FastAPI, person: Person):
    claims = claims_of(person.tokens["refresh_token"])
    guessed = [claims | {"sec": "A" * 22}, claims | {"sid": str(uuid4())}]

    answers = [await refresh(make_client(app), RING.sign("refresh", each)) for each in guessed]

    assert [answer.json()["code"] for answer in answers] == ["refresh_token_invalid"] * 2
    assert (await refresh(make_client(app), person.tokens["refresh_token"])).status_code == 200


async def test_a_newer_generation_than_the_row_revokes_nothing(app: FastAPI, person: Person):
    first = person.tokens["refresh_token"]
    second = (await refresh(person.client, first)).json()["refresh_token"]
    restored = update(SessionRow).where(SessionRow.id == session_id_of(person)).values(gen=0)
    await run(app, restored)

    answer = await refresh(person.client, second)

    assert answer.json()["code"] == "refresh_token_invalid"
    assert (await session_of(app, session_id_of(person))).revoked_at is None


@pytest.mark.parametrize(("late", "status"), [(25, 200), (31, 401)])
async def test_clocks_may_differ_by_30_seconds(
    app: FastAPI, person: Person, clock: MovableClock, late: int, status: int
):
    clock.advance(minutes=15, seconds=late)

    assert (await person.client.get("/api/auth/me")).status_code == status


async def test_after_a_change_of_keys_old_tokens_hold_and_new_ones_are_signed_anew(
    app: FastAPI, person: Person
):
    browser = await open_browser(app, person)
    async with another_app(app, secret_key=OTHER_SECRET, previous_secret_keys=[SECRET]) as newer:
        moved = make_browser(newer, **{"X-CSRF-Token": browser.headers["X-CSRF-Token"]})
        moved.cookies = browser.cookies
        old = await make_client(newer, Authorization=person.client.headers["authorization"]).get(
            "/api/auth/me"
        )
        pair = await refresh(make_client(newer), person.tokens["refresh_token"])
        by_cookie = await moved.post("/api/auth/refresh")

    kid = json.loads(base64.urlsafe_b64decode(pair.json()["access_token"].split(".")[0] + "=="))
    assert (old.status_code, pair.status_code, by_cookie.status_code) == (200, 200, 200)
    assert kid["kid"] == KeyRing(OTHER_SECRET).keys[0].kid != KID


async def test_a_key_that_left_the_ring_verifies_nothing(app: FastAPI, person: Person):
    async with another_app(app, secret_key=OTHER_SECRET) as newer:
        bearer = person.client.headers["authorization"]
        old = await make_client(newer, Authorization=bearer).get("/api/auth/me")
        pair = await refresh(make_client(newer), person.tokens["refresh_token"])

    assert (old.status_code, pair.status_code) == (401, 401)
