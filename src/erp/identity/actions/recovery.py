"""Forgotten and changed passwords, and proving again that it is you."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import ensure_strong_enough, find_user_by_email, make_reset_token
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.directory import confirm_by_directory
from erp.identity.actions.events import note_event
from erp.identity.actions.failures import note_failure
from erp.identity.actions.sessions import Tokens, begin_session, revoke_all
from erp.identity.actions.throttling import (
    MAIL_BUCKETS,
    PASSWORD_CHECK,
    RESET_ADDRESS,
    Tries,
    are_tries_left,
    count_tries,
    forget_failures,
    refund_tries,
    throttle_address,
)
from erp.identity.directory.models import Identity
from erp.identity.errors import InvalidCredentials, ReauthenticationRequired
from erp.identity.models import SessionRow, User
from erp.kernel.jobs import Job, enqueue
from erp.kernel.mail import send_mail, send_sealed_mail
from erp.kernel.schema import fold

RESET_LIFE = timedelta(minutes=15)
RECENT = timedelta(minutes=10)
FORGOTTEN = "identity.forgotten_password"


async def ask_for_reset(desk: Desk, email: str, visitor: Visitor) -> None:
    """Promise a reset link, if there is such an account. Same answer and work for all.

    Raises `TooManyAttempts` by the caller's address alone; the mailbox's own limits are silent.
    """
    await count_tries(desk, ((RESET_ADDRESS, throttle_address(visitor.ip)),))
    may_mail = await are_tries_left(desk, MAIL_BUCKETS, fold(email))
    async with desk.database.writing() as session:
        payload = {"email": email, "may_mail": may_mail}
        await enqueue(session, FORGOTTEN, payload)
        note_event(session, "password.reset_asked", visitor)


async def send_reset_link(session: AsyncSession, desk: Desk, job: Job) -> None:
    """The worker's part: the link goes to the stored address, never to the typed one.

    Whose password lies in a company directory is told to sign in there.
    """
    user = await find_user_by_email(session, job.payload["email"])
    if user is None or not user.is_active or user.email is None or not job.payload["may_mail"]:
        return
    if user.password_hash is None and await _is_in_directory(session, user):
        values = {"name": user.display_name}
        await send_mail(session, "identity/use_directory", user.email, user.locale, values)
        return
    token = await make_reset_token(session, desk, user, RESET_LIFE)
    values = {"name": user.display_name, "link": f"{desk.settings.base_url}/reset#token={token}"}
    await send_sealed_mail(
        session, desk.keys, "identity/reset_password", (user.email, user.locale), values
    )


async def _is_in_directory(session: AsyncSession, user: User) -> bool:
    return (
        await session.scalar(select(Identity.id).where(Identity.user_id == user.id).limit(1))
        is not None
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """A signed-in person and the session that is used."""

    user_id: UUID
    session_id: UUID
    by_cookie: bool = False


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """The present password, as proof, and the next."""

    current: str
    new: str


async def change_password(
    desk: Desk, holder: Holder, change: PasswordChange, visitor: Visitor
) -> Tokens:
    """Another password: every session ends and the caller gets a new one.

    Raises `InvalidCredentials`, `WeakPassword`, `TooManyAttempts`.
    """
    user = await _prove(desk, holder, change.current, visitor)
    ensure_strong_enough(desk, change.new, user)
    hashed = await desk.passwords.hash(change.new)
    async with desk.database.writing() as session:
        row = await session.get_one(SessionRow, holder.session_id)
        fresh = await _with_seen_password(session, user)
        fresh.set_password(hashed, desk.now())
        await revoke_all(session, user.id, "password_change", visitor)
        note_event(session, "password.changed", visitor, user_id=user.id)
        if fresh.email:
            values = {"name": fresh.display_name}
            await send_mail(session, "identity/password_changed", fresh.email, fresh.locale, values)
        home, remember = row.organization_id, row.remember
        return await begin_session(
            session, desk, fresh, visitor, organization_id=home, remember=remember
        )


async def reauthenticate(desk: Desk, holder: Holder, password: str, visitor: Visitor) -> None:
    """Prove again that it is you: the session counts as freshly signed in for ten minutes.

    Who came through a directory proves it there. Raises what signing in that way raises.
    """
    async with desk.database.reading() as session:
        row = await session.get_one(SessionRow, holder.session_id)
    tries: Tries = ()
    if row.auth_method == "directory":
        tries = await confirm_by_directory(desk, holder.user_id, password, visitor)
    else:
        await _prove(desk, holder, password, visitor)
    async with desk.database.writing() as session:
        await refund_tries(session, desk, tries)
        statement = update(SessionRow).where(SessionRow.id == holder.session_id)
        await session.execute(statement.values(auth_time=desk.now()))
        note_event(session, "session.reauthenticated", visitor, user_id=holder.user_id)


async def ensure_recent(session: AsyncSession, desk: Desk, session_id: UUID | None) -> None:
    """Raises `ReauthenticationRequired` unless this session proved within ten minutes who it is."""
    row = await session.get(SessionRow, session_id) if session_id else None
    if row is None or desk.now() - row.auth_time > RECENT:
        raise ReauthenticationRequired


async def _prove(desk: Desk, holder: Holder, password: str, visitor: Visitor) -> User:
    tries = ((PASSWORD_CHECK, str(holder.user_id)),)
    await count_tries(desk, tries)
    async with desk.database.reading() as session:
        user = await session.get_one(User, holder.user_id)
    if not await desk.passwords.verify(password, user.hashed):
        failed = InvalidCredentials()
        raise await note_failure(desk, user, failed, visitor, "session.proof_failed")
    async with desk.database.writing() as session:
        await refund_tries(session, desk, tries)
        await forget_failures(session, desk, user.id)
    return user


async def _with_seen_password(session: AsyncSession, seen: User) -> User:
    """The user, if the password is still the one that was proved."""
    fresh = await session.get_one(User, seen.id, with_for_update=True)
    if fresh.password_hash != seen.password_hash:
        raise InvalidCredentials
    return fresh
