"""What passwords may be, and how they are kept."""

import asyncio
import os
import sys
import threading
import unicodedata

import pytest
from argon2 import extract_parameters
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from erp.identity.actions.desk import Visitor
from erp.identity.actions.signing_in import Credentials, confirm_sign_in, verify_credentials
from erp.identity.actions.strength import find_weaknesses
from erp.identity.models import User
from erp.identity.schemas import LoginIn
from erp.kernel.passwords import HASH_NICENESS, Passwords, canonical
from tests.identity.making import Unable, another_app, log_in, run, user_id_of, user_of
from tests.making import PASSWORD, Person, make_address, make_client, sign_up

pytestmark = pytest.mark.anyio

STRONG = "An-Elephant-7"


def codes(password: str, *personal: str | None, composition: bool = True) -> set[str]:
    found = find_weaknesses(password, composition=composition, personal=personal)
    return {code for code, _sentence in found}


async def test_a_new_hash_is_argon2id_at_the_configured_cost(app: FastAPI):
    async with another_app(app, password_memory_kib=64, password_time_cost=3) as careful:
        person = await sign_up(careful)

        made = extract_parameters((await user_of(app, person)).password_hash)

    assert made.type.name == "ID"
    assert (made.memory_cost, made.time_cost) == (64, 3)


async def test_200_characters_count_to_the_last(app: FastAPI):
    long = "Aa1-" * 50
    person = await sign_up(app, password=long)

    wrong = await log_in(person.client, person, password=long[:-1] + "x")
    right = await log_in(person.client, person)

    assert (wrong.status_code, right.status_code) == (401, 200)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Abcd-12", {"too_short"}),
        ("abcdefg-1", {"needs_uppercase"}),
        ("Abcdefg-x", {"needs_digit"}),
        ("abc", {"too_short", "needs_uppercase", "needs_digit"}),
        ("fourteen-chars", {"needs_uppercase", "needs_digit"}),
        ("fifteen-letters", set()),
        ("Ünïcödé-9", set()),
        ("A" * 257, {"too_long"}),
        ("Cloud-ERP-Lite-1", {"contains_personal"}),
        ("Satellite-77", set()),
    ],
)
def test_a_weak_password_is_told_every_reason(password: str, expected: set[str]):
    assert codes(password) == expected


def test_composition_can_be_switched_off_but_not_the_length():
    assert codes("abdcefhg", composition=False) == set()
    assert codes("abcdefg", composition=False) == {"too_short"}


@pytest.mark.parametrize(
    "password", ["Lovelace-77", "xLOVELACEx-77", "My-Analytical-1", "Engines-1843", "Countess-9"]
)
async def test_words_of_the_person_and_the_company_are_refused(app: FastAPI, password: str):
    body = {
        "email": "ada.lovelace@analytical.example",
        "username": "countess",
        "organization_name": "Engines & Co",
        "password": password,
    }

    answer = await make_client(app).post("/api/auth/register", json=body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "weak_password"
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/password", "contains_personal")
    ]


@pytest.mark.parametrize("password", ["short-A1", "all lower case letters of a phrase"])
async def test_a_strong_enough_password_is_taken(app: FastAPI, password: str):
    person = await sign_up(app, password=password)

    answer = await log_in(person.client, person)

    assert answer.status_code == 200


@given(st.text(alphabet="äöüéñçßÅＡ①ﬁ가한 é", min_size=1, max_size=40))
def test_every_unicode_spelling_is_one_password(typed: str):
    spellings = {
        LoginIn(email="a@b.c", password=unicodedata.normalize(form, typed)).password
        for form in ("NFC", "NFD", "NFKC", "NFKD")
    }

    assert spellings == {canonical(typed)}


async def test_a_password_typed_decomposed_opens_the_same_account(app: FastAPI):
    person = await sign_up(app, password=unicodedata.normalize("NFC", "Grüße-Öl-7"))

    answer = await log_in(
        person.client, person, password=unicodedata.normalize("NFD", "Grüße-Öl-7")
    )

    assert answer.status_code == 200


def test_an_emoji_counts_as_one_character():
    assert codes("A1😀😀😀😀😀") == {"too_short"}
    assert codes("A1😀😀😀😀😀😀") == set()


async def test_a_password_is_neither_trimmed_nor_cut(app: FastAPI):
    person = await sign_up(app, password=f" {STRONG} ")

    answers = [
        await log_in(person.client, person, password=typed)
        for typed in (STRONG, f" {STRONG}", f" {STRONG} ")
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 200]


@pytest.mark.parametrize(
    ("password", "status"),
    [("😀" * 256, 201), ("😀" * 257, 422), ("ﷺ" * 20, 422), ("x" * 9999, 422)],
)
async def test_the_longest_password_has_256_code_points_and_1024_bytes(
    app: FastAPI, password: str, status: int
):
    body = {"email": make_address(), "password": password}

    answer = await make_client(app).post("/api/auth/register", json=body)

    assert answer.status_code == status, answer.text


async def test_a_hash_of_another_cost_is_renewed_once_under_parallel_sign_ins(
    app: FastAPI, person: Person
):
    async with another_app(app, password_memory_kib=32) as dearer:
        clients = [make_client(dearer) for _ in range(4)]
        answers = await asyncio.gather(*(log_in(client, person) for client in clients))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert extract_parameters((await user_of(app, person)).password_hash).memory_cost == 32


async def test_a_password_changed_during_a_sign_in_wins(app: FastAPI, person: Person):
    desk, visitor = app.state.desk, Visitor("192.0.2.5", None, "interleaved")
    given = Credentials(person.email, None, person.password)
    proved = await verify_credentials(desk, given, visitor)
    changed = await desk.passwords.hash("Some-Thing-New-8")
    mine = update(User).where(User.id == user_id_of(person))
    await run(app, mine.values(password_hash=changed.text))

    async with desk.database.writing() as session:
        confirmed = await confirm_sign_in(session, desk, proved, visitor)

    assert confirmed is None
    assert (await user_of(app, person)).password_hash == changed.text


async def test_a_failing_renewal_keeps_nobody_out(app: FastAPI, person: Person):
    async with another_app(app, password_memory_kib=32) as dearer:
        hasher = dearer.state.desk.passwords._hasher
        dearer.state.desk.passwords._hasher = Unable(hasher)

        answer = await log_in(make_client(dearer), person)

    assert answer.status_code == 200
    assert extract_parameters((await user_of(app, person)).password_hash).memory_cost == 8


async def test_a_hash_of_an_unknown_kind_asks_for_a_reset(app: FastAPI, person: Person):
    mine = update(User).where(User.id == user_id_of(person))
    await run(app, mine.values(password_hash="{CRYPT}abc"))

    answer = await log_in(person.client, person)

    assert (answer.status_code, answer.json()["code"]) == (403, "password_reset_required")


async def test_hashing_runs_off_the_event_loop():
    passwords = Passwords(65_536, 6)
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.002)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await passwords.hash(PASSWORD)
    ticking.cancel()
    passwords.close()

    assert ticks >= 5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows a niceness per thread")
async def test_hashing_yields_to_the_thread_that_serves():
    passwords = Passwords(8, 1)
    serving = threading.get_native_id()
    own = os.getpriority(os.PRIO_PROCESS, serving)

    hashing = await passwords._run(
        lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    )
    passwords.close()

    assert hashing == min(own + HASH_NICENESS, 19)
    assert os.getpriority(os.PRIO_PROCESS, serving) == own


async def test_more_hashes_than_the_queue_holds_are_refused():
    passwords = Passwords(8, 1)
    passwords._places = 3

    outcomes = await asyncio.gather(
        *(passwords.hash(PASSWORD) for _ in range(5)), return_exceptions=True
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(each).__name__ for each in refused] == ["Unavailable"] * 2
    assert passwords._places == 3
    passwords.close()
