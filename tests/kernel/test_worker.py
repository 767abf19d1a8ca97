"""The worker: each job's effect and its end are one transaction."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from erp import worker as worker_module
from erp.kernel.db import Database, Interrupted
from erp.kernel.jobs import LEASE, Job, claim_due, enqueue, mark_done
from erp.worker import EFFECTS, PERIODIC, Worker
from tests.kernel.conftest import boxes_in, make_tables, promise, put, rows_in
from tests.making import MovableClock, make_settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def worker(outbox: Database, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker that knows one effect, `put`, and has no periodic work."""

    async def put_a_box(session: AsyncSession, job: Job) -> None:
        await put(session, job.payload["box"])
        if job.payload.get("fails"):
            raise ZeroDivisionError("no such box")

    monkeypatch.setitem(EFFECTS, "put", put_a_box)
    for kind in list(PERIODIC):
        monkeypatch.delitem(PERIODIC, kind)
    await make_tables(outbox)
    return Worker(outbox, make_settings())


async def promise_box(database: Database, box: int, **more: Any) -> None:
    async with database.writing() as session:
        await enqueue(session, "put", {"box": box, **more})


async def until_there_is_a_box(database: Database) -> None:
    while not await boxes_in(database):  # noqa: ASYNC110  a row is no event
        await asyncio.sleep(0.005)


async def test_an_effect_and_the_end_of_its_job_are_one(worker: Worker, outbox: Database) -> None:
    await promise_box(outbox, 1)

    tried = [await worker.run_once(), await worker.run_once()]

    [row] = await rows_in(outbox)
    assert tried == [1, 0]
    assert await boxes_in(outbox) == [1]
    assert (row.done_at is not None, row.lease_until, row.last_error) == (True, None, None)


async def test_an_effect_that_fails_leaves_nothing_and_is_tried_again(
    worker: Worker, outbox: Database, time: MovableClock
) -> None:
    await promise_box(outbox, 1, fails=True)

    await worker.run_once()
    at_once = await worker.run_once()
    time.advance(seconds=7)
    later = await worker.run_once()

    [row] = await rows_in(outbox)
    assert await boxes_in(outbox) == []
    assert (at_once, later) == (0, 1)
    assert (row.attempts, row.done_at, row.last_error) == (
        2,
        None,
        "ZeroDivisionError: no such box",
    )


async def test_the_effect_of_a_runner_that_came_second_does_not_count(
    worker: Worker, outbox: Database
) -> None:
    await promise_box(outbox, 1)
    [job] = await claim_due(outbox)
    async with outbox.writing() as session:
        await mark_done(session, job)

    await worker._run(job)

    [row] = await rows_in(outbox)
    assert await boxes_in(outbox) == []
    assert row.last_error is None


async def test_many_workers_have_each_effect_once(worker: Worker, outbox: Database) -> None:
    for box in range(30):
        await promise_box(outbox, box)
    workers = [worker, *(Worker(outbox, worker.settings) for _ in range(3))]

    async def work_until_idle(one: Worker) -> None:
        while await one.run_once():
            pass

    await asyncio.gather(*(work_until_idle(one) for one in workers))

    assert await boxes_in(outbox) == list(range(30))
    assert {row.attempts for row in await rows_in(outbox)} == {1}


async def test_a_job_of_a_worker_that_died_is_run_by_the_next(
    worker: Worker, outbox: Database, time: MovableClock
) -> None:
    await promise_box(outbox, 1)
    await claim_due(outbox)  # and never came back

    before = await worker.run_once()
    time.offset += 2 * LEASE
    after = await worker.run_once()

    assert (before, after) == (0, 1)
    assert await boxes_in(outbox) == [1]


async def test_a_kind_that_nobody_knows_fails_by_name(worker: Worker, outbox: Database) -> None:
    await promise(outbox, "strange")

    await worker.run_once()

    [row] = await rows_in(outbox)
    assert row.last_error == "LookupError: nobody runs jobs of the kind strange"


async def test_a_delivery_comes_before_its_end(worker: Worker, outbox: Database) -> None:
    delivered: list[dict[str, Any]] = []

    async def deliver(job: Job) -> None:
        [row] = await rows_in(outbox)
        assert row.done_at is None
        delivered.append(job.payload)

    worker.deliveries["letter"] = deliver
    await promise(outbox, "letter")

    await worker.run_once()

    [row] = await rows_in(outbox)
    assert delivered == [{"for": "letter"}]
    assert row.done_at is not None


async def test_periodic_work_is_offered_once_per_slot(
    worker: Worker, outbox: Database, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    async def clean(session: AsyncSession, job: Job) -> None:
        done.append(job.kind)

    monkeypatch.setitem(EFFECTS, "clean", clean)
    monkeypatch.setitem(PERIODIC, "clean", worker_module.timedelta(hours=1))
    workers = [worker, Worker(outbox, worker.settings), Worker(outbox, worker.settings)]
    time.advance(seconds=3600 - time().timestamp() % 3600)  # a slot begins

    counts = []
    for _ in range(3):
        for one in workers:
            while await one.run_once():
                pass
        counts.append(len(done))
        time.advance(minutes=40)

    assert counts == [1, 1, 2]  # at 0, 40 and 80 minutes


async def test_a_commit_wakes_the_worker_and_stop_ends_it(
    worker: Worker, outbox: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "POLL_SECONDS", 30.0)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)

    begun = perf_counter()
    await promise_box(outbox, 1)
    await until_there_is_a_box(outbox)
    woken_after = perf_counter() - begun
    worker.stop()
    async with asyncio.timeout(2):
        await running

    assert woken_after < 2


async def test_stop_finishes_the_job_at_hand_and_gives_the_others_back(
    worker: Worker, outbox: Database
) -> None:
    async def deliver(job: Job) -> None:
        worker.stop()

    worker.deliveries["letter"] = deliver
    await promise(outbox, "letter", "letter", "letter")

    async with asyncio.timeout(2):
        await worker.run()

    rows = await rows_in(outbox)
    assert [row.done_at is not None for row in rows].count(True) == 1
    assert [(row.lease_until, row.attempts) for row in rows if row.done_at is None] == [
        (None, 0)
    ] * 2


async def test_no_fault_of_the_database_ends_the_worker(
    worker: Worker, outbox: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "POLL_SECONDS", 0.02)
    async with outbox.writing() as session:
        await session.execute(text("ALTER TABLE outbox RENAME TO away"))
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.1)

    async with outbox.writing() as session:
        await session.execute(text("ALTER TABLE away RENAME TO outbox"))
    await promise_box(outbox, 1)
    async with asyncio.timeout(5):
        await until_there_is_a_box(outbox)
    worker.stop()
    await running

    assert await boxes_in(outbox) == [1]


async def test_an_interrupted_effect_is_tried_again(
    worker: Worker, outbox: Database, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    async def be_interrupted(session: AsyncSession, job: Job) -> None:
        tries.append(job.attempts)
        await put(session, job.attempts)
        if job.attempts == 1:
            raise Interrupted(is_repeatable=True)

    monkeypatch.setitem(EFFECTS, "rocky", be_interrupted)
    await promise(outbox, "rocky")

    await worker.run_once()
    time.advance(seconds=7)
    await worker.run_once()

    assert tries == [1, 2]
    assert await boxes_in(outbox) == [2]
