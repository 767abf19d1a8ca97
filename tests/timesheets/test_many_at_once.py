"""Real parallel connections: what must hold when everybody writes at once."""

import asyncio
from itertools import pairwise

import pytest

from tests.timesheets.making import ago, at, list_spans, make_entry, make_project

pytestmark = pytest.mark.anyio
ENTRIES = "/api/time-entries"


@pytest.fixture
async def project(app, person):
    return await make_project(app, person)


def codes(answers):
    return [answer.json().get("code") for answer in answers]


async def in_parallel(person, calls):
    return await asyncio.gather(*(person.client.post(path, json=body) for path, body in calls))


async def test_of_twenty_inserts_of_one_interval_one_is_stored(person, project):
    body = {"project_id": project, "started_at": at("09:00"), "ended_at": at("10:00")}

    answers = await in_parallel(person, [(ENTRIES, body)] * 20)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert set(codes(answers)) == {None, "time_overlap"}
    assert len(await list_spans(person)) == 1


async def test_of_twenty_overlapping_intervals_those_stored_do_not_meet(person, project):
    bodies = [
        {"project_id": project, "started_at": at(f"09:{n:02}"), "ended_at": at(f"09:{n + 5:02}")}
        for n in range(0, 40, 2)
    ]

    answers = await in_parallel(person, [(ENTRIES, body) for body in bodies])

    spans = await list_spans(person)
    assert len(spans) == [answer.status_code for answer in answers].count(201) >= 2
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


async def test_of_twenty_starts_one_runs(person, project):
    answers = await in_parallel(person, [("/api/timer/start", {"project_id": project})] * 20)

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert set(codes(answers)) == {None, "timer_running"}


async def test_a_stop_succeeds_whatever_else_is_written(person, project):
    await make_entry(person, project, ago(hours=3), ago(hours=2))
    start = {"project_id": project, "started_at": ago(hours=1)}
    await person.client.post("/api/timer/start", json=start)
    batch = {"items": [{"op": "create", "data": start | {"ended_at": ago(minutes=30)}}]}
    others = [
        (ENTRIES, start | {"ended_at": ago(minutes=30)}),
        (ENTRIES, start | {"started_at": ago(minutes=20), "ended_at": ago(minutes=-1)}),
        ("/api/timer/start", start),
        (f"{ENTRIES}/batch", batch),
    ]

    stopped, *rest = await in_parallel(person, [("/api/timer/stop", {}), *others * 4])

    assert stopped.status_code == 200
    assert {answer.status_code for answer in rest} <= {200, 201, 409}
    spans = await list_spans(person)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


async def test_of_many_stops_one_stops(person, project):
    await person.client.post("/api/timer/start", json={"project_id": project})

    answers = await in_parallel(person, [("/api/timer/stop", {})] * 8)

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert set(codes(answers)) == {None, "no_timer"}


async def test_switches_at_once_leave_no_gap_and_no_overlap(person, project):
    body = {"project_id": project, "switch": True}

    answers = await in_parallel(person, [("/api/timer/start", body)] * 10)

    assert {answer.status_code for answer in answers} == {200}
    spans = await list_spans(person)
    assert len(spans) == 10
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert [end for _, end in spans].count(None) == 1


async def test_two_amounts_at_once_do_not_overfill_a_day(person, project):
    body = {
        "kind": "amount",
        "project_id": project,
        "work_date": "2026-03-02",
        "seconds": 13 * 3600,
    }

    answers = await in_parallel(person, [(ENTRIES, body)] * 6)

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 5


async def test_one_new_code_at_once_makes_one_project(person):
    bodies = [
        {
            "project_code": "FRESH",
            "create_project": True,
            "started_at": at(f"{n:02}:00"),
            "ended_at": at(f"{n:02}:30"),
        }
        for n in range(8)
    ]

    answers = await in_parallel(person, [(ENTRIES, body) for body in bodies])

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["project"]["id"] for answer in answers}) == 1
