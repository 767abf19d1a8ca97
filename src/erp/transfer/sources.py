"""Reading an older system: its SQLite file, its PostgreSQL database or a folder of CSV files.

Nothing is ever written there. Columns are read by name, so a schema that drifted still reads:
what is missing is empty, and said.
"""

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from erp.transfer.errors import SourceUnreadable

LARGEST_FILE = 200 * 1024 * 1024
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class OldRow:
    """One row as it was found, by the names of its columns."""

    table: str
    position: int
    values: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What the old system called the row."""
        return str(self.first("id", "guid", "uuid") or f"row {self.position}")

    def first(self, *names: str) -> Any:
        """The first of these columns that holds something."""
        found = (self.values.get(name) for name in names)
        return next((value for value in found if value not in (None, "")), None)

    def keyed(self, *names: str) -> "OldRow":
        """The same row, called by several of its columns, for tables without a key of their own."""
        if self.first("id", "guid", "uuid") is not None:
            return self
        key = ":".join(str(self.first(name)) for name in names)
        return replace(self, values={**self.values, "id": key})


class Source(Protocol):
    """An older system's tables."""

    def rows(self, table: str) -> list[OldRow]:
        """Every row in the order of its key; none if there is no such table."""


@contextmanager
def open_source(place: str) -> Iterator[Source]:
    """The system at a PostgreSQL address, in a folder of CSV files or in a SQLite file.

    Raises `SourceUnreadable`.
    """
    try:
        with _opened(place) as source:
            yield source
    except (sqlite3.Error, psycopg.Error, OSError, UnicodeError, csv.Error) as error:
        said = str(error).strip().partition("\n")[0]
        raise SourceUnreadable(f"The old data could not be read: {said}") from error


@contextmanager
def _opened(place: str) -> Iterator[Source]:
    if place.startswith(("postgresql", "postgres")):
        address = "postgresql://" + place.partition("://")[2]
        with psycopg.connect(address, connect_timeout=5) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield _Postgres(connection)
    elif Path(place).is_dir():
        yield _Folder(Path(place))
    elif Path(place).is_file():
        address = f"{Path(place).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as file:
            file.row_factory = sqlite3.Row
            yield _File(file)
    else:
        raise SourceUnreadable(f"There is no file or folder {place}")


@dataclass(frozen=True)
class _File:
    connection: sqlite3.Connection

    def rows(self, table: str) -> list[OldRow]:
        known = "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?"
        if self.connection.execute(known, (table,)).fetchone() is None:
            return []
        quoted = table.replace('"', '""')
        found = self.connection.execute(f'SELECT * FROM "{quoted}" ORDER BY 1')  # noqa: S608  quoted
        return _numbered(table, (dict(row) for row in found))


@dataclass(frozen=True)
class _Postgres:
    connection: psycopg.Connection[Any]

    def rows(self, table: str) -> list[OldRow]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute("SELECT to_regclass(%s) AS known", (f'"{table}"',)).fetchone()
            if found is None or found["known"] is None:
                return []
            query = sql.SQL("SELECT * FROM {} ORDER BY 1").format(sql.Identifier(table))
            return _numbered(table, cursor.execute(query))


@dataclass(frozen=True)
class _Folder:
    folder: Path

    def rows(self, table: str) -> list[OldRow]:
        path = self.folder / f"{table}.csv"
        if not path.is_file():
            return []
        if path.stat().st_size > LARGEST_FILE:
            raise SourceUnreadable(f"{path.name} is larger than {LARGEST_FILE >> 20} MiB")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return _numbered(table, csv.DictReader(lines))


def _numbered(table: str, found: Iterable[Mapping[str, Any]]) -> list[OldRow]:
    rows = [
        OldRow(table, position, {str(name).lower(): value for name, value in row.items()})
        for position, row in enumerate(found, start=1)
    ]
    if len(rows) > MOST_ROWS:
        raise SourceUnreadable(f"{table} has more than {MOST_ROWS:,} rows")
    return rows
