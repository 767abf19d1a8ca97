"""The one way in: count, find, verify exactly one hash, check the state, begin the session."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event, note_refusal
from erp.identity.actions.failures import note_failure
from erp.identity.actions.known_devices import read_device
from erp.identity.actions.throttling import (
    LOGIN_ADDRESS,
    LOGIN_ANYWHERE,
    LOGIN_DEVICE,
    LOGIN_HERE,
    Tries,
    count_tries,
    forget_failures,
    is_limited,
    refund_tries,
    throttle_address,
)
from erp.identity.actions.verification import send_code_to_user
from erp.identity.errors import (
    EmailNotVerified,
    InvalidCredentials,
    PasswordResetRequired,
    TooManyAttempts,
)
from erp.identity.models import User
from erp.kernel.errors import NotAllowed
from erp.kernel.passwords import Hashed
from erp.kernel.schema import fold


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person typed: an e-mail address or a user name, and the password."""

    email: str | None
    username: str | None
    password: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A right password: whose it is, what to refund, its hash as seen and as of today."""

    user: User
    tries: Tries
    seen: Hashed
    renewed: Hashed


async def verify_credentials(desk: Desk, given: Credentials, visitor: Visitor) -> SignIn:
    """Check the password outside of any writing transaction.

    Raises `InvalidCredentials` alike for unknown users and wrong passwords, `TooManyAttempts`,
    and only after the right password what the account's state forbids.
    """
    tries = _tries(desk, given, visitor)
    await count_tries(desk, tries)
    try:
        return await verify_again(desk, given, visitor, tries)
    except InvalidCredentials:
        await _note_limit(desk, visitor, tries)
        raise


async def _note_limit(desk: Desk, visitor: Visitor, tries: Tries) -> None:
    """The failure that closes the door for a while says so."""
    async with desk.database.reading() as session:
        if not await is_limited(session, desk, tries):
            return
    async with desk.database.writing() as session:
        note_refusal(session, "login.limited", visitor, TooManyAttempts.code())


async def verify_again(desk: Desk, given: Credentials, visitor: Visitor, tries: Tries) -> SignIn:
    """Check the password of a try that was counted already."""
    user = await _find_user(desk, given)
    stored = user.hashed if user else None
    matches = await desk.passwords.verify(given.password, stored)
    if user is None or stored is None:
        raise await note_failure(desk, None, InvalidCredentials(), visitor)
    if not desk.passwords.can_read(stored):
        raise await note_failure(desk, user, PasswordResetRequired(), visitor)
    if not matches:
        raise await note_failure(desk, user, InvalidCredentials(), visitor)
    try:
        user.ensure_may_sign_in(desk.now(), desk.habits.handed_passwords)
        is_vouched_for = user.must_change_password  # by who handed the password out
        if desk.settings.verification == "required" and not is_vouched_for:
            user.ensure_proved_address()
    except EmailNotVerified as refusal:
        await send_code_to_user(desk, user)
        raise await note_failure(desk, user, refusal, visitor) from None
    except NotAllowed as refusal:
        raise await note_failure(desk, user, refusal, visitor) from None
    return SignIn(user, tries, stored, await desk.passwords.renew(given.password, stored))


async def confirm_sign_in(
    session: AsyncSession, desk: Desk, proved: SignIn, visitor: Visitor
) -> User | None:
    """Take the user into this transaction; None if the hash was replaced since it was seen."""
    statement = (
        update(User)
        .where(User.id == proved.user.id, User.password_hash == proved.seen.text)
        .where(User.is_active, User.password_disabled_at.is_(None))
        .values(password_hash=proved.renewed.text, password_scheme=proved.renewed.scheme)
        .values(last_login_at=desk.now())
        .returning(User)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    confirmed = (await session.scalars(statement)).one_or_none()
    if confirmed is not None:
        await refund_tries(session, desk, proved.tries)
        await forget_failures(session, desk, confirmed.id)
        if proved.renewed != proved.seen:
            kind = proved.seen.scheme
            note_event(session, "password.rehashed", visitor, user_id=confirmed.id, reason=kind)
    return confirmed


async def _find_user(desk: Desk, given: Credentials) -> User | None:
    query = select(User)
    if given.email is not None:
        query = query.where(User.email_key == fold(given.email))
    else:
        query = query.where(User.username_key == fold(given.username or ""))
    async with desk.database.reading() as session:
        return (await session.scalars(query)).one_or_none()


def _tries(desk: Desk, given: Credentials, visitor: Visitor) -> Tries:
    """A browser the person is known in has a bucket of its own, whatever strangers do."""
    subject = fold(given.email or given.username or "")
    device = read_device(desk, visitor.device_cookie)
    if device and device.knows(desk, subject):
        return ((LOGIN_DEVICE, f"{subject} {device.nonce}"),)
    address = throttle_address(visitor.ip)
    return (
        (LOGIN_ADDRESS, address),
        (LOGIN_HERE, f"{subject} {address}"),
        (LOGIN_ANYWHERE, subject),
    )
