"""Where a person is signed in, and ending it."""

from uuid import UUID

from sqlalchemy import select

from erp.identity.actions.desk import Desk, Visitor, device_label
from erp.identity.actions.recovery import Holder, ensure_recent
from erp.identity.actions.sessions import revoke, revoke_all
from erp.identity.models import SessionRow
from erp.identity.schemas import DeviceOut
from erp.kernel.errors import NotFound


async def list_devices(desk: Desk, holder: Holder) -> list[DeviceOut]:
    """Live sessions of the person, this one first, then the most recently used."""
    now = desk.now()
    query = select(SessionRow).where(
        SessionRow.user_id == holder.user_id,
        SessionRow.revoked_at.is_(None),
        SessionRow.idle_expires_at > now,
        SessionRow.absolute_expires_at > now,
    )
    async with desk.database.reading() as session:
        rows = await session.scalars(query.order_by(SessionRow.last_seen_at.desc()))
        shown = [_device(row, holder) for row in rows]
    return sorted(shown, key=lambda device: not device.is_this)


def _device(row: SessionRow, holder: Holder) -> DeviceOut:
    return DeviceOut(
        id=row.id,
        client=row.client,
        device=row.device_label or device_label(row.user_agent),
        ip=row.ip,
        is_this=row.id == holder.session_id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=min(row.idle_expires_at, row.absolute_expires_at),
    )


async def end_session(desk: Desk, holder: Holder, session_id: UUID, visitor: Visitor) -> None:
    """End one session of the person. Raises `NotFound`.

    For another than the present one also `ReauthenticationRequired`, unless the sign-in is recent.
    """
    async with desk.database.writing() as session:
        if session_id != holder.session_id:
            await ensure_recent(session, desk, holder.session_id)
        row = await session.get(SessionRow, session_id)
        if row is None or row.user_id != holder.user_id or not row.is_live(desk.now()):
            raise NotFound
        await revoke(session, session_id, "logout", visitor)


async def end_sessions(desk: Desk, holder: Holder, visitor: Visitor, *, keep_current: bool) -> None:
    """End every session of the person, except perhaps the present one."""
    async with desk.database.writing() as session:
        if keep_current:
            await ensure_recent(session, desk, holder.session_id)
        spared = holder.session_id if keep_current else None
        await revoke_all(session, holder.user_id, "revoke_all", visitor, but=spared)
