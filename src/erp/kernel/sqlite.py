"""SQLite inside the event loop: the standard driver, run inline by an async dialect.

A statement on a local file takes microseconds, a hop to a thread costs more than the statement.
Reasons, limits and proofs: docs/decisions/0006-async-and-drivers.md.
"""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, AsyncAdaptedQueuePool, Pool, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

READERS = 4
BUSY_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.05
TAKE_WRITE_LOCK = "BEGIN IMMEDIATE"
PAGE_CACHE_KIB = 16_384


class InlineCursor(sqlite3.Cursor):
    """A cursor as SQLAlchemy's async results expect it: nothing is left to await."""

    server_side = False

    async def _async_soft_close(self) -> None:
        return


class InlineConnection(sqlite3.Connection):
    """A connection that hands out such cursors."""

    def cursor(self, factory: Any = InlineCursor) -> Any:
        """A cursor for the caller."""
        return super().cursor(factory)


class InlineSQLite(SQLiteDialect_pysqlite):
    """The standard `sqlite3` driver behind SQLAlchemy's async engine, without a thread.

    `AsyncSession.stream` fetches rows as they are asked for; `AsyncConnection.stream` is refused.
    """

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """A queue that coroutines wait in."""
        return AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        """The plain driver connection."""
        return connection

    def do_commit(self, connection: Any) -> None:
        """A COMMIT that fails leaves the transaction open, and SQLAlchemy takes it for ended."""
        try:
            connection.commit()
        except sqlite3.Error:
            connection.rollback()
            raise


registry.register("sqlite.inline", __name__, InlineSQLite.__name__)


def make_reader(url: URL) -> AsyncEngine:
    """An engine for reading transactions: several connections that cannot write."""
    engine = _make_engine(url, pool_size=READERS)
    event.listen(engine.sync_engine, "connect", _allow_reading_only)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def make_writer(url: URL) -> AsyncEngine:
    """An engine for writing transactions: one connection, which takes the write lock at BEGIN."""
    engine = _make_engine(url, pool_size=1)
    event.listen(engine.sync_engine, "connect", _never_wait)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _make_engine(url: URL, pool_size: int) -> AsyncEngine:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,
        connect_args={
            "factory": InlineConnection,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": 512,
        },
    )
    event.listen(engine.sync_engine, "connect", prepare)
    return engine


def prepare(connection: sqlite3.Connection, _record: object = None) -> None:
    """Set a fresh connection up: WAL, durable commits, enforced references."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=100",
        f"cache_size=-{PAGE_CACHE_KIB}",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _allow_reading_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON").close()


def _never_wait(connection: sqlite3.Connection, _record: object) -> None:
    """The driver would wait with the whole process; `_begin_immediate` waits without."""
    connection.execute("PRAGMA busy_timeout=0").close()


def _begin(connection: Connection) -> None:
    _driver_of(connection).execute("BEGIN").close()


def _driver_of(connection: Connection) -> sqlite3.Connection:
    """Past SQLAlchemy, whose statements cost ten times a BEGIN."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _begin_immediate(connection: Connection) -> None:
    """Wait for the write lock without holding the event loop while another process has it."""
    loop = asyncio.get_running_loop()
    until, pause = loop.time() + BUSY_SECONDS, FIRST_PAUSE
    while True:
        try:
            _driver_of(connection).execute(TAKE_WRITE_LOCK).close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or loop.time() > until:
                raise OperationalError(TAKE_WRITE_LOCK, None, error) from error
        else:
            return
        await_only(asyncio.sleep(pause))
        pause = min(pause * 2, LONGEST_PAUSE)


def begin_immediate_blocking(engine: Engine) -> None:
    """For synchronous engines: a transaction has the write lock from its beginning, or fails."""
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(TAKE_WRITE_LOCK))
