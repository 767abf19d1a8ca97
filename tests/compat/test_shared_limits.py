"""An old dialect is one more door of the same house: tries are counted once for all of them."""

from __future__ import annotations

import pytest

from tests.compat.speaking import make_front_end
from tests.identity.making import log_in
from tests.making import Person, make_client, make_ip

pytestmark = pytest.mark.anyio
WRONG = "Wrong-Horse-7"
DIALECTS = ["cloud-erp", "medicalcare"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_wrong_passwords_of_a_dialect_count_at_the_main_door(app, person, dialect):
    here = {"X-Forwarded-For": make_ip()}
    account = {"email": person.email, "password": WRONG}

    async with make_front_end(app, dialect, **here) as front:
        answers = [await front.post("/auth/login", json=account) for _ in range(5)]
    refused = await log_in(make_client(app, **here), person)

    assert WRONG not in "".join(answer.text for answer in answers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_wrong_passwords_at_the_main_door_count_in_a_dialect(app, person, dialect):
    here = {"X-Forwarded-For": make_ip()}
    stranger = Person(make_client(app, **here), person.email, WRONG, {}, {})
    for _ in range(5):
        await log_in(stranger.client, stranger)

    answers = []
    for place in (here, {"X-Forwarded-For": make_ip()}):
        async with make_front_end(app, dialect, **place) as front:
            right = {"email": person.email, "password": person.password}
            answers.append(await front.post("/auth/login", json=right))

    assert ["access_token" in answer.text for answer in answers] == [False, True]
