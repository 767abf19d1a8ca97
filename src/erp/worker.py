"""Runs the outbox: claims due jobs under a lease and gives each a transaction of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from erp.audit.jobs import seal_trails
from erp.identity.actions.desk import open_desk
from erp.identity.actions.recovery import FORGOTTEN
from erp.identity.jobs import clean_up_identity, end_old_hashes, send_reset_link
from erp.kernel.db import Database, explain
from erp.kernel.jobs import Job, claim_due, enqueue, give_back, mark_done, mark_failed
from erp.kernel.mail import KIND as MAIL
from erp.kernel.mail import Mailer
from erp.kernel.settings import Settings
from erp.kernel.walls import admit
from erp.migrations.pruning import prune_events
from erp.migrations.roles import RolesUnfit
from erp.organizations.jobs import clean_up_outbox
from erp.stock import jobs as stock
from erp.transfer import jobs as transfer
from erp.transfer.actions.backups.nightly import runs_nightly
from erp.transfer.queries.backups import BACK_UP, VERIFY

POLL_SECONDS = 1.0
LONGEST_PAUSE = 15.0

Effect = Callable[[AsyncSession, Job], Awaitable[None]]
Delivery = Callable[[Job], Awaitable[None]]

EFFECTS: dict[str, Effect] = {
    "identity.clean_up": clean_up_identity,
    "identity.end_old_hashes": end_old_hashes,
    "organizations.clean_up": clean_up_outbox,
    stock.PROVE_ALL: stock.prove_all,
    stock.RELEASE_ALL: stock.release_all,
    stock.RELEASE: stock.release_one,
}
PERIODIC = {
    "audit.seal": timedelta(minutes=5),
    "audit.prune": timedelta(days=1),
    "identity.clean_up": timedelta(hours=1),
    "identity.end_old_hashes": timedelta(days=1),
    "organizations.clean_up": timedelta(hours=1),
    stock.PROVE_ALL: timedelta(days=1),
    stock.RELEASE_ALL: timedelta(hours=1),
}

log = structlog.get_logger()


class AlreadyDone(Exception):
    """Another runner finished the job first; this effect must not count."""


@dataclass
class Worker:
    """One runner of jobs, embedded in the API's process or alone in its own."""

    database: Database
    settings: Settings

    def __post_init__(self) -> None:
        """Deliveries and effects need the keys of this process."""
        desk = open_desk(self.settings, self.database)
        self.effects: dict[str, Effect] = {FORGOTTEN: partial(send_reset_link, desk)}
        mailer = Mailer(self.settings, self.database.clock, desk.keys)
        self.deliveries: dict[str, Delivery] = {
            MAIL: mailer.deliver,
            "audit.seal": partial(seal_trails, self.database),
            "audit.prune": self._prune,
            stock.PROVE: partial(stock.prove_one, self.database),
            BACK_UP: partial(transfer.back_up, self.settings, self.database.clock),
            VERIFY: partial(transfer.verify, self.settings),
        }
        self.periodic = PERIODIC | (transfer.PERIODIC if runs_nightly(self.settings) else {})
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`. While the database is away or not migrated yet, wait longer."""
        pause = POLL_SECONDS
        while not self.stopping.is_set():
            try:
                worked = await self.run_once()
                pause = 0.0 if worked else POLL_SECONDS
            except Exception as error:  # noqa: BLE001  no fault may end the runner
                pause = min(max(pause, POLL_SECONDS) * 2, LONGEST_PAUSE)
                log.warning("worker.waits", seconds=pause, cause=explain(self.database.url, error))
            if pause:
                await self._rest(pause)

    def stop(self) -> None:
        """Finish the job at hand and end."""
        self.stopping.set()
        self.database.job_waiting.set()

    async def run_once(self) -> int:
        """Run what is due now; returns how many jobs were tried."""
        await self._offer_periodic_work()
        jobs = await claim_due(self.database)
        for job in jobs:
            await (give_back(self.database, job) if self.stopping.is_set() else self._run(job))
        return len(jobs)

    async def _run(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(request_id=job.request_id, job=str(job.id))
        try:
            await self._deliver_or_take_effect(job)
        except AlreadyDone:
            log.info("job.done_elsewhere", kind=job.kind)
        except Exception as error:
            log.warning("job.failed", kind=job.kind, attempts=job.attempts, exc_info=error)
            await mark_failed(self.database, job, f"{type(error).__name__}: {error}")
        finally:
            structlog.contextvars.clear_contextvars()

    async def _deliver_or_take_effect(self, job: Job) -> None:
        if deliver := self.deliveries.get(job.kind):
            await deliver(job)
        async with self.database.writing() as session:
            await admit(session, organization_id=job.organization_id)
            if effect := EFFECTS.get(job.kind) or self.effects.get(job.kind):
                await effect(session, job)
            elif not deliver:
                raise LookupError(f"nobody runs jobs of the kind {job.kind}")
            if not await mark_done(session, job):
                raise AlreadyDone

    async def _prune(self, _job: Job) -> None:
        """Security events go after their time, where this process knows the owner's address."""
        url = self.settings.migration_url
        try:
            gone = await asyncio.to_thread(prune_events, url, self.database.clock())
            log.info("audit.pruned", rows=gone)
        except RolesUnfit as error:
            log.warning("audit.not_pruned", cause=f"{error}; run erp audit prune")

    async def _offer_periodic_work(self) -> None:
        now = self.database.clock()
        due = {kind: _slot(now, every) for kind, every in self.periodic.items()}
        if due == getattr(self, "_offered", None):
            return
        async with self.database.writing() as session:
            for kind, slot in due.items():
                payload: dict[str, Any] = {}
                await enqueue(session, kind, payload, dedupe_key=f"{kind}:{slot}")
        self._offered = due

    async def _rest(self, seconds: float) -> None:
        """Sleep, but wake when a commit left a job."""
        waiting = self.database.job_waiting
        try:
            await asyncio.wait_for(waiting.wait(), seconds)
        except TimeoutError:
            return
        finally:
            waiting.clear()


def _slot(now: datetime, every: timedelta) -> int:
    """The number of the period that `now` lies in, counted from 1970."""
    return int(now.timestamp() // every.total_seconds())
