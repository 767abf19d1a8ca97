"""Signing in: by which name, with what answer, and what strangers learn."""

import re

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import update

from erp.identity.models import SecurityEvent, SessionRow, Throttle, User
from erp.identity.schemas import Username
from tests.identity.making import (
    log_in,
    make_browser,
    open_browser,
    rows,
    run,
    session_id_of,
    session_of,
    user_id_of,
    user_of,
)
from tests.making import PASSWORD, Person, make_address, make_client, sign_up

pytestmark = pytest.mark.anyio

CHANGING_HEADERS = {"x-request-id"}


class Counting:
    """argon2 with a counter in front."""

    def __init__(self, hasher):
        self.hasher, self.calls = hasher, []

    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self.hasher, name)


@pytest.fixture
def hasher(app: FastAPI):
    """Counts what the application asks of argon2."""
    passwords = app.state.desk.passwords
    counting = Counting(passwords._hasher)
    passwords._hasher = counting
    yield counting
    passwords._hasher = counting.hasher


async def without_password(app: FastAPI) -> Person:
    person = await sign_up(app)
    await run(
        app,
        update(User)
        .where(User.id == user_id_of(person))
        .values(password_hash=None, password_scheme=None),
    )
    return person


@pytest.mark.parametrize("name", ["admin", "manager", "johndoe", "root", "test"])
@pytest.mark.parametrize("password", ["admin123", "manager123", "password123", "admin", ""])
async def test_no_account_exists_from_the_start(app: FastAPI, name: str, password: str):
    body = {"username": name, "password": password or "password"}

    answer = await make_client(app).post("/api/auth/login", json=body)

    assert answer.status_code == 401


async def test_unknown_user_wrong_password_and_no_password_look_alike(app: FastAPI, person: Person):
    bare = await without_password(app)
    tries = [(make_address(), PASSWORD), (person.email, "Wrong-Horse-7"), (bare.email, PASSWORD)]

    answers = [
        await make_client(app).post("/api/auth/login", json={"email": email, "password": password})
        for email, password in tries
    ]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert len({re.sub(r'"request_id":"[^"]+"', "", answer.text) for answer in answers}) == 1
    headers = [
        {k: v for k, v in answer.headers.items() if k not in CHANGING_HEADERS} for answer in answers
    ]
    assert headers[0] == headers[1] == headers[2]
    assert headers[0]["www-authenticate"] == 'Bearer realm="erp"'


async def test_every_way_to_fail_costs_exactly_one_hash(app: FastAPI, person: Person, hasher):
    bare = await without_password(app)
    hasher.calls.clear()
    spent = []

    for email, password in [
        (make_address(), PASSWORD),
        (person.email, "Wrong-Horse-7"),
        (bare.email, PASSWORD),
    ]:
        await make_client(app).post("/api/auth/login", json={"email": email, "password": password})
        spent.append([call for call in hasher.calls if call in ("verify", "hash")])
        hasher.calls.clear()

    assert spent == [["verify"]] * 3


async def test_the_first_hash_of_a_process_is_no_dearer_for_unknown_users(app: FastAPI, hasher):
    await log_in(make_client(app), Person(None, make_address(), PASSWORD, {}, {}))

    assert hasher.calls == ["verify"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"is_active": False}, "account_disabled"),
        ({"must_change_password": True}, "password_reset_required"),
    ],
)
async def test_the_state_of_an_account_is_told_only_after_the_right_password(
    app: FastAPI, person: Person, state: dict, code: str
):
    await run(app, update(User).where(User.id == user_id_of(person)).values(**state))

    wrong = await log_in(person.client, person, password="Wrong-Horse-7")
    right = await log_in(person.client, person)

    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    assert (right.status_code, right.json()["code"]) == (403, code)


async def test_the_failure_count_survives_the_refusal(app: FastAPI):
    email = make_address()
    key = app.state.desk.keys.hide(f"login_anywhere:{email}")

    await log_in(make_client(app), Person(None, email, PASSWORD, {}, {}))

    assert [row.count for row in await rows(app, Throttle, Throttle.key_hash == key)] == [1]
    failed = await rows(app, SecurityEvent, SecurityEvent.event == "user.login_failed")
    assert any(event.subject_id is None for event in failed)


@pytest.mark.parametrize(
    "typed", ["ADA{n}@EXAMPLE.COM", " ada{n}@example.com ", "Ada{n}@Example.Com"]
)
async def test_the_case_of_an_address_does_not_matter(app: FastAPI, typed: str):
    name = make_address().partition("@")[0].replace("person", "").replace(".", "")
    person = await sign_up(app, email=f"ada{name}@example.com", full_name=None)

    answer = await log_in(person.client, person, email=typed.format(n=name))

    assert answer.status_code == 200


async def test_unicode_addresses_fold_too(app: FastAPI):
    name = make_address().partition("@")[0]
    person = await sign_up(app, email=f"jörg.{name}@example.com", full_name=None)

    answer = await log_in(person.client, person, email=f"JÖRG.{name.upper()}@example.com")

    assert answer.status_code == 200


async def test_people_sign_in_by_user_name_in_any_case(app: FastAPI):
    name = make_address().partition("@")[0]
    person = await sign_up(app, username=f"Nick.{name}")

    answer = await log_in(person.client, person, email=None, username=f"nICK.{name}")

    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == f"nick.{name}"


@given(st.text(max_size=60))
def test_no_user_name_holds_an_at_sign_or_a_capital(text: str):
    try:
        name = TypeAdapter(Username).validate_python(text)
    except ValidationError:
        return

    assert re.fullmatch(r"[a-z0-9._-]{3,50}", name)


@pytest.mark.parametrize(
    "name", ["eve@example.com", "ab", "a" * 51, "Ärger", "a b c", "\uff21\uff22\uff23"]
)
async def test_a_user_name_that_could_be_taken_for_something_else_is_refused(
    app: FastAPI, name: str
):
    body = {"email": make_address(), "password": PASSWORD, "username": name}

    answer = await make_client(app).post("/api/auth/register", json=body)

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/username"]


async def test_an_address_never_finds_a_user_name_nor_the_other_way_round(app: FastAPI):
    name = make_address().partition("@")[0]
    person = await sign_up(app, username=name)

    by_email = await log_in(person.client, person, email=name)
    by_name = await log_in(person.client, person, email=None, username=person.email)

    assert (by_email.status_code, by_name.status_code) == (401, 401)


@pytest.mark.parametrize("names", [{}, {"email": "a@example.com", "username": "abc"}])
async def test_exactly_one_name_is_due(client, names: dict):
    answer = await client.post("/api/auth/login", json={"password": PASSWORD, **names})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_signing_in_ends_the_session_of_the_old_cookie(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    old = (await browser.get("/api/auth/me")).json()["session"]["id"]

    await log_in(browser, person, mode="cookie")
    new = (await browser.get("/api/auth/me")).json()["session"]["id"]

    assert old != new
    ended = (await rows(app, SessionRow, SessionRow.id == old))[0]
    assert (ended.revoked_at is not None, ended.revoked_reason) == (True, "logout")


async def test_signing_in_with_a_planted_cookie_ends_nothing(app: FastAPI, person: Person):
    browser = make_browser(app)
    browser.cookies.set("refresh_token", "planted", domain="erp.test")

    answer = await log_in(browser, person, mode="cookie")

    assert answer.status_code == 200
    assert (await session_of(app, session_id_of(person))).revoked_at is None


async def test_a_sign_in_leaves_its_time_and_place(app: FastAPI, person: Person):
    client = make_client(app, **{"User-Agent": "Netscape 4", "X-Forwarded-For": "192.0.2.44"})

    await log_in(client, person)

    mine = await rows(app, SessionRow, SessionRow.user_id == user_id_of(person))
    row = max(mine, key=lambda each: each.created_at)
    assert (row.ip, row.user_agent, row.client) == ("192.0.2.44", "Netscape 4", "api")
    assert (await user_of(app, person)).last_login_at is not None
