"""What the worker does for stock, one organization at a time."""

from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.db import Database
from erp.kernel.jobs import Job
from erp.kernel.walls import admit
from erp.organizations.actions.working import begin_work
from erp.organizations.jobs import promise_for_each
from erp.stock.actions.proving import keep_proof, look
from erp.stock.actions.reserving import release_all_expired

PROVE, PROVE_ALL = "stock.prove", "stock.prove_all"
CALM = 2.0  # seconds of rest per second of work
RELEASE, RELEASE_ALL = "stock.release_expired", "stock.release_all_expired"


async def prove_all(session: AsyncSession, job: Job) -> None:
    """Once a night: promise a proof to each organization."""
    await promise_for_each(session, PROVE, job)


async def prove_one(database: Database, job: Job) -> None:
    """Prove the balances of one organization; nobody waits for a lock meanwhile."""
    async with database.reading() as session:
        await admit(session, organization_id=job.organization_id)
        work = await begin_work(session, job.organization_id, str(job.id))
        seen = await look(work, pace=CALM)
    async with database.writing() as session:
        await admit(session, organization_id=job.organization_id)
        await keep_proof(await begin_work(session, job.organization_id, str(job.id)), seen)


async def release_all(session: AsyncSession, job: Job) -> None:
    """Promise each organization to look for reservations whose time is over."""
    await promise_for_each(session, RELEASE, job)


async def release_one(session: AsyncSession, job: Job) -> None:
    """Release the expired reservations of one organization."""
    await release_all_expired(await begin_work(session, job.organization_id, str(job.id)))
