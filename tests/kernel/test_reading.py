"""The short way to the driver keeps the rules of the long one: transactions, savepoints, order."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, bindparam, insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.db import Database
from erp.kernel.errors import Conflict
from erp.kernel.reading import among, read_rows, write_later, write_many
from erp.kernel.schema import Id, new_id
from tests.kernel.conftest import boxes_in, put

pytestmark = pytest.mark.anyio

METADATA = MetaData()
BOXES = Table("boxes", METADATA, Column("id", Integer, primary_key=True))
THINGS = Table(
    "things",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("box", Integer, ForeignKey("boxes.id")),
)
TAGS = Table("tags", METADATA, Column("id", Id, primary_key=True))
BOX, THING = insert(BOXES), insert(THINGS)
ALL_BOXES = BOXES.select().order_by(BOXES.c.id)
ALL_THINGS = THINGS.select().order_by(THINGS.c.id)
TAGGED = TAGS.select().where(among(TAGS.c.id, "ids"))


async def things_in(database: Database) -> list[tuple[int, int]]:
    async with database.reading() as session:
        return [tuple(row) for row in await read_rows(session, ALL_THINGS, {})]


async def test_any_number_of_ids_is_one_statement(small: Database) -> None:
    ids = [new_id() for _ in range(40)]
    async with small.writing() as session:
        await (await session.connection()).run_sync(TAGS.create)
        await write_many(session, insert(TAGS), [{"id": each} for each in ids])

    async with small.reading() as session:
        found = {
            size: {row.id for row in await read_rows(session, TAGGED, {"ids": ids[:size]})}
            for size in (0, 1, 7, 40)
        }

    assert found == {size: set(ids[:size]) for size in (0, 1, 7, 40)}


async def test_what_rows_share_is_given_once(small: Database) -> None:
    async with small.writing() as session:
        await put(session, 1)
        touched = await write_many(session, THING, [{"id": 1}, {"id": 2}], {"box": 1})

    assert touched == 2
    assert await things_in(small) == [(1, 1), (2, 1)]


async def test_the_count_of_touched_rows_is_of_them_all(small: Database) -> None:
    async with small.writing() as session:
        await put(session, 1, 2, 3)
        moved = update(BOXES).where(BOXES.c.id == bindparam("old")).values(id=bindparam("new"))
        rows = [{"old": 1, "new": 11}, {"old": 2, "new": 12}, {"old": 9, "new": 19}]

        assert await write_many(session, moved, rows) == 2
        assert await write_many(session, moved, []) == 0


async def test_a_row_for_later_may_refer_to_what_is_written_after_it_was_asked_for(
    small: Database,
) -> None:
    async with small.writing() as session:
        write_later(session, THING, {"id": 1, "box": 1})
        await put(session, 1)

    assert await things_in(small) == [(1, 1)]


async def test_a_row_for_later_goes_with_its_savepoint(small: Database) -> None:
    async with small.writing() as session:
        await put(session, 1)
        write_later(session, THING, {"id": 1, "box": 1})
        savepoint = await session.begin_nested()
        write_later(session, THING, {"id": 2, "box": 1})
        await savepoint.rollback()
        async with session.begin_nested():
            write_later(session, THING, {"id": 3, "box": 1})

    assert await things_in(small) == [(1, 1), (3, 1)]


async def test_a_row_for_later_goes_with_its_transaction(small: Database) -> None:
    async with small.writing() as session:
        await put(session, 1)
        write_later(session, THING, {"id": 1, "box": 1})
        await session.rollback()

    assert await things_in(small) == []
    assert await boxes_in(small) == []


async def put_twice(database: Database) -> None:
    async with database.writing() as session:
        await put(session, 1)
        write_later(session, BOX, {"id": 1})


async def test_a_row_for_later_that_breaks_a_rule_ends_the_transaction(small: Database) -> None:
    with pytest.raises(Conflict):
        await put_twice(small)

    assert await boxes_in(small) == []


async def break_a_rule(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError):
        await write_many(session, BOX, [{"id": 1}])


async def test_a_refused_savepoint_takes_the_short_ways_writes_along(small: Database) -> None:
    async with small.writing() as session:
        await put(session, 1)
        savepoint = await session.begin_nested()
        await write_many(session, BOX, [{"id": 2}])
        await break_a_rule(session)
        await savepoint.rollback()
        await write_many(session, BOX, [{"id": 3}])
        read = [row.id for row in await read_rows(session, ALL_BOXES, {})]

    assert read == [1, 3]
    assert await boxes_in(small) == [1, 3]


async def test_nothing_is_written_outside_a_transaction(small: Database) -> None:
    async with small.writing() as session:
        await write_many(session, BOX, [{"id": 1}])
        await session.rollback()
        await write_many(session, BOX, [{"id": 2}])
        await session.rollback()

    async with small.writing() as session:
        await session.execute(text("SELECT 1"))
    assert await boxes_in(small) == []
