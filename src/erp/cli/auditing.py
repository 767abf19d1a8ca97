"""`erp audit`: whether what happened is still what was sealed, and its time."""

from collections.abc import AsyncIterator

import structlog

from erp.audit.seals import Chain, Verdict, verify
from erp.kernel.db import Database
from erp.kernel.settings import Settings
from erp.kernel.walls import admit
from erp.organizations.queries import list_slugs

log = structlog.get_logger()


async def verify_trails(settings: Settings) -> list[tuple[str, Verdict]]:
    """A verdict about every chain, named by its organization."""
    database = Database(settings.url)
    try:
        return [each async for each in _verdicts(database)]
    finally:
        await database.dispose()


async def _verdicts(database: Database) -> AsyncIterator[tuple[str, Verdict]]:
    async with database.reading() as session:
        slugs = await list_slugs(session)
    chains = [(f"organization {slug}", Chain(home)) for home, slug in slugs]
    for name, chain in [*chains, ("security events", Chain(None))]:
        async with database.reading() as session:
            await admit(session, organization_id=chain.organization_id)
            verdict = await verify(session, chain)
        log.info("audit.verified", chain=name, sealed=verdict.sealed, head=verdict.head)
        yield name, verdict


def tell(name: str, verdict: Verdict) -> str:
    """One line for people: how much holds, the head to compare with an older one, the fault."""
    head = f", head {verdict.head}" if verdict.head else ""
    fault = f"; {verdict.fault}" if verdict.fault else ""
    return f"{name}: {verdict.sealed} sealed{head}{fault}"
