"""The timer."""

import itertools
from datetime import datetime, timedelta

import pytest

from tests.timesheets.making import ago, list_spans, make_entry, make_project

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


@pytest.fixture
async def project(app, person):
    return await make_project(app, person)


async def start(person, project, **over):
    return await person.client.post("/api/timer/start", json={"project_id": project, **over})


async def stop(person, **over):
    return await person.client.post("/api/timer/stop", json=over)


def instant(text):
    return datetime.fromisoformat(text)


async def test_the_timer_runs_until_it_is_stopped(person, project):
    idle = (await person.client.get("/api/timer")).json()
    started = (await start(person, project, activity="Design", note="[a:b]")).json()

    running = (await person.client.get("/api/timer")).json()
    stopped = await stop(person)

    assert idle["running"] is None
    assert running["running"] == started["running"]
    assert (started["ended"], started["running"]["activity"]) == (None, "Design")
    assert started["running"]["tags"] == [{"name": "a", "value": "b"}]
    assert instant(running["now"]) >= instant(started["running"]["started_at"])
    assert (stopped.status_code, stopped.json()["is_running"]) == (200, False)
    assert (await person.client.get("/api/timer")).json()["running"] is None


async def test_stopping_nothing_is_told(person):
    assert (await stop(person)).json()["code"] == "no_timer"


async def test_a_stop_needs_no_body(person, project):
    await start(person, project)

    assert (await person.client.post("/api/timer/stop")).status_code == 200


async def test_a_second_timer_is_refused_with_the_first(person, project):
    first = (await start(person, project)).json()["running"]

    answer = await start(person, project)

    assert (answer.status_code, answer.json()["code"]) == (409, "timer_running")
    assert answer.json()["entry"]["id"] == first["id"]


async def test_start_and_stop_in_one_second_counts_one_each_time(person, project):
    for _ in range(3):
        await start(person, project)
        assert (await stop(person)).json()["seconds"] >= 1

    spans = await list_spans(person)
    assert len(spans) == 3
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


async def test_switching_leaves_no_gap_and_no_overlap(app, person, project):
    other = await make_project(app, person)
    await start(person, project)

    for each in (other, project, other):
        answer = await start(person, each, switch=True)
        assert answer.json()["ended"]["ended_at"] == answer.json()["running"]["started_at"]

    await stop(person)
    spans = await list_spans(person)
    assert len(spans) == 4
    assert [before[1] for before in spans[:-1]] == [after[0] for after in spans[1:]]


async def test_a_timer_may_have_begun_before_and_end_before_now(person, project):
    started = await start(person, project, started_at=ago(hours=2))

    early = await stop(person, ended_at=ago(hours=3))
    late = await stop(person, ended_at=ago(minutes=-5))
    fits = await stop(person, ended_at=ago(hours=1))

    assert started.status_code == 200
    assert [early.json()["code"], late.json()["code"]] == ["end_before_start", "time_in_future"]
    assert 3590 <= fits.json()["seconds"] <= 3610


async def test_switching_back_before_the_start_of_what_runs_is_an_overlap(person, project):
    await start(person, project, started_at=ago(hours=1))

    answer = await start(person, project, started_at=ago(hours=2), switch=True)

    assert (answer.status_code, answer.json()["code"]) == (409, "time_overlap")
    assert len(await list_spans(person)) == 1


async def test_a_timer_cannot_begin_under_other_entries(person, project):
    await make_entry(person, project, ago(hours=2), ago(hours=1))

    answer = await start(person, project, started_at=ago(hours=3))

    assert (answer.status_code, answer.json()["code"]) == (409, "time_overlap")


@pytest.mark.parametrize(("hours", "doubtful"), [(15.9, False), (16.1, True), (50, True)])
async def test_a_forgotten_timer_stops_and_is_looked_at_again(person, project, hours, doubtful):
    await start(person, project, started_at=ago(hours=hours))

    stopped = await stop(person)

    assert (stopped.status_code, stopped.json()["needs_review"]) == (200, doubtful)
    path = f"/api/time-entries/{stopped.json()['id']}"
    confirmed = await person.client.patch(path, json={"needs_review": False})
    assert confirmed.json()["needs_review"] is False
    assert confirmed.json()["seconds"] == stopped.json()["seconds"]


async def test_correcting_a_forgotten_timer_ends_its_review(person, project):
    entry = await start(person, project, started_at=ago(hours=30))
    await stop(person)
    path = f"/api/time-entries/{entry.json()['running']['id']}"

    note = await person.client.patch(path, json={"note": "Forgot"})
    long = await person.client.patch(path, json={"ended_at": ago(hours=1)})
    right = await person.client.patch(path, json={"ended_at": ago(hours=22)})

    assert (note.status_code, note.json()["needs_review"]) == (200, True)
    assert long.json()["code"] == "entry_too_long"
    assert right.json()["needs_review"] is False
    assert 0 <= right.json()["seconds"] - 8 * 3600 <= 60


async def test_a_stop_that_overfills_a_day_with_amounts_is_looked_at_again(person, project):
    begun = instant(ago(hours=15))
    body = {"kind": "amount", "project_id": project, "work_date": f"{begun:%Y-%m-%d}"}
    await start(person, project, started_at=ago(minutes=1) if begun.hour > 22 else ago(hours=15))
    fits = 24 * 3600 - 15 * 3600 - 120
    await person.client.post("/api/time-entries", json=body | {"seconds": fits})

    stopped = await stop(person)

    assert stopped.status_code == 200
    assert stopped.json()["needs_review"] is False


async def test_servers_a_second_apart_store_both(person, project, clock):
    await start(person, project)
    clock.advance(seconds=10)
    await stop(person)
    clock.advance(seconds=-1)

    again = await start(person, project)
    stopped = await stop(person)

    assert (again.status_code, stopped.status_code) == (200, 200)
    first, second = await list_spans(person)
    assert second[0] == first[1]
    assert stopped.json()["seconds"] >= 1


async def test_a_clock_a_minute_behind_is_no_reason_to_refuse_a_start(person, project, clock):
    await start(person, project)
    clock.advance(seconds=100)
    await stop(person)
    clock.advance(seconds=-58)
    near = await start(person, project)
    await person.client.delete(f"/api/time-entries/{near.json()['running']['id']}")
    clock.advance(seconds=-10)

    far = await start(person, project)

    assert (near.status_code, far.json()["code"]) == (200, "time_overlap")


async def test_a_deleted_timer_leaves_nothing(person, project):
    entry = (await start(person, project)).json()["running"]

    gone = await person.client.delete(f"/api/time-entries/{entry['id']}")

    assert gone.status_code == 204
    assert (await person.client.get("/api/timer")).json()["running"] is None
