"""A one-time link lets its owner choose a password: once, soon, and by POST."""

import asyncio
import hashlib

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.cli.accounts import make_admin
from erp.identity.actions.accounts import make_reset_link
from erp.identity.actions.throttling import RESET_ADDRESS, count_tries
from erp.identity.models import OneTimeToken, User
from tests.identity.making import (
    another_app,
    events_about,
    log_in,
    mails_to,
    rows,
    run,
    sign_in_again,
    user_id_of,
    user_of,
)
from tests.making import MovableClock, Person, make_address, make_client

pytestmark = pytest.mark.anyio

NEW = "Some-Thing-New-8"


async def link_for(app: FastAPI, person: Person) -> str:
    """A link as `erp create-admin` prints it."""
    async with app.state.database.writing() as session:
        return await make_reset_link(session, app.state.desk, await user_of(app, person))


async def token_for(app: FastAPI, person: Person) -> str:
    return (await link_for(app, person)).partition("#token=")[2]


async def reset(app: FastAPI, token: str, password: str = NEW):
    body = {"token": token, "new_password": password}
    return await make_client(app).post("/api/auth/reset-password", json=body)


async def test_a_link_works_once_under_10_parallel_posts(app: FastAPI, person: Person):
    token = await token_for(app, person)
    async with another_app(app) as second:
        answers = await asyncio.gather(*(reset((app, second)[n % 2], token) for n in range(10)))

    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 9
    codes = {answer.json()["code"] for answer in answers if answer.content}
    assert codes == {"reset_token_invalid"}
    assert (await events_about(app, person)).count("password.reset") == 1


async def test_a_reset_ends_every_session_and_signs_nobody_in(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)

    answer = await reset(app, await token_for(app, person))

    assert (answer.content, answer.headers.get_list("set-cookie")) == (b"", [])
    for device in (person, elsewhere):
        assert (await device.client.get("/api/auth/me")).status_code == 401
    assert (await log_in(make_client(app), person)).status_code == 401
    assert (await log_in(make_client(app), person, password=NEW)).status_code == 200


async def test_a_reset_uses_up_the_other_links_of_the_person_only(
    app: FastAPI, person: Person, other: Person
):
    first, second = await token_for(app, person), await token_for(app, person)
    foreign = await token_for(app, other)

    await reset(app, second)

    assert (await reset(app, first)).json()["code"] == "reset_token_invalid"
    assert (await reset(app, foreign)).status_code == 204


async def test_a_reset_proves_the_address_and_tells_its_owner(app: FastAPI, person: Person):
    await reset(app, await token_for(app, person))

    user = await user_of(app, person)
    assert user.email_verified
    assert await mails_to(app, person.email) == ["identity/welcome", "identity/password_changed"]


async def test_a_link_ends_after_its_day(app: FastAPI, person: Person, clock: MovableClock):
    token = await token_for(app, person)
    clock.advance(hours=24, seconds=1)

    answer = await reset(app, token)

    assert (answer.status_code, answer.json()["code"]) == (400, "reset_token_invalid")


@pytest.mark.parametrize("token", ["x", "' OR ''='", "\u00e9", "A" * 43])
async def test_an_unknown_token_is_refused(app: FastAPI, token: str):
    answer = await reset(app, token)

    assert (answer.status_code, answer.json()["code"]) == (400, "reset_token_invalid")


async def test_a_weak_password_is_refused_where_it_was_typed_and_the_link_still_works(
    app: FastAPI, person: Person
):
    token = await token_for(app, person)

    weak = await reset(app, token, "ada-lovelace")
    better = await reset(app, token)

    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert {each["pointer"] for each in weak.json()["errors"]} == {"/new_password"}
    assert {each["code"] for each in weak.json()["errors"]} == {
        "needs_uppercase",
        "needs_digit",
        "contains_personal",
    }
    assert better.status_code == 204


async def test_a_disabled_account_cannot_be_taken_back_by_a_link(app: FastAPI, person: Person):
    token = await token_for(app, person)
    await run(app, update(User).where(User.id == user_id_of(person)).values(is_active=False))

    assert (await reset(app, token)).json()["code"] == "reset_token_invalid"


@pytest.mark.parametrize("state", ["must_change_password", "password_disabled_at"])
async def test_a_reset_opens_an_account_that_asked_for_it(app: FastAPI, person: Person, state: str):
    value = True if state == "must_change_password" else app.state.database.clock()
    await run(app, update(User).where(User.id == user_id_of(person)).values({state: value}))
    before = await log_in(person.client, person)

    await reset(app, await token_for(app, person))

    assert before.json()["code"] == "password_reset_required"
    assert (await log_in(person.client, person, password=NEW)).status_code == 200


async def test_the_link_leads_to_our_own_address_and_keeps_the_token_out_of_the_path(
    app: FastAPI, person: Person
):
    async with another_app(app, public_base_url="https://books.example/") as product:
        evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        await make_client(product, **evil).get("/api/auth/options")

        link = await link_for(product, person)

    assert link.startswith("https://books.example/reset#token=")
    assert len(link.partition("#token=")[2]) == 43


async def test_mails_lead_to_our_own_address(app: FastAPI):
    email = make_address()
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    answer = await make_client(app, **evil).post(
        "/api/auth/register", json={"email": email, "password": NEW}
    )

    assert answer.status_code == 201
    assert "evil" not in answer.text
    assert await mails_to(app, email) == ["identity/welcome"]


async def test_only_the_digest_of_a_token_is_kept(app: FastAPI, person: Person):
    token = await token_for(app, person)

    kept = await rows(app, OneTimeToken, OneTimeToken.user_id == user_id_of(person))

    assert [row.token_hash for row in kept] == [hashlib.sha256(token.encode()).hexdigest()]
    assert [row.data for row in kept] == [None]


async def test_31_resets_in_an_hour_from_one_address_are_too_many(app: FastAPI):
    client = make_client(app)
    for _ in range(30):
        await count_tries(app.state.desk, ((RESET_ADDRESS, client.headers["x-forwarded-for"]),))

    answer = await client.post("/api/auth/reset-password", json={"token": "x", "new_password": NEW})

    assert answer.status_code == 429


async def test_the_first_administrator_comes_in_by_the_printed_link(app: FastAPI):
    email = make_address()
    printed = await make_admin(app.state.settings, email, "Harbor Works")
    link = printed.splitlines()[-1]
    before = await log_in(make_client(app), Person(None, email, NEW, {}, {}))

    done = await reset(app, link.partition("#token=")[2])
    after = await log_in(make_client(app), Person(None, email, NEW, {}, {}))

    assert (before.status_code, done.status_code, after.status_code) == (401, 204, 200)
    (home,) = after.json()["organizations"]
    assert (home["name"], home["role"], home["member_number"]) == ("Harbor Works", "admin", 1)


async def test_a_known_administrator_keeps_password_and_organization(app: FastAPI, person: Person):
    await make_admin(app.state.settings, person.email, None)

    answer = await log_in(person.client, person)

    assert answer.status_code == 200
    assert len(answer.json()["organizations"]) == 1
