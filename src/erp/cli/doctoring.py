"""`erp doctor`: what is wrong with the data, and derived rows made anew.

A room adds its check to `CHECKS`: one function that names what is wrong, and one that mends what
is derived. What people entered is never touched.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from erp.kernel.db import Database, Transaction
from erp.kernel.settings import Settings
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.migrations.upgrade import ensure_newest
from erp.organizations.actions.working import begin_work
from erp.organizations.queries import list_organization_ids
from erp.stock.actions.proving import find_wrong_places, repair_balances

Look = Callable[[Workspace], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Check:
    """What one room looks at: `find` only reads, `repair` rewrites derived rows only."""

    name: str
    find: Look
    repair: Look


CHECKS = (Check("stock", find_wrong_places, repair_balances),)


@dataclass
class Findings:
    """What is wrong now, and what was mended before; one line each."""

    wrong: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


async def examine(settings: Settings, *, repair: bool) -> Findings:
    """Look at every organization; with `repair`, mend first what can be mended."""
    database, found = Database(settings.url, settings.db_pool_size), Findings()
    try:
        async with database.reading() as session:
            await session.run_sync(lambda sync: ensure_newest(sync.connection()))
            organizations = await list_organization_ids(session)
        for organization_id in organizations:
            for check in CHECKS:
                await _run(database, organization_id, check, found, repair=repair)
    finally:
        await database.dispose()
    return found


async def _run(
    database: Database, organization_id: UUID, check: Check, found: Findings, *, repair: bool
) -> None:
    named = f"{organization_id} {check.name}"
    async with _at_work(database.reading(), organization_id) as work:
        wrong = await check.find(work)
    if wrong and repair:
        async with _at_work(database.writing(), organization_id) as work:
            found.mended += [f"{named}: {line}" for line in await check.repair(work)]
        async with _at_work(database.reading(), organization_id) as work:
            wrong = await check.find(work)
    found.wrong += [f"{named}: {line}" for line in wrong]


@asynccontextmanager
async def _at_work(transaction: Transaction, organization_id: UUID) -> AsyncIterator[Workspace]:
    async with transaction as session:
        await admit(session, organization_id=organization_id)
        yield await begin_work(session, organization_id, "doctor")
