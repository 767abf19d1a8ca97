"""Wrong passwords: each leaves an event, and enough in a row disable the password."""

from uuid import UUID

from sqlalchemy import update

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event, note_refusal
from erp.identity.actions.throttling import MOST_FAILURES, count_failure
from erp.identity.errors import InvalidCredentials
from erp.identity.models import User
from erp.kernel.errors import Refusal


async def note_failure(
    desk: Desk,
    user: User | None,
    refusal: Refusal,
    visitor: Visitor,
    event: str = "user.login_failed",
) -> Refusal:
    """Note it in a transaction of its own, which the refusal cannot undo; gives the refusal."""
    known = user.id if user else None
    async with desk.database.writing() as session:
        note_refusal(session, event, visitor, refusal.code(), user_id=known)
        is_guess = known is not None and isinstance(refusal, InvalidCredentials)
        failures = await count_failure(session, desk, known) if known and is_guess else 0
    if known and failures >= MOST_FAILURES:
        await _disable_password(desk, known, visitor)
    return refusal


async def _disable_password(desk: Desk, user_id: UUID, visitor: Visitor) -> None:
    statement = (
        update(User)
        .where(User.id == user_id, User.password_disabled_at.is_(None))
        .values(password_disabled_at=desk.now())
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    async with desk.database.writing() as session:
        if await session.scalar(statement):
            note_event(session, "password.disabled", visitor, user_id=user_id)
