"""What the worker does for identity."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions import legacy, recovery
from erp.identity.actions.desk import Desk
from erp.identity.models import ApiKey, Challenge, OneTimeToken, Registration, SessionRow, Throttle
from erp.kernel.jobs import Job

KEPT_AFTER_END = timedelta(days=30)
LONGEST_THROTTLE = timedelta(days=1)


async def send_reset_link(desk: Desk, session: AsyncSession, job: Job) -> None:
    """Somebody forgot a password: make the link and promise its mail."""
    await recovery.send_reset_link(session, desk, job)


async def end_old_hashes(session: AsyncSession, _job: Job) -> None:
    """Disable passwords that still rest as wrapped SHA-256 long after their import."""
    await legacy.disable_unconverted(session)


async def clean_up_identity(session: AsyncSession, _job: Job) -> None:
    """Remove sessions, links, sign-ups and throttles whose time is long over."""
    now = session.info["clock"]()
    ended = now - KEPT_AFTER_END
    quiet = int((now - LONGEST_THROTTLE).timestamp())
    for statement in (
        delete(SessionRow).where(SessionRow.absolute_expires_at < ended),
        delete(ApiKey).where(ApiKey.expires_at < ended),
        delete(OneTimeToken).where(OneTimeToken.expires_at < ended),
        delete(Challenge).where(Challenge.expires_at < now - LONGEST_THROTTLE),
        delete(Registration).where(Registration.expires_at < now - LONGEST_THROTTLE),
        delete(Throttle).where(Throttle.window_start < quiet, Throttle.blocked_until < quiet),
    ):
        await session.execute(statement)
