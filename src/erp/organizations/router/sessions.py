"""Passwords and sessions of somebody who is signed in."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from erp.identity.access import AtDesk, FromVisitor, Mode, clear_cookies, hand_over
from erp.identity.actions import devices, recovery
from erp.identity.errors import (
    AceAccountLocked,
    AcePasswordExpired,
    CsrfFailed,
    DirectoryBadResponse,
    DirectoryTimeout,
    DirectoryUnavailable,
    InvalidAccountId,
    InvalidCredentials,
    ReauthenticationRequired,
    TooManyAttempts,
    WeakPassword,
)
from erp.identity.schemas import (
    ChangePasswordIn,
    DevicesOut,
    ReauthenticateIn,
    RevokeAllIn,
    TokensOut,
)
from erp.kernel.border import OriginRefused
from erp.kernel.errors import NotFound, ValidationFailed
from erp.kernel.http import refuses, room_router
from erp.organizations.access import HAVING_SIGNED_IN, Identified

router = room_router("identity", "/api/auth")

PROVING = (
    InvalidCredentials,
    *HAVING_SIGNED_IN,
    CsrfFailed,
    OriginRefused,
    TooManyAttempts,
    ValidationFailed,
)
PROVING_THERE = (  # what a company directory says besides
    InvalidAccountId,
    AceAccountLocked,
    AcePasswordExpired,
    DirectoryBadResponse,
    DirectoryUnavailable,
    DirectoryTimeout,
)
ENDING = (*HAVING_SIGNED_IN, CsrfFailed, OriginRefused, ReauthenticationRequired)


@router.post(
    "/change-password",
    response_model=TokensOut,
    responses=refuses(*PROVING, WeakPassword),
)
async def change_password(
    desk: AtDesk,
    visitor: FromVisitor,
    holder: Identified,
    body: ChangePasswordIn,
    response: Response,
) -> dict[str, Any]:
    """Another password: every session ends, and the caller gets a new one, kept the same way."""
    mode: Mode = "cookie" if holder.by_cookie else "bearer"
    change = recovery.PasswordChange(body.current_password, body.new_password)
    tokens = await recovery.change_password(desk, holder, change, visitor)
    return hand_over(desk, tokens, mode, response)


@router.post("/reauthenticate", status_code=204, responses=refuses(*PROVING, *PROVING_THERE))
async def reauthenticate(
    desk: AtDesk, visitor: FromVisitor, holder: Identified, body: ReauthenticateIn
) -> None:
    """Prove again that it is you, for calls that want a sign-in of the last ten minutes."""
    await recovery.reauthenticate(desk, holder, body.password, visitor)


@router.get("/sessions", responses=refuses(*HAVING_SIGNED_IN))
async def list_sessions(desk: AtDesk, holder: Identified) -> DevicesOut:
    """Everywhere I am signed in."""
    return DevicesOut(items=await devices.list_devices(desk, holder))


@router.delete("/sessions/{session_id}", status_code=204, responses=refuses(*ENDING, NotFound))
async def end_session(
    desk: AtDesk, visitor: FromVisitor, holder: Identified, session_id: UUID
) -> None:
    """End one of my sessions."""
    await devices.end_session(desk, holder, session_id, visitor)


@router.post("/revoke_all", status_code=204, responses=refuses(*ENDING), include_in_schema=False)
@router.post("/revoke-all", status_code=204, responses=refuses(*ENDING))
async def end_sessions(
    request: Request,
    desk: AtDesk,
    visitor: FromVisitor,
    holder: Identified,
    body: RevokeAllIn | None = None,
) -> Response:
    """End every session of mine, this one too unless `keep_current` is set."""
    keep, ended = body is not None and body.keep_current, Response(status_code=204)
    await devices.end_sessions(desk, holder, visitor, keep_current=keep)
    if not keep:
        clear_cookies(request, desk, ended)
    return ended
