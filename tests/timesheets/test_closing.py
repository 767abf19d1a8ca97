"""Closing periods."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.making import make_colleague
from tests.timesheets.making import at, make_entry, make_project

pytestmark = pytest.mark.anyio
ENTRIES = "/api/time-entries"


@pytest.fixture
async def project(app, person):
    return await make_project(app, person)


async def close(person, until, **over):
    return await person.client.post("/api/timesheets/close", json={"until": until} | over)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


async def test_a_closed_period_is_locked_for_everybody(person, project):
    entry = await make_entry(person, project, "09:00", "10:00")

    closed = await close(person, "2026-03-02")
    changed = await person.client.patch(f"{ENTRIES}/{entry['id']}", json={"note": "Late"})
    new = {"project_id": project, "started_at": at("12:00"), "ended_at": at("13:00")}
    made = await person.client.post(ENTRIES, json=new)

    assert closed.json()["closed_until"] == "2026-03-02"
    assert refusal(changed) == refusal(made) == (409, "entry_locked")
    assert changed.json()["why"] == made.json()["why"] == "period_closed"
    assert (await person.client.get(f"{ENTRIES}/{entry['id']}")).json()["locked"] == "period_closed"
    later = await make_entry(person, project, "2026-03-03T00:00:00Z", "2026-03-03T01:00:00Z")
    assert later["locked"] is None


async def test_going_back_needs_a_reason(person):
    await close(person, "2026-03-31")

    refused = await close(person, "2026-02-28")
    allowed = await close(person, "2026-02-28", reason="A late invoice")

    assert refusal(refused) == (409, "closing_moves_back")
    assert refused.json()["closed_until"] == "2026-03-31"
    assert allowed.json()["closed_until"] == "2026-02-28"


async def test_the_future_is_not_closed(person):
    tomorrow = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()

    assert refusal(await close(person, tomorrow)) == (422, "time_in_future")


async def test_a_timer_or_a_doubt_keeps_a_period_open(person, project):
    start = {"project_id": project, "started_at": at("09:00")}
    await person.client.post("/api/timer/start", json=start)
    before = await close(person, "2026-03-01")
    with_timer = await close(person, "2026-03-02")
    await person.client.post("/api/timer/stop", json={})
    with_doubt = await close(person, "2026-03-02")

    assert before.status_code == 200
    assert refusal(with_timer) == (409, "timer_running")
    assert refusal(with_doubt) == (409, "review_needed")


async def test_users_close_nothing(app, person):
    user = await make_colleague(app, person)

    assert (await close(user, "2026-03-02")).status_code == 403
    await user.client.aclose()


async def test_closing_while_others_write_leaves_nothing_written_afterwards(app, person, project):
    users = [await make_colleague(app, person) for _ in range(4)]
    bodies = [
        {"project_id": project, "started_at": at(f"{n:02}:00"), "ended_at": at(f"{n:02}:30")}
        for n in range(5)
    ]

    calls = [user.client.post(ENTRIES, json=body) for body in bodies for user in users]
    calls.insert(10, close(person, "2026-03-02"))
    answers = await asyncio.gather(*calls)

    closed = answers.pop(10)
    assert closed.status_code == 200, closed.text
    assert {answer.status_code for answer in answers} <= {201, 409}
    history = (await person.client.get(f"{ENTRIES}?limit=200")).json()["items"]
    assert len(history) == [answer.status_code for answer in answers].count(201)
    assert {entry["locked"] for entry in history} <= {"period_closed"}
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["why"] for answer in refused} <= {"period_closed"}
    for user in users:
        await user.client.aclose()


async def test_everybody_may_know_how_far_the_hours_are_closed(app, person):
    colleague = await make_colleague(app, person)
    path = "/api/timesheets/close"

    before = (await colleague.client.get(path)).json()
    await close(person, "2026-03-31")
    after = (await colleague.client.get(path)).json()

    assert (before, after) == ({"closed_until": None}, {"closed_until": "2026-03-31"})
    await colleague.client.aclose()
