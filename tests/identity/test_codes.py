"""What a thief of the database, a patient guesser and a reader of the description learn of codes."""

from __future__ import annotations

import hashlib
import json
import secrets

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from erp.identity.actions import codes
from erp.identity.actions.throttling import WRONG_CODES
from erp.identity.models import Challenge
from erp.records import metadata
from tests.identity.making import another_app, newest_sealed, rows
from tests.identity.test_registration import begin, verify, wrong
from tests.identity.test_signing_in import Counting
from tests.making import MovableClock, make_address, make_client, reading_all

pytestmark = pytest.mark.anyio


@pytest.fixture
async def strict(app: FastAPI, clock: MovableClock):
    """The product with verification on, which shows codes for debugging."""
    shown = {"email_verification": "required", "expose_otp": True, "clock": clock}
    async with another_app(app, **shown) as product:
        yield product


async def test_asking_for_another_code_gives_no_more_than_20_wrong_ones_a_day(strict, clock):
    email = make_address()
    for _ in range(WRONG_CODES.limit // 4):
        pending = await begin(strict, email)
        for _ in range(4):
            answer = await verify(strict, email, pending, otp=wrong(pending["debug_otp"]))
            assert answer.json()["code"] == "otp_invalid"
        clock.advance(hours=1, minutes=1)  # past every shorter window

    code = {"debug_otp": "000000", **await begin(strict, email)}
    answer = await verify(strict, email, code)

    assert (answer.status_code, answer.json()["code"]) == (429, "otp_attempts_exceeded")


async def everything(app: FastAPI) -> str:
    """The whole database as text: what a thief of a dump has."""
    async with reading_all(app) as session:
        found = [
            repr(tuple(row))
            for table in metadata.sorted_tables
            for row in await session.execute(select(table))
        ]
    return "\n".join(found)


async def test_no_code_or_token_stands_in_a_dump(strict):
    email = make_address()
    pending = await begin(strict, email)
    link = await newest_sealed(strict, "identity/verify_email", email)
    dump = await everything(strict)

    assert email in dump
    assert link["code"] == pending["debug_otp"]
    for secret in (pending["registration_token"], f"'{link['code']}'", f'"{link["code"]}"'):
        assert secret not in dump


async def test_a_stolen_digest_is_matched_by_no_plain_hash_of_any_code(strict, monkeypatch):
    monkeypatch.setattr(secrets, "randbelow", lambda _most: 271_828)  # found early when it can be
    email = make_address()
    await begin(strict, email)
    [challenge] = await rows(strict, Challenge, Challenge.destination == email)

    begun = f"{challenge.purpose}|{challenge.id}|".encode()
    plain = (
        hashlib.sha256(said).hexdigest()
        for number in range(10**6)
        for said in (b"%06d" % number, begun + b"%06d" % number)
    )

    assert challenge.code_mac not in plain
    canary = codes._mac(strict.state.desk, challenge.purpose, challenge.id, "271828")
    assert challenge.code_mac == canary


def test_the_description_knows_no_code_for_debugging(app: FastAPI):
    description = json.dumps(app.openapi())

    assert "registration_token" in description
    assert "debug_otp" not in description


async def test_a_known_address_costs_a_sign_up_the_same_hash(strict, clock):
    known = make_address()
    await verify(strict, known, await begin(strict, known))
    clock.advance(minutes=2)  # an address has one sign-up a minute
    passwords = strict.state.desk.passwords
    passwords._hasher = counting = Counting(passwords._hasher)
    spent = []

    for email in (known, make_address()):
        counting.calls.clear()
        await begin(strict, email)
        spent.append([call for call in counting.calls if call in ("verify", "hash")])

    assert spent == [["hash"], ["hash"]]


async def test_forgetting_and_asking_again_cost_no_hash_for_anybody(strict):
    known = make_address()
    await verify(strict, known, await begin(strict, known))
    passwords = strict.state.desk.passwords
    passwords._hasher = counting = Counting(passwords._hasher)

    for path in ("forgot-password", "resend-otp"):
        for email in (known, make_address()):
            await make_client(strict).post(f"/api/auth/{path}", json={"email": email})

    assert [call for call in counting.calls if call in ("verify", "hash")] == []
