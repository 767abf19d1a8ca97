"""Hot statements by the shortest way: SQL written once, rows straight from and to the driver.

SQLAlchemy spends more on running a prepared statement than a local database does on answering it;
docs/performance.md has the figures. What is read here is never written back as a record.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the words of one database, and how its values and rows are turned."""

    sql: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]
    writers: tuple[tuple[str, Processor], ...]
    readers: tuple[tuple[int, Processor], ...]
    make_row: Callable[[Iterable[Any]], Any]

    def bind(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver wants them: by position on SQLite, by name on PostgreSQL."""
        values = {**self.fixed, **given}
        for name, write in self.writers:
            values[name] = write(values[name])
        return values if self.order is None else [values[name] for name in self.order]

    def read(self, row: Sequence[Any]) -> Any:
        """The row with its columns' names and Python types."""
        values = list(row)
        for index, turn in self.readers:
            values[index] = turn(values[index])
        return self.make_row(values)


async def read_rows(
    session: AsyncSession, statement: Select[Any], parameters: Mapping[str, Any]
) -> list[Any]:
    """Named rows. The statement must be built once and kept: what is prepared for it is."""
    found, prepared = await session.run_sync(_fetch, statement, parameters)
    return [prepared.read(row) for row in found]


async def read_raw(
    session: AsyncSession, statement: Select[Any], parameters: Mapping[str, Any]
) -> list[Any]:
    """Rows just as the driver hands them out."""
    found, _prepared = await session.run_sync(_fetch, statement, parameters)
    return found


async def write_many(
    session: AsyncSession, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Run it once for each of the rows; how many rows of the database it touched in all."""
    touched: int = await session.run_sync(_write, statement, rows)
    return touched


def _write(session: Session, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> int:
    connection = session.connection()
    prepared = _prepare(statement, connection.dialect)
    cursor = connection.connection.cursor()
    values = [prepared.bind(row) for row in rows]
    try:
        for note in connection.dispatch.before_cursor_execute:
            note(connection, cursor, prepared.sql, values, None, True)  # noqa: FBT003  SQLAlchemy's event
        cursor.executemany(prepared.sql, values)
        touched = cursor.rowcount
    except Exception as error:
        # Its own way of telling lost connections from refusals; it raises.
        connection._handle_dbapi_exception(error, prepared.sql, values, cursor, None)  # noqa: SLF001
        raise
    cursor.close()
    return int(touched)


def _fetch(
    session: Session, statement: Select[Any], parameters: Mapping[str, Any]
) -> tuple[list[Any], Prepared]:
    connection = session.connection()
    prepared = _prepare(statement, connection.dialect)
    return _run(connection, prepared.sql, prepared.bind(parameters)), prepared


def _run(connection: Connection, sql: str, values: Any) -> list[Any]:
    cursor = connection.connection.cursor()
    try:
        for note in connection.dispatch.before_cursor_execute:
            note(connection, cursor, sql, values, None, False)  # noqa: FBT003  SQLAlchemy's event
        cursor.execute(sql, values)
        rows = list(cursor.fetchall())
    except Exception as error:
        # Its own way of telling lost connections from refusals; it raises.
        connection._handle_dbapi_exception(error, sql, values, cursor, None)  # noqa: SLF001
        raise
    cursor.close()
    return rows


@lru_cache(maxsize=4096)
def _prepare(statement: Select[Any] | Insert | Update, dialect: Dialect) -> Prepared:
    compiled: Any = statement.compile(dialect=dialect)
    columns = list(statement.selected_columns) if isinstance(statement, Select) else []
    writers = [(name, _writer(bind.type, dialect)) for bind, name in compiled.bind_names.items()]
    readers = [(index, _reader(column.type, dialect)) for index, column in enumerate(columns)]
    return Prepared(
        sql=compiled.string,
        order=tuple(compiled.positiontup) if compiled.positional else None,
        fixed={name: value for name, value in compiled.params.items() if value is not None},
        writers=tuple((name, write) for name, write in writers if write),
        readers=tuple((index, read) for index, read in readers if read),
        make_row=_row_type(str(column.key) for column in columns),
    )


def _row_type(names: Iterable[str]) -> Callable[[Iterable[Any]], Any]:
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
    make: Callable[[Iterable[Any]], Any] = row._make
    return make


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
