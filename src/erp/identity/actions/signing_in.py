"""The one way in: count, find, verify exactly one hash, check the state, begin the session."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.throttling import (
    LOGIN_ADDRESS,
    LOGIN_ANYWHERE,
    LOGIN_HERE,
    Tries,
    count_tries,
    refund_tries,
    throttle_address,
)
from erp.identity.errors import InvalidCredentials
from erp.identity.models import User
from erp.kernel.schema import fold


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person typed: an e-mail address or a user name, and the password."""

    email: str | None
    username: str | None
    password: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A right password: whose it is, what to refund, and its hash at today's cost."""

    user: User
    tries: Tries
    password_hash: str


async def verify_credentials(desk: Desk, given: Credentials, visitor: Visitor) -> SignIn:
    """Check the password outside of any writing transaction.

    Raises `InvalidCredentials` alike for unknown users and wrong passwords, `TooManyAttempts`,
    and only after the right password what the account's state forbids.
    """
    tries = _tries(given, visitor)
    await count_tries(desk, tries)
    user = await _find_user(desk, given)
    stored = user.password_hash if user else None
    if not await desk.passwords.verify(given.password, stored) or user is None or stored is None:
        await _note_failure(desk, user, visitor)
        raise InvalidCredentials
    user.ensure_may_sign_in()
    is_old = desk.passwords.needs_rehash(stored)
    return SignIn(user, tries, await desk.passwords.hash(given.password) if is_old else stored)


async def confirm_sign_in(
    session: AsyncSession, desk: Desk, proved: SignIn, visitor: Visitor
) -> User:
    """Take the user into this transaction, unless the password was changed meanwhile."""
    statement = (
        update(User)
        .where(User.id == proved.user.id, User.password_hash == proved.user.password_hash)
        .where(User.is_active)
        .values(password_hash=proved.password_hash, last_login_at=desk.now())
        .returning(User)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    confirmed = (await session.scalars(statement)).one_or_none()
    if confirmed is None:
        raise InvalidCredentials
    await refund_tries(session, desk, proved.tries)
    note_event(session, "user.login", visitor, user_id=confirmed.id)
    return confirmed


async def _note_failure(desk: Desk, user: User | None, visitor: Visitor) -> None:
    known = user.id if user else None
    async with desk.database.writing() as session:
        reason = InvalidCredentials.code()
        note_event(session, "user.login_failed", visitor, user_id=known, reason=reason)


async def _find_user(desk: Desk, given: Credentials) -> User | None:
    query = select(User)
    if given.email is not None:
        query = query.where(User.email_key == fold(given.email))
    else:
        query = query.where(User.username_key == fold(given.username or ""))
    async with desk.database.reading() as session:
        return (await session.scalars(query)).one_or_none()


def _tries(given: Credentials, visitor: Visitor) -> Tries:
    subject = fold(given.email or given.username or "")
    address = throttle_address(visitor.ip)
    return (
        (LOGIN_ADDRESS, address),
        (LOGIN_HERE, f"{subject} {address}"),
        (LOGIN_ANYWHERE, subject),
    )
