"""Browsers somebody signed in with before: not locked out by strangers, and no news by mail."""

import asyncio
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from erp.identity.actions.known_devices import MOST_NAMES, KnownDevice, read_device, write_device
from erp.identity.models import SecurityEvent
from tests.identity.making import (
    another_app,
    log_in,
    mails_to,
    make_browser,
    newest_sealed,
    rows,
    session_of,
    sign_in_again,
    user_id_of,
    user_of,
)
from tests.making import (
    PASSWORD,
    SECRET,
    MovableClock,
    Person,
    make_address,
    make_client,
    sign_up,
)

pytestmark = pytest.mark.anyio

WRONG = "Wrong-Horse-7"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0"
NEWS = "identity/new_device"


def make_window(app: FastAPI, **headers: str) -> httpx2.AsyncClient:
    """A present-day browser, which says where its requests come from."""
    return make_browser(app, **{"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX} | headers)


async def known_window(app: FastAPI, person: Person) -> httpx2.AsyncClient:
    window = make_window(app)
    answer = await log_in(window, person, mode="cookie")
    assert answer.status_code == 200, answer.text
    return window


async def block(app: FastAPI, person: Person) -> list[int]:
    """Strangers from everywhere guess until the account is closed to strangers."""
    return [(await log_in(make_client(app), person, password=WRONG)).status_code for _ in range(22)]


async def test_a_known_browser_signs_in_while_strangers_are_blocked(app: FastAPI, person: Person):
    window = await known_window(app, person)

    guesses = await block(app, person)
    stranger = await log_in(make_client(app), person)
    owner = await log_in(window, person, mode="cookie")

    assert guesses[-1] == 429
    assert (stranger.status_code, owner.status_code) == (429, 200)


async def test_a_known_browser_signs_in_from_a_blocked_address(app: FastAPI, person: Person):
    window = await known_window(app, person)
    at_home = {"X-Forwarded-For": window.headers["x-forwarded-for"]}
    for _ in range(61):
        somebody = Person(None, make_address(), WRONG, {}, {})
        await log_in(make_client(app, **at_home), somebody)

    stranger = await log_in(make_client(app, **at_home), person)
    owner = await log_in(window, person, mode="cookie")

    assert (stranger.status_code, owner.status_code) == (429, 200)


async def test_a_known_browser_guesses_no_more_than_others(app: FastAPI, person: Person):
    window = await known_window(app, person)

    answers = await asyncio.gather(
        *(log_in(window, person, password=WRONG, mode="cookie") for _ in range(50))
    )

    assert sorted(each.status_code for each in answers) == [401] * 5 + [429] * 45


async def test_a_browser_knows_its_own_people_alone(app: FastAPI, person: Person, other: Person):
    window = await known_window(app, other)
    await block(app, person)

    answer = await log_in(window, person, mode="cookie")

    assert answer.status_code == 429


async def test_two_people_share_a_browser(app: FastAPI, person: Person, other: Person):
    window = await known_window(app, person)
    await log_in(window, other, mode="cookie")
    await block(app, person)

    answer = await log_in(window, person, mode="cookie")

    assert answer.status_code == 200
    assert (await mails_to(app, person.email)).count(NEWS) == 1


async def test_a_user_name_is_known_as_well_as_the_address(app: FastAPI):
    person = await sign_up(app, username=f"known{make_address()[6:14].replace('.', '')}")
    name = person.tokens["user"]["username"]
    window = await known_window(app, person)
    for _ in range(22):
        await log_in(make_client(app), person, email=None, username=name, password=WRONG)

    answer = await log_in(window, person, email=None, username=name, mode="cookie")

    assert answer.status_code == 200


@pytest.mark.parametrize("change", ["mac", "name", "issued", "empty", "junk"])
async def test_no_forged_cookie_is_known(app: FastAPI, person: Person, change: str):
    window = await known_window(app, person)
    nonce, issued, *names, mac = window.cookies["device"].split(".")
    name = ".".join(names)
    forged = {
        "mac": f"{nonce}.{issued}.{name}.{'0' * 64}",
        "name": f"{nonce}.{issued}.{'0' * 24}.{mac}",
        "issued": f"{nonce}.{int(issued) + 9}.{name}.{mac}",
        "empty": "",
        "junk": "é.x",
    }[change]
    window.cookies.clear()
    header = {"Cookie": f"device={forged}".encode()}
    await block(app, person)

    answer = await log_in(window, person, mode="cookie", headers=header)

    assert answer.status_code == 429


def test_a_device_is_forgotten_after_180_days(app: FastAPI, clock: MovableClock):
    desk = app.state.desk
    user = UserNamed("ada@example.com", "ada")
    cookie = write_device(desk, None, user)

    clock.advance(days=179)
    young = read_device(desk, cookie)
    clock.advance(days=2)
    old = read_device(desk, cookie)

    assert young is not None
    assert young.knows(desk, "ADA@example.com")
    assert not young.knows(desk, "eve@example.com")
    assert old is None


class UserNamed:
    def __init__(self, email_key: str, username_key: str | None):
        self.id, self.email_key, self.username_key = uuid4(), email_key, username_key


def test_a_cookie_stays_small_and_keeps_its_name(app: FastAPI):
    desk, known = app.state.desk, None
    for number in range(20):
        user = UserNamed(f"person{number}@example.com", f"person{number}")
        cookie = write_device(desk, known, user)
        before, known = known, read_device(desk, cookie)
        assert before is None or known.nonce == before.nonce

    assert isinstance(known, KnownDevice)
    assert len(known.names) == MOST_NAMES
    assert known.knows(desk, "person19")
    assert not known.knows(desk, "person1")
    assert len(cookie) < 400
    assert "person" not in cookie


async def test_a_device_stays_known_after_signing_out_and_a_change_of_keys(
    app: FastAPI, person: Person
):
    window = await known_window(app, person)
    csrf = {"X-CSRF-Token": window.cookies["csrf_token"]}
    await window.post("/api/auth/logout", headers=csrf)

    again = await log_in(window, person, mode="cookie")

    assert again.status_code == 200
    assert (await mails_to(app, person.email)).count(NEWS) == 1
    other = "an0ther-k3y-0123456789-abcdefghijklmnop"
    async with another_app(app, secret_key=other, previous_secret_keys=[SECRET]) as newer:
        assert read_device(newer.state.desk, window.cookies["device"]) is not None


async def test_a_new_browser_is_told_by_mail_and_the_known_one_is_not(app: FastAPI, person: Person):
    window = await known_window(app, person)
    for _ in range(3):
        await log_in(window, person, mode="cookie")

    noted = await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))

    assert (await mails_to(app, person.email)).count(NEWS) == 1
    assert [event.event for event in noted].count("device.new") == 1


async def test_the_browser_of_the_sign_up_is_no_news(app: FastAPI):
    window = make_window(app)
    body = {"email": make_address(), "password": PASSWORD, "mode": "cookie"}
    await window.post("/api/auth/register", json=body)

    await log_in(window, Person(window, body["email"], PASSWORD, {}, {}), mode="cookie")

    assert NEWS not in await mails_to(app, body["email"])


async def test_who_is_not_remembered_leaves_no_device(app: FastAPI, person: Person):
    window = make_window(app)

    answer = await log_in(window, person, mode="cookie", remember_me=False)

    assert answer.status_code == 200
    assert "device" not in window.cookies


async def test_a_program_at_the_same_address_is_told_once(app: FastAPI, person: Person):
    here = {"User-Agent": "robot/1.0", "X-Forwarded-For": "198.51.100.7"}
    for _ in range(3):
        async with make_client(app, **here) as robot:
            assert (await log_in(robot, person)).status_code == 200
    first = (await mails_to(app, person.email)).count(NEWS)

    async with make_client(app, **here | {"X-Forwarded-For": "198.51.100.8"}) as robot:
        await log_in(robot, person)

    assert (first, (await mails_to(app, person.email)).count(NEWS)) == (1, 2)


async def test_a_refused_sign_in_is_no_new_device(app: FastAPI, person: Person):
    await log_in(make_window(app), person, password=WRONG, mode="cookie")

    assert NEWS not in await mails_to(app, person.email)


async def test_sessions_carry_the_name_of_their_device(app: FastAPI, person: Person):
    window = await known_window(app, person)

    listed = (await window.get("/api/auth/sessions")).json()["items"]

    assert listed[0]["device"] == "Firefox on Windows"
    assert (await session_of(app, listed[0]["id"])).device_label == "Firefox on Windows"


async def test_a_bearer_client_never_gets_a_device_cookie(app: FastAPI, person: Person):
    again = await sign_in_again(app, person)

    assert dict(again.client.cookies) == {}


async def begin(window: httpx2.AsyncClient, email: str) -> httpx2.Response:
    body = {"email": email, "password": PASSWORD, "mode": "cookie"}
    return await window.post("/api/auth/register", json=body)


async def test_the_cookie_tells_which_of_two_sign_ups_a_code_belongs_to(
    app: FastAPI, clock: MovableClock
):
    email = make_address()
    async with another_app(app, email_verification="required", clock=clock) as product:
        mine, theirs = make_window(product), make_window(product)
        await begin(theirs, email)
        clock.advance(seconds=61)
        await begin(mine, email)
        code = (await newest_sealed(app, "identity/verify_email", email))["code"]
        proof = {"email": email, "otp": code, "mode": "cookie"}
        wrong = await theirs.post("/api/auth/verify-email", json=proof)
        bare = await make_client(product).post("/api/auth/verify-email", json=proof)
        right = await mine.post("/api/auth/verify-email", json=proof)

    assert [each.status_code for each in (wrong, bare, right)] == [400, 400, 200]
    assert "reg" not in mine.cookies


async def test_a_code_is_sent_again_by_the_cookie_alone(app: FastAPI, clock: MovableClock):
    email = make_address()
    async with another_app(app, email_verification="required", clock=clock) as product:
        window = make_window(product)
        await begin(window, email)
        clock.advance(seconds=61)
        answer = await window.post("/api/auth/resend-otp", json={})
        stranger = await make_window(product).post("/api/auth/resend-otp", json={})

    assert (answer.status_code, stranger.status_code) == (202, 202)
    assert (await mails_to(app, email)).count("identity/verify_email") == 2


async def test_a_cookie_of_an_older_sign_up_stands_in_nobodys_way(app: FastAPI, person: Person):
    async with another_app(app, email_verification="required") as product:
        window = make_window(product)
        await begin(window, make_address())
        asked = await log_in(window, person, mode="cookie")
        code = (await newest_sealed(app, "identity/verify_email", person.email))["code"]
        proof = {"email": person.email, "otp": code}
        answer = await window.post("/api/auth/verify-email", json=proof)

    assert asked.json()["code"] == "email_not_verified"
    assert answer.status_code == 200
    assert (await user_of(app, person)).email_verified
