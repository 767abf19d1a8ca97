"""What happened stays: the database itself refuses to change it, on both engines."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from erp.kernel.errors import Conflict
from erp.kernel.walls import admit
from erp.records import metadata
from tests.making import make_product

pytestmark = pytest.mark.anyio

APPEND_ONLY = sorted(table.name for table in metadata.tables.values() if table.info["append_only"])


async def send(app, person, statement) -> None:
    async with app.state.database.writing() as session:
        await admit(session, organization_id=UUID(person.organization["id"]))
        await session.execute(text(statement))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
async def test_what_happened_cannot_be_changed(app, person, backend, table, verb):
    await make_product(person)
    key = next(iter(metadata.tables[table].primary_key.columns)).name
    statements = {"UPDATE": f"UPDATE {table} SET {key} = {key}", "DELETE": f"DELETE FROM {table}"}
    is_empty = await count(app, table, person) == 0
    if backend == "sqlite" and is_empty:
        pytest.skip("a trigger needs a row: tests/migrations has one for each table")

    with pytest.raises((Conflict, DBAPIError)) as refused:
        await send(app, person, statements[verb])

    said = str(refused.value.__cause__ or refused.value)
    due = f"{table} is append-only" if backend == "sqlite" else "permission denied for table"
    assert due in said


async def count(app, table, person) -> int:
    async with app.state.database.reading() as session:
        await admit(session, organization_id=UUID(person.organization["id"]))
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
