"""One-time codes: 6 digits by mail, five tries, ten minutes; wrong ones are counted per address.

Order of a check: count in the buckets, then count the try on the challenge (both in transactions
of their own, so that a refusal cannot undo them), compare, and use the challenge up by one
compare-and-swap.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_refusal
from erp.identity.actions.throttling import (
    CODE_ADDRESS,
    CODE_IP,
    WRONG_CODES,
    count_tries,
    refund_tries,
    throttle_address,
)
from erp.identity.errors import OtpAttemptsExceeded, OtpInvalid, TooManyAttempts
from erp.identity.models import Challenge
from erp.kernel.schema import fold, new_id

LIFE = timedelta(minutes=10)
TRIES = 5

Purpose = Literal["verify_email", "change_email"]


@dataclass(frozen=True, slots=True)
class Whose:
    """What a code belongs to: a pending registration or a user, and the address it goes to."""

    destination: str
    registration_id: UUID | None = None
    user_id: UUID | None = None

    def matches(self) -> ColumnElement[bool]:
        """The challenges of this registration or user."""
        if self.user_id is not None:
            return Challenge.user_id == self.user_id
        return Challenge.registration_id == self.registration_id


def make_code() -> str:
    """Six digits, each as likely as any other."""
    return f"{secrets.randbelow(10**6):06d}"


async def begin_challenge(session: AsyncSession, desk: Desk, purpose: Purpose, whose: Whose) -> str:
    """A new code for this registration or user; it supersedes the one before. Returns the code."""
    code, challenge_id, now = make_code(), new_id(), desk.now()
    older = update(Challenge).where(whose.matches(), Challenge.purpose == purpose)
    older = older.where(Challenge.used_at.is_(None), Challenge.superseded_at.is_(None))
    await session.execute(older.values(superseded_at=now))
    session.add(
        Challenge(
            id=challenge_id,
            purpose=purpose,
            registration_id=whose.registration_id,
            user_id=whose.user_id,
            destination=whose.destination,
            code_mac=_mac(desk, purpose, challenge_id, code),
            attempts=0,
            max_attempts=TRIES,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    return code


async def check_code(
    desk: Desk, challenge: Challenge | None, address: str, code: str, visitor: Visitor
) -> Challenge:
    """The challenge whose code this is.

    Raises `OtpInvalid` for a wrong, expired, used or unknown code, and `OtpAttemptsExceeded`.
    """
    wrong_today = (WRONG_CODES, fold(address))
    tries = ((CODE_IP, throttle_address(visitor.ip)), (CODE_ADDRESS, fold(address)), wrong_today)
    try:
        await count_tries(desk, tries)
    except TooManyAttempts as error:
        raise OtpAttemptsExceeded(retry_after=error.retry_after) from None
    if challenge is None or not await _is_right(desk, challenge, code):
        async with desk.database.writing() as session:
            known = challenge.user_id if challenge else None
            note_refusal(session, "code.refused", visitor, OtpInvalid.code(), user_id=known)
        raise OtpInvalid
    async with desk.database.writing() as session:
        await refund_tries(session, desk, (wrong_today,))
    return challenge


async def _is_right(desk: Desk, challenge: Challenge, code: str) -> bool:
    if not await _count_attempt(desk, challenge.id):
        return False
    expected = _mac(desk, challenge.purpose, challenge.id, code)
    return hmac.compare_digest(expected.encode(), challenge.code_mac.encode())


async def use_challenge(session: AsyncSession, desk: Desk, challenge_id: UUID) -> None:
    """Use the code up in the transaction of its effect. Raises `OtpInvalid` if that was done."""
    statement = (
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.used_at.is_(None))
        .values(used_at=desk.now())
        .returning(Challenge.id)
    )
    if await session.scalar(statement) is None:
        raise OtpInvalid


async def find_open_challenge(
    session: AsyncSession, purpose: Purpose, whose: Whose
) -> Challenge | None:
    """The newest code of this registration or user that was not used or replaced."""
    query = select(Challenge).where(Challenge.purpose == purpose, whose.matches())
    query = query.where(Challenge.used_at.is_(None), Challenge.superseded_at.is_(None))
    return (await session.scalars(query.order_by(Challenge.id.desc()).limit(1))).first()


async def _count_attempt(desk: Desk, challenge_id: UUID) -> bool:
    statement = (
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.attempts < Challenge.max_attempts)
        .where(Challenge.used_at.is_(None), Challenge.superseded_at.is_(None))
        .where(Challenge.expires_at > desk.now())
        .values(attempts=Challenge.attempts + 1)
        .returning(Challenge.id)
    )
    async with desk.database.writing() as session:
        return await session.scalar(statement) is not None


def _mac(desk: Desk, purpose: str, challenge_id: UUID, code: str) -> str:
    said = f"{purpose}|{challenge_id}|{code}".encode()
    return hmac.digest(desk.keys.code_key, said, "sha256").hex()
