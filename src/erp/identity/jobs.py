"""What the worker does for identity."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.models import OneTimeToken, SessionRow, Throttle
from erp.kernel.jobs import Job

KEPT_AFTER_END = timedelta(days=30)
LONGEST_THROTTLE = timedelta(days=1)


async def clean_up_identity(session: AsyncSession, _job: Job) -> None:
    """Remove sessions, links and throttles whose time is long over."""
    now = session.info["clock"]()
    quiet = int((now - LONGEST_THROTTLE).timestamp())
    await session.execute(
        delete(SessionRow).where(SessionRow.absolute_expires_at < now - KEPT_AFTER_END)
    )
    await session.execute(
        delete(OneTimeToken).where(OneTimeToken.expires_at < now - KEPT_AFTER_END)
    )
    await session.execute(
        delete(Throttle).where(Throttle.window_start < quiet, Throttle.blocked_until < quiet)
    )
