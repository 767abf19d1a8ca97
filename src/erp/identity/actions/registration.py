"""Sign-up where verification is on: a pending registration, which only its own code completes.

That way nobody can take an address hostage before its owner comes (OWASP: pre-hijacking): the
user is born by the code, with the password of the registration the code was made for.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import NewAccount, find_user_by_email
from erp.identity.actions.codes import (
    Whose,
    begin_challenge,
    check_code,
    find_open_challenge,
    use_challenge,
)
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.throttling import (
    MAIL_BUCKETS,
    RESEND_ADDRESS,
    are_tries_left,
    count_tries,
    throttle_address,
)
from erp.identity.errors import OtpInvalid
from erp.identity.models import Challenge, Registration, User
from erp.kernel.crypto import digest, make_token
from erp.kernel.mail import send_mail, send_sealed_mail
from erp.kernel.passwords import Hashed
from erp.kernel.schema import fold

LIFE = timedelta(hours=24)
RESEND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pending:
    """What the person who signs up gets back: a binding token, and the code only for debugging."""

    token: str
    resend_after: int
    debug_code: str | None


async def begin_registration(
    desk: Desk, given: NewAccount, hashed: Hashed, visitor: Visitor
) -> Pending:
    """A pending registration and a mail: with a code, or to a known address a hint.

    Alike for known and unknown addresses in answer and work. Raises `TooManyAttempts` where the
    mailbox has had its share: a sign-up whose code never comes would help nobody.
    """
    token, now = make_token(), desk.now()
    await count_tries(desk, tuple((bucket, fold(given.email)) for bucket in MAIL_BUCKETS))
    async with desk.database.writing() as session:
        registration = Registration(
            email=given.email,
            email_key=fold(given.email),
            username=given.username,
            full_name=given.full_name,
            organization_name=given.organization_name,
            locale=given.locale,
            password_hash=hashed.text,
            password_scheme=hashed.scheme,
            binding_hash=digest(token),
            ip=visitor.ip,
            created_at=now,
            expires_at=now + LIFE,
        )
        session.add(registration)
        await session.flush()  # the challenge refers to it
        code = await _mail_code_or_hint(session, desk, registration)
        note_event(session, "registration.begun", visitor)
    return Pending(token, RESEND_SECONDS, code if desk.settings.exposes_codes else None)


async def resend_code(desk: Desk, email: str | None, token: str | None, visitor: Visitor) -> None:
    """Another code for the pending registration, or nothing: the caller cannot tell."""
    await count_tries(desk, ((RESEND_ADDRESS, throttle_address(visitor.ip)),))
    async with desk.database.reading() as session:
        registration = await _find_pending(session, desk, email, token)
    address = registration.email if registration else (email or "")
    may_mail = await are_tries_left(desk, MAIL_BUCKETS, fold(address))
    if registration is None or not may_mail:
        return
    async with desk.database.writing() as session:
        await _mail_code_or_hint(session, desk, registration)


@dataclass(frozen=True, slots=True)
class Verified:
    """A registration whose code was right: `complete_registration` makes the user."""

    registration: Registration
    challenge: Challenge


@dataclass(frozen=True, slots=True)
class Proof:
    """The code a person typed, for which address, and the token that binds it to a sign-up."""

    email: str
    code: str
    token: str | None = None


async def verify_code(desk: Desk, proof: Proof, visitor: Visitor) -> Verified:
    """Raises `OtpInvalid` alike for a wrong, expired, used or unknown code."""
    challenge = None
    async with desk.database.reading() as session:
        pending = await _find_pending(session, desk, proof.email, proof.token)
        if pending is not None:
            challenge = await find_open_challenge(session, "verify_email", _whose(pending))
    challenge = await check_code(desk, challenge, proof.email, proof.code, visitor)
    if pending is None:
        raise OtpInvalid
    return Verified(pending, challenge)


async def complete_registration(
    session: AsyncSession, desk: Desk, verified: Verified, visitor: Visitor
) -> User:
    """Make the user; every other pending registration of the address dies."""
    pending = verified.registration
    await use_challenge(session, desk, verified.challenge.id)
    await _consume(session, desk, pending)
    user = User(full_name=pending.full_name, locale=pending.locale)
    user.name_by(pending.email, await _free_username(session, pending.username))
    user.set_password(Hashed(pending.password_hash, pending.password_scheme), desk.now())
    user.email_verified_at = desk.now()
    session.add(user)
    await session.flush()  # a taken address must be refused before anything else is made
    note_event(session, "user.registered", visitor, user_id=user.id)
    values: dict[str, Any] = {"name": user.display_name}
    await send_mail(session, "identity/welcome", pending.email, pending.locale, values)
    return user


async def _mail_code_or_hint(
    session: AsyncSession, desk: Desk, pending: Registration
) -> str | None:
    """The code, unless the address is known: its owner gets a hint instead."""
    code = await begin_challenge(session, desk, "verify_email", _whose(pending))
    known = await find_user_by_email(session, pending.email)
    template = "identity/account_exists" if known else "identity/verify_email"
    values = {"name": pending.full_name or pending.email, "code": "" if known else code}
    to = (pending.email, pending.locale)
    await send_sealed_mail(session, desk.keys, template, to, values)
    return None if known else code


def _whose(pending: Registration) -> Whose:
    return Whose(pending.email, registration_id=pending.id)


async def _find_pending(
    session: AsyncSession, desk: Desk, email: str | None, token: str | None
) -> Registration | None:
    """By the binding token; by a bare address only while exactly one registration is pending."""
    query = select(Registration).where(
        Registration.consumed_at.is_(None), Registration.expires_at > desk.now()
    )
    if token:
        query = query.where(Registration.binding_hash == digest(token))
    if email:
        query = query.where(Registration.email_key == fold(email))
    found = list(await session.scalars(query.limit(2)))
    return found[0] if len(found) == 1 and (token or email) else None


async def _consume(session: AsyncSession, desk: Desk, pending: Registration) -> None:
    statement = (
        update(Registration)
        .where(Registration.id == pending.id, Registration.consumed_at.is_(None))
        .values(consumed_at=desk.now())
        .returning(Registration.id)
    )
    if await session.scalar(statement) is None:
        raise OtpInvalid
    others = select(Registration.id).where(
        Registration.email_key == pending.email_key, Registration.id != pending.id
    )
    ids = list(await session.scalars(others))
    await session.execute(delete(Challenge).where(Challenge.registration_id.in_(ids)))
    await session.execute(delete(Registration).where(Registration.id.in_(ids)))


async def _free_username(session: AsyncSession, username: str | None) -> str | None:
    """The wanted name, or none if somebody has it by now."""
    if username is None:
        return None
    query = select(User.id).where(User.username_key == fold(username))
    return None if await session.scalar(query) else username
