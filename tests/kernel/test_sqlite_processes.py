"""Two processes on one SQLite file: the second waits, and nobody else waits with it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from erp.kernel import sqlite
from erp.kernel.db import Database, Interrupted
from tests.kernel.conftest import boxes_in, put

pytestmark = pytest.mark.anyio

HOLD_THE_WRITE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO boxes VALUES (77)")
print("held", flush=True)
sys.stdin.read()
connection.execute("COMMIT")
"""


@contextmanager
def another_process_writing(file: Database) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD_THE_WRITE_LOCK, str(file.url.database)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.communicate()


@asynccontextmanager
async def counted_ticks() -> AsyncIterator[list[None]]:
    """How often another coroutine gets its turn: about every 5 ms while nobody blocks."""
    ticks: list[None] = []

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.005)
            ticks.append(None)

    ticking = asyncio.create_task(tick())
    yield ticks
    ticking.cancel()


async def test_a_client_that_leaves_while_another_process_writes_frees_the_connection(
    file: Database,
) -> None:
    async def write() -> None:
        async with file.writing() as session:
            await put(session, 1)

    with another_process_writing(file):
        task = asyncio.create_task(write())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(1):
        await write()

    assert await boxes_in(file) == [1, 77]


async def test_another_process_that_writes_is_waited_for_without_holding_the_loop(
    file: Database,
) -> None:
    async def write() -> None:
        async with file.writing() as session:
            await put(session, 1)

    with another_process_writing(file) as process:
        async with counted_ticks() as ticks:
            writing = asyncio.create_task(write())
            await asyncio.sleep(0.6)
            turns = len(ticks)
            seen_meanwhile = await boxes_in(file)
        process.communicate()
        await writing

    assert turns > 25  # a blocked loop gets six
    assert seen_meanwhile == []
    assert await boxes_in(file) == [1, 77]


async def test_another_process_that_writes_too_long_interrupts(
    file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)

    with another_process_writing(file):
        with pytest.raises(Interrupted) as caught:
            async with file.writing() as session:
                await put(session, 1)
        seen_meanwhile = await boxes_in(file)
    async with file.writing() as session:
        await put(session, 2)

    assert isinstance(caught.value.__cause__, OperationalError)
    assert not caught.value.is_repeatable  # it has waited; the client may come back later
    assert seen_meanwhile == []
    assert await boxes_in(file) == [2, 77]
