"""API keys: `erp_sk_<prefix>_<secret>_<checksum>`. The prefix finds the row, the secret proves it.

Prefix and checksum also let secret scanners find keys that leaked, without asking us.
"""

import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zlib import crc32

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Visitor
from erp.identity.actions.events import note_event
from erp.identity.models import ApiKey

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
START = "erp_sk_"
SHAPE = re.compile(r"(erp_sk_([0-9A-Za-z]{8})_([0-9A-Za-z]{43}))_([0-9A-Za-z]{6})")
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyText:
    """The parts of a key: what finds it, and the 256 random bits that prove it."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        body = f"{START}{self.prefix}_{self.secret}"
        return f"{body}_{_checksum(body)}"


def make_key_text() -> KeyText:
    """A key nobody has; 43 characters of base62 are 256 bits."""
    return KeyText(_random(8), _random(43))


def read_key_text(text: str) -> KeyText | None:
    """The parts of a well-formed key; None for anything else, without a look at the database."""
    found = SHAPE.fullmatch(text)
    if found is None or _checksum(found[1]) != found[4]:
        return None
    return KeyText(found[2], found[3])


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    number, digits = crc32(body.encode()), ""
    while len(digits) < 6:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


async def note_use(session: AsyncSession, key_id: UUID, ip: str, now: datetime) -> None:
    """When and from where the key was used last, at most once a minute."""
    is_news = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - USED_EVERY)
    statement = update(ApiKey).where(ApiKey.id == key_id, is_news)
    values = statement.values(last_used_at=now, last_used_ip=ip)
    await session.execute(values.execution_options(synchronize_session=False))


async def revoke_keys(
    session: AsyncSession,
    organization_id: UUID,
    which: ColumnElement[bool],
    visitor: Visitor,
    *,
    by: UUID,
) -> Sequence[ApiKey]:
    """End these keys of the organization; gives those that had not ended yet."""
    statement = (
        update(ApiKey)
        .where(ApiKey.organization_id == organization_id, which, ApiKey.revoked_at.is_(None))
        .values(revoked_at=session.info["clock"]())
        .returning(ApiKey)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    ended = (await session.scalars(statement)).all()
    for key in ended:
        note_key(session, "api_key.revoked", key, visitor, by=by)
    return ended


def note_key(session: AsyncSession, event: str, key: ApiKey, visitor: Visitor, *, by: UUID) -> None:
    """Add an event about a key; the prefix tells which, and opens nothing."""
    noted = note_event(session, event, visitor, user_id=by)
    noted.organization_id = key.organization_id
    noted.subject_kind, noted.subject_id = "api_key", key.id
    noted.data = (noted.data or {}) | {"prefix": key.prefix, "owner": str(key.user_id)}
