"""What the worker does for the trails."""

import structlog

from erp.audit.seals import (
    AT_ONCE,
    Chain,
    find_head,
    is_overdue,
    list_unsealed,
    seal_next,
)
from erp.kernel.db import Database
from erp.kernel.errors import Conflict
from erp.kernel.jobs import Job
from erp.kernel.walls import admit
from erp.organizations.queries import list_organization_ids

log = structlog.get_logger()


async def seal_trails(database: Database, _job: Job) -> None:
    """Seal what has no seal, chain by chain; each batch is a transaction, and repeating is safe."""
    async with database.reading() as session:
        homes = await list_organization_ids(session)
    for chain in [*map(Chain, homes), Chain(None)]:
        while await has_unsealed(database, chain):
            if await _seal_batch(database, chain) < AT_ONCE:
                break


async def has_unsealed(database: Database, chain: Chain) -> bool:
    """Most chains have nothing new, and looking keeps no writer waiting. Late rows are told."""
    async with database.reading() as session:
        await admit(session, organization_id=chain.organization_id)
        found = await list_unsealed(session, chain, await find_head(session, chain), 1)
        if found and is_overdue(session, found[0]):
            home = str(chain.organization_id)
            log.warning("audit.unsealed", organization_id=home, since=found[0].at.isoformat())
    return bool(found)


async def _seal_batch(database: Database, chain: Chain) -> int:
    try:
        async with database.writing() as session:
            await admit(session, organization_id=chain.organization_id)
            count, head = await seal_next(session, chain)
    except Conflict:
        return 0  # another worker seals at the same time: its seals count
    log.info("audit.sealed", organization_id=str(chain.organization_id), rows=count, head=head)
    return count
