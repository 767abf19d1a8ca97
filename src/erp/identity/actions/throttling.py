"""Limits that hold across processes: one atomic statement per bucket and attempt."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk
from erp.identity.errors import TooManyAttempts

MINUTE, HOUR = 60, 3600

_TRY = text("""
    INSERT INTO throttles (key_hash, window_start, count, blocked_until)
    VALUES (:key, :now, 1, :first_block)
    ON CONFLICT (key_hash) DO UPDATE SET
      window_start = CASE WHEN throttles.window_start <= :now - :window
        THEN :now ELSE throttles.window_start END,
      count = CASE WHEN throttles.window_start <= :now - :window
        THEN 1 ELSE throttles.count + 1 END,
      blocked_until = CASE
        WHEN throttles.window_start <= :now - :window THEN :first_block
        WHEN throttles.count + 1 < :limit THEN 0
        WHEN NOT :backs_off THEN throttles.window_start + :window
        WHEN throttles.count + 1 = :limit THEN :now + 30
        WHEN throttles.count + 1 = :limit + 1 THEN :now + 60
        WHEN throttles.count + 1 = :limit + 2 THEN :now + 120
        WHEN throttles.count + 1 = :limit + 3 THEN :now + 240
        WHEN throttles.count + 1 = :limit + 4 THEN :now + 480
        ELSE :now + 900 END
    WHERE throttles.blocked_until <= :now
    RETURNING count
""")
_BLOCKED_UNTIL = text("SELECT blocked_until FROM throttles WHERE key_hash = :key")
_REFUND = text("""
    UPDATE throttles SET count = count - 1, blocked_until = 0
    WHERE key_hash = :key AND count > 0
""")


_FAIL = text("""
    INSERT INTO throttles (key_hash, window_start, count, blocked_until)
    VALUES (:key, :never, 1, 0)
    ON CONFLICT (key_hash) DO UPDATE SET count = throttles.count + 1
    RETURNING count
""")
_FORGET = text("DELETE FROM throttles WHERE key_hash = :key")
NEVER = 253_402_300_799  # the end of the year 9999: this window does not pass


@dataclass(frozen=True, slots=True)
class Bucket:
    """At most `limit` tries per `window` seconds of one subject."""

    name: str
    limit: int
    window: int
    backs_off: bool = False


LOGIN_HERE = Bucket("login", 5, 15 * MINUTE, backs_off=True)
LOGIN_ANYWHERE = Bucket("login_anywhere", 20, HOUR, backs_off=True)
LOGIN_DEVICE = Bucket("login_device", 5, 15 * MINUTE, backs_off=True)
LOGIN_ADDRESS = Bucket("login_address", 60, 15 * MINUTE)
REGISTER_ADDRESS = Bucket("register_address", 30, HOUR)
REFRESH = Bucket("refresh", 30, 5 * MINUTE)
RESET_ADDRESS = Bucket("reset_address", 30, HOUR)
INVITATION_ADDRESS = Bucket("invitation_address", 60, HOUR)
RESEND_ADDRESS = Bucket("resend_address", 30, HOUR)
MAIL_BUCKETS = (
    Bucket("mail_minute", 1, MINUTE),
    Bucket("mail_hour", 5, HOUR),
    Bucket("mail_day", 10, 24 * HOUR),
)
CHANGE_EMAIL = Bucket("change_email", 5, HOUR)
CODE_IP = Bucket("code_ip", 30, 15 * MINUTE)
CODE_ADDRESS = Bucket("code_address", 5, 10 * MINUTE)
WRONG_CODES = Bucket("wrong_codes", 20, 24 * HOUR)
PASSWORD_CHECK = Bucket("password_check", 5, 15 * MINUTE, backs_off=True)
DIRECTORY = Bucket("directory", 4, 15 * MINUTE)

MOST_FAILURES = 100

Tries = tuple[tuple[Bucket, str], ...]


async def count_tries(desk: Desk, tries: Tries) -> None:
    """Count a try in each bucket, in a transaction of its own. Raises `TooManyAttempts`.

    A try that one bucket refuses counts in none: the refusal undoes the transaction.
    """
    async with desk.database.writing() as session:
        await count_tries_in(session, desk, tries)


async def count_tries_in(session: AsyncSession, desk: Desk, tries: Tries) -> None:
    """The same within the transaction of what is tried, where undoing it may undo the count."""
    for bucket, subject in tries:
        if wait := await _count_try(session, desk, bucket, subject):
            raise TooManyAttempts(retry_after=wait)


async def are_tries_left(desk: Desk, buckets: tuple[Bucket, ...], subject: str) -> bool:
    """Count a try and say whether it was allowed, where a refusal must not show."""
    try:
        await count_tries(desk, tuple((bucket, subject) for bucket in buckets))
    except TooManyAttempts:
        return False
    return True


async def are_tries_left_in(
    session: AsyncSession, desk: Desk, buckets: tuple[Bucket, ...], subject: str
) -> bool:
    """The same within a transaction; a try that one bucket refuses counts in none."""
    try:
        async with session.begin_nested():
            await count_tries_in(session, desk, tuple((bucket, subject) for bucket in buckets))
    except TooManyAttempts:
        return False
    return True


async def is_limited(session: AsyncSession, desk: Desk, tries: Tries) -> bool:
    """Whether the next such try would be refused."""
    now = int(desk.now().timestamp())
    keys = [_key(desk, bucket, subject) for bucket, subject in tries]
    found = [await session.scalar(_BLOCKED_UNTIL, {"key": key}) for key in keys]
    return any(until is not None and until > now for until in found)


async def refund_tries(session: AsyncSession, desk: Desk, tries: Tries) -> None:
    """Give the tries back after a success."""
    for bucket, subject in tries:
        await session.execute(_REFUND, {"key": _key(desk, bucket, subject)})


async def count_failure(session: AsyncSession, desk: Desk, user_id: UUID) -> int:
    """How many sign-ins of this user have failed in a row, this one included."""
    key = desk.keys.hide(f"failures:{user_id}")
    counted: int = (await session.execute(_FAIL, {"key": key, "never": NEVER})).scalar_one()
    return counted


async def forget_failures(session: AsyncSession, desk: Desk, user_id: UUID) -> None:
    """Count from the beginning again."""
    await session.execute(_FORGET, {"key": desk.keys.hide(f"failures:{user_id}")})


async def _count_try(session: AsyncSession, desk: Desk, bucket: Bucket, subject: str) -> int:
    """Seconds to wait, 0 if the try is allowed."""
    now = int(desk.now().timestamp())
    key = _key(desk, bucket, subject)
    parameters = {
        "key": key,
        "now": now,
        "window": bucket.window,
        "limit": bucket.limit,
        "backs_off": bucket.backs_off,
        "first_block": now + bucket.window if bucket.limit == 1 else 0,
    }
    if (await session.execute(_TRY, parameters)).first() is not None:
        return 0
    blocked_until = await session.scalar(_BLOCKED_UNTIL, {"key": key}) or now
    return max(1, blocked_until - now)


def _key(desk: Desk, bucket: Bucket, subject: str) -> str:
    return desk.keys.hide(f"{bucket.name}:{subject}")


def throttle_address(address: str) -> str:
    """The subject limits count by: the address, or the /64 of an IPv6 one."""
    try:
        host = ip_address(address)
    except ValueError:
        return address
    if isinstance(host, IPv6Address):
        return str(host.ipv4_mapped or host.exploded[:19])
    return address
