"""An old dialect is one more door of the same house: tries are counted once for all of them."""

from __future__ import annotations

import pytest

from tests.compat.speaking import make_front_end
from tests.identity.making import log_in
from tests.making import Person, make_client, make_ip

pytestmark = pytest.mark.anyio
WRONG = "Wrong-Horse-7"
DOORS = {
    "cloud-erp": "/auth/login",
    "medicalcare": "/auth/login",
    "inventory-manager": "/api/auth/login",
    "logger": "/api/auth/login",
}


def typed(dialect, person, password):
    """What the front end of the dialect sends."""
    field = "username" if dialect == "inventory-manager" else "email"
    return {field: person.email, "password": password}


def is_signed_in(answer):
    """By a token of either kind."""
    return "access_token" in answer.text + answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("dialect", DOORS)
async def test_wrong_passwords_of_a_dialect_count_at_the_main_door(app, person, dialect):
    here = {"X-Forwarded-For": make_ip()}
    account = typed(dialect, person, WRONG)

    async with make_front_end(app, dialect, **here) as front:
        answers = [await front.post(DOORS[dialect], json=account) for _ in range(5)]
    refused = await log_in(make_client(app, **here), person)

    assert WRONG not in "".join(answer.text for answer in answers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")


@pytest.mark.parametrize("dialect", DOORS)
async def test_wrong_passwords_at_the_main_door_count_in_a_dialect(app, person, dialect):
    here = {"X-Forwarded-For": make_ip()}
    stranger = Person(make_client(app, **here), person.email, WRONG, {}, {})
    for _ in range(5):
        await log_in(stranger.client, stranger)

    answers = []
    for place in (here, {"X-Forwarded-For": make_ip()}):
        async with make_front_end(app, dialect, **place) as front:
            right = typed(dialect, person, person.password)
            answers.append(await front.post(DOORS[dialect], json=right))

    assert [is_signed_in(answer) for answer in answers] == [False, True]
