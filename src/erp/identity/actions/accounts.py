"""Accounts: made by sign-up or by an administrator, and given a password by a link."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.sessions import revoke_all
from erp.identity.actions.strength import find_weaknesses, words_of_address
from erp.identity.actions.throttling import (
    REGISTER_ADDRESS,
    RESET_ADDRESS,
    count_tries,
    forget_failures,
    throttle_address,
)
from erp.identity.errors import ResetTokenInvalid, WeakPassword
from erp.identity.models import OneTimeToken, User
from erp.kernel.crypto import digest, make_token
from erp.kernel.errors import FieldError
from erp.kernel.mail import send_mail
from erp.kernel.passwords import Hashed
from erp.kernel.schema import fold

ADMIN_LINK_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a person gives to sign up."""

    email: str
    password: str
    username: str | None = None
    full_name: str | None = None
    organization_name: str | None = None
    locale: str | None = None
    invitation_token: str | None = None


async def prepare_sign_up(desk: Desk, given: NewAccount, visitor: Visitor) -> Hashed:
    """Check limits and strength, and hash the password outside of any transaction."""
    await count_tries(desk, ((REGISTER_ADDRESS, throttle_address(visitor.ip)),))
    return await hash_first_password(desk, given)


async def hash_first_password(desk: Desk, given: NewAccount) -> Hashed:
    """The hash of a new account's password. Raises `WeakPassword`."""
    address = words_of_address(given.email)
    personal = (address, given.username, given.full_name, given.organization_name)
    _ensure_strong(desk, "/password", given.password, personal)
    return await desk.passwords.hash(given.password)


async def add_user(
    session: AsyncSession, desk: Desk, given: NewAccount, hashed: Hashed, visitor: Visitor
) -> User:
    """A new user with a welcome mail. A taken address or name is refused by the database."""
    user = await insert_user(session, desk, given, hashed, visitor)
    values = {"name": user.display_name}
    await send_mail(session, "identity/welcome", given.email, given.locale, values)
    return user


async def insert_user(
    session: AsyncSession, desk: Desk, given: NewAccount, hashed: Hashed, visitor: Visitor
) -> User:
    """A new user whom nobody has told yet. Raises `EmailTaken`, `UsernameTaken`."""
    user = User(full_name=given.full_name, locale=given.locale)
    user.name_by(given.email, given.username)
    user.set_password(hashed, desk.now())
    session.add(user)
    await session.flush()  # a taken address must be refused before anything else is made
    note_event(session, "user.registered", visitor, user_id=user.id)
    return user


async def find_user_by_email(session: AsyncSession, email: str) -> User | None:
    """The user with this address."""
    query = select(User).where(User.email_key == fold(email))
    return (await session.scalars(query)).one_or_none()


async def find_user_by_name(session: AsyncSession, username: str) -> User | None:
    """The user with this user name."""
    query = select(User).where(User.username_key == fold(username))
    return (await session.scalars(query)).one_or_none()


async def make_reset_link(session: AsyncSession, desk: Desk, user: User) -> str:
    """A link, good once and for 24 hours, that lets the user choose a password."""
    token = await make_reset_token(session, desk, user, ADMIN_LINK_LIFE)
    return f"{desk.settings.base_url}/reset#token={token}"


async def make_reset_token(session: AsyncSession, desk: Desk, user: User, life: timedelta) -> str:
    """A token that sets a password once; only its digest is kept."""
    token, now = make_token(), desk.now()
    session.add(
        OneTimeToken(
            token_hash=digest(token),
            purpose="password_reset",
            user_id=user.id,
            created_at=now,
            expires_at=now + life,
        )
    )
    return token


async def reset_password(desk: Desk, token: str, new_password: str, visitor: Visitor) -> None:
    """Choose a password by a link: it works once, and every session ends.

    Raises `ResetTokenInvalid`, `WeakPassword`, `TooManyAttempts`.
    """
    await count_tries(desk, ((RESET_ADDRESS, throttle_address(visitor.ip)),))
    user = await _find_token_owner(desk, token)
    ensure_strong_enough(desk, new_password, user)
    hashed = await desk.passwords.hash(new_password)
    async with desk.database.writing() as session:
        await _use_token(session, desk, token, user.id)
        fresh = await session.get_one(User, user.id)
        fresh.set_password(hashed, desk.now())
        fresh.email_verified_at = fresh.email_verified_at or desk.now()
        await forget_failures(session, desk, user.id)
        await revoke_all(session, user.id, "password_change", visitor)
        note_event(session, "password.reset", visitor, user_id=user.id)
        if user.email:
            values = {"name": user.display_name}
            await send_mail(session, "identity/password_changed", user.email, user.locale, values)


async def _find_token_owner(desk: Desk, token: str) -> User:
    query = (
        select(User)
        .join(OneTimeToken, OneTimeToken.user_id == User.id)
        .where(OneTimeToken.token_hash == digest(token))
        .where(OneTimeToken.purpose == "password_reset", OneTimeToken.used_at.is_(None))
        .where(OneTimeToken.expires_at > desk.now())
    )
    async with desk.database.reading() as session:
        user = (await session.scalars(query)).one_or_none()
    if user is None or not user.is_active:
        raise ResetTokenInvalid
    return user


async def _use_token(session: AsyncSession, desk: Desk, token: str, user_id: UUID) -> None:
    """Use this token up, and with it every other link of the user."""
    unused = update(OneTimeToken).where(OneTimeToken.used_at.is_(None))
    unused = unused.values(used_at=desk.now()).execution_options(synchronize_session=False)
    mine = unused.where(OneTimeToken.token_hash == digest(token))
    used = await session.scalar(mine.returning(OneTimeToken.token_hash))
    if used is None:
        raise ResetTokenInvalid
    siblings = OneTimeToken.purpose == "password_reset"
    await session.execute(unused.where(OneTimeToken.user_id == user_id, siblings))


def ensure_strong_enough(desk: Desk, new_password: str, user: User) -> None:
    """Raises `WeakPassword` about `/new_password`."""
    personal = (words_of_address(user.email or ""), user.username, user.full_name)
    _ensure_strong(desk, "/new_password", new_password, personal)


def _ensure_strong(
    desk: Desk, pointer: str, password: str, personal: tuple[str | None, ...]
) -> None:
    """Raises `WeakPassword` with every reason, at the field it was sent in."""
    composition = desk.settings.password_composition == "on"
    found = find_weaknesses(password, composition=composition, personal=personal)
    if found:
        raise WeakPassword(errors=tuple(FieldError(pointer, *reason) for reason in found))
