"""What the worker does for backups."""

import asyncio
from datetime import timedelta

import structlog

from erp.kernel.clock import Clock
from erp.kernel.jobs import Job
from erp.kernel.settings import Settings
from erp.transfer.actions.backups.nightly import make_daily, verify_newest
from erp.transfer.queries.backups import BACK_UP, VERIFY

PERIODIC = {BACK_UP: timedelta(days=1), VERIFY: timedelta(days=7)}

log = structlog.get_logger()


async def back_up(settings: Settings, clock: Clock, _job: Job) -> None:
    """Make the backup of the day; the API goes on meanwhile, in another thread."""
    archive = await asyncio.to_thread(make_daily, settings, clock)
    log.info("backup.made", file=str(archive))


async def verify(settings: Settings, _job: Job) -> None:
    """Prove that the newest backup can be restored."""
    archive = await asyncio.to_thread(verify_newest, settings)
    log.info("backup.verified", file=str(archive))
