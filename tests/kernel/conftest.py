"""Small databases and applications of one test alone, beside the suite's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import URL, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from erp.app import create_app
from erp.kernel.db import Database
from erp.kernel.http import room_router
from erp.kernel.jobs import NORMAL, OutboxRow, enqueue
from erp.kernel.log import set_up_logs
from erp.kernel.schema import NO_ORGANIZATION, Base
from tests.making import MovableClock, make_settings

TABLES = (
    "CREATE TABLE boxes (id INTEGER PRIMARY KEY)",
    "CREATE TABLE things (id INTEGER PRIMARY KEY, box INTEGER REFERENCES boxes(id))",
)


@pytest.fixture(autouse=True, scope="session")
def quiet_logs() -> None:
    """Expected failures print no traces."""
    set_up_logs("CRITICAL", "json")


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    """An SQLite file of this test alone with two tables: boxes, and things that lie in them."""
    database = Database(URL.create("sqlite+inline", database=str(tmp_path / "small.db")))
    await make_tables(database)
    yield database
    await database.dispose()


@pytest.fixture
async def small(empty_url: URL) -> AsyncIterator[Database]:
    """The same two tables on either database, with room for two at once."""
    database = Database(empty_url, pool_size=2)
    await make_tables(database)
    yield database
    await database.dispose()


@pytest.fixture
async def spare(empty_url: URL) -> AsyncIterator[FastAPI]:
    """An application of this test alone over the two tables, to hang routes into."""
    url = SecretStr(empty_url.render_as_string(hide_password=False))
    origins = ["https://shop.example"]
    app = create_app(make_settings(database_url=url, db_pool_size=2, cors_origins=origins))
    app.state.health.schema_is_ready = True
    await make_tables(app.state.database)
    yield app
    await app.state.database.dispose()
    app.state.desk.passwords.close()


@pytest.fixture
def time() -> MovableClock:
    """A clock of this test alone."""
    return MovableClock()


@pytest.fixture
async def outbox(empty_url: URL, time: MovableClock) -> AsyncIterator[Database]:
    """A database with nothing but an empty outbox."""
    database = Database(empty_url, clock=time)
    async with database.writing() as session:
        connection = await session.connection()
        await connection.run_sync(Base.metadata.create_all, tables=[OutboxRow.__table__])
    yield database
    await database.dispose()


async def make_tables(database: Database) -> None:
    async with database.writing() as session:
        for statement in TABLES:
            await session.execute(text(statement))


def hang(app: FastAPI, method: str, path: str, route: Any, **options: Any) -> None:
    """Put a route in front of the application's own."""
    router = room_router("spare", "/api/spare")
    router.add_api_route(path, route, methods=[method], **options)
    app.router.routes[0:0] = router.routes


async def put(session: AsyncSession, *boxes: int) -> None:
    for box in boxes:
        await session.execute(text("INSERT INTO boxes VALUES (:box)"), {"box": box})


async def boxes_in(database: Database) -> list[int]:
    async with database.reading() as session:
        return list(await session.scalars(text("SELECT id FROM boxes ORDER BY id")))


async def promise(
    database: Database,
    *kinds: str,
    organization_id: UUID = NO_ORGANIZATION,
    priority: int = NORMAL,
    dedupe_key: str | None = None,
) -> None:
    async with database.writing() as session:
        for kind in kinds:
            await enqueue(
                session,
                kind,
                {"for": kind},
                organization_id=organization_id,
                priority=priority,
                dedupe_key=dedupe_key,
            )


async def rows_in(database: Database) -> list[OutboxRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
