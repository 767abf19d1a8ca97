"""Passwords of older systems: what may be taken over, and for how long it may stay as it is.

Who signs in gets a plain argon2id hash (`confirm_sign_in`); this is about those who do not.
"""

import re
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk
from erp.identity.actions.events import note_job
from erp.identity.errors import LegacyHashRefused
from erp.identity.models import User
from erp.kernel.passwords import BCRYPT, WRAPPED, Hashed, is_bcrypt

WRAPPED_LIFE = timedelta(days=90)
_SHA256_HEX = re.compile(r"[0-9A-Fa-f]{64}")


async def accept_legacy_hash(desk: Desk, found: str) -> Hashed:
    """How a hash of an older system may rest: for `User.set_password`, at the time of the import.

    bcrypt stays as it was made; an unsalted SHA-256 in hex is wrapped in argon2id, so that no fast
    hash is ever stored. Raises `LegacyHashRefused` for every other kind.
    """
    if is_bcrypt(found):
        return Hashed(found, BCRYPT)
    if _SHA256_HEX.fullmatch(found):
        return await desk.passwords.wrap(found)
    raise LegacyHashRefused


async def disable_unconverted(session: AsyncSession) -> None:
    """Passwords whose wrapped SHA-256 nobody used for 90 days after the import need a reset."""
    now = session.info["clock"]()
    statement = (
        update(User)
        .where(User.password_scheme == WRAPPED, User.password_disabled_at.is_(None))
        .where(User.password_changed_at <= now - WRAPPED_LIFE)
        .values(password_disabled_at=now)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    for user_id in await session.scalars(statement):
        note_job(session, "password.disabled", user_id=user_id, reason="legacy_hash_expired")
