"""What the worker does for organizations."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.jobs import Job, OutboxRow, enqueue
from erp.kernel.schema import NO_ORGANIZATION
from erp.kernel.walls import admit
from erp.organizations.models import IdempotencyKey
from erp.organizations.queries import list_organization_ids

DONE_JOBS_KEPT = timedelta(days=7)


async def clean_up_outbox(session: AsyncSession, _job: Job) -> None:
    """Remove expired idempotency keys, and jobs that were done a week ago."""
    now = session.info["clock"]()
    for organization_id in await list_organization_ids(session):
        await admit(session, organization_id=organization_id)
        await session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.organization_id == organization_id, IdempotencyKey.expires_at < now
            )
        )
        await _drop_done_jobs(session, organization_id)
    await admit(session, organization_id=NO_ORGANIZATION)  # the job itself is nobody's
    await _drop_done_jobs(session, NO_ORGANIZATION)


async def _drop_done_jobs(session: AsyncSession, organization_id: UUID) -> None:
    long_ago = session.info["clock"]() - DONE_JOBS_KEPT
    mine = delete(OutboxRow).where(OutboxRow.organization_id == organization_id)
    await session.execute(mine.where(OutboxRow.done_at < long_ago))


async def promise_for_each(session: AsyncSession, kind: str, job: Job) -> None:
    """Promise a job of the kind to every organization, each run in a transaction of its own."""
    for organization_id in await list_organization_ids(session):
        await admit(session, organization_id=organization_id)
        key = f"{kind}:{job.id}"
        await enqueue(session, kind, {}, organization_id=organization_id, dedupe_key=key)
    await admit(session, organization_id=NO_ORGANIZATION)  # the job itself is nobody's
