"""What the worker does for organizations."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.jobs import Job, OutboxRow
from erp.organizations.models import IdempotencyKey

DONE_JOBS_KEPT = timedelta(days=7)


async def clean_up_outbox(session: AsyncSession, _job: Job) -> None:
    """Remove expired idempotency keys, and jobs that were done a week ago."""
    now = session.info["clock"]()
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.expires_at < now))
    await session.execute(delete(OutboxRow).where(OutboxRow.done_at < now - DONE_JOBS_KEPT))
