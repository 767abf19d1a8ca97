"""What an API key opens: its owner's membership in the one organization it was made for."""

from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy import Select, and_, bindparam, select  # noqa: TID251  opens the Workspace
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.keys import USED_EVERY, KeyText, note_use
from erp.identity.errors import ApiKeyInvalid
from erp.identity.models import ApiKey, User
from erp.kernel.crypto import digest, is_same
from erp.kernel.db import Database
from erp.kernel.reading import read_rows
from erp.kernel.walls import admit
from erp.organizations.models import Member, Organization

_users, _keys = User.__table__.c, ApiKey.__table__.c
_organizations, _members = Organization.__table__.c, Member.__table__.c


_BY_PREFIX = (
    select(_keys.id, _keys.organization_id, _keys.secret_hash)
    .where(_keys.prefix == bindparam("prefix"), _keys.revoked_at.is_(None))
    .where(_keys.expires_at > bindparam("now", type_=_keys.expires_at.type))
)


def _key_query() -> Select[Any]:
    """Key, owner, organization and membership in one statement."""
    organization = and_(
        _organizations.id == _keys.organization_id, _organizations.status == "active"
    )
    membership = and_(
        _members.organization_id == _organizations.id,
        _members.user_id == _keys.user_id,
        _members.status == "active",
    )
    owned = ApiKey.__table__.join(User.__table__, _users.id == _keys.user_id)
    source = owned.join(Organization.__table__, organization).join(Member.__table__, membership)
    return (
        select(
            _keys.id.label("key_id"),
            _keys.user_id,
            _keys.scopes,
            _keys.last_used_at,
            _organizations.id.label("organization_id"),
            _organizations.slug,
            _organizations.currency,
            _organizations.time_zone,
            _organizations.writers,
            _members.id.label("member_id"),
            _members.role,
        )
        .select_from(source)
        .where(_keys.id == bindparam("key_id"), _users.is_active)
    )


_BY_KEY = _key_query()


async def find_key(session: AsyncSession, request: Request, key: KeyText) -> Any:
    """The row that decides about a key. Raises `ApiKeyInvalid`, `TooManyRequests`.

    The secret is compared before the organization's rows, memberships above all, come into sight.
    """
    now: datetime = session.info["clock"]()
    parameters = {"prefix": key.prefix, "now": now}
    known = next(iter(await read_rows(session, _BY_PREFIX, parameters)), None)
    if known is None or not is_same(digest(key.secret), known.secret_hash):
        raise ApiKeyInvalid
    await admit(session, organization_id=known.organization_id)
    row = next(iter(await read_rows(session, _BY_KEY, {"key_id": known.id})), None)
    if row is None:
        raise ApiKeyInvalid
    request.app.state.desk.pace.keep(row.key_id)
    _plan_note(request, row, now)
    return row


def _plan_note(request: Request, row: Any, now: datetime) -> None:
    if row.last_used_at is None or now - row.last_used_at >= USED_EVERY:
        ip = request.scope["client_address"]

        async def note(database: Database) -> None:
            async with database.writing() as session:
                await note_use(session, row.key_id, ip, now)

        request.scope.setdefault("afterwards", []).append(note)
