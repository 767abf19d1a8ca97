"""Sign-up where verification is on: pending registrations and their codes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from erp.identity.models import Challenge, Registration
from erp.kernel.crypto import KeyRing
from erp.kernel.jobs import OutboxRow
from erp.kernel.schema import fold
from tests.identity.making import another_app, rows
from tests.making import PASSWORD, SECRET, MovableClock, make_address, make_client, make_settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def strict(app: FastAPI, clock: MovableClock) -> AsyncIterator[FastAPI]:
    """The product with verification on, which shows codes for debugging."""
    required = {"email_verification": "required", "expose_otp": True, "clock": clock}
    async with another_app(app, **required) as product:
        yield product


async def begin(app: FastAPI, email: str, **over) -> dict:
    client = make_client(app)
    body = {"email": email, "password": PASSWORD, "full_name": "Vera Fied"} | over
    answer = await client.post("/api/auth/register", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def verify(app: FastAPI, email: str, pending: dict, **over) -> httpx2.Response:
    body = {"email": email, "otp": pending["debug_otp"]}
    body |= {"registration_token": pending["registration_token"]} | over
    return await make_client(app).post("/api/auth/verify-email", json=body)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_sign_up_becomes_a_user_with_its_code(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)

    answer = await verify(strict, email, pending, mode="bearer")

    assert answer.status_code == 200, answer.text
    assert answer.json()["verified"] is True
    assert answer.json()["user"]["email_verified"] is True
    assert answer.json()["organizations"][0]["role"] == "admin"
    assert answer.json()["access_token"]


async def test_without_mode_the_user_is_made_and_not_signed_in(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)

    answer = await verify(strict, email, pending)

    assert answer.json() == {"verified": True}
    body = {"email": email, "password": PASSWORD}
    assert (await make_client(strict).post("/api/auth/login", json=body)).status_code == 200


async def test_known_and_unknown_addresses_are_answered_alike(strict: FastAPI, clock: MovableClock):
    known = make_address()
    await verify(strict, known, await begin(strict, known))
    clock.advance(seconds=61)

    again = await begin(strict, known)
    fresh = await begin(strict, make_address())

    assert again.keys() == fresh.keys() - {"debug_otp"}
    assert again["status"] == fresh["status"]
    assert again["resend_after"] == fresh["resend_after"] == 60


async def test_a_known_address_gets_a_hint_instead_of_a_code(strict: FastAPI, clock: MovableClock):
    known = make_address()
    await verify(strict, known, await begin(strict, known))
    clock.advance(minutes=2)

    await begin(strict, known)

    mails = await rows(strict, OutboxRow, OutboxRow.payload["to"].as_string() == known)
    assert [
        mail.payload["template"] for mail in sorted(mails, key=lambda mail: mail.created_at)
    ] == [
        "identity/verify_email",
        "identity/welcome",
        "identity/account_exists",
    ]


async def test_a_sign_up_is_refused_where_the_mailbox_has_had_its_share(
    strict: FastAPI, clock: MovableClock
):
    known, unknown = make_address(), make_address()
    await verify(strict, known, await begin(strict, known))
    await begin(strict, unknown)
    answers = [
        await make_client(strict).post(
            "/api/auth/register", json={"email": email, "password": PASSWORD}
        )
        for email in (known, unknown)
    ]

    assert [answer.status_code for answer in answers] == [429] * 2
    assert {answer.json()["code"] for answer in answers} == {"too_many_attempts"}
    pending = await rows(strict, Registration, Registration.email_key == fold(unknown))
    assert len(pending) == 1


async def test_known_and_unknown_addresses_cost_one_hash_and_no_connection(
    strict: FastAPI, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
):
    known = make_address()
    await verify(strict, known, await begin(strict, known))
    clock.advance(seconds=61)
    passwords = strict.state.desk.passwords
    passwords._hasher = counting = Counting(passwords._hasher)
    monkeypatch.setattr("aiosmtplib.send", None)  # who mails within the request fails

    costs = []
    for email in (known, make_address()):
        before = counting.hashed
        await begin(strict, email)
        for path in ("forgot-password", "resend-otp"):
            answer = await make_client(strict).post(f"/api/auth/{path}", json={"email": email})
            assert answer.status_code == 202
        costs.append(counting.hashed - before)

    assert costs == [1, 1]


class Counting:
    """argon2, counting how often it hashes and verifies."""

    def __init__(self, hasher):
        self.hasher, self.hashed = hasher, 0
        self.check_needs_rehash = hasher.check_needs_rehash

    def hash(self, password):
        self.hashed += 1
        return self.hasher.hash(password)

    def verify(self, stored, password):
        self.hashed += 1
        return self.hasher.verify(stored, password)


async def test_the_code_of_one_sign_up_cannot_complete_another(
    strict: FastAPI, clock: MovableClock
):
    email = make_address()
    mine = await begin(strict, email)
    clock.advance(seconds=61)
    theirs = await begin(strict, email)

    answer = await verify(strict, email, mine, registration_token=theirs["registration_token"])

    assert answer.status_code == 400
    assert answer.json()["code"] == "otp_invalid"


async def test_the_password_of_a_pending_sign_up_dies_with_it(strict: FastAPI, clock: MovableClock):
    email = make_address()
    await begin(strict, email, password="Attacker-Word-1")
    clock.advance(seconds=61)
    mine = await begin(strict, email)
    await verify(strict, email, mine)

    body = {"email": email, "password": "Attacker-Word-1"}
    answer = await make_client(strict).post("/api/auth/login", json=body)

    assert answer.status_code == 401
    assert (
        await rows(
            strict,
            Registration,
            Registration.email_key == fold(email),
            Registration.consumed_at.is_(None),
        )
        == []
    )


async def test_a_bare_address_counts_while_one_sign_up_is_pending(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)

    answer = await verify(strict, email, pending, registration_token=None)

    assert answer.status_code == 200


async def test_a_bare_address_is_not_enough_for_two_pending_sign_ups(
    strict: FastAPI, clock: MovableClock
):
    email = make_address()
    await begin(strict, email)
    clock.advance(seconds=61)
    second = await begin(strict, email)

    answer = await verify(strict, email, second, registration_token=None)

    assert answer.json()["code"] == "otp_invalid"


async def test_ten_parallel_guesses_compare_at_most_five(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)
    guess = wrong(pending["debug_otp"])

    answers = await asyncio.gather(*(verify(strict, email, pending, otp=guess) for _ in range(10)))

    [challenge] = await rows(strict, Challenge, Challenge.destination == email)
    assert challenge.attempts <= 5
    assert {answer.status_code for answer in answers} <= {400, 429}


async def test_the_right_code_after_five_wrong_ones_is_refused(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)
    for _ in range(5):
        await verify(strict, email, pending, otp=wrong(pending["debug_otp"]))

    answer = await verify(strict, email, pending)

    assert answer.status_code == 429
    assert answer.json()["code"] == "otp_attempts_exceeded"


async def test_another_code_refills_no_daily_cap(strict: FastAPI, clock: MovableClock):
    email = make_address()
    statuses = []
    for _ in range(4):
        pending = await begin(strict, email)
        false = wrong(pending["debug_otp"])
        answers = [await verify(strict, email, pending, otp=false) for _ in range(5)]
        statuses += [answer.status_code for answer in answers]
        clock.advance(minutes=21)
    pending = await begin(strict, email)

    right = await verify(strict, email, pending)
    clock.advance(hours=24)
    tomorrow = await begin(strict, email)
    then = await verify(strict, email, tomorrow)

    assert statuses == [400] * 20
    assert (right.status_code, right.json()["code"]) == (429, "otp_attempts_exceeded")
    assert then.status_code == 200


async def test_a_code_dies_after_ten_minutes(strict: FastAPI, clock: MovableClock):
    email = make_address()
    pending = await begin(strict, email)
    clock.advance(minutes=10, seconds=1)

    answer = await verify(strict, email, pending)

    assert answer.json()["code"] == "otp_invalid"


async def test_a_code_works_once(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)

    answers = await asyncio.gather(*(verify(strict, email, pending) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


async def test_another_code_replaces_the_first(strict: FastAPI, clock: MovableClock):
    email = make_address()
    pending = await begin(strict, email)
    clock.advance(minutes=2)

    body = {"registration_token": pending["registration_token"]}
    answer = await make_client(strict).post("/api/auth/resend-otp", json=body)

    assert answer.status_code == 202
    assert (await verify(strict, email, pending)).json()["code"] == "otp_invalid"
    code = await last_code_to(strict, email)
    assert (await verify(strict, email, pending, otp=code)).status_code == 200


async def last_code_to(app: FastAPI, email: str) -> str:
    mails = await rows(app, OutboxRow, OutboxRow.payload["to"].as_string() == email)
    last = max(mails, key=lambda mail: mail.created_at)
    return KeyRing(SECRET).unseal(last.payload["sealed"])["code"]


async def test_asking_again_at_once_sends_nothing_and_says_the_same(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)

    body = {"registration_token": pending["registration_token"]}
    answer = await make_client(strict).post("/api/auth/resend-otp", json=body)

    mails = await rows(strict, OutboxRow, OutboxRow.payload["to"].as_string() == email)
    assert answer.status_code == 202
    assert len(mails) == 1
    assert (await verify(strict, email, pending)).status_code == 200


async def test_a_resend_for_nobody_says_the_same(strict: FastAPI):
    answer = await make_client(strict).post("/api/auth/resend-otp", json={"email": make_address()})

    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})


@pytest.mark.parametrize("code", ["١٢٣٤٥٦", "12345", "1234567", "12 456", ""])
async def test_a_code_is_six_ascii_digits(strict: FastAPI, code: str):
    body = {"email": make_address(), "otp": code}

    answer = await make_client(strict).post("/api/auth/verify-email", json=body)

    assert answer.status_code == 422


async def test_codes_are_shown_only_behind_two_locks(app: FastAPI):
    async with another_app(app, email_verification="required") as product:
        pending = await begin(product, make_address())

    assert set(pending) == {"status", "registration_token", "resend_after"}


@pytest.mark.parametrize("environment", ["production", "cloud_run", "proxy"])
def test_no_production_shows_codes_in_answers_or_description(app: FastAPI, environment: str):
    over = {"environment": environment, "instance_conn_name": "a:b:c"}

    with pytest.raises(ValidationError, match="EXPOSE_OTP"):
        make_settings(expose_otp=True, **over)

    document = app.openapi()
    assert "debug_otp" not in str(document)


async def test_no_code_can_be_found_from_what_is_stored(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)
    [challenge] = await rows(strict, Challenge, Challenge.destination == email)
    stored = challenge.code_mac

    said = (f"verify_email|{challenge.id}|{n:06d}" for n in range(10**6))
    found = [text for text in said if hashlib.sha256(text.encode()).hexdigest() == stored]

    assert found == []
    assert pending["debug_otp"] not in str(vars(challenge))


async def test_codes_rest_sealed_and_go_once_the_mail_is_sent(strict: FastAPI):
    email = make_address()
    pending = await begin(strict, email)

    [mail] = await rows(strict, OutboxRow, OutboxRow.payload["to"].as_string() == email)
    [challenge] = await rows(strict, Challenge, Challenge.destination == email)

    assert pending["debug_otp"] not in str(mail.payload)
    assert pending["debug_otp"] not in challenge.code_mac
    assert KeyRing(SECRET).unseal(mail.payload["sealed"])["code"] == pending["debug_otp"]


async def test_an_account_made_before_is_asked_for_a_code_at_its_next_sign_in(
    app: FastAPI, strict: FastAPI
):
    email = make_address()
    body = {"email": email, "password": PASSWORD}
    await make_client(app).post("/api/auth/register", json=body)

    refused = await make_client(strict).post("/api/auth/login", json=body)
    code = await last_code_to(strict, email)
    proved = await make_client(strict).post(
        "/api/auth/verify-email", json={"email": email, "otp": code}
    )
    entered = await make_client(strict).post("/api/auth/login", json=body)

    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
    assert proved.json() == {"verified": True}
    assert entered.status_code == 200
