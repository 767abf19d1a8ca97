"""An import takes as long as it takes; who follows changes hears of its records all the same."""

from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Table, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.schema import Base
from erp.kernel.workspace import Workspace

SHORT = timedelta(minutes=3)


async def lift_limits(session: AsyncSession) -> None:
    """The limits that keep requests short do not hold for this transaction."""
    if session.get_bind().dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            await session.execute(text("SELECT set_config(:limit, '0', true)"), {"limit": limit})


async def renew_times(work: Workspace, begun: datetime) -> None:
    """Let all that was made or changed since then count as changed now.

    Feeds lag behind by five minutes, so that what is committed must not be older. That is why a
    longer transaction is not committed; renewed, this one may be.
    """
    now = work.now()
    for table in filter(_is_followed, Base.metadata.sorted_tables):
        mine = (table.c.organization_id == work.organization_id) & (table.c.updated_at >= begun)
        await work.session.execute(update(table).where(mine).values(updated_at=now))
    forget_time(work.session)


async def renew_times_if_late(work: Workspace, begun: datetime) -> None:
    """The same, for what mostly does not take that long."""
    if work.now() - begun > SHORT:
        await renew_times(work, begun)


def forget_time(session: AsyncSession) -> None:
    """What will be committed is as young as this moment, or nobody follows it yet."""
    session.info["written_since"] = monotonic()


def _is_followed(table: Table) -> bool:
    """Whether it tells when its rows were changed, and lets them be."""
    is_open = table.info["scope"] == "tenant" and not table.info.get("append_only")
    return is_open and {"created_at", "updated_at"} <= set(table.c.keys())
