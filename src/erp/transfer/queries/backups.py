"""How the worker's backups are doing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select  # noqa: TID251  jobs that belong to no organization
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.jobs import OutboxRow
from erp.kernel.schema import NO_ORGANIZATION
from erp.kernel.walls import admit

BACK_UP, VERIFY = "transfer.back_up", "transfer.verify_backup"


@dataclass(frozen=True, slots=True)
class BackupState:
    """When the worker last made a backup, and whether it has failed to make or prove one since."""

    last_made_at: datetime | None
    is_failing: bool


async def read_backup_state(session: AsyncSession) -> BackupState:
    """Read off the jobs; those that are done are kept for a week."""
    await admit(session, worker=True)
    done = {kind: await _last_done(session, kind) for kind in (BACK_UP, VERIFY)}
    failures = [await _has_failed_since(session, kind, at) for kind, at in done.items()]
    return BackupState(done[BACK_UP], any(failures))


async def _last_done(session: AsyncSession, kind: str) -> datetime | None:
    query = select(func.max(OutboxRow.done_at)).where(
        OutboxRow.organization_id == NO_ORGANIZATION, OutboxRow.kind == kind
    )
    found: datetime | None = await session.scalar(query)
    return found


async def _has_failed_since(session: AsyncSession, kind: str, since: datetime | None) -> bool:
    query = select(OutboxRow.id).where(
        OutboxRow.organization_id == NO_ORGANIZATION,
        OutboxRow.kind == kind,
        OutboxRow.done_at.is_(None),
        OutboxRow.last_error.is_not(None),
    )
    if since is not None:
        query = query.where(OutboxRow.created_at > since)
    return await session.scalar(query.limit(1)) is not None
