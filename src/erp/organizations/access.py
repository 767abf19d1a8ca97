"""Who may what: the permission table, and `may`, the only door to a `Workspace`."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Select, and_, bindparam, select  # noqa: TID251  opens the Workspace
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.access import Claims, FromClaims, FromCredential, plan_refusal
from erp.identity.actions.desk import Desk
from erp.identity.actions.keys import KeyText
from erp.identity.actions.recovery import Holder
from erp.identity.actions.sessions import SEEN_EVERY, touch
from erp.identity.errors import (
    ApiKeyInvalid,
    ApiKeyRefused,
    CsrfFailed,
    SessionRevoked,
    TooManyRequests,
)
from erp.identity.models import SessionRow, User
from erp.kernel.border import OriginRefused
from erp.kernel.db import Database, RequestSession, is_dry_run, run_afterwards
from erp.kernel.errors import (
    DatabaseBusy,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Stale,
    TooLarge,
    UnsupportedMedia,
    ValidationFailed,
)
from erp.kernel.reading import read_rows
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.errors import (
    IdempotencyKeyReused,
    OrganizationNotFound,
    RequestInFlight,
)
from erp.organizations.idempotency import remember_answer
from erp.organizations.keys import find_key
from erp.organizations.models import Member, Organization

Permission = Literal[
    "customers:read",
    "customers:write",
    "customers:merge",
    "products:read",
    "products:write",
    "products:costs",
    "time:read",
    "time:write",
    "stock:read",
    "stock:move",
    "stock:count",
    "stock:close",
    "notices:read",
    "time:approve",
    "time:close",
    "rates:read",
    "rates:write",
    "history:read",
    "audit:read",
    "projects:read",
    "projects:write",
    "tasks:read",
    "tasks:write",
    "comments:write",
    "reports:money",
    "members:place",
    "imports:run",
    "projects:sync",
    "members:read",
    "members:invite",
    "members:write",
    "organization:read",
    "organization:write",
    "keys:read",
    "keys:write",
    "directory:read",
    "directory:write",
    "outbox:read",
    "outbox:resend",
]
Role = Literal["user", "manager", "admin"]

# What every route of a room may refuse with, by what it does.
HAVING_SIGNED_IN = (NotSignedIn, SessionRevoked, ApiKeyRefused, TooManyRequests)
READING = (
    *(NotSignedIn, SessionRevoked, ApiKeyInvalid, TooManyRequests),
    *(NotAllowed, NotFound, OrganizationNotFound, Malformed, ValidationFailed, DatabaseBusy),
)
CHANGING = (*READING, CsrfFailed, OriginRefused, Stale, TooLarge, UnsupportedMedia)
CREATING = (*CHANGING, IdempotencyKeyReused, RequestInFlight)

_ADMINS = {
    *("members:invite", "members:write", "directory:read", "directory:write"),
    *("organization:write", "audit:read", "outbox:read", "outbox:resend"),
}
_MANAGERS = {
    *("customers:merge", "products:costs", "stock:close", "members:read"),
    *("members:place", "reports:money", "imports:run"),
    *("time:approve", "time:close", "rates:read", "rates:write"),
}
_EVERYONE = set(get_args(Permission)) - _MANAGERS - _ADMINS
PERMISSIONS: dict[str, frozenset[str]] = {
    "user": frozenset(_EVERYONE),
    "manager": frozenset(_EVERYONE | _MANAGERS),
    "admin": frozenset(_EVERYONE | _MANAGERS | _ADMINS),
}
KEPT_BY_WRITERS = frozenset(
    {"customers:write", "products:write", "stock:move", "stock:count", "projects:write"}
)
# What `writers = managers` leaves to users for records assigned to or made by themselves.
OWN_BY_WRITERS = frozenset({"tasks:write"})
# Permissions that reach only one's own records; for every other one the scope is all.
OWN: dict[str, frozenset[str]] = {
    "user": frozenset(
        {
            *("notices:read", "comments:write", "projects:sync", "time:read", "time:write"),
            *("keys:read", "keys:write"),
        },
    ),
    "manager": frozenset({"notices:read", "keys:read", "keys:write"}),
    "admin": frozenset({"notices:read"}),
}
# What no API key may do, whoever made it: who comes in stays in the hands of people.
NOT_BY_KEY = frozenset(
    name for name in get_args(Permission) if name.startswith(("keys:", "members:", "directory:"))
)


@cache
def permissions_of(role: str, writers: str) -> frozenset[str]:
    """What the role allows; `writers = managers` leaves users to read."""
    if role == "user" and writers == "managers":
        return PERMISSIONS[role] - KEPT_BY_WRITERS
    return PERMISSIONS[role]


@cache
def permissions_of_key(scopes: str, role: str, writers: str) -> frozenset[str]:
    """What a key may do at present: its scopes, as far as its owner still has them."""
    return (permissions_of(role, writers) & frozenset(scopes.split())) - NOT_BY_KEY


@cache
def own_of(role: str, writers: str) -> frozenset[str]:
    """The permissions that reach only the member's own records."""
    if role == "user" and writers == "managers":
        return OWN[role] | OWN_BY_WRITERS
    return OWN[role]


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person; no way to any organization's data."""

    session: AsyncSession
    user_id: UUID
    session_id: UUID
    organization_id: UUID | None


_users, _sessions = User.__table__.c, SessionRow.__table__.c
_organizations, _members = Organization.__table__.c, Member.__table__.c


def _access_query(which: Any) -> Select[Any]:
    """Session, user, organization and membership in one statement."""
    session_user = SessionRow.__table__.join(User.__table__, _users.id == _sessions.user_id)
    organization = and_(which, _organizations.status == "active")
    membership = and_(
        _members.organization_id == _organizations.id,
        _members.user_id == _users.id,
        _members.status == "active",
    )
    source = session_user.outerjoin(Organization.__table__, organization)
    return (
        select(
            _sessions.user_id,
            _sessions.gen,
            _sessions.confirmed_gen,
            _sessions.last_seen_at,
            _sessions.idle_expires_at,
            _sessions.absolute_expires_at,
            _sessions.revoked_at,
            _users.is_active,
            _users.must_change_password,
            _organizations.id.label("organization_id"),
            _organizations.currency,
            _organizations.time_zone,
            _organizations.writers,
            _members.id.label("member_id"),
            _members.role,
        )
        .select_from(source.outerjoin(Member.__table__, membership))
        .where(_sessions.id == bindparam("session_id"))
    )


_IN_ACTIVE = _access_query(_organizations.id == _sessions.organization_id)
_IN_NAMED = _access_query(_organizations.slug == bindparam("slug"))


async def _find_access(
    session: AsyncSession, request: Request, claims: Claims, slug: str | None
) -> Any:
    """The row that decides. Raises `SessionRevoked`."""
    parameters: dict[str, Any] = {"session_id": claims.session_id}
    query = _IN_ACTIVE
    if slug is not None:
        query, parameters = _IN_NAMED, {**parameters, "slug": slug[:100]}
    await admit(session, user_id=claims.user_id)
    row = next(iter(await read_rows(session, query, parameters)), None)
    now: datetime = session.info["clock"]()
    if row is None or row.user_id != claims.user_id or claims.gen > row.gen:
        raise SessionRevoked
    desk: Desk = request.app.state.desk
    expired = row.idle_expires_at <= now or row.absolute_expires_at <= now
    is_handed = row.must_change_password and not desk.habits.handed_passwords
    if row.revoked_at is not None or expired or is_handed or not row.is_active:
        raise SessionRevoked
    desk.pace.keep(row.user_id)
    _plan_touch(request, row, claims, now)
    return row


def _plan_touch(request: Request, row: Any, claims: Claims, now: datetime) -> None:
    """Once a minute, and once per rotation, the session notes that it was used."""
    if claims.gen > row.confirmed_gen or now - row.last_seen_at >= SEEN_EVERY:

        async def note_use(database: Database) -> None:
            async with database.writing() as session:
                await touch(session, claims.session_id, claims.gen, now)

        request.scope.setdefault("afterwards", []).append(note_use)


async def _sign_in(request: Request, claims: FromClaims, session: RequestSession) -> Caller:
    slug = request.headers.get("x-organization")
    row = await _find_access(session, request, claims, slug)
    if slug is not None and row.member_id is None:
        raise not_a_member(request, row.user_id)
    here = row.organization_id if row.member_id else None
    return Caller(session, row.user_id, claims.session_id, here)


async def _identify(request: Request, claims: FromClaims) -> Holder:
    """The person and session, read in a transaction that is over before the route begins."""
    database: Database = request.app.state.database
    async with database.reading() as session:
        row = await _find_access(session, request, claims, None)
    await run_afterwards(request, database)
    return Holder(row.user_id, claims.session_id, claims.by_cookie)


_identify.mark = "signed_in"  # type: ignore[attr-defined]
Identified = Annotated[Holder, Depends(_identify)]

_sign_in.mark = "signed_in"  # type: ignore[attr-defined]
SignedIn = Annotated[Caller, Depends(_sign_in)]


@dataclass(frozen=True, slots=True)
class _Admission:
    """The row that decided, what it allows, and by which session or key it was asked for."""

    row: Any
    permissions: frozenset[str]
    session_id: UUID | None = None
    api_key_id: UUID | None = None


async def _admit(
    session: AsyncSession, request: Request, credential: Claims | KeyText
) -> _Admission:
    slug = request.headers.get("x-organization")
    if isinstance(credential, KeyText):
        row = await find_key(session, request, credential)
        if slug is not None and slug != row.slug:
            raise not_a_member(request, row.user_id)
        allowed = permissions_of_key(row.scopes, row.role, row.writers)
        return _Admission(row, allowed, api_key_id=row.key_id)
    row = await _find_access(session, request, credential, slug)
    if row.member_id is None:
        raise OrganizationNotFound if slug is None else not_a_member(request, row.user_id)
    await admit(session, organization_id=row.organization_id)
    allowed = permissions_of(row.role, row.writers)
    return _Admission(row, allowed, session_id=credential.session_id)


async def enter(
    session: AsyncSession, request: Request, credential: Claims | KeyText, permission: Permission
) -> Workspace:
    """The member at work in this transaction. Raises `NotAllowed` without the permission."""
    admitted = await _admit(session, request, credential)
    row = admitted.row
    if permission not in admitted.permissions:
        raise _not_allowed(request, row, permission)
    return Workspace(
        session=session,
        organization_id=row.organization_id,
        member_id=row.member_id,
        user_id=row.user_id,
        session_id=admitted.session_id,
        permissions=admitted.permissions,
        currency=row.currency,
        time_zone=row.time_zone,
        request_id=request.scope["request_id"],
        own=own_of(row.role, row.writers),
        api_key_id=admitted.api_key_id,
    )


def may(permission: Permission) -> Any:
    """The mark of a route: who calls it works in an organization and has this permission."""

    async def open_workspace(
        request: Request, credential: FromCredential, session: RequestSession
    ) -> Workspace:
        work = await enter(session, request, credential, permission)
        has_key = request.method == "POST" and "idempotency-key" in request.headers
        if has_key and not is_dry_run(request):  # what has no effect may be asked again
            await remember_answer(request, work)
        return work

    open_workspace.mark = permission  # type: ignore[attr-defined]
    return Depends(open_workspace)


def _not_allowed(request: Request, row: Any, permission: str) -> NotAllowed:
    """The role does not include it: noted once this transaction is over."""
    refusal, home = NotAllowed(permission=permission), row.organization_id
    plan_refusal(request, "access.refused", refusal, user_id=row.user_id, organization_id=home)
    return refusal


def not_a_member(request: Request, user_id: UUID) -> OrganizationNotFound:
    """A foreign or unknown organization was named: noted once this transaction is over."""
    refusal = OrganizationNotFound()
    plan_refusal(request, "organization.refused", refusal, user_id=user_id)
    return refusal
