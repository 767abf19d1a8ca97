"""Sign-in calls whose answers name no organization. Those that do are in organizations."""

from uuid import UUID

from fastapi import Request, Response

from erp.identity.access import (
    AtDesk,
    FromVisitor,
    Public,
    clear_cookies,
    ensure_trusted_page,
    find_cookie,
    find_registration,
    hand_over,
    read_claims,
    read_refresh,
)
from erp.identity.actions import accounts, recovery, registration, sessions
from erp.identity.actions.desk import Desk
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
    AcceptedOut,
    ForgotPasswordIn,
    LogoutIn,
    PasswordRule,
    RefreshIn,
    ResendIn,
    ResetPasswordIn,
    TokensOut,
    WaysInOut,
)
from erp.kernel.border import OriginRefused, ensure_own_origin
from erp.kernel.errors import NotSignedIn, ValidationFailed
from erp.kernel.http import problem, refuses, room_router

CLEARED = '"cache", "storage"'

router = room_router("identity", "/api/auth")


@router.get("/options", response_model=WaysInOut, dependencies=[Public])
async def read_ways_in(desk: AtDesk) -> WaysInOut:
    """How one can get in here: for the sign-in and sign-up pages."""
    return WaysInOut(
        sign_up=True,
        verification=desk.settings.verification,
        directory=bool(desk.directories),
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
    in_body = body.refresh_token if body else None
    try:
        token, mode = read_refresh(request, in_body)
        tokens = await sessions.rotate(desk, token, visitor)
    except NotSignedIn as refusal:
        refused = problem(request, refusal)
        if in_body is None:
            clear_cookies(request, desk, refused)
        return refused
    return hand_over(desk, tokens, mode, response)


@router.post(
    "/logout",
    status_code=204,
    dependencies=[Public],
    responses=refuses(CsrfFailed, OriginRefused, ValidationFailed),
)
async def log_out(
    request: Request,
    desk: AtDesk,
    visitor: FromVisitor,
    response: Response,
    body: LogoutIn | None = None,
) -> None:
    """End this session, the person's other ones, or all; fine for a session long gone."""
    ensure_own_origin(request, desk.settings, with_cookies=False)
    wanted = body or LogoutIn()
    known = _known_session(request, desk, wanted.refresh_token)
    if known:
        await sessions.sign_out(desk, *known, wanted.scope, visitor)
    if wanted.scope != "others" and clear_cookies(request, desk, response):
        response.headers["Clear-Site-Data"] = CLEARED


def _known_session(request: Request, desk: Desk, in_body: str | None) -> tuple[UUID, UUID] | None:
    """User and session of whatever genuine token came along, CSRF included where it is due."""
    try:
        if in_body or find_cookie(request, desk, "refresh_token"):
            token, _mode = read_refresh(request, in_body)
            claims = sessions.read_refresh_token(desk, token)
            return UUID(claims["sub"]), UUID(claims["sid"])
        access = read_claims(request)
    except NotSignedIn:
        return None
    return access.user_id, access.session_id


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


@router.post(
    "/resend-otp",
    status_code=202,
    response_model=AcceptedOut,
    dependencies=[Public],
    responses=refuses(ValidationFailed, TooManyAttempts, OriginRefused),
)
async def resend_code(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: ResendIn
) -> AcceptedOut:
    """Send the code of a pending sign-up again; the answer tells nothing about it."""
    ensure_trusted_page(request, desk, "bearer")
    token = body.registration_token or find_registration(request, desk, body.email)
    await registration.resend_code(desk, body.email, token, visitor)
    return AcceptedOut()


@router.post(
    "/forgot-password",
    status_code=202,
    response_model=AcceptedOut,
    dependencies=[Public],
    responses=refuses(ValidationFailed, TooManyAttempts, OriginRefused),
)
async def forgot_password(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: ForgotPasswordIn
) -> AcceptedOut:
    """Ask for a link to choose a new password; the answer tells nothing about the account."""
    ensure_trusted_page(request, desk, "bearer")
    await recovery.ask_for_reset(desk, body.email, visitor)
    return AcceptedOut()
