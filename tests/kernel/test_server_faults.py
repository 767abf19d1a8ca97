"""PostgreSQL's own faults: deadlocks, ended connections, a server that comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import make_url, text

from erp.app import create_app
from erp.kernel.db import Database, Interrupted, RequestSession, is_reachable
from tests.conftest import empty_database
from tests.kernel.conftest import boxes_in, hang, make_tables, put
from tests.making import make_client, make_settings

pytestmark = pytest.mark.anyio

END_THE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def spare(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """An application of this test alone on PostgreSQL."""
    with empty_database("postgres", "faults", request, tmp_path) as url:
        secret = SecretStr(url.render_as_string(hide_password=False))
        app = create_app(make_settings(database_url=secret, db_pool_size=3))
        app.state.health.schema_is_ready = True
        await make_tables(app.state.database)
        yield app
        await app.state.database.dispose()
        app.state.desk.passwords.close()


async def end_all_connections(app: FastAPI) -> None:
    """As a restart of the server does, from a connection of its own."""
    stranger = Database(app.state.database.url, pool_size=1)
    async with stranger.writing() as session:
        await session.execute(text(END_THE_OTHERS))
    await stranger.dispose()


async def test_a_deadlock_becomes_a_second_try(spare: FastAPI) -> None:
    attempts: list[tuple[int, int]] = []
    both_hold_one = asyncio.Barrier(2)

    async def lock(session: RequestSession, first: int, second: int) -> None:
        attempts.append((first, second))
        await session.execute(text(f"UPDATE boxes SET id = id WHERE id = {first}"))
        if len(attempts) <= 2:
            await both_hold_one.wait()
        await session.execute(text(f"UPDATE boxes SET id = id WHERE id = {second}"))
        await session.execute(text(f"INSERT INTO things VALUES ({first})"))

    hang(spare, "POST", "/lock", lock)
    async with spare.state.database.writing() as session:
        await put(session, 1, 2)

    async with make_client(spare) as client:
        answers = await asyncio.gather(
            client.post("/api/spare/lock?first=1&second=2"),
            client.post("/api/spare/lock?first=2&second=1"),
        )

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(attempts) == 3
    async with spare.state.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM things")) == 2


async def test_ended_idle_connections_are_not_noticed_by_clients(spare: FastAPI) -> None:
    async def write(session: RequestSession, box: int) -> None:
        await put(session, box)

    hang(spare, "POST", "/write", write)

    async with make_client(spare) as client:
        paths = [f"/api/spare/write?box={box}" for box in range(6)]
        before = await asyncio.gather(*(client.post(path) for path in paths[:3]))
        await end_all_connections(spare)
        after = [await client.post(path) for path in paths[3:]]

    assert [answer.status_code for answer in (*before, *after)] == [200] * 6
    assert await boxes_in(spare.state.database) == list(range(6))


async def test_a_connection_ended_in_the_middle_is_tried_again(spare: FastAPI) -> None:
    attempts: list[None] = []

    async def write(session: RequestSession) -> None:
        attempts.append(None)
        await put(session, 1)
        if len(attempts) == 1:
            await end_all_connections(spare)
        await put(session, 2)

    hang(spare, "POST", "/write", write)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/write")

    assert (answer.status_code, len(attempts)) == (200, 2)
    assert await boxes_in(spare.state.database) == [1, 2]


async def test_connections_that_keep_ending_are_answered_with_503_until_they_hold(
    spare: FastAPI,
) -> None:
    is_broken = True

    async def write(session: RequestSession) -> None:
        await put(session, 1)
        if is_broken:
            await end_all_connections(spare)
        await put(session, 2)

    hang(spare, "POST", "/write", write)

    async with make_client(spare) as client:
        refused = [await client.post("/api/spare/write") for _ in range(4)]
        is_broken = False
        served = await client.post("/api/spare/write")

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {
        (503, "database_busy")
    }
    assert all("retry-after" in answer.headers for answer in refused)
    assert served.status_code == 200
    assert await boxes_in(spare.state.database) == [1, 2]


async def test_a_connection_ended_in_commit_is_never_tried_again(spare: FastAPI) -> None:
    """Nobody knows whether the server committed."""
    attempts: list[None] = []

    async def write(session: RequestSession) -> None:
        attempts.append(None)
        await put(session, 1)
        await end_all_connections(spare)

    hang(spare, "POST", "/write", write)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/write")

    assert (answer.status_code, len(attempts)) == (503, 1)


async def test_a_client_that_leaves_during_a_statement_ends_it(spare: FastAPI) -> None:
    database: Database = spare.state.database

    async def sleep_in_the_database() -> None:
        async with database.writing() as session:
            await put(session, 1)
            await session.execute(text("SELECT pg_sleep(30)"))

    for _ in range(2):
        tasks = [asyncio.create_task(sleep_in_the_database()) for _ in range(3)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(2), database.writing() as session:
        await put(session, 2)
        sleeping = text(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> pg_backend_pid()"
        )
        assert await session.scalar(sleeping) == 0
    assert await boxes_in(database) == [2]


async def test_a_lock_that_another_holds_too_long_interrupts(spare: FastAPI) -> None:
    database: Database = spare.state.database
    async with database.writing() as session:
        await put(session, 1)

    async with database.writing() as holder:
        await holder.execute(text("UPDATE boxes SET id = 1"))
        with pytest.raises(Interrupted) as caught:
            await wait_briefly_for_the_row(database)

    assert not caught.value.is_repeatable


async def wait_briefly_for_the_row(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        await session.execute(text("UPDATE boxes SET id = 1"))


async def test_every_connection_speaks_utc_and_has_limits(spare: FastAPI) -> None:
    names = ("timezone", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    async with spare.state.database.reading() as session:
        shown = [await session.scalar(text(f"SHOW {name}")) for name in names]

    assert shown == ["UTC", "15s", "5s", "30s"]


async def test_a_server_that_is_not_there_is_an_interruption(tmp_path: Path) -> None:
    database = Database(make_url(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"))

    with pytest.raises(Interrupted):
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))

    assert not await is_reachable(database)
    await database.dispose()
