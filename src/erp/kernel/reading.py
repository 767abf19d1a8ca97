"""Hot statements by the shortest way: SQL written once, rows straight from and to the driver.

SQLAlchemy spends more on running a prepared statement than a local database does on answering it;
docs/performance.md has the figures. What is read here is never written back as a record.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Select,
    Text,
    Update,
    bindparam,
    event,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

Processor = Callable[[Any], Any]
Statement = Select[Any] | Insert | Update
R = TypeVar("R")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the words of one database, and how its values and rows are turned.

    `order` lists the parameters by position, where the driver wants them so.
    """

    sql: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]
    writers: tuple[tuple[str, Processor], ...]
    readers: tuple[tuple[int, Processor], ...]
    make_row: Callable[[Iterable[Any]], Any]

    def bind(self, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]) -> list[Any]:
        """The values of each row as the driver takes them, by position or by name.

        All rows name the same values; what they share is turned only once.
        """
        turned = dict(self.fixed)
        for name, write in _named_in(shared, self.writers):
            turned[name] = write(shared[name])
        own, bound = _named_in(rows[0], self.writers), []
        for row in rows:
            for name, write in own:
                turned[name] = write(row[name])
            order = self.order
            bound.append(dict(turned) if order is None else [turned[name] for name in order])
        return bound

    def read(self, row: Sequence[Any]) -> Any:
        """The row with its columns' names and Python types."""
        if not self.readers:
            return self.make_row(row)
        values = list(row)
        for index, turn in self.readers:
            values[index] = turn(values[index])
        return self.make_row(values)


class IdList(TypeDecorator[Collection[UUID]]):
    """Any number of ids as one value: an array on PostgreSQL, a JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where the database has it."""
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(postgresql.UUID()) if postgres else Text())

    def process_bind_param(self, value: Collection[UUID] | None, dialect: Dialect) -> Any:
        """A list, or its JSON."""
        ids = list(value or ())
        return ids if dialect.name == "postgresql" else orjson.dumps(ids).decode()


class _Among(FunctionElement[bool]):
    inherit_cache = True
    # Of a Boolean SQLAlchemy would ask `= 1`, and SQLite would use no index for that.
    type = cast("TypeEngine[bool]", NullType())


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the ids in the parameter: one statement for any number."""
    return _Among(column, bindparam(name, type_=IdList()))


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  compiled SQL, no text


async def read_rows(
    session: AsyncSession, statement: Select[Any], parameters: Mapping[str, Any]
) -> list[Any]:
    """Named rows. The statement must be built once and kept: what is prepared for it is."""
    found, prepared = await _with_connection(session, _fetch, statement, parameters)
    return [prepared.read(row) for row in found]


async def read_raw(
    session: AsyncSession, statement: Select[Any], parameters: Mapping[str, Any]
) -> list[Any]:
    """Rows just as the driver hands them out."""
    found, _prepared = await _with_connection(session, _fetch, statement, parameters)
    return found


async def write_many(
    session: AsyncSession,
    statement: Insert | Update,
    rows: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any] = NOTHING,
) -> int:
    """Run it for each of the rows, with what they share; how many rows were touched in all."""
    return await _with_connection(session, _write, statement, rows, shared) if rows else 0


def write_later(session: AsyncSession, statement: Insert, row: Mapping[str, Any]) -> None:
    """Insert the row with the next flush, after the records that it may refer to."""
    session.info.setdefault("later", {}).setdefault(statement, []).append(row)


class WaitingSession(Session):
    """A session in which the rows of `write_later` wait for the next flush."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what is pending, and after it the rows that waited for that."""
        super().flush(objects)
        for statement, rows in self.info.pop("later", {}).items():
            _connect(self, _write, statement, rows)


async def _with_connection(session: AsyncSession, run: Callable[..., R], *given: Any) -> R:
    """SQLite answers at once: when its transaction has begun, nothing is left to wait for."""
    inline: Connection | None = session.sync_session.info.get("inline")
    if inline is not None:
        return run(inline, *given)
    return await session.run_sync(_connect, run, *given)


def _connect(session: Session, run: Callable[..., R], *given: Any) -> R:
    connection = session.connection()
    if connection.dialect.driver == "inline":
        session.info["inline"] = connection
    return run(connection, *given)


def follow_transactions(sessions: type[Session]) -> None:
    """What is kept in a session for these functions ends with the transaction, or a part of it."""

    @event.listens_for(sessions, "before_commit")
    def finish(session: Session) -> None:
        session.flush()

    @event.listens_for(sessions, "after_soft_rollback")
    def drop(session: Session, _transaction: SessionTransaction) -> None:
        session.info.pop("later", None)

    @event.listens_for(sessions, "after_transaction_end")
    def let_go(session: Session, _transaction: SessionTransaction) -> None:
        session.info.pop("inline", None)


def _write(
    connection: Connection,
    statement: Insert | Update,
    rows: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any] = NOTHING,
) -> int:
    prepared = _prepare(statement, connection.dialect)
    values = prepared.bind(rows, shared)
    many = len(values) > 1
    given = values if many else values[0]
    return _run(connection, prepared.sql, given, lambda cursor: int(cursor.rowcount), many=many)


def _fetch(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any]
) -> tuple[list[Any], Prepared]:
    prepared = _prepare(statement, connection.dialect)
    [values] = prepared.bind([parameters], NOTHING)
    return _run(connection, prepared.sql, values, lambda cursor: list(cursor.fetchall())), prepared


def _run(
    connection: Connection, sql: str, values: Any, take: Callable[[Any], R], *, many: bool = False
) -> R:
    cursor = connection.connection.cursor()
    try:
        for note in connection.dispatch.before_cursor_execute:
            note(connection, cursor, sql, values, None, many)
        (cursor.executemany if many else cursor.execute)(sql, values)
        taken = take(cursor)
    except Exception as error:
        # Its own way of telling lost connections from refusals; it raises.
        connection._handle_dbapi_exception(error, sql, values, cursor, None)  # noqa: SLF001
        raise
    cursor.close()
    return taken


@lru_cache(maxsize=4096)
def _prepare(statement: Statement, dialect: Dialect) -> Prepared:
    compiled: Any = statement.compile(dialect=dialect)
    columns = list(statement.selected_columns) if isinstance(statement, Select) else []
    writers = {name: _writer(bind.type, dialect) for bind, name in compiled.bind_names.items()}
    readers = [(index, _reader(column.type, dialect)) for index, column in enumerate(columns)]
    return Prepared(
        sql=compiled.string,
        order=tuple(compiled.positiontup) if compiled.positional else None,
        fixed={
            name: writers[name](value)
            for name, value in compiled.params.items()
            if value is not None
        },
        writers=tuple(writers.items()),
        readers=tuple((index, read) for index, read in readers if read),
        make_row=_row_type(str(column.key) for column in columns),
    )


def _row_type(names: Iterable[str]) -> Callable[[Iterable[Any]], Any]:
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
    make: Callable[[Iterable[Any]], Any] = row._make
    return make


def _named_in(
    values: Mapping[str, Any], writers: Iterable[tuple[str, Processor]]
) -> list[tuple[str, Processor]]:
    return [each for each in writers if each[0] in values]


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
