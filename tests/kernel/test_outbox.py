"""Jobs are rows of the transaction that asks for them, and are run under a lease."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.contextvars import bound_contextvars

from erp.kernel.db import Database
from erp.kernel.jobs import (
    AT_ONCE,
    ATTEMPTS,
    LEASE,
    URGENT,
    Job,
    claim_due,
    enqueue,
    give_back,
    mark_done,
    mark_failed,
    oldest_due_age,
)
from erp.kernel.schema import NO_ORGANIZATION, new_id
from tests.kernel.conftest import promise, rows_in
from tests.making import MovableClock

pytestmark = pytest.mark.anyio


async def finish(database: Database, job: Job) -> bool:
    async with database.writing() as session:
        return await mark_done(session, job)


def kinds_of(jobs: list[Job]) -> list[str]:
    return [job.kind for job in jobs]


async def test_a_job_is_there_when_its_transaction_is_committed(outbox: Database) -> None:
    async with outbox.writing() as session:
        with bound_contextvars(request_id="request-7"):
            await enqueue(session, "a", {"list": [1, "ü"]})
        assert await rows_in(outbox) == []

    [job] = await claim_due(outbox)

    assert (job.kind, job.payload, job.attempts) == ("a", {"list": [1, "ü"]}, 1)
    assert (job.organization_id, job.request_id) == (NO_ORGANIZATION, "request-7")


async def test_a_job_of_a_failed_transaction_never_was(outbox: Database) -> None:
    async def promise_and_fail() -> None:
        async with outbox.writing() as session:
            await enqueue(session, "a", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await promise_and_fail()

    assert await rows_in(outbox) == []
    assert not outbox.job_waiting.is_set()


async def test_a_commit_with_a_job_wakes_the_worker(outbox: Database) -> None:
    async with outbox.writing() as session:
        await enqueue(session, "a", {})
        assert not outbox.job_waiting.is_set()

    assert outbox.job_waiting.is_set()


async def test_a_second_job_with_the_same_key_is_dropped(outbox: Database) -> None:
    for _ in range(2):
        await promise(outbox, "a", dedupe_key="once")
        await promise(outbox, "b", dedupe_key="once", organization_id=UUID(int=1))
    await promise(outbox, "c", "c")

    assert sorted(row.kind for row in await rows_in(outbox)) == ["a", "b", "c", "c"]


async def test_a_key_is_promised_once_by_many_at_once(outbox: Database) -> None:
    await asyncio.gather(*(promise(outbox, "a", dedupe_key="once") for _ in range(12)))

    assert len(await rows_in(outbox)) == 1


async def test_urgent_jobs_come_first_then_the_oldest(outbox: Database, time: MovableClock) -> None:
    await promise(outbox, "old")
    time.advance(seconds=1)
    await promise(outbox, "young")
    await promise(outbox, "code", priority=URGENT)

    assert kinds_of(await claim_due(outbox)) == ["code", "old", "young"]


async def test_the_organization_that_waited_longest_comes_first(
    outbox: Database, time: MovableClock
) -> None:
    await promise(outbox, *["many"] * 2 * AT_ONCE, organization_id=UUID(int=1))
    time.advance(seconds=1)
    await promise(outbox, "few", organization_id=UUID(int=2))
    time.advance(seconds=1)
    await promise(outbox, *["more"] * AT_ONCE, organization_id=UUID(int=1))

    claims = [kinds_of(await claim_due(outbox)) for _ in range(5)]

    many, more = ["many"] * AT_ONCE, ["more"] * AT_ONCE
    assert claims == [many, many, ["few"], more, []]


async def test_parallel_runners_get_each_job_once(outbox: Database) -> None:
    for number in range(4):
        await promise(outbox, *["a"] * 20, organization_id=UUID(int=number))

    async def claim_all() -> list[UUID]:
        claimed: list[UUID] = []
        while jobs := await claim_due(outbox):
            claimed += [job.id for job in jobs]
            await asyncio.sleep(0)
        return claimed

    shares = await asyncio.gather(*(claim_all() for _ in range(6)))

    times_claimed = Counter(job for share in shares for job in share)
    assert len(times_claimed) == 80
    assert set(times_claimed.values()) == {1}


async def test_a_claimed_job_is_free_again_when_the_lease_is_over(
    outbox: Database, time: MovableClock
) -> None:
    await promise(outbox, "a")

    first = await claim_due(outbox)
    time.offset += LEASE - timedelta(seconds=2)
    within = await claim_due(outbox)
    time.advance(seconds=3)
    after = await claim_due(outbox)

    assert (len(first), within, len(after)) == (1, [], 1)
    assert (first[0].id, after[0].attempts) == (after[0].id, 2)


async def test_a_job_that_was_not_begun_is_given_back(outbox: Database) -> None:
    await promise(outbox, "a")
    [job] = await claim_due(outbox)

    await give_back(outbox, job)

    [again] = await claim_due(outbox)
    assert again.attempts == 1


async def test_a_failed_job_waits_longer_each_time_and_dies_at_last(
    outbox: Database, time: MovableClock
) -> None:
    await promise(outbox, "a")
    pauses: list[float] = []

    while jobs := await claim_due(outbox):
        await mark_failed(outbox, jobs[0], "SMTP said no" + "!" * 5000)
        [row] = await rows_in(outbox)
        pauses.append((row.run_at - time()).total_seconds())
        assert await claim_due(outbox) == []
        time.advance(seconds=max(pauses[-1], 0) + 0.1)

    [row] = await rows_in(outbox)
    expected = [min(5.0 * 2**tries, 3600) for tries in range(ATTEMPTS)]
    for pause, middle in zip(pauses, expected, strict=True):
        assert 0.79 * middle - 1 < pause < 1.21 * middle
    assert (row.attempts, row.dead_at is not None, row.done_at) == (ATTEMPTS, True, None)
    assert row.last_error is not None
    assert row.last_error.startswith("SMTP said no!")
    assert len(row.last_error) == 1000


async def test_a_job_is_done_once_though_two_ran_it(outbox: Database, time: MovableClock) -> None:
    await promise(outbox, "a")
    [slow] = await claim_due(outbox)
    time.offset += 2 * LEASE
    [fast] = await claim_due(outbox)

    first, second = await finish(outbox, fast), await finish(outbox, slow)

    assert (first, second) == (True, False)
    assert await claim_due(outbox) == []


async def test_many_at_once_finish_a_job_once(outbox: Database) -> None:
    await promise(outbox, "a")
    [job] = await claim_due(outbox)

    finished = await asyncio.gather(*(finish(outbox, job) for _ in range(8)))

    assert sorted(finished) == [False] * 7 + [True]


async def test_the_failure_of_a_runner_that_was_too_slow_does_not_count(
    outbox: Database, time: MovableClock
) -> None:
    await promise(outbox, "a", "b")
    slow = await claim_due(outbox)
    time.offset += 2 * LEASE
    fast = await claim_due(outbox)
    await finish(outbox, fast[0])

    for job in slow:
        await mark_failed(outbox, job, "too late")
        await give_back(outbox, job)

    assert [row.last_error for row in await rows_in(outbox)] == [None, None]
    assert await claim_due(outbox) == []  # the second one is still being run


async def test_the_age_of_the_oldest_due_job_is_known(outbox: Database, time: MovableClock) -> None:
    async with outbox.reading() as session:
        empty = await oldest_due_age(session, time())
    await promise(outbox, "a")
    time.advance(seconds=30)

    async with outbox.reading() as session:
        waiting = await oldest_due_age(session, time())
    await claim_due(outbox)
    async with outbox.reading() as session:
        running = await oldest_due_age(session, time())

    assert (empty, running) == (0, 0)
    assert 30 <= waiting < 35


async def test_a_job_can_be_promised_for_an_organization(outbox: Database) -> None:
    home = new_id()

    await promise(outbox, "a", organization_id=home)

    [job] = await claim_due(outbox)
    assert job.organization_id == home
