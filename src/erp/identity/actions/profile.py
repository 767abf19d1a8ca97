"""What people change about themselves: name, phone, language, time zone, and their address."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.codes import (
    Whose,
    begin_challenge,
    check_code,
    find_open_challenge,
    use_challenge,
)
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.recovery import Holder, ensure_recent
from erp.identity.actions.throttling import (
    CHANGE_EMAIL,
    MAIL_BUCKETS,
    RESEND_ADDRESS,
    are_tries_left,
    are_tries_left_in,
    count_tries,
    count_tries_in,
    throttle_address,
)
from erp.identity.models import Challenge, OneTimeToken, User
from erp.identity.schemas import ProfileEdit
from erp.kernel.errors import Stale
from erp.kernel.mail import send_mail, send_sealed_mail
from erp.kernel.schema import fold


async def change_profile(
    session: AsyncSession, user_id: UUID, edit: ProfileEdit, version: int | None
) -> User:
    """Other details of the person. Raises `Stale` unless `version` is the present one."""
    user = await session.get_one(User, user_id, with_for_update=True)
    if version is not None and user.version != version:
        raise Stale
    for name, value in edit.changes().items():
        setattr(user, name, value)
    await session.flush()  # the answer shows the version
    return user


async def ask_for_email(desk: Desk, holder: Holder, email: str, visitor: Visitor) -> None:
    """Mail a code to the new address and a notice to the old; nothing changes before the code.

    An address of somebody else gets a hint instead of the code: the caller cannot tell. Raises
    `ReauthenticationRequired`, `TooManyAttempts`; the mailbox's own limits are silent.
    """
    async with desk.database.reading() as session:
        await ensure_recent(session, desk, holder.session_id)
    caller = ((RESEND_ADDRESS, throttle_address(visitor.ip)), (CHANGE_EMAIL, str(holder.user_id)))
    await count_tries(desk, caller)
    may_mail = await are_tries_left(desk, MAIL_BUCKETS, fold(email))
    async with desk.database.writing() as session:
        user = await session.get_one(User, holder.user_id)
        await _begin_change(session, desk, user, email, may_mail=may_mail)
        note_event(session, "email.change_asked", visitor, user_id=user.id)


async def propose_email(session: AsyncSession, desk: Desk, user: User, email: str) -> None:
    """An administrator knows another address: its owner gets the code, and decides.

    Tries are counted in this transaction: one that is undone has mailed nothing either. Raises
    `TooManyAttempts`; the mailbox's own limits are silent.
    """
    await count_tries_in(session, desk, ((CHANGE_EMAIL, str(user.id)),))
    may_mail = await are_tries_left_in(session, desk, MAIL_BUCKETS, fold(email))
    await _begin_change(session, desk, user, email, may_mail=may_mail)


async def _begin_change(
    session: AsyncSession, desk: Desk, user: User, email: str, *, may_mail: bool
) -> None:
    code = await begin_challenge(session, desk, "change_email", Whose(email, user_id=user.id))
    if may_mail:
        await _mail_code_or_hint(session, desk, user, email, code)
    await _tell_old_address(session, "identity/email_change_asked", user, email)


async def confirm_email(desk: Desk, holder: Holder, code: str, visitor: Visitor) -> None:
    """The code was right: the address is the new one, proved; links to the old one die.

    Raises `OtpInvalid`, `OtpAttemptsExceeded`; `EmailTaken` if somebody took it meanwhile.
    """
    async with desk.database.reading() as session:
        whose = Whose("", user_id=holder.user_id)
        challenge = await find_open_challenge(session, "change_email", whose)
    address = challenge.destination if challenge else f"nobody:{holder.user_id}"
    challenge = await check_code(desk, challenge, address, code, visitor)
    async with desk.database.writing() as session:
        await use_challenge(session, desk, challenge.id)
        await _move(session, desk, holder.user_id, challenge.destination, visitor)


async def _move(
    session: AsyncSession, desk: Desk, user_id: UUID, email: str, visitor: Visitor
) -> None:
    user = await session.get_one(User, user_id, with_for_update=True)
    await _tell_old_address(session, "identity/email_changed", user, email)
    user.name_by(email, user.username)
    user.email_verified_at = desk.now()
    await session.flush()  # a taken address must be refused before anything else is done
    await _end_codes_and_links(session, desk, user_id)
    note_event(session, "email.changed", visitor, user_id=user_id)


async def _end_codes_and_links(session: AsyncSession, desk: Desk, user_id: UUID) -> None:
    """What was mailed to the old address opens nothing any more."""
    codes = update(Challenge).where(Challenge.user_id == user_id, Challenge.used_at.is_(None))
    links = update(OneTimeToken).where(
        OneTimeToken.user_id == user_id, OneTimeToken.used_at.is_(None)
    )
    for statement in (codes, links):
        ended = statement.values(used_at=desk.now())
        await session.execute(ended.execution_options(synchronize_session=False))


async def _mail_code_or_hint(
    session: AsyncSession, desk: Desk, user: User, email: str, code: str
) -> None:
    """A code; the owner of an address that is known already gets a hint instead."""
    others = select(User).where(User.email_key == fold(email), User.id != user.id)
    owner = (await session.scalars(others)).one_or_none()
    template = "identity/email_in_use" if owner else "identity/change_email"
    values = {"name": (owner or user).display_name, "code": "" if owner else code}
    to = (email, (owner or user).locale)
    await send_sealed_mail(session, desk.keys, template, to, values)


async def _tell_old_address(session: AsyncSession, template: str, user: User, email: str) -> None:
    if user.email and user.email != email:
        values = {"name": user.display_name, "address": email}
        await send_mail(session, template, user.email, user.locale, values)
