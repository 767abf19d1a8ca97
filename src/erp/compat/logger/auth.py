"""Sign-in by cookies of this front end's own names, with its CSRF habits."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from erp.compat.logger.schemas import AccountIn, DoneOut, LoginIn, UserOut
from erp.compat.logger.words import say
from erp.identity.access import (
    AtDesk,
    FromVisitor,
    Public,
    clear_cookies,
    ensure_trusted_page,
    find_cookie,
    hand_over,
    noting_forgery,
    read_refresh,
    read_token,
    remember_device,
    session_of_old_cookie,
)
from erp.identity.actions.accounts import NewAccount
from erp.identity.actions.desk import Desk
from erp.identity.actions.registration import Pending
from erp.identity.actions.sessions import read_refresh_token, rotate, sign_out
from erp.identity.actions.signing_in import Credentials
from erp.identity.errors import CsrfFailed, EmailNotVerified, RefreshTokenInvalid
from erp.identity.models import User
from erp.kernel.border import ensure_own_origin
from erp.kernel.errors import NotSignedIn
from erp.kernel.http import RoomRoute
from erp.organizations.access import SignedIn
from erp.organizations.actions import entering
from erp.organizations.actions.entering import Entered

router = APIRouter(route_class=RoomRoute)
AUTH = "/api/auth"


@router.get("/healthz", dependencies=[Public])
async def read_health() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}


@router.post(f"{AUTH}/register", status_code=201, tags=["auth"], dependencies=[Public])
async def register(
    request: Request, desk: AtDesk, visitor: FromVisitor, response: Response, body: AccountIn
) -> UserOut:
    """A new account, signed in at once; where addresses must be proved, only after that."""
    ensure_trusted_page(request, desk, "cookie")
    account = NewAccount(body.email, body.password, full_name=body.full_name)
    outcome = await entering.sign_up(desk, account, visitor, remember=True)
    if isinstance(outcome, Pending):
        raise EmailNotVerified
    return _let_in(request, desk, outcome, response)


@router.post(f"{AUTH}/login", tags=["auth"], dependencies=[Public])
async def log_in(
    request: Request, desk: AtDesk, visitor: FromVisitor, response: Response, body: LoginIn
) -> UserOut:
    """Sign in; the session that this browser had ends."""
    ensure_trusted_page(request, desk, "cookie")
    given, ending = (
        Credentials(body.email, None, body.password),
        session_of_old_cookie(request, desk),
    )
    entered = await entering.sign_in(desk, given, visitor, ending=ending, remember=True)
    return _let_in(request, desk, entered, response)


def _let_in(request: Request, desk: Desk, entered: Entered, response: Response) -> UserOut:
    user, _memberships, tokens = entered
    remember_device(request, desk, user, response)
    hand_over(desk, tokens, "cookie", response)
    return UserOut.of(user)


@router.post(f"{AUTH}/refresh", tags=["auth"], response_model=UserOut, dependencies=[Public])
async def refresh(request: Request, desk: AtDesk, visitor: FromVisitor, response: Response) -> Any:
    """The next pair of cookies. Origin or Fetch-Metadata tell whose page asks, not the header."""
    ensure_own_origin(request, desk.settings, with_cookies=True)
    try:
        cookie = find_cookie(request, desk, "refresh_token")
        if cookie is None:
            raise RefreshTokenInvalid
        user_id = UUID(read_refresh_token(desk, cookie)["sub"])
        tokens = await rotate(desk, cookie, visitor)
    except NotSignedIn as refusal:
        refused = say(request, refusal)
        clear_cookies(request, desk, refused)
        return refused
    hand_over(desk, tokens, "cookie", response)
    async with desk.database.reading() as session:
        return UserOut.of(await session.get_one(User, user_id))


@router.post(f"{AUTH}/logout", tags=["auth"], dependencies=[Public])
async def log_out(
    request: Request, desk: AtDesk, visitor: FromVisitor, response: Response
) -> DoneOut:
    """End this session and clear the cookies; it wants the CSRF header."""
    if find_cookie(request, desk, "refresh_token") is None:
        raise CsrfFailed  # without a session no token is the right one
    with suppress(NotSignedIn):
        token, _mode = read_refresh(request, None)
        claims = read_refresh_token(desk, token)
        await sign_out(desk, UUID(claims["sub"]), UUID(claims["sid"]), "local", visitor)
    clear_cookies(request, desk, response)
    return DoneOut()


@router.post(f"{AUTH}/revoke_all", tags=["auth"], dependencies=[Public])
async def revoke_all(
    request: Request, desk: AtDesk, visitor: FromVisitor, response: Response
) -> DoneOut:
    """End every session of the caller; like refresh it goes without the CSRF header."""
    claims = read_token(request)
    with noting_forgery(request, claims.user_id, claims.session_id):
        ensure_own_origin(request, desk.settings, with_cookies=claims.by_cookie)
    await sign_out(desk, claims.user_id, claims.session_id, "all", visitor)
    clear_cookies(request, desk, response)
    return DoneOut()


@router.get(f"{AUTH}/me", tags=["auth"])
async def read_me(caller: SignedIn) -> UserOut:
    """Who is signed in."""
    return UserOut.of(await caller.session.get_one(User, caller.user_id))
