"""Browsers that somebody signed in with before (OWASP: device cookies).

The cookie names, hidden, who came in by it. A known browser has a login bucket of its own, so that
strangers who guess at an account cannot lock its owner out; an unknown one is told by mail.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.models import SessionRow, User
from erp.kernel.mail import send_mail
from erp.kernel.schema import fold

LIFE = timedelta(days=180)
MOST_NAMES = 9  # three people with an id, an address and a user name each
PURPOSE = "device"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """What a device cookie says: a random name for the browser, and who signed in there."""

    nonce: str
    names: tuple[str, ...]

    def knows(self, desk: Desk, name: str) -> bool:
        """Whether somebody signed in here under this address or user name."""
        return _hidden(desk, name) in self.names


def read_device(desk: Desk, cookie: str | None) -> KnownDevice | None:
    """The device of a genuine cookie that is not too old."""
    text = desk.keys.read_stamped(PURPOSE, cookie) if cookie else None
    if text is None:
        return None
    nonce, issued, *names = text.split(".")
    if int(issued) + LIFE.total_seconds() <= desk.now().timestamp():
        return None
    return KnownDevice(nonce, tuple(names))


def write_device(desk: Desk, known: KnownDevice | None, user: User) -> str:
    """A cookie for the same browser, by which the user is known there too from now on."""
    own = [_hidden(desk, key) for key in _keys_of(user)]
    others = [name for name in (known.names if known else ()) if name not in own]
    nonce = known.nonce if known else secrets.token_urlsafe(16)
    issued = str(int(desk.now().timestamp()))
    return desk.keys.stamp(PURPOSE, ".".join([nonce, issued, *own, *others][: 2 + MOST_NAMES]))


async def tell_of_new_device(
    session: AsyncSession, desk: Desk, user: User, visitor: Visitor
) -> None:
    """A mail about a sign-in from where the account was not used before; call it before it is."""
    device = read_device(desk, visitor.device_cookie)
    if device and any(device.knows(desk, key) for key in _keys_of(user)):
        return
    if await _is_first(session, user) or await _was_here(session, desk, user, visitor):
        return
    note_event(session, "device.new", visitor, user_id=user.id)
    if user.email:
        values = {
            "name": user.display_name,
            "device": visitor.device_label,
            "ip": visitor.ip,
            "at": f"{desk.now():%Y-%m-%d %H:%M} UTC",
        }
        await send_mail(session, "identity/new_device", user.email, user.locale, values)


async def _is_first(session: AsyncSession, user: User) -> bool:
    query = select(SessionRow.id).where(SessionRow.user_id == user.id).limit(1)
    return await session.scalar(query) is None


async def _was_here(session: AsyncSession, desk: Desk, user: User, visitor: Visitor) -> bool:
    """Programs keep no cookies: the same one at the same address is known. Browsers do."""
    if visitor.client == "spa":
        return False
    query = select(SessionRow.id).where(
        SessionRow.user_id == user.id,
        SessionRow.ip == visitor.ip,
        SessionRow.user_agent == visitor.user_agent,
        SessionRow.created_at > desk.now() - LIFE,
    )
    return await session.scalar(query.limit(1)) is not None


def _keys_of(user: User) -> list[str]:
    """What the person signs in with; the id is for those of a directory, who have neither."""
    return [key for key in (str(user.id), user.email_key, user.username_key) if key]


def _hidden(desk: Desk, name: str) -> str:
    return desk.keys.hide(f"{PURPOSE}:{fold(name)}")[:24]
