"""Mails that a backup still promised: put aside by a restore, sent or dropped when an admin says.

They may have gone out between the backup and the restore. Other jobs run as ever: their effects
are in the database, so what the backup promised it has not yet seen.
"""

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.recovery import FORGOTTEN
from erp.kernel.jobs import OutboxRow
from erp.kernel.mail import KIND as MAIL
from erp.kernel.schema import NO_ORGANIZATION
from erp.kernel.walls import admit
from erp.organizations.queries import list_organization_ids

PARKED = "parked by a restore"
PARK = f"""
    UPDATE outbox SET dead_at = created_at, lease_until = NULL, last_error = '{PARKED}'
    WHERE done_at IS NULL AND dead_at IS NULL AND kind IN ('{MAIL}', '{FORGOTTEN}')
"""  # noqa: S608  constants
COUNT_PARKED = f"SELECT count(*) FROM outbox WHERE last_error = '{PARKED}' AND dead_at IS NOT NULL"  # noqa: S608  a constant


async def release_parked(session: AsyncSession) -> int:
    """Let the worker send every parked mail after all; how many."""
    now = session.info["clock"]()
    statement = update(OutboxRow).values(dead_at=None, last_error=None, attempts=0, run_at=now)
    session.info["enqueued"] = True
    return await _for_each(session, statement)


async def discard_parked(session: AsyncSession) -> int:
    """Forget every parked mail; how many."""
    return await _for_each(session, delete(OutboxRow))


async def _for_each(session: AsyncSession, statement: Any) -> int:
    """Run the statement on every parked row, organization by organization; how many."""
    count = 0
    for organization_id in [*await list_organization_ids(session), NO_ORGANIZATION]:
        await admit(session, organization_id=organization_id)
        mine = statement.where(OutboxRow.organization_id == organization_id)
        mine = mine.where(OutboxRow.last_error == PARKED, OutboxRow.dead_at.is_not(None))
        result: Any = await session.execute(mine)
        count += result.rowcount
    return count
