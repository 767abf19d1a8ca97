"""Each documented call of the MedicalCare backend, as its front end makes it."""

from __future__ import annotations

from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from erp.identity.models import User
from tests.compat.speaking import front_end, new_account
from tests.identity.making import another_app, newest_sealed
from tests.identity.test_recovery import follow
from tests.making import PASSWORD, writing_all

pytestmark = pytest.mark.anyio
NAME = "medicalcare"
NEXT = "Another-Horse-8"


@pytest.fixture
async def strict(app):
    """A process where addresses must be proved, as in production."""
    async with another_app(app, email_verification="required") as product:
        yield product


async def sign_up(app, front, **over):
    """A sign-up, and the code that was mailed."""
    account = new_account() | {"full_name": "Mia Medic"} | over
    answer = await front.post("/auth/signup", json=account)
    assert answer.status_code == 200, answer.text
    mailed = await newest_sealed(app, "identity/verify_email", account["email"])
    return account, mailed["code"]


async def test_it_is_alive_and_says_how_the_database_is(app):
    async with front_end(app, NAME) as front:
        here, health = await front.get("/"), await front.get("/health")
    gone = SecretStr("postgresql://erp@127.0.0.1:9/erp")  # where nobody listens
    async with another_app(app, database_url=gone) as lone, front_end(lone, NAME) as front:
        down = await front.get("/health")

    assert (here.status_code, here.json()) == (200, {"status": "ok"})
    assert health.json() == {"status": "ok", "database": "up"}
    assert (down.status_code, down.json()) == (200, {"status": "degraded", "database": "down"})


async def test_signing_up_mails_a_code_that_signs_in(strict):
    async with front_end(strict, NAME) as front:
        account, code = await sign_up(strict, front)
        early = await front.post("/auth/login", json=account)
        proved = await front.post("/auth/verify-otp", json={"email": account["email"], "otp": code})
        later = await front.post("/auth/login", json=account)

    assert early.json() == {"message": "Invalid credentials"}  # there is no account before the code
    assert proved.status_code == 200
    assert proved.json() | {"access_token": ""} == {
        "access_token": "",
        "token_type": "bearer",
        "username": account["email"],
        "full_name": "Mia Medic",
    }
    assert set(later.json()) == set(proved.json())


async def test_the_code_is_in_the_answer_only_where_both_locks_are_open(app, strict):
    async with front_end(strict, NAME) as front:
        hidden = await front.post("/auth/signup", json=new_account())
    shows = {"email_verification": "required", "expose_otp": True}
    async with another_app(app, **shows) as shown_app, front_end(shown_app, NAME) as front:
        shown = await front.post("/auth/signup", json=new_account())

    assert hidden.json() == {"message": "OTP sent to your email"}
    assert len(shown.json()["otp"]) == 6


async def test_refusals_of_public_calls_are_messages_with_200(strict, person):
    async with front_end(strict, NAME) as front:
        account, code = await sign_up(strict, front)
        wrong = "000000" if code != "000000" else "111111"
        answers = [
            await front.post("/auth/verify-otp", json={"email": account["email"], "otp": wrong}),
            await front.post(
                "/auth/login", json={"email": person.email, "password": "Wrong-Horse-7"}
            ),
            await front.post("/auth/login", json={"email": person.email, "password": PASSWORD}),
            await front.post("/auth/reset-password", json={"token": "none", "new_password": NEXT}),
            await front.post("/auth/signup", json=new_account() | {"password": "weak"}),
        ]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert [answer.json()["message"] for answer in answers[:4]] == [
        "Invalid or expired OTP",
        "Invalid credentials",
        "Email not verified",
        "Invalid or expired token",
    ]
    assert "at least 8 characters" in answers[4].json()["message"]


async def test_a_forgotten_password_is_replaced_by_the_mailed_link_once(app, person):
    async with front_end(app, NAME) as front:
        asked = await front.post("/auth/forgot-password", json={"email": person.email})
        unknown = await front.post("/auth/forgot-password", json={"email": new_account()["email"]})
        token = await follow(app, person.email)
        reset = [
            await front.post("/auth/reset-password", json={"token": token, "new_password": NEXT})
            for _ in range(2)
        ]
        old, new = [
            await front.post("/auth/login", json={"email": person.email, "password": password})
            for password in (PASSWORD, NEXT)
        ]

    assert asked.json() == unknown.json()
    assert [answer.json()["message"] for answer in reset] == [
        "Password reset successful",
        "Invalid or expired token",
    ]
    assert old.json() == {"message": "Invalid credentials"}
    assert new.json()["full_name"] == "Ada Lovelace"


async def test_a_password_longer_than_72_bytes_counts_to_its_end(app):
    account = new_account() | {"password": "Long-Horse-7" + "x" * 80}
    async with front_end(app, NAME) as front:
        await front.post("/auth/signup", json=account)
        cut = await front.post("/auth/login", json=account | {"password": account["password"][:72]})
        whole = await front.post("/auth/login", json=account)

    assert cut.json() == {"message": "Invalid credentials"}
    assert "access_token" in whole.json()


PROFILE = "/auth/user/profile"


async def test_the_profile_is_read_and_changed(app, person):
    async with front_end(app, NAME, person) as front:
        before = await front.get(PROFILE)
        changed = await front.patch(PROFILE, json={"full_name": "Mia Medic", "phone": "+49 30 1"})
        cleared = await front.patch(PROFILE, json={"phone": None, "email": "other@example.com"})

    assert before.status_code == 200
    assert before.json() == {
        "user_id": person.tokens["user"]["id"],
        "email": person.email,
        "username": person.email,
        "full_name": "Ada Lovelace",
        "phone": None,
        "is_verified": False,
    }
    assert changed.json() == before.json() | {"full_name": "Mia Medic", "phone": "+49 30 1"}
    assert cleared.json() == changed.json() | {"phone": None}  # the address stays in force


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_a_profile_wants_a_good_token(app, method):
    async with front_end(app, NAME) as front:
        none = await front.request(method, PROFILE, json={})
        bad = await front.request(
            method, PROFILE, json={}, headers={"Authorization": "Bearer no.such.token"}
        )

    assert (none.status_code, none.json()) == (401, {"detail": "Sign in to do this."})
    assert bad.status_code == 401
    assert bad.json() == {"detail": "The access token is not valid any more"}


async def test_a_token_of_an_account_that_is_gone_finds_no_user(app, person):
    user_id = UUID(person.tokens["user"]["id"])
    async with writing_all(app) as session:
        await session.execute(update(User).where(User.id == user_id).values(is_active=False))
    async with front_end(app, NAME, person) as front:
        read = await front.get(PROFILE)
        written = await front.patch(PROFILE, json={"full_name": "Nobody"})

    assert (read.status_code, read.json()) == (404, {"detail": "User not found"})
    assert (written.status_code, written.json()) == (404, {"detail": "User not found"})


async def test_a_token_that_was_signed_out_is_a_bad_one(app, person):
    await person.client.post("/api/auth/logout", json={})
    async with front_end(app, NAME, person) as front:
        answer = await front.get(PROFILE)

    assert answer.status_code == 401


async def test_what_is_wrong_with_a_profile_is_said_with_its_status(app, person):
    async with front_end(app, NAME, person) as front:
        answer = await front.patch(PROFILE, json={"full_name": "x" * 201})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("full_name: ")
