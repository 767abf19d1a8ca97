"""Proving the address of an account that was made while verification was off."""

from sqlalchemy import update

from erp.identity.actions.accounts import find_user_by_email
from erp.identity.actions.codes import (
    Whose,
    begin_challenge,
    check_code,
    find_open_challenge,
    use_challenge,
)
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.throttling import MAIL_BUCKETS, are_tries_left
from erp.identity.errors import OtpInvalid
from erp.identity.models import Challenge, User
from erp.kernel.mail import send_sealed_mail
from erp.kernel.schema import fold


async def send_code_to_user(desk: Desk, user: User) -> None:
    """Mail a code to the account's address, as often as its mailbox's limits allow."""
    if user.email is None or not await are_tries_left(desk, MAIL_BUCKETS, fold(user.email)):
        return
    async with desk.database.writing() as session:
        whose = Whose(user.email, user_id=user.id)
        code = await begin_challenge(session, desk, "verify_email", whose)
        values = {"name": user.display_name, "code": code}
        to = (user.email, user.locale)
        await send_sealed_mail(session, desk.keys, "identity/verify_email", to, values)


async def find_user_challenge(desk: Desk, email: str) -> tuple[User, Challenge] | None:
    """The account with this unproved address, and its open code."""
    async with desk.database.reading() as session:
        user = await find_user_by_email(session, email)
        if user is None or user.email is None or user.email_verified:
            return None
        whose = Whose(user.email, user_id=user.id)
        challenge = await find_open_challenge(session, "verify_email", whose)
    return (user, challenge) if challenge else None


async def prove_address(
    desk: Desk, found: tuple[User, Challenge], code: str, visitor: Visitor
) -> None:
    """The code was right: the address counts as proved. Raises `OtpInvalid`."""
    user, challenge = found
    await check_code(desk, challenge, user.email or "", code, visitor)
    async with desk.database.writing() as session:
        await use_challenge(session, desk, challenge.id)
        statement = update(User).where(User.id == user.id, User.email_verified_at.is_(None))
        proved = statement.values(email_verified_at=desk.now()).returning(User.id)
        if await session.scalar(proved) is None:
            raise OtpInvalid
        note_event(session, "email.verified", visitor, user_id=user.id)
