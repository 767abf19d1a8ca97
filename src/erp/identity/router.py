"""Sign-in calls whose answers name no organization. Those that do are in organizations."""

from uuid import UUID

from fastapi import Request, Response

from erp.identity.access import (
    AtDesk,
    FromVisitor,
    Public,
    clear_cookies,
    cookie_name,
    hand_over,
    read_claims,
    read_refresh,
)
from erp.identity.actions import accounts, sessions
from erp.identity.errors import (
    CsrfFailed,
    RefreshTokenExpired,
    RefreshTokenInvalid,
    RefreshTokenReused,
    ResetTokenInvalid,
    SessionRevoked,
    TooManyAttempts,
    WeakPassword,
)
from erp.identity.schemas import (
    CsrfOut,
    LogoutIn,
    PasswordRule,
    RefreshIn,
    ResetPasswordIn,
    TokensOut,
    WaysInOut,
)
from erp.kernel.border import OriginRefused, ensure_own_origin
from erp.kernel.errors import NotSignedIn, Refusal, ValidationFailed
from erp.kernel.http import problem, refuses, room_router

router = room_router("identity", "/api/auth")


@router.get("/options", response_model=WaysInOut, dependencies=[Public])
async def read_ways_in(desk: AtDesk) -> WaysInOut:
    """How one can get in here: for the sign-in and sign-up pages."""
    return WaysInOut(
        sign_up=desk.settings.verification == "off",
        verification=desk.settings.verification,
        password_rule=PasswordRule(composition=desk.settings.password_composition == "on"),
    )


REFRESHING = refuses(
    RefreshTokenInvalid,
    RefreshTokenExpired,
    RefreshTokenReused,
    SessionRevoked,
    CsrfFailed,
    OriginRefused,
    TooManyAttempts,
)


@router.patch(
    "/refresh",
    response_model=TokensOut,
    dependencies=[Public],
    responses=REFRESHING,
    include_in_schema=False,
)
@router.post("/refresh", response_model=TokensOut, dependencies=[Public], responses=REFRESHING)
async def refresh(
    request: Request,
    desk: AtDesk,
    visitor: FromVisitor,
    response: Response,
    body: RefreshIn | None = None,
) -> object:
    """Exchange the refresh token, of the body or the cookie, for the next pair."""
    token, mode = read_refresh(request, body.refresh_token if body else None)
    try:
        tokens = await sessions.rotate(desk, token, visitor)
    except NotSignedIn as refusal:
        return _refused_for_good(request, refusal, with_cookies=mode == "cookie")
    return hand_over(desk, tokens, mode, response)


def _refused_for_good(request: Request, refusal: Refusal, *, with_cookies: bool) -> Response:
    response = problem(request, refusal)
    if with_cookies:
        clear_cookies(request.app.state.desk, response)
    return response


@router.post("/logout", status_code=204, dependencies=[Public], responses=refuses(CsrfFailed))
async def log_out(
    request: Request, desk: AtDesk, response: Response, body: LogoutIn | None = None
) -> None:
    """End this session, the person's other ones, or all; fine for a session long gone."""
    wanted = body or LogoutIn()
    known = _known_session(request, wanted.refresh_token)
    if known:
        await _end_sessions(request, *known, wanted.scope)
    if wanted.scope != "others":
        clear_cookies(desk, response)


def _known_session(request: Request, in_body: str | None) -> tuple[UUID, UUID] | None:
    """User and session of whatever genuine token came along, CSRF included where it is due."""
    desk = request.app.state.desk
    cookie = request.cookies.get(cookie_name(desk, "refresh_token"))
    try:
        if in_body or (cookie and "authorization" not in request.headers):
            token, _mode = read_refresh(request, in_body)
            claims = sessions.read_refresh_token(desk, token)
            return UUID(claims["sub"]), UUID(claims["sid"])
        access = read_claims(request)
        return UUID(access.user_id), UUID(access.session_id)
    except NotSignedIn:
        return None


async def _end_sessions(request: Request, user_id: UUID, session_id: UUID, scope: str) -> None:
    desk = request.app.state.desk
    async with desk.database.writing() as session:
        if not await sessions.is_live(session, session_id, desk.now()):
            return
        if scope == "local":
            await sessions.revoke(session, session_id, "logout", desk.now())
        else:
            spared = session_id if scope == "others" else None
            await sessions.revoke_all(session, user_id, "revoke_all", desk.now(), but=spared)


@router.get("/csrf", response_model=CsrfOut, dependencies=[Public], responses=refuses(NotSignedIn))
async def read_csrf_token(request: Request, desk: AtDesk) -> CsrfOut:
    """A CSRF token of the present session, for pages that cannot read the cookie.

    The cookie must hold it as well, so the present one is repeated if it still fits.
    """
    claims = read_claims(request)
    kept = request.cookies.get(cookie_name(desk, "csrf_token"), "")
    if not desk.keys.is_csrf_token(kept, claims.session_id):
        raise NotSignedIn
    return CsrfOut(csrf_token=kept)


@router.post(
    "/reset-password",
    status_code=204,
    dependencies=[Public],
    responses=refuses(ResetTokenInvalid, WeakPassword, ValidationFailed, TooManyAttempts),
)
async def reset_password(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: ResetPasswordIn
) -> None:
    """Choose a new password by a one-time link; every session of the account ends."""
    ensure_own_origin(request, desk.settings, with_cookies=False)
    await accounts.reset_password(desk, body.token, body.new_password, visitor)
