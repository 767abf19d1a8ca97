"""Where a person is signed in."""

import pytest
from fastapi import FastAPI

from erp.identity.actions.desk import device_label
from erp.identity.actions.strength import find_weaknesses
from tests.identity.making import session_id_of, sign_in_again
from tests.making import PASSWORD, MovableClock, Person

pytestmark = pytest.mark.anyio

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8.9.1", "curl"),
        (None, "Unknown device"),
    ],
)
def test_a_device_has_a_name_people_recognize(agent: str | None, label: str):
    assert device_label(agent) == label


async def test_only_the_own_sessions_are_listed_this_one_first(
    app: FastAPI, person: Person, other: Person
):
    await sign_in_again(app, person)

    answer = await person.client.get("/api/auth/sessions")

    listed = answer.json()["items"]
    assert [device["is_this"] for device in listed] == [True, False]
    assert listed[0]["id"] == str(session_id_of(person))


async def test_another_session_ends_at_once(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)

    answer = await person.client.delete(f"/api/auth/sessions/{session_id_of(elsewhere)}")

    assert answer.status_code == 204
    assert (await elsewhere.client.get("/api/auth/me")).status_code == 401


async def test_a_foreign_session_does_not_exist(person: Person, other: Person):
    answer = await person.client.delete(f"/api/auth/sessions/{session_id_of(other)}")

    assert answer.status_code == 404


async def test_ending_others_wants_a_recent_sign_in(
    app: FastAPI, person: Person, clock: MovableClock
):
    elsewhere = await sign_in_again(app, person)
    clock.advance(minutes=10, seconds=1)
    path = f"/api/auth/sessions/{session_id_of(elsewhere)}"

    refused = await person.client.delete(path)
    await person.client.post("/api/auth/reauthenticate", json={"password": PASSWORD})
    ended = await person.client.delete(path)

    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert ended.status_code == 204


async def test_all_sessions_end(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)

    answer = await person.client.post("/api/auth/revoke-all")

    assert answer.status_code == 204
    assert (await person.client.get("/api/auth/me")).status_code == 401
    assert (await elsewhere.client.get("/api/auth/me")).status_code == 401


async def test_all_but_this_session_end(app: FastAPI, person: Person):
    elsewhere = await sign_in_again(app, person)

    answer = await person.client.post("/api/auth/revoke-all", json={"keep_current": True})

    assert answer.status_code == 204
    assert (await person.client.get("/api/auth/me")).status_code == 200
    assert (await elsewhere.client.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("password", ["Password1", "Qwerty123", "PASSWORD1!", "Iloveyou2"])
def test_passwords_that_everybody_tries_are_refused(password: str):
    found = find_weaknesses(password, composition=True, personal=())

    assert "too_common" in {code for code, _ in found}
