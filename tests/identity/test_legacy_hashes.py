"""Passwords of older systems: taken over, verified as made, and renewed at the first sign-in."""

import asyncio
import hashlib
import re

import bcrypt
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.actions.desk import Visitor
from erp.identity.actions.legacy import accept_legacy_hash
from erp.identity.actions.signing_in import Credentials, confirm_sign_in, verify_credentials
from erp.identity.errors import LegacyHashRefused
from erp.identity.jobs import end_old_hashes
from erp.identity.models import SecurityEvent, SessionRow, User
from erp.kernel.passwords import BCRYPT, WRAPPED, Hashed, Passwords
from tests.identity.making import Unable, another_app, log_in, rows, run, user_id_of, user_of
from tests.making import MovableClock, Person, make_client, sign_up

pytestmark = pytest.mark.anyio

OLD = "Old-Password-9"
LONG = "Aa1-" * 25  # 100 bytes


def by_bcrypt(password: str, rounds: int = 4) -> str:
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(rounds)).decode()


def by_sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


async def take_over(app: FastAPI, person: Person, found: str) -> None:
    """Let the account have the hash of an older system, as an import does."""
    hashed = await accept_legacy_hash(app.state.desk, found)
    async with app.state.database.writing() as session:
        user = await session.get_one(User, user_id_of(person))
        user.set_password(hashed, app.state.desk.now())


async def events_of(app: FastAPI, person: Person, event: str) -> list[SecurityEvent]:
    mine = await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))
    return [each for each in mine if each.event == event]


MAKERS = pytest.mark.parametrize(
    ("make", "scheme"), [(by_bcrypt, BCRYPT), (by_sha256, WRAPPED)], ids=["bcrypt", "sha256"]
)


@MAKERS
async def test_the_old_password_opens_and_is_kept_as_argon2id_from_then_on(
    app: FastAPI, person: Person, make, scheme: str
):
    await take_over(app, person, make(OLD))
    before = await user_of(app, person)

    wrong = await log_in(person.client, person, password="Old-Password-8")
    right = await log_in(person.client, person, password=OLD)
    again = await log_in(person.client, person, password=OLD)

    after = await user_of(app, person)
    assert [each.status_code for each in (wrong, right, again)] == [401, 200, 200]
    assert (before.password_scheme, after.password_scheme) == (scheme, "argon2id")
    assert after.password_hash.startswith("$argon2id$")
    [event] = await events_of(app, person, "password.rehashed")
    assert event.reason_code == scheme


@MAKERS
async def test_ten_sign_ins_at_once_renew_the_hash_once(
    app: FastAPI, person: Person, make, scheme: str
):
    await take_over(app, person, make(OLD))
    clients = [make_client(app) for _ in range(10)]

    answers = await asyncio.gather(*(log_in(each, person, password=OLD) for each in clients))

    assert [answer.status_code for answer in answers] == [200] * 10
    assert len(await events_of(app, person, "password.rehashed")) == 1
    assert (await user_of(app, person)).password_scheme == "argon2id"


@MAKERS
async def test_a_failing_renewal_of_an_old_hash_keeps_nobody_out(
    app: FastAPI, person: Person, make, scheme: str
):
    await take_over(app, person, make(OLD))
    passwords = app.state.desk.passwords
    passwords._hasher, able = Unable(passwords._hasher), passwords._hasher

    answer = await log_in(make_client(app), person, password=OLD)

    passwords._hasher = able
    assert answer.status_code == 200
    assert (await user_of(app, person)).password_scheme == scheme
    assert await events_of(app, person, "password.rehashed") == []


@MAKERS
async def test_a_password_changed_during_the_renewal_wins(
    app: FastAPI, person: Person, make, scheme: str
):
    await take_over(app, person, make(OLD))
    desk, visitor = app.state.desk, Visitor("192.0.2.6", None, "interleaved")
    proved = await verify_credentials(desk, Credentials(person.email, None, OLD), visitor)
    changed = await desk.passwords.hash("Some-Thing-New-8")
    async with desk.database.writing() as session:
        (await session.get_one(User, user_id_of(person))).set_password(changed, desk.now())

    async with desk.database.writing() as session:
        confirmed = await confirm_sign_in(session, desk, proved, visitor)

    assert confirmed is None
    assert (await user_of(app, person)).hashed == changed
    sessions = await rows(app, SessionRow, SessionRow.user_id == user_id_of(person))
    assert len(sessions) == 1  # that of the sign-up


async def test_bcrypt_alone_looks_at_72_bytes(app: FastAPI, person: Person):
    await take_over(app, person, by_bcrypt(LONG))

    wrong = await log_in(person.client, person, password="Bb1-" * 25)
    cut = await log_in(person.client, person, password=LONG[:90] + "x")
    tail = await log_in(person.client, person, password=LONG)

    assert wrong.status_code == 401
    assert cut.status_code == 200  # the old hash knows no better; what was typed is kept whole
    assert tail.status_code == 401


@pytest.mark.parametrize(
    "found",
    [
        "",
        "plain",
        "$2x$04$" + "a" * 53,
        "$2b$16$" + "a" * 53,
        "$2b$31$" + "a" * 53,
        "$2b$04$" + "a" * 52,
        "$2b$04$" + "é" * 53,
        "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        "pbkdf2_sha256$870000$abc$def",
        "{SSHA}abc",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "g" * 64,
        "a" * 64 + "\n",
    ],
)
async def test_no_other_kind_of_hash_is_taken_over(app: FastAPI, found: str):
    with pytest.raises(LegacyHashRefused):
        await accept_legacy_hash(app.state.desk, found)


@pytest.mark.parametrize("kind", ["2a", "2b", "2y"])
async def test_the_sound_kinds_of_bcrypt_stay_as_they_were_made(app: FastAPI, kind: str):
    found = by_bcrypt(OLD).replace("$2b$", f"${kind}$")

    hashed = await accept_legacy_hash(app.state.desk, found)

    assert hashed == Hashed(found, BCRYPT)
    assert await app.state.desk.passwords.verify(OLD, hashed)


@pytest.mark.parametrize("found", [by_sha256(OLD), by_sha256(OLD).upper()])
async def test_no_fast_hash_rests_in_the_database(app: FastAPI, person: Person, found: str):
    await take_over(app, person, found)

    stored = [each.password_hash for each in await rows(app, User) if each.password_hash]

    assert [text for text in stored if re.fullmatch("[0-9A-Fa-f]{64}", text)] == []
    assert (await log_in(person.client, person, password=OLD)).status_code == 200


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("$2x$04$" + "a" * 53, BCRYPT),
        ("$2b$20$" + "a" * 53, BCRYPT),
        ("\x7f\x01", BCRYPT),
        ("", BCRYPT),
        ("garbage", WRAPPED),
        ("$argon2id$v=19$m=8,t=1,p=1$broken", "argon2id"),
        ("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA", "argon2id(hmac:00000000)"),
        ("anything", "md5"),
    ],
)
async def test_a_stored_hash_nobody_can_read_asks_for_a_reset_and_is_no_fault(
    app: FastAPI, person: Person, text: str, scheme: str
):
    mine = update(User).where(User.id == user_id_of(person))
    await run(app, mine.values(password_hash=text, password_scheme=scheme))

    answer = await log_in(person.client, person, password=LONG)

    assert (answer.status_code, answer.json()["code"]) == (403, "password_reset_required")


@pytest.mark.parametrize("password", ["\x01\x7f", "x" * 256, "é" * 256, "😀" * 72])
async def test_no_password_breaks_the_old_verifier(app: FastAPI, person: Person, password: str):
    await take_over(app, person, by_bcrypt(OLD))

    answer = await log_in(person.client, person, password=password)

    assert answer.status_code == 401


async def test_nul_in_a_password_is_compared_and_cuts_nothing():
    passwords = Passwords(8, 1)
    hashed = Hashed(by_bcrypt("Aa1\0tail"), BCRYPT)

    found = [await passwords.verify(each, hashed) for each in ("Aa1\0tail", "Aa1", "Aa1\0other")]

    passwords.close()
    assert found == [True, False, False]


async def test_wrapped_hashes_nobody_used_for_90_days_need_a_reset(
    app: FastAPI, clock: MovableClock
):
    late, early, modern = [await sign_up(app) for _ in range(3)]
    await take_over(app, late, by_sha256(OLD))
    clock.advance(days=2)
    await take_over(app, early, by_sha256(OLD))
    clock.advance(days=88, minutes=1)

    async with app.state.database.writing() as session:
        await end_old_hashes(session, None)

    statuses = [
        (await log_in(make_client(app), person, password=password)).status_code
        for person, password in ((late, OLD), (early, OLD), (modern, modern.password))
    ]
    assert statuses == [403, 200, 200]
    [event] = await events_of(app, late, "password.disabled")
    assert (event.actor_kind, event.reason_code) == ("job", "legacy_hash_expired")


PEPPER, NEXT = (
    "p3pper-of-the-suite-0123456789-abcdefghij",
    "n3xt-pepper-0123456789-klmnopqrstuvwxyz",
)


async def test_a_pepper_may_come_later_and_be_changed_and_go(app: FastAPI, person: Person):
    schemes, statuses = [], []

    for over in (
        {"password_pepper": PEPPER},
        {"password_pepper": NEXT, "previous_password_peppers": [PEPPER]},
        {"previous_password_peppers": [NEXT]},
        {},
    ):
        async with another_app(app, **over) as product:
            wrong = await log_in(make_client(product), person, password="Wrong-Horse-7")
            right = await log_in(make_client(product), person)
            statuses.append((wrong.status_code, right.status_code))
            schemes.append((await user_of(app, person)).password_scheme)

    assert statuses == [(401, 200)] * 4
    assert [re.sub("[0-9a-f]{8}", "…", scheme) for scheme in schemes] == [
        "argon2id(hmac:…)",
        "argon2id(hmac:…)",
        "argon2id",
        "argon2id",
    ]
    assert len(set(schemes)) == 3
    assert PEPPER not in str(schemes)


async def test_without_its_pepper_a_hash_opens_nothing(app: FastAPI):
    async with another_app(app, password_pepper=PEPPER) as product:
        person = await sign_up(product)

    answer = await log_in(make_client(app), person)

    assert (answer.status_code, answer.json()["code"]) == (403, "password_reset_required")
