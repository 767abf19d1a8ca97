"""Small databases of one test alone, beside the suite's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.db import Database


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    """An SQLite file of this test alone with two tables: boxes, and things that lie in them."""
    database = Database(URL.create("sqlite+inline", database=str(tmp_path / "small.db")))
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE boxes (id INTEGER PRIMARY KEY)"))
        await session.execute(
            text("CREATE TABLE things (id INTEGER PRIMARY KEY, box INTEGER REFERENCES boxes(id))")
        )
    yield database
    await database.dispose()


async def put(session: AsyncSession, *boxes: int) -> None:
    for box in boxes:
        await session.execute(text("INSERT INTO boxes VALUES (:box)"), {"box": box})


async def boxes_in(file: Database) -> list[int]:
    async with file.reading() as session:
        return list(await session.scalars(text("SELECT id FROM boxes ORDER BY id")))
