"""Engines and transactions: one request or one job is one transaction, committed here alone.

Transactions that read and transactions that write are told apart: on SQLite the first share four
connections that cannot write, the second queue for the one that can.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Annotated

import psycopg
import structlog
from fastapi import Depends, Query, Request, Response
from sqlalchemy import URL, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from erp.kernel import sqlite
from erp.kernel.clock import Clock, utc_now
from erp.kernel.errors import (
    Conflict,
    DatabaseBusy,
    InUse,
    Refusal,
    Stale,
    TookTooLong,
    UnknownReference,
)
from erp.kernel.reading import WaitingSession, follow_transactions
from erp.kernel.schema import Base, Timed, refusals_by_constraint
from erp.kernel.walls import begin_by_hand

Transaction = AbstractAsyncContextManager[AsyncSession]
WAIT_SECONDS = 5.0
LONG_READS = 2
LONGEST_WRITE = timedelta(minutes=5)  # feeds lag behind by it, so that no commit is missed
SERVER_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=15s -c lock_timeout=5s "
    "-c idle_in_transaction_session_timeout=30s"
)
CONNECTION = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "tcp_user_timeout": 10_000,
    "options": SERVER_OPTIONS,
    "autocommit": True,  # sessions send BEGIN themselves (kernel/walls.py)
}
REPEATABLE = {"40001", "40P01"}
WAITED_IN_VAIN = {"55P03", "57014", "53300", "57P03"}
ENDED_BY_SERVER = ("08", "57P01", "57P02")
DISK_FAULTS = ("unable to open database file", "disk I/O error", "disk is full")

log = structlog.get_logger()


class Interrupted(Exception):
    """The database could not finish the transaction; nothing was kept if `is_repeatable`."""

    def __init__(self, *, is_repeatable: bool) -> None:
        """Told apart by what the database said and when."""
        super().__init__("the transaction was interrupted")
        self.is_repeatable = is_repeatable


class Database:
    """The engines of one process and the only place where transactions begin and end."""

    def __init__(self, url: URL, pool_size: int = 10, clock: Clock = utc_now) -> None:
        """Opens no connection: those come with the first transaction."""
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.clock = clock
        self.job_waiting = asyncio.Event()
        if self.is_sqlite:
            self._reader, self._writer = sqlite.make_reader(url), sqlite.make_writer(url)
            gates = asyncio.Semaphore(sqlite.READERS), asyncio.Semaphore(1)
        else:
            self._reader = self._writer = make_server_engine(url, pool_size)
            gates = (asyncio.Semaphore(pool_size),) * 2
        self._gates = dict(zip((False, True), gates, strict=True))
        self._long_reads = asyncio.Semaphore(LONG_READS)
        self._sessions = {
            writes: async_sessionmaker(
                engine,
                sync_session_class=TimedSession,
                expire_on_commit=False,
                autoflush=False,
                info={"clock": clock, "begins": None if self.is_sqlite else begins},
            )
            for writes, engine, begins in (
                (False, self._reader, "BEGIN READ ONLY"),
                (True, self._writer, "BEGIN"),
            )
        }

    def reading(self) -> Transaction:
        """A transaction that only reads."""
        return self._transaction(writes=False)

    def writing(self) -> Transaction:
        """A transaction that may write; on SQLite it has the write lock from its beginning."""
        return self._transaction(writes=True)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A reading transaction that sees one state of the data, however many statements it takes.

        Few run at once, so that they leave connections to requests that are over soon.
        """
        await _wait_for_place(self._long_reads)
        try:
            async with self.reading() as session:
                if not self.is_sqlite:  # where every transaction reads one state
                    session.info["begins"] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                yield session
        finally:
            self._long_reads.release()

    @asynccontextmanager
    async def _transaction(self, *, writes: bool) -> AsyncIterator[AsyncSession]:
        gate = self._gates[writes]
        await _wait_for_place(gate)
        session = self._sessions[writes]()
        session.info["written_since"] = monotonic()
        try:
            with translated():
                yield session
            _ensure_in_time(session.info["written_since"] if writes else None)
            with translated(committing=writes):
                await session.commit()  # gives the connection back
        except BaseException:
            await asyncio.shield(session.close())
            raise
        finally:
            gate.release()
        if session.info.get("enqueued"):
            self.job_waiting.set()

    async def dispose(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def _ensure_in_time(since: float | None) -> None:
    if since is not None and monotonic() - since > LONGEST_WRITE.total_seconds():
        raise TookTooLong


async def _wait_for_place(gate: asyncio.Semaphore) -> None:
    """First come, first served, so that nobody starves; waiting long is refused."""
    if not gate.locked():
        await gate.acquire()
        return
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await gate.acquire()
    except TimeoutError:
        raise DatabaseBusy(retry_after=1) from None


class TimedSession(WaitingSession):
    """A session that writes `created_at` and `updated_at` by the process's clock."""


begin_by_hand(TimedSession)
follow_transactions(TimedSession)


@event.listens_for(TimedSession, "before_flush")
def _write_times(session: Session, _context: object, _instances: object) -> None:
    now: datetime = session.info["clock"]()
    for record in session.new:
        if isinstance(record, Timed):
            record.created_at = getattr(record, "created_at", None) or now
            record.updated_at = now
    for record in session.dirty:
        if isinstance(record, Timed) and session.is_modified(record):
            record.updated_at = now


def make_server_engine(url: URL, pool_size: int) -> AsyncEngine:
    """PostgreSQL by psycopg 3: a fixed pool, statement and lock limits, UTC."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args=CONNECTION,
    )


@contextmanager
def translated(*, committing: bool = False) -> Iterator[None]:
    """Turn what the driver raises into what the product says."""
    try:
        yield
    except IntegrityError as error:
        raise refusal_for(error) from error
    except StaleDataError as error:
        raise Stale from error
    except (PoolTimeout, OSError) as error:
        raise Interrupted(is_repeatable=not committing) from error
    except DBAPIError as error:
        _raise_interrupted(error, committing=committing)
        raise


def _raise_interrupted(error: DBAPIError, *, committing: bool) -> None:
    state = getattr(error.orig, "sqlstate", None)
    said = str(error.orig)
    is_locked = "database is locked" in said
    has_waited = is_locked and error.statement == sqlite.TAKE_WRITE_LOCK
    if state in REPEATABLE or (is_locked and not has_waited):
        raise Interrupted(is_repeatable=True) from error
    if state in WAITED_IN_VAIN or has_waited or any(fault in said for fault in DISK_FAULTS):
        raise Interrupted(is_repeatable=False) from error
    lost = state is None and isinstance(error.orig, psycopg.OperationalError)
    if error.connection_invalidated or lost or (state or "").startswith(ENDED_BY_SERVER):
        raise Interrupted(is_repeatable=not committing) from error


def refusal_for(error: IntegrityError) -> Refusal:
    """The refusal that belongs to the broken constraint."""
    broken = str(error.orig)
    diagnosis = getattr(error.orig, "diag", None)
    says = refusals_by_constraint(Base.metadata)
    name = getattr(diagnosis, "constraint_name", None) or broken.partition("failed: ")[2]
    if refusal := says.get(str(name)):
        return refusal()
    if "FOREIGN KEY" in broken or "foreign key" in broken:
        deletes = (error.statement or "").lstrip().upper().startswith("DELETE")
        return InUse() if deletes else UnknownReference()
    return Conflict("The change breaks a rule of the database")


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One request, one transaction, committed before the answer leaves; GET only reads."""
    database: Database = request.app.state.database
    try:
        async with _transaction_for(request, database) as session:
            yield session
            if is_dry_run(request):
                await session.flush()  # what a constraint would say, it says now
                await session.rollback()
    finally:
        await run_afterwards(request, database)


def _transaction_for(request: Request, database: Database) -> Transaction:
    if request.scope.get("snapshot"):
        return database.snapshot()
    return database.reading() if request.method in ("GET", "HEAD") else database.writing()


async def run_afterwards(request: Request, database: Database) -> None:
    """Small notes in transactions of their own; their failure never changes the answer."""
    for step in request.scope.pop("afterwards", ()):
        try:
            await step(database)
        except (Interrupted, Refusal, DBAPIError) as error:
            log.warning("note.lost", cause=str(error.__cause__ or error))


RequestSession = Annotated[AsyncSession, Depends(open_session, scope="function")]


async def _rehearse(
    request: Request,
    dry_run: Annotated[bool, Query(description="Answer what would be, and write nothing")] = False,  # noqa: FBT002  a query parameter
) -> None:
    if dry_run:
        request.scope["dry_run"] = True
        request.scope.setdefault("noted_by", []).append(_tell_dry_run)


async def _tell_dry_run(response: Response) -> None:
    """Nothing was made: there is no place to look at, and no version to hold on to."""
    response.headers["Dry-Run"] = "true"
    for name in ("location", "etag"):
        if name in response.headers:
            del response.headers[name]


def is_dry_run(request: Request) -> bool:
    """Whether the request asked for an answer without an effect."""
    return bool(request.scope.get("dry_run"))


async def _read_long(request: Request) -> None:
    request.scope["snapshot"] = True


# Among the `dependencies` of a route: it reads for long, and all of it at one moment.
SNAPSHOT = Depends(_read_long)
# Among the `dependencies` of a route: it takes `dry_run=true`, runs as ever, and is rolled back.
DRY_RUN = Depends(_rehearse)


async def is_reachable(database: Database) -> bool:
    """Whether the database answers within a second."""
    try:
        async with asyncio.timeout(1), database.reading() as session:
            await session.execute(text("SELECT 1"))
    except (TimeoutError, Interrupted, DBAPIError, OSError, Refusal):
        return False
    return True


def is_connection_trouble(error: BaseException) -> bool:
    """Whether the database could not be reached or entered, rather than refused a statement."""
    if isinstance(error, Interrupted | OSError):
        return True
    cause = getattr(error, "orig", error)
    state = getattr(cause, "sqlstate", None) or ""
    if isinstance(cause, psycopg.OperationalError):
        return not state or state[:2] in ("08", "28", "3D", "53", "57")
    return any(fault in str(cause) for fault in (*DISK_FAULTS, "database is locked"))


def explain(url: URL, error: BaseException) -> str:
    """One line: what was tried, and what the database said. Never the password."""
    if url.get_backend_name() == "sqlite":
        place = f"file {url.database}"
    else:
        where = url.host or url.query.get("host")
        place = (
            f"host {where}, port {url.port or 5432}, database {url.database}, user {url.username}"
        )
    cause = getattr(error, "orig", None) or error.__cause__ or error
    said = " ".join(str(getattr(cause, "orig", cause)).split()) or type(cause).__name__
    password = url.password if isinstance(url.password, str) else None
    return f"{place}: {said.replace(password, '***') if password else said}"
