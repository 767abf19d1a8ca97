"""Sessions: begin, rotate, end. Every change of state is one compare-and-swap statement."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import and_, case, exists, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.throttling import REFRESH, count_tries
from erp.identity.errors import (
    RefreshTokenExpired,
    RefreshTokenInvalid,
    RefreshTokenReused,
    SessionRevoked,
)
from erp.identity.models import SessionRow, User
from erp.kernel.crypto import ExpiredToken, InvalidToken, digest
from erp.kernel.mail import send_mail
from erp.kernel.schema import Instant

SHORT_IDLE = timedelta(hours=12)
MOST_SESSIONS = 20
SEEN_EVERY = timedelta(minutes=1)
Scope = Literal["local", "others", "all"]
AuthMethod = Literal["password", "directory"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens of one generation, and how long each lives in seconds."""

    session_id: UUID
    access: str
    refresh: str
    access_seconds: int
    refresh_seconds: int
    remember: bool


async def begin_session(  # noqa: PLR0913  what makes a session, each with a name
    session: AsyncSession,
    desk: Desk,
    user: User,
    visitor: Visitor,
    *,
    organization_id: UUID | None,
    remember: bool,
    auth_method: AuthMethod = "password",
) -> Tokens:
    """A new session of this user in the running transaction; the oldest beyond 20 ends."""
    now, secret = desk.now(), secrets.token_urlsafe(16)
    row = SessionRow(
        user_id=user.id,
        organization_id=organization_id,
        auth_method=auth_method,
        amr="pwd",
        gen=0,
        confirmed_gen=0,
        rotates=not desk.habits.has_fixed_tokens,
        remember=remember,
        sec_hash=digest(secret),
        rotated_at=now,
        auth_time=now,
        last_seen_at=now,
        idle_expires_at=now + _idle_life(desk, remember=remember),
        absolute_expires_at=now + timedelta(days=desk.settings.session_days),
        ip=visitor.ip,
        user_agent=visitor.user_agent,
        device_label=visitor.device_label,
        client=visitor.client,
        created_at=now,
    )
    session.add(row)
    await session.flush()  # the cap counts this row too
    await _end_oldest(session, user.id, visitor)
    return mint(desk, row, secret)


def mint(desk: Desk, row: SessionRow, secret: str) -> Tokens:
    """Tokens of the row's generation: the refresh token's bytes depend on the row alone."""
    now = desk.now()
    subject = {"sub": str(row.user_id), "sid": str(row.id), "gen": row.gen}
    access_end = int(now.timestamp()) + desk.settings.access_token_minutes * 60
    refresh_end = int(min(row.idle_expires_at, row.absolute_expires_at).timestamp())
    access = {
        **subject,
        "iat": int(now.timestamp()),
        "exp": access_end,
        "jti": secrets.token_hex(8),
    }
    refresh = {
        **subject,
        "sec": secret,
        "iat": int(row.rotated_at.timestamp()),
        "exp": refresh_end,
        "jti": f"{row.id}.{row.gen}",
    }
    return Tokens(
        session_id=row.id,
        access=desk.keys.sign("access", access),
        refresh=desk.keys.sign("refresh", refresh),
        access_seconds=desk.settings.access_token_minutes * 60,
        refresh_seconds=max(0, refresh_end - int(row.rotated_at.timestamp())),
        remember=row.remember,
    )


async def rotate(desk: Desk, token: str, visitor: Visitor) -> Tokens:
    """Exchange a refresh token for the next pair.

    Raises `RefreshTokenInvalid`, `RefreshTokenExpired`, `SessionRevoked`, and for a stale token
    after its successor was used `RefreshTokenReused`, which also ends the session (RFC 9700 §4.14).
    """
    claims = read_refresh_token(desk, token)
    await count_tries(desk, ((REFRESH, claims["sid"]),))
    async with desk.database.writing() as session:
        row = await _advance(session, desk, claims)
        outcome = row or await _why_not(session, desk, claims, visitor)
    if isinstance(outcome, Exception):
        raise outcome
    return mint(desk, outcome, claims["sec"])


def read_refresh_token(desk: Desk, token: str) -> dict[str, Any]:
    """The claims of a genuine refresh token."""
    try:
        claims = desk.keys.verify("refresh", token, desk.now().timestamp())
        UUID(claims["sid"]), UUID(claims["sub"])
    except ExpiredToken:
        raise RefreshTokenExpired from None
    except (InvalidToken, ValueError):
        raise RefreshTokenInvalid from None
    if not isinstance(claims.get("sec"), str):
        raise RefreshTokenInvalid
    return claims


async def _advance(session: AsyncSession, desk: Desk, claims: dict[str, Any]) -> SessionRow | None:
    now = desk.now()
    long, short = (
        literal(now + _idle_life(desk, remember=remember), Instant) for remember in (True, False)
    )
    idle = case((SessionRow.remember, long), else_=short)
    user_is_active = exists().where(User.id == UUID(claims["sub"]), User.is_active)
    statement = (
        update(SessionRow)
        .where(
            SessionRow.id == UUID(claims["sid"]),
            SessionRow.user_id == UUID(claims["sub"]),
            SessionRow.gen == claims["gen"],
            SessionRow.sec_hash == digest(claims["sec"]),
            SessionRow.rotates,
            SessionRow.revoked_at.is_(None),
            SessionRow.idle_expires_at > now,
            SessionRow.absolute_expires_at > now,
            user_is_active,
        )
        .values(gen=SessionRow.gen + 1, rotated_at=now, idle_expires_at=idle)
        .returning(SessionRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def _why_not(
    session: AsyncSession, desk: Desk, claims: dict[str, Any], visitor: Visitor
) -> SessionRow | Exception:
    """What a token that did not advance its session gets: the same successor, or a refusal."""
    now = desk.now()
    row = await session.get(SessionRow, UUID(claims["sid"]), populate_existing=True)
    user = await session.get(User, UUID(claims["sub"]))
    if row is None or user is None or not row.rotates or not is_token_of(row, claims):
        return RefreshTokenInvalid()
    if not row.is_live(now) or not user.is_active:
        return SessionRevoked()
    if row.takes_again(claims["gen"], now):
        return row
    if not await revoke(session, row.id, "refresh_reuse", visitor):
        return SessionRevoked()  # another request ended it meanwhile
    await _warn_of_reuse(session, row, user, visitor)
    return RefreshTokenReused()


def is_token_of(row: SessionRow, claims: dict[str, Any]) -> bool:
    """Whether the claims of a refresh token were made for this session."""
    if claims["gen"] > row.gen:  # a restored backup looks like that too: nothing is revoked
        log.warning("session.behind_its_token", session_id=str(row.id), gen=row.gen)
        return False
    return row.user_id == UUID(claims["sub"]) and row.sec_hash == digest(claims["sec"])


async def _warn_of_reuse(
    session: AsyncSession, row: SessionRow, user: User, visitor: Visitor
) -> None:
    note_event(
        session,
        "token.reuse_detected",
        visitor,
        user_id=user.id,
        organization_id=row.organization_id,
        session_id=row.id,
    )
    if user.email:
        values = {"name": user.display_name, "device": row.user_agent or "?"}
        await send_mail(session, "identity/session_ended", user.email, user.locale, values)


async def sign_out(
    desk: Desk, user_id: UUID, session_id: UUID, scope: Scope, visitor: Visitor
) -> None:
    """End this session, the person's other ones, or all; one that has ended moves nothing."""
    async with desk.database.writing() as session:
        row = await session.get(SessionRow, session_id)
        if row is None or row.user_id != user_id or not row.is_live(desk.now()):
            return
        if scope == "local":
            await revoke(session, session_id, "logout", visitor)
        else:
            spared = session_id if scope == "others" else None
            await revoke_all(session, user_id, "revoke_all", visitor, but=spared)


async def revoke(session: AsyncSession, session_id: UUID, reason: str, visitor: Visitor) -> bool:
    """End one session; False if it had ended before."""
    return await _end(session, SessionRow.id == session_id, reason, visitor)


async def revoke_all(
    session: AsyncSession,
    user_id: UUID,
    reason: str,
    visitor: Visitor,
    *,
    but: UUID | None = None,
) -> None:
    """End every session of the user, except perhaps one."""
    mine = SessionRow.user_id == user_id
    await _end(session, and_(mine, SessionRow.id != but) if but else mine, reason, visitor)


async def _end(session: AsyncSession, which: Any, reason: str, visitor: Visitor) -> bool:
    """Each session that ends here leaves one event, however many try at once."""
    now: datetime = session.info["clock"]()
    statement = (
        update(SessionRow)
        .where(which, SessionRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
        .returning(SessionRow.id, SessionRow.user_id, SessionRow.organization_id)
        .execution_options(synchronize_session=False)
    )
    ended = (await session.execute(statement)).all()
    for sid, owner, home in ended:
        note_event(
            session,
            "session.revoked",
            visitor,
            user_id=owner,
            organization_id=home,
            session_id=sid,
            reason=reason,
        )
    return bool(ended)


async def _end_oldest(session: AsyncSession, user_id: UUID, visitor: Visitor) -> None:
    now = session.info["clock"]()
    live = select(SessionRow.id).where(
        SessionRow.user_id == user_id,
        SessionRow.revoked_at.is_(None),
        SessionRow.idle_expires_at > now,
        SessionRow.absolute_expires_at > now,
    )
    newest_first = live.order_by(SessionRow.created_at.desc(), SessionRow.id.desc())
    surplus = list(await session.scalars(newest_first.offset(MOST_SESSIONS)))
    if surplus:
        await _end(session, SessionRow.id.in_(surplus), "cap", visitor)


async def end_with_access(session: AsyncSession, desk: Desk, tokens: Tokens) -> None:
    """Let the session last as long as this access token, for clients that get no other."""
    end = desk.now() + timedelta(seconds=tokens.access_seconds)
    statement = update(SessionRow).where(SessionRow.id == tokens.session_id)
    ending = statement.values(idle_expires_at=end, absolute_expires_at=end)
    await session.execute(ending.execution_options(synchronize_session=False))


async def touch(session: AsyncSession, session_id: UUID, gen: int, now: datetime) -> None:
    """Note that the session was used, and that the tokens of this generation arrived."""
    confirmed = case((SessionRow.confirmed_gen < gen, gen), else_=SessionRow.confirmed_gen)
    is_news = or_(SessionRow.confirmed_gen < gen, SessionRow.last_seen_at <= now - SEEN_EVERY)
    statement = update(SessionRow).where(SessionRow.id == session_id, is_news)
    values = statement.values(last_seen_at=now, confirmed_gen=confirmed)
    await session.execute(values.execution_options(synchronize_session=False))


def _idle_life(desk: Desk, *, remember: bool) -> timedelta:
    return timedelta(days=desk.settings.refresh_token_days) if remember else SHORT_IDLE
