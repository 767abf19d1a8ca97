"""Failures in a row have no window: enough of them disable the password until a reset."""

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.actions.accounts import make_reset_link
from erp.identity.actions.throttling import NEVER
from erp.identity.jobs import clean_up_identity
from erp.identity.models import SecurityEvent, Throttle
from tests.identity.making import log_in, rows, run, user_id_of, user_of
from tests.making import MovableClock, Person, make_client, sign_up

pytestmark = pytest.mark.anyio

WRONG = "Wrong-Horse-7"


async def test_100_failures_in_a_row_disable_the_password(app: FastAPI, person: Person):
    key = app.state.desk.keys.hide(f"failures:{user_id_of(person)}")
    await log_in(person.client, person, password=WRONG)
    await run(app, update(Throttle).where(Throttle.key_hash == key).values(count=98))

    await log_in(make_client(app), person, password=WRONG)
    before = await log_in(make_client(app), person)
    await run_to_failures(app, person, 100)
    after = await log_in(make_client(app), person)

    assert before.status_code == 200
    assert (after.status_code, after.json()["code"]) == (403, "password_reset_required")
    assert (await user_of(app, person)).password_disabled_at is not None
    noted = await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))
    assert [event.event for event in noted].count("password.disabled") == 1


async def run_to_failures(app: FastAPI, person: Person, failures: int) -> None:
    """So many wrong passwords in a row, the first of them by hand."""
    key = app.state.desk.keys.hide(f"failures:{user_id_of(person)}")
    await log_in(make_client(app), person, password=WRONG)
    await run(app, update(Throttle).where(Throttle.key_hash == key).values(count=failures - 1))
    await log_in(make_client(app), person, password=WRONG)
    await log_in(make_client(app), person, password=WRONG)


async def test_cleaning_up_forgets_windows_but_not_failures_in_a_row(
    app: FastAPI, clock: MovableClock
):
    person = await sign_up(app)
    await log_in(person.client, person, password=WRONG)
    clock.advance(days=3)

    async with app.state.database.writing() as session:
        await clean_up_identity(session, None)

    left = await rows(app, Throttle)
    failures = app.state.desk.keys.hide(f"failures:{user_id_of(person)}")
    assert {row.window_start for row in left} == {NEVER}
    assert failures in {row.key_hash for row in left}


async def test_success_begins_the_row_anew(app: FastAPI, person: Person):
    key = app.state.desk.keys.hide(f"failures:{user_id_of(person)}")
    await log_in(person.client, person, password=WRONG)

    await log_in(person.client, person)

    assert await rows(app, Throttle, Throttle.key_hash == key) == []


async def test_after_a_reset_one_wrong_password_disables_nothing(app: FastAPI, person: Person):
    await run_to_failures(app, person, 100)
    async with app.state.database.writing() as session:
        link = await make_reset_link(session, app.state.desk, await user_of(app, person))
    body = {"token": link.partition("#token=")[2], "new_password": "Some-Thing-New-8"}
    await make_client(app).post("/api/auth/reset-password", json=body)

    wrong = await log_in(make_client(app), person, password=WRONG)
    right = await log_in(make_client(app), person, password="Some-Thing-New-8")

    assert (wrong.status_code, right.status_code) == (401, 200)
