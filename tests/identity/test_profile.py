"""What people change about themselves, their address above all."""

import asyncio

import pytest
from fastapi import FastAPI

from erp.identity.actions.accounts import make_reset_link
from erp.identity.models import Challenge
from tests.identity.making import (
    log_in,
    mails_to,
    newest_sealed,
    open_browser,
    rows,
    user_of,
)
from tests.making import MovableClock, Person, make_address, make_client, sign_up

pytestmark = pytest.mark.anyio

ME = "/api/users/me"
ASK, CONFIRM = f"{ME}/email", f"{ME}/email/confirm"


async def test_people_see_and_change_their_details(app: FastAPI, person: Person):
    before = await person.client.get(ME)
    edit = {"full_name": "Ada King", "phone": "+44 20 1", "locale": "de", "time_zone": "Asia/Tokyo"}

    after = await person.client.patch(ME, json=edit, headers={"If-Match": before.headers["etag"]})
    cleared = await person.client.patch(ME, json={"phone": None})

    assert before.json()["email"] == person.email
    assert {name: after.json()[name] for name in edit} == edit
    assert after.headers["etag"] != before.headers["etag"]
    assert cleared.json() == after.json() | {"phone": None, "version": after.json()["version"] + 1}
    assert (await person.client.get(ME)).json() == cleared.json()


async def test_a_change_on_top_of_another_is_refused(person: Person):
    etag = (await person.client.get(ME)).headers["etag"]

    answers = await asyncio.gather(
        *(
            person.client.patch(ME, json={"full_name": name}, headers={"If-Match": etag})
            for name in ("One", "Two", "Three")
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


@pytest.mark.parametrize(
    "edit",
    [
        {"email": "new@example.com"},
        {"username": "ada"},
        {"role": "admin"},
        {"is_active": True},
        {"email_verified_at": "2026-01-01T00:00:00Z"},
        {"is_platform_admin": True},
        {"time_zone": "Mars/Olympus"},
        {"locale": "klingon!"},
        {"full_name": ""},
        {"phone": "1" * 41},
        {"full_name": "a\u0000b"},
    ],
)
async def test_nothing_else_and_nothing_strange_is_taken(app: FastAPI, person: Person, edit: dict):
    before = await user_of(app, person)

    answer = await person.client.patch(ME, json=edit)

    assert answer.status_code in (400, 422)
    assert (await user_of(app, person)).version == before.version


async def test_a_browser_changes_its_person_with_the_csrf_token(app: FastAPI, person: Person):
    browser = await open_browser(app, person)

    good = await browser.patch(ME, json={"full_name": "Ada"})
    bad = await browser.patch(ME, json={"full_name": "Eve"}, headers={"X-CSRF-Token": "x"})

    assert (good.status_code, bad.status_code) == (200, 403)


async def code_for(app: FastAPI, address: str) -> str:
    return (await newest_sealed(app, "identity/change_email", address))["code"]


async def test_the_code_from_the_new_address_changes_it(app: FastAPI, person: Person):
    new = make_address()

    asked = await person.client.post(ASK, json={"email": new})
    pending = await user_of(app, person)
    confirmed = await person.client.post(CONFIRM, json={"otp": await code_for(app, new)})

    after = await user_of(app, person)
    assert (asked.status_code, confirmed.status_code) == (202, 204)
    assert pending.email == person.email
    assert (after.email, after.email_verified) == (new, True)
    told = await mails_to(app, person.email)
    assert told[-2:] == ["identity/email_change_asked", "identity/email_changed"]
    client = make_client(app)
    assert (await log_in(client, person)).status_code == 401
    assert (await log_in(client, person, email=new)).status_code == 200


async def test_changing_the_address_wants_a_recent_sign_in(
    app: FastAPI, person: Person, clock: MovableClock
):
    clock.advance(minutes=11)
    body = {"email": make_address()}

    late = await person.client.post(ASK, json=body)
    await person.client.post("/api/auth/reauthenticate", json={"password": person.password})
    again = await person.client.post(ASK, json=body)

    assert (late.status_code, late.json()["code"]) == (403, "reauthentication_required")
    assert again.status_code == 202


async def test_a_known_address_is_answered_alike_and_its_owner_told(
    app: FastAPI, person: Person, other: Person
):
    unknown = await person.client.post(ASK, json={"email": make_address()})
    known = await person.client.post(ASK, json={"email": other.email.upper()})

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    told = await mails_to(app, other.email.partition("@")[0].upper() + "@example.com")
    assert told == ["identity/email_in_use"]
    guess = await person.client.post(CONFIRM, json={"otp": "000000"})
    assert guess.json()["code"] == "otp_invalid"
    assert (await user_of(app, person)).email == person.email


async def test_an_address_that_was_taken_meanwhile_is_refused(app: FastAPI, person: Person):
    new = make_address()
    await person.client.post(ASK, json={"email": new})
    await sign_up(app, email=new)

    answer = await person.client.post(CONFIRM, json={"otp": await code_for(app, new)})

    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert (await user_of(app, person)).email == person.email


async def test_a_code_to_an_address_works_once_and_for_ten_minutes(
    app: FastAPI, person: Person, clock: MovableClock
):
    new = make_address()
    await person.client.post(ASK, json={"email": new})
    code = await code_for(app, new)

    answers = await asyncio.gather(
        *(person.client.post(CONFIRM, json={"otp": code}) for _ in range(4))
    )
    other = make_address()
    await person.client.post(ASK, json={"email": other})
    late = await code_for(app, other)
    clock.advance(minutes=10, seconds=1)
    expired = await person.client.post(CONFIRM, json={"otp": late})

    assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400]
    assert (expired.status_code, expired.json()["code"]) == (400, "otp_invalid")


async def test_nobody_confirms_with_the_code_of_another(
    app: FastAPI, person: Person, other: Person
):
    new = make_address()
    await person.client.post(ASK, json={"email": new})

    answer = await other.client.post(CONFIRM, json={"otp": await code_for(app, new)})

    assert answer.json()["code"] == "otp_invalid"


async def test_asking_for_many_addresses_is_limited(app: FastAPI, person: Person):
    answers = [await person.client.post(ASK, json={"email": make_address()}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"


async def test_a_mailbox_gets_one_code_a_minute_and_the_answer_is_the_same(
    app: FastAPI, person: Person
):
    new = make_address()

    answers = [await person.client.post(ASK, json={"email": new}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert await mails_to(app, new) == ["identity/change_email"]


async def test_ten_parallel_guesses_of_an_address_compare_at_most_five(
    app: FastAPI, person: Person
):
    new = make_address()
    await person.client.post(ASK, json={"email": new})
    right = await code_for(app, new)
    wrong = "000000" if right != "000000" else "111111"

    answers = await asyncio.gather(
        *(person.client.post(CONFIRM, json={"otp": wrong}) for _ in range(10))
    )
    last = await person.client.post(CONFIRM, json={"otp": right})

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [400] * 5 + [429] * 5
    assert last.status_code == 429
    [challenge] = await rows(app, Challenge, Challenge.destination == new)
    assert challenge.attempts <= 5


async def test_links_to_the_old_address_die_with_it(app: FastAPI, person: Person):
    new = make_address()
    async with app.state.database.writing() as session:
        link = await make_reset_link(session, app.state.desk, await user_of(app, person))
    await person.client.post(ASK, json={"email": new})
    await person.client.post(CONFIRM, json={"otp": await code_for(app, new)})
    body = {"token": link.partition("#token=")[2], "new_password": "Some-Thing-New-8"}

    answer = await make_client(app).post("/api/auth/reset-password", json=body)

    assert answer.json()["code"] == "reset_token_invalid"
