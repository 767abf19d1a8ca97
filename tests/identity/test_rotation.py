"""Refresh tokens rotate: parallel tabs and lost answers pass, stolen old tokens do not."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.models import SecurityEvent, SessionRow, User
from tests.identity.making import (
    another_app,
    claims_of,
    events_about,
    mails_to,
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


async def use(app: FastAPI, tokens: dict) -> int:
    """Call something with the access token; the answer's status."""
    client = make_client(app, Authorization=f"Bearer {tokens['access_token']}")
    return (await client.get("/api/auth/me")).status_code


async def rotated(app: FastAPI, token: str) -> dict:
    """The next pair, which was used at once."""
    answer = await refresh(make_client(app), token)
    assert answer.status_code == 200, answer.text
    assert await use(app, answer.json()) == 200
    return answer.json()


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_refresh_token_buys_the_next_pair(app: FastAPI, person: Person, method: str):
    token = person.tokens["refresh_token"]

    answer = await person.client.request(method, "/api/auth/refresh", json={"refresh_token": token})

    assert answer.status_code == 200
    assert sorted(answer.json()) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert claims_of(answer.json()["refresh_token"])["gen"] == 1
    assert await use(app, answer.json()) == 200


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_browser_refreshes_by_its_cookies(app: FastAPI, person: Person, method: str):
    browser = await open_browser(app, person)
    before = browser.cookies["refresh_token"]

    answer = await browser.request(method, "/api/auth/refresh")

    assert (answer.status_code, sorted(answer.json())) == (200, ["csrf_token"])
    assert answer.json()["csrf_token"] == browser.cookies["csrf_token"]
    assert browser.cookies["refresh_token"] != before


async def test_20_parallel_refreshes_rotate_once(app: FastAPI, person: Person):
    token = person.tokens["refresh_token"]
    async with another_app(app) as second:
        clients = [make_client(each) for each in (app, second)]
        answers = await asyncio.gather(*(refresh(clients[n % 2], token) for n in range(20)))

    assert [answer.status_code for answer in answers] == [200] * 20
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    row = await session_of(app, session_id_of(person))
    assert (row.gen, row.revoked_at) == (1, None)


async def test_a_lost_answer_may_be_asked_for_again_after_an_hour(
    app: FastAPI, person: Person, clock: MovableClock
):
    token = person.tokens["refresh_token"]
    first = await refresh(person.client, token)
    clock.advance(hours=1)

    again = await refresh(person.client, token)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["refresh_token"] == first.json()["refresh_token"]
    assert await use(app, again.json()) == 200


async def test_within_20_seconds_the_parent_gets_the_used_successor_again(
    app: FastAPI, person: Person, clock: MovableClock
):
    token = person.tokens["refresh_token"]
    first = await rotated(app, token)
    clock.advance(seconds=18)

    again = await refresh(person.client, token)

    assert again.json()["refresh_token"] == first["refresh_token"]


async def test_a_stale_parent_after_a_used_successor_ends_the_session_for_good(
    app: FastAPI, person: Person, clock: MovableClock
):
    token = person.tokens["refresh_token"]
    newest = await rotated(app, token)
    clock.advance(seconds=21)

    replay = await refresh(make_client(app), token)

    assert (replay.status_code, replay.json()["code"]) == (401, "refresh_token_reused")
    row = await session_of(app, session_id_of(person))
    assert (row.revoked_at is not None, row.revoked_reason) == (True, "refresh_reuse")
    after = await refresh(make_client(app), newest["refresh_token"])
    assert (after.status_code, after.json()["code"]) == (401, "session_revoked")
    assert await use(app, newest) == 401


async def test_a_replay_is_told_by_one_mail_and_one_event(
    app: FastAPI, person: Person, clock: MovableClock
):
    token = person.tokens["refresh_token"]
    await rotated(app, token)
    clock.advance(seconds=21)

    answers = await asyncio.gather(*(refresh(make_client(app), token) for _ in range(5)))

    codes = {answer.json()["code"] for answer in answers}
    assert codes <= {"refresh_token_reused", "session_revoked"}
    assert await mails_to(app, person.email) == ["identity/welcome", "identity/session_ended"]
    noted = await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))
    reuse = [event for event in noted if event.event == "token.reuse_detected"]
    assert [event.data for event in reuse] == [{"owasp": "authn_token_reuse"}]
    assert reuse[0].session_id == session_id_of(person)


async def test_a_grandparent_is_reuse_even_within_the_window(app: FastAPI, person: Person):
    token = person.tokens["refresh_token"]
    parent = await rotated(app, token)
    await rotated(app, parent["refresh_token"])

    answer = await refresh(make_client(app), token)

    assert answer.json()["code"] == "refresh_token_reused"
    assert (await session_of(app, session_id_of(person))).revoked_reason == "refresh_reuse"


async def test_other_sessions_of_the_person_live_on_after_a_replay(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)
    token = person.tokens["refresh_token"]
    await rotated(app, (await rotated(app, token))["refresh_token"])

    await refresh(make_client(app), token)

    assert (await elsewhere.client.get("/api/auth/me")).status_code == 200


async def test_no_window_is_left_after_a_revocation(app: FastAPI, person: Person):
    token = person.tokens["refresh_token"]
    newest = await rotated(app, token)
    await person.client.post("/api/auth/logout", json={"refresh_token": newest["refresh_token"]})

    answers = [await refresh(make_client(app), each) for each in (token, newest["refresh_token"])]

    assert [answer.json()["code"] for answer in answers] == ["session_revoked"] * 2


async def test_a_revocation_that_races_a_rotation_wins(app: FastAPI, person: Person):
    newest = person.tokens["refresh_token"]

    await asyncio.gather(
        *(refresh(make_client(app), newest) for _ in range(5)),
        person.client.post("/api/auth/logout", json={"scope": "all"}),
    )

    row = await session_of(app, session_id_of(person))
    assert row.revoked_at is not None
    assert (await refresh(make_client(app), newest)).json()["code"] == "session_revoked"


async def test_a_disabled_user_gets_no_new_tokens(app: FastAPI, person: Person):
    await run(app, update(User).where(User.id == user_id_of(person)).values(is_active=False))

    answer = await refresh(person.client, person.tokens["refresh_token"])

    assert (answer.status_code, answer.json()["code"]) == (401, "session_revoked")


async def test_a_session_ends_after_14_unused_days(person: Person, clock: MovableClock):
    clock.advance(days=14, minutes=1)

    answer = await refresh(person.client, person.tokens["refresh_token"])

    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_expired")


async def test_a_session_ends_after_30_days_however_busy(
    app: FastAPI, person: Person, clock: MovableClock
):
    token = person.tokens["refresh_token"]
    for _ in range(3):
        clock.advance(days=9, hours=23)
        token = (await refresh(person.client, token)).json()["refresh_token"]
    remaining = claims_of(token)["exp"] - clock().timestamp()
    clock.advance(hours=4)

    answer = await refresh(person.client, token)

    assert 0 < remaining <= timedelta(hours=4).total_seconds()
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_expired")


async def test_the_row_ends_a_session_whatever_the_token_says(app: FastAPI, person: Person):
    now = app.state.database.clock()
    row = update(SessionRow).where(SessionRow.id == session_id_of(person))
    await run(app, row.values(absolute_expires_at=now))

    answer = await refresh(person.client, person.tokens["refresh_token"])

    assert answer.json()["code"] == "session_revoked"
    assert (await person.client.get("/api/auth/me")).status_code == 401


async def test_a_short_session_idles_12_hours(app: FastAPI, person: Person, clock: MovableClock):
    short = await sign_in_again(app, person, remember_me=False)
    clock.advance(hours=11)
    kept = await refresh(short.client, short.tokens["refresh_token"])
    clock.advance(hours=12, minutes=1)

    ended = await refresh(short.client, kept.json()["refresh_token"])

    assert kept.status_code == 200
    assert ended.json()["code"] == "refresh_token_expired"


async def test_the_main_tokens_always_rotate(app: FastAPI, person: Person, clock: MovableClock):
    token, seen = person.tokens["refresh_token"], set()

    for _ in range(3):
        seen.add(token)
        clock.advance(minutes=40)
        token = (await rotated(app, token))["refresh_token"]

    assert token not in seen
    assert len(seen) == 3
    assert (await session_of(app, session_id_of(person))).gen == 3


async def test_31_refreshes_in_5_minutes_are_too_many_and_revoke_nothing(
    app: FastAPI, person: Person
):
    token = person.tokens["refresh_token"]
    answers = [await refresh(person.client, token) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert int(answers[-1].headers["retry-after"]) > 200
    assert (await session_of(app, session_id_of(person))).revoked_at is None


@pytest.mark.parametrize("body", [None, {}, {"refresh_token": None}])
async def test_without_any_token_there_is_nothing_to_refresh(app: FastAPI, body):
    answer = await make_browser(app).post("/api/auth/refresh", json=body)

    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_token_invalid")


async def test_a_refused_refresh_takes_the_cookies_back(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    await person.client.post("/api/auth/logout", json={"scope": "others"})

    answer = await browser.post("/api/auth/refresh")

    assert (answer.status_code, answer.json()["code"]) == (401, "session_revoked")
    assert set(dict(browser.cookies)) == {"device"}
    assert "clear-site-data" not in answer.headers


async def test_events_name_the_end_of_a_session(app: FastAPI, person: Person, clock: MovableClock):
    token = person.tokens["refresh_token"]
    await rotated(app, token)
    clock.advance(seconds=21)

    await refresh(make_client(app), token)

    assert await events_about(app, person) == [
        "user.registered",
        "session.revoked",
        "token.reuse_detected",
    ]
