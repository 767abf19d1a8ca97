"""The inline SQLite dialect: what it must stand before it may carry the product."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.db import Database, Interrupted
from erp.kernel.errors import DatabaseBusy, InUse, UnknownReference
from tests.kernel.conftest import boxes_in, put

pytestmark = pytest.mark.anyio


async def test_a_client_that_leaves_in_the_middle_of_a_transaction_leaves_nothing(
    file: Database,
) -> None:
    has_written = asyncio.Event()

    async def write_and_wait() -> None:
        async with file.writing() as session:
            await put(session, 1)
            has_written.set()
            await asyncio.sleep(60)

    for _ in range(20):
        has_written.clear()
        task = asyncio.create_task(write_and_wait())
        await has_written.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with file.writing() as session:
        await put(session, 2)

    assert await boxes_in(file) == [2]


async def test_a_client_that_leaves_twice_leaves_nothing_either(file: Database) -> None:
    has_written = asyncio.Event()

    async def write_and_wait() -> None:
        async with file.writing() as session:
            await put(session, 1)
            has_written.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(write_and_wait())
    await has_written.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # while the transaction is being rolled back
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(1), file.writing() as session:
        await put(session, 2)
    assert await boxes_in(file) == [2]


async def test_clients_that_leave_while_they_wait_for_the_writer_free_their_place(
    file: Database,
) -> None:
    async def write(box: int) -> None:
        async with file.writing() as session:
            await put(session, box)

    async with file.writing() as session:
        waiting = [asyncio.create_task(write(box)) for box in range(10)]
        await asyncio.sleep(0.01)
        for task in waiting[::2]:
            task.cancel()
        await put(session, 100)
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert [isinstance(each, asyncio.CancelledError) for each in results] == [True, False] * 5
    assert await boxes_in(file) == [1, 3, 5, 7, 9, 100]


async def test_a_savepoint_takes_back_only_what_came_after_it(file: Database) -> None:
    async def fail_within_a_savepoint(session: AsyncSession) -> None:
        async with session.begin_nested():
            await put(session, 2)
            async with session.begin_nested():
                await put(session, 3)
            raise ZeroDivisionError

    async with file.writing() as session:
        await put(session, 1)
        with pytest.raises(ZeroDivisionError):
            await fail_within_a_savepoint(session)
        async with session.begin_nested():
            await put(session, 4)

    assert await boxes_in(file) == [1, 4]


async def test_rows_can_be_streamed_and_left_halfway(file: Database) -> None:
    async with file.writing() as session:
        await put(session, *range(500))
    query = select(text("id")).select_from(text("boxes"))

    async with file.reading() as session:
        streamed = [row.id async for row in await session.stream(query)]
        halfway = await session.stream(query)
        await halfway.fetchmany(10)
        await halfway.close()
        whole = await session.stream(query)
        partitions = [len(each) async for each in whole.partitions(200)]

    assert streamed == list(range(500))
    assert partitions == [200, 200, 100]


async def test_a_stream_without_a_session_is_refused(file: Database) -> None:
    async with file.reading() as session:
        connection = await session.connection()
        with pytest.raises(InvalidRequestError, match="server side cursors"):
            await connection.stream(text("SELECT id FROM boxes"))


async def test_an_error_in_commit_is_raised_and_rolled_back(file: Database) -> None:
    async def break_a_reference_at_commit() -> None:
        async with file.writing() as session:
            await session.execute(text("PRAGMA defer_foreign_keys=ON"))
            await put(session, 1)
            await session.execute(text("INSERT INTO things VALUES (1, 99)"))

    with pytest.raises(UnknownReference):
        await break_a_reference_at_commit()
    async with file.writing() as session:
        await put(session, 2)

    assert await boxes_in(file) == [2]


async def test_a_full_disk_is_an_interruption_and_leaves_nothing(file: Database) -> None:
    async with file.writing() as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count={pages}"))

    with pytest.raises(Interrupted) as caught:
        async with file.writing() as session:
            await put(session, *range(5000))
    async with file.writing() as session:
        await put(session, 1)

    assert not caught.value.is_repeatable
    assert await boxes_in(file) == [1]


async def test_readers_cannot_write(file: Database) -> None:
    with pytest.raises(DBAPIError, match="readonly"):
        async with file.reading() as session:
            await put(session, 1)

    assert await boxes_in(file) == []


async def test_references_are_enforced_by_every_connection(file: Database) -> None:
    with pytest.raises(UnknownReference):
        async with file.writing() as session:
            await session.execute(text("INSERT INTO things VALUES (1, 99)"))
    async with file.writing() as session:
        await put(session, 1)
        await session.execute(text("INSERT INTO things VALUES (1, 1)"))
    with pytest.raises(InUse):
        async with file.writing() as session:
            await session.execute(text("DELETE FROM boxes"))

    assert await boxes_in(file) == [1]


async def test_a_reader_sees_one_moment_while_others_commit(file: Database) -> None:
    async with file.reading() as session:
        before = await session.scalar(text("SELECT count(*) FROM boxes"))
        async with file.writing() as writer:
            await put(writer, 1)
        after = await session.scalar(text("SELECT count(*) FROM boxes"))

    assert (before, after) == (0, 0)
    assert await boxes_in(file) == [1]


async def test_commits_are_durable_and_readers_do_not_wait(file: Database) -> None:
    async with file.writing() as session:
        durable = await session.scalar(text("PRAGMA synchronous"))
        mode = await session.scalar(text("PRAGMA journal_mode"))
    async with file.reading() as session:
        references = await session.scalar(text("PRAGMA foreign_keys"))

    assert (durable, mode, references) == (2, "wal", 1)  # 2 is FULL
    assert sqlite3.sqlite_version_info >= (3, 35)  # RETURNING


async def test_whoever_waits_too_long_for_the_writer_is_refused(
    file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erp.kernel.db.WAIT_SECONDS", 0.05)

    async with file.writing():
        with pytest.raises(DatabaseBusy) as caught:
            async with file.writing():
                pass

    assert caught.value.retry_after == 1
