"""Jobs are rows of the transaction that asks for them: the outbox, claimed under a lease.

An effect in the database happens exactly once, a delivery to the outside at least once
(docs/decisions/0005-jobs-in-the-database.md).
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Index,
    UniqueConstraint,
    Update,
    and_,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_on_postgres
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from structlog.contextvars import get_contextvars

from erp.kernel.db import Database
from erp.kernel.schema import NO_ORGANIZATION, Base, Owned, new_id
from erp.kernel.walls import PROMISES, WORKERS_SCAN, admit

LEASE = timedelta(seconds=60)
AT_ONCE = 3  # each may take a mail's 15 seconds, and all must end within the lease
ATTEMPTS = 10
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 3600.0
URGENT, NORMAL = 0, 5
OPEN = "done_at IS NULL AND dead_at IS NULL"


class OutboxRow(Owned, Base):
    """A piece of work that was promised; work of no organization carries the nil UUID."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("organization_id", "dedupe_key"),
        Index("ix_outbox_due", "run_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        {
            "info": {
                "scope": "tenant",
                "append_only": False,
                "admits": (WORKERS_SCAN, PROMISES),
            }
        },
    )

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    priority: Mapped[int]
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    request_id: Mapped[str | None]
    dedupe_key: Mapped[str | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row, as its runner sees it."""

    organization_id: UUID
    id: UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    request_id: str | None


async def enqueue(  # noqa: PLR0913  what makes a job, each with a name
    session: AsyncSession,
    kind: str,
    payload: dict[str, Any],
    *,
    organization_id: UUID = NO_ORGANIZATION,
    priority: int = NORMAL,
    dedupe_key: str | None = None,
) -> None:
    """Promise a job in this transaction; a second one with the same `dedupe_key` is dropped."""
    now: datetime = session.info["clock"]()
    row = {
        "organization_id": organization_id,
        "id": new_id(),
        "kind": kind,
        "payload": payload,
        "priority": priority,
        "run_at": now,
        "attempts": 0,
        "request_id": get_contextvars().get("request_id"),
        "dedupe_key": dedupe_key,
        "created_at": now,
    }
    await session.execute(insert_into(session, OutboxRow).values(row).on_conflict_do_nothing())
    session.info["enqueued"] = True


def insert_into(session: AsyncSession, model: type[Base]) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT on both databases."""
    return insert_on(session.get_bind().dialect.name, model)


def insert_on(backend: str, model: Any) -> Any:
    """That INSERT where only the database's name is known, for statements that are built once."""
    return insert_on_sqlite(model) if backend == "sqlite" else insert_on_postgres(model)


async def claim_due(database: Database) -> list[Job]:
    """Lease the next due jobs, the longest-waiting organization first."""
    for organization_id in await _organizations_with_due_jobs(database):
        if jobs := await claim_within(database, organization_id):
            return jobs
    return []


async def _organizations_with_due_jobs(database: Database) -> list[UUID]:
    query = select(OutboxRow.organization_id).where(_is_due(database.clock()))
    query = query.group_by(OutboxRow.organization_id).order_by(func.min(OutboxRow.run_at)).limit(20)
    async with database.reading() as session:
        await admit(session, worker=True)
        return list(await session.scalars(query))


async def claim_within(database: Database, organization_id: UUID) -> list[Job]:
    """Lease the next due jobs of one organization."""
    now = database.clock()
    query = select(OutboxRow).where(OutboxRow.organization_id == organization_id, _is_due(now))
    query = query.order_by(OutboxRow.priority, OutboxRow.run_at).limit(AT_ONCE)
    async with database.writing() as session:
        await admit(session, organization_id=organization_id)
        rows = list(await session.scalars(query.with_for_update(skip_locked=True)))
        for row in rows:
            row.lease_until, row.attempts = now + LEASE, row.attempts + 1
        return [
            Job(row.organization_id, row.id, row.kind, row.payload, row.attempts, row.request_id)
            for row in rows
        ]


def _is_due(now: datetime) -> Any:
    free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now)
    return and_(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.run_at <= now, free
    )


async def mark_done(session: AsyncSession, job: Job) -> bool:
    """Close the job in the transaction of its effect; False if another runner was first."""
    statement = (
        update(OutboxRow)
        .where(OutboxRow.organization_id == job.organization_id, OutboxRow.id == job.id)
        .where(OutboxRow.done_at.is_(None))
        .values(done_at=session.info["clock"](), lease_until=None, last_error=None)
        .values(payload=without_secrets(job.payload))
    )
    result: Any = await session.execute(statement)
    return bool(result.rowcount)


async def give_back(database: Database, job: Job) -> None:
    """Return a claimed job that was not begun, as if it had never been claimed."""
    statement = _still_claimed(job).values(lease_until=None, attempts=job.attempts - 1)
    async with database.writing() as session:
        await admit(session, organization_id=job.organization_id)
        await session.execute(statement)


def without_secrets(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload as it may rest once the job is over."""
    return {name: value for name, value in payload.items() if name != "sealed"}


async def mark_failed(database: Database, job: Job, error: str) -> None:
    """Try again later, waiting longer each time; after the last attempt the job is dead."""
    now = database.clock()
    pause = min(FIRST_PAUSE * 2 ** (job.attempts - 1), LONGEST_PAUSE)
    is_last = job.attempts >= ATTEMPTS
    outcome = {
        "run_at": now + timedelta(seconds=pause * random.uniform(0.8, 1.2)),  # noqa: S311
        "lease_until": None,
        "last_error": error[:1000],
        "dead_at": now if is_last else None,
        "payload": without_secrets(job.payload) if is_last else job.payload,
    }
    async with database.writing() as session:
        await admit(session, organization_id=job.organization_id)
        await session.execute(_still_claimed(job).values(outcome))


def _still_claimed(job: Job) -> Update:
    """The job's row, unless it is done or another runner claimed it since."""
    return (
        update(OutboxRow)
        .where(OutboxRow.organization_id == job.organization_id, OutboxRow.id == job.id)
        .where(OutboxRow.done_at.is_(None), OutboxRow.attempts == job.attempts)
    )


async def oldest_due_age(session: AsyncSession, now: datetime) -> float:
    """How many seconds the longest-waiting due job has been waiting; 0 if there is none."""
    await admit(session, worker=True)
    oldest = await session.scalar(select(func.min(OutboxRow.run_at)).where(_is_due(now)))
    return (now - oldest).total_seconds() if oldest else 0.0
