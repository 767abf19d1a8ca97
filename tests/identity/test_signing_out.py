"""Sessions end at once: by their owner, by a cap, by a disabled account."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.models import SecurityEvent, SessionRow, User
from tests.identity.making import (
    events_about,
    log_in,
    make_browser,
    open_browser,
    refresh,
    rows,
    run,
    session_id_of,
    session_of,
    sign_in_again,
    user_id_of,
)
from tests.making import MovableClock, Person, make_client

pytestmark = pytest.mark.anyio


async def is_in(person: Person) -> bool:
    return (await person.client.get("/api/auth/me")).status_code == 200


@pytest.mark.parametrize("body", [None, {}, {"scope": "local"}])
async def test_sign_out_ends_this_session_alone(app: FastAPI, person: Person, body):
    elsewhere = await sign_in_again(app, person)

    answer = await person.client.post("/api/auth/logout", json=body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert [await is_in(each) for each in (person, elsewhere)] == [False, True]
    assert (await session_of(app, session_id_of(person))).revoked_reason == "logout"


@pytest.mark.parametrize(
    ("scope", "left"), [("others", [True, False, False]), ("all", [False, False, False])]
)
async def test_the_scope_says_which_sessions_end(
    app: FastAPI, person: Person, other: Person, scope: str, left: list
):
    devices = [person, await sign_in_again(app, person), await sign_in_again(app, person)]

    await person.client.post("/api/auth/logout", json={"scope": scope})

    assert [await is_in(device) for device in devices] == left
    assert await is_in(other)
    reason = (await session_of(app, session_id_of(devices[1]))).revoked_reason
    assert reason == "revoke_all"


async def test_ending_the_others_keeps_the_cookies(app: FastAPI, person: Person):
    browser = await open_browser(app, person)

    answer = await browser.post("/api/auth/logout", json={"scope": "others"})

    assert answer.headers.get_list("set-cookie") == []
    assert "clear-site-data" not in answer.headers
    assert (await browser.get("/api/auth/me")).status_code == 200
    assert not await is_in(person)


async def test_sign_out_by_a_refresh_token_in_the_body(app: FastAPI, person: Person):
    body = {"refresh_token": person.tokens["refresh_token"]}

    answer = await make_client(app).post("/api/auth/logout", json=body)

    assert answer.status_code == 204
    assert not await is_in(person)


@pytest.mark.parametrize("body", [None, {"scope": "all"}, {"refresh_token": "garbage"}])
async def test_sign_out_without_a_session_is_fine(app: FastAPI, body):
    answer = await make_client(app).post("/api/auth/logout", json=body)

    assert answer.status_code == 204


async def test_a_browser_signs_out_after_its_access_cookie_is_gone(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    session_id = (await browser.get("/api/auth/me")).json()["session"]["id"]
    browser.cookies.delete("access_token")

    answer = await browser.post("/api/auth/logout")

    assert answer.status_code == 204
    assert set(dict(browser.cookies)) == {"device"}
    assert (await session_of(app, session_id)).revoked_reason == "logout"


async def test_a_browser_whose_tokens_have_expired_loses_its_cookies(
    app: FastAPI, person: Person, clock: MovableClock
):
    browser = await open_browser(app, person)
    clock.advance(days=15)

    answer = await browser.post("/api/auth/logout")

    assert answer.status_code == 204
    assert len(answer.headers.get_list("set-cookie")) == 3


async def test_a_session_that_has_ended_cannot_end_others(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)
    await person.client.post("/api/auth/logout")

    await person.client.post("/api/auth/logout", json={"scope": "all"})
    body = {"scope": "all", "refresh_token": person.tokens["refresh_token"]}
    await make_client(app).post("/api/auth/logout", json=body)

    assert await is_in(elsewhere)


async def test_each_ended_session_leaves_one_event(app: FastAPI, person: Person):
    for _ in range(2):
        await sign_in_again(app, person)

    for _ in range(3):
        await person.client.post("/api/auth/logout", json={"scope": "all"})

    assert (await events_about(app, person)).count("session.revoked") == 3
    noted = await rows(app, SecurityEvent, SecurityEvent.session_id == session_id_of(person))
    assert [(event.event, event.reason_code) for event in noted] == [
        ("session.revoked", "revoke_all")
    ]


async def test_a_disabled_person_is_out_at_once(app: FastAPI, person: Person):
    await run(app, update(User).where(User.id == user_id_of(person)).values(is_active=False))

    me = await person.client.get("/api/auth/me")
    products = await person.client.get("/api/products")

    assert [(each.status_code, each.json()["code"]) for each in (me, products)] == [
        (401, "session_revoked")
    ] * 2


async def test_the_21st_session_ends_the_oldest(app: FastAPI, person: Person):
    devices = [person] + [await sign_in_again(app, person) for _ in range(20)]

    answers = [await is_in(device) for device in devices]

    assert answers == [False] + [True] * 20
    assert (await session_of(app, session_id_of(person))).revoked_reason == "cap"


async def test_sessions_that_have_expired_do_not_count(app: FastAPI, person: Person):
    devices = [await sign_in_again(app, person) for _ in range(19)]
    gone = {session_id_of(device) for device in devices}
    past = app.state.database.clock() - timedelta(seconds=1)
    await run(app, update(SessionRow).where(SessionRow.id.in_(gone)).values(idle_expires_at=past))

    for _ in range(3):
        await sign_in_again(app, person)

    assert await is_in(person)


async def test_a_call_notes_the_time_once_a_minute(
    app: FastAPI, person: Person, clock: MovableClock
):
    session_id = session_id_of(person)
    begun = (await session_of(app, session_id)).last_seen_at
    clock.advance(seconds=50)
    await person.client.get("/api/auth/me")
    soon = (await session_of(app, session_id)).last_seen_at
    clock.advance(seconds=11)

    await person.client.get("/api/products")

    later = (await session_of(app, session_id)).last_seen_at
    assert soon == begun
    assert timedelta(seconds=60) < later - begun < timedelta(seconds=90)


@pytest.mark.parametrize("path", ["/api/auth/me", "/api/products"])
async def test_reading_confirms_that_the_new_tokens_arrived(
    app: FastAPI, person: Person, path: str
):
    pair = (await refresh(person.client, person.tokens["refresh_token"])).json()
    before = (await session_of(app, session_id_of(person))).confirmed_gen
    client = make_client(app, Authorization=f"Bearer {pair['access_token']}")

    await client.get(path)

    row = await session_of(app, session_id_of(person))
    assert (before, row.confirmed_gen, row.gen) == (0, 1, 1)


async def test_an_older_access_token_takes_no_confirmation_back(app: FastAPI, person: Person):
    pair = (await refresh(person.client, person.tokens["refresh_token"])).json()
    await make_client(app, Authorization=f"Bearer {pair['access_token']}").get("/api/auth/me")

    answer = await person.client.get("/api/auth/me")

    assert answer.status_code == 200
    assert (await session_of(app, session_id_of(person))).confirmed_gen == 1


async def test_a_refused_change_confirms_too(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    session_id = (await browser.get("/api/auth/me")).json()["session"]["id"]
    browser.headers["X-CSRF-Token"] = (await browser.post("/api/auth/refresh")).json()["csrf_token"]

    answer = await browser.post("/api/products", json={})

    assert answer.status_code == 422
    assert (await session_of(app, session_id)).confirmed_gen == 1


async def test_who_signs_in_works_where_the_last_session_worked(app: FastAPI, person: Person):
    answer = await log_in(make_browser(app), person)

    row = max(
        await rows(app, SessionRow, SessionRow.user_id == user_id_of(person)),
        key=lambda each: each.created_at,
    )
    assert str(row.organization_id) == answer.json()["organizations"][0]["id"]
