"""Who is calling: one credential per request, by header or by cookies, never both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Request, Response

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_refusal
from erp.identity.actions.keys import START, KeyText, read_key_text
from erp.identity.actions.known_devices import LIFE as DEVICE_LIFE
from erp.identity.actions.known_devices import read_device, write_device
from erp.identity.actions.registration import LIFE as REGISTRATION_LIFE
from erp.identity.actions.sessions import Tokens, read_refresh_token
from erp.identity.errors import ApiKeyInvalid, ApiKeyRefused, CsrfFailed, RefreshTokenInvalid
from erp.identity.models import User
from erp.kernel.border import SAFE_METHODS, OriginRefused, ensure_own_origin
from erp.kernel.crypto import InvalidToken, is_same
from erp.kernel.db import Database
from erp.kernel.errors import NotSignedIn, Refusal
from erp.kernel.schema import fold

Mode = Literal["cookie", "bearer"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine access token says. Only the session row says whether it still counts."""

    user_id: UUID
    session_id: UUID
    gen: int
    by_cookie: bool


def desk_of(request: Request) -> Desk:
    """The desk of this process."""
    desk: Desk = request.app.state.desk
    return desk


def visitor_of(request: Request) -> Visitor:
    """Where this request comes from."""
    desk, agent = desk_of(request), request.headers.get("user-agent")
    client = "spa" if request.headers.get("sec-fetch-site") else "api"
    return Visitor(
        ip=request.scope["client_address"],
        user_agent=agent[:400] if agent else None,
        request_id=request.scope["request_id"],
        client=desk.habits.client or client,
        device_cookie=find_cookie(request, desk, "device"),
    )


AtDesk = Annotated[Desk, Depends(desk_of)]
FromVisitor = Annotated[Visitor, Depends(visitor_of)]


async def mark_public() -> None:
    """Marks a route that anyone may call."""


mark_public.mark = "public"  # type: ignore[attr-defined]
Public = Depends(mark_public)


def read_claims(request: Request) -> Claims:
    """The caller's claims; with cookies, a page of our own must have sent them.

    Raises `NotSignedIn`; with cookies on unsafe methods also `CsrfFailed` or `OriginRefused`.
    """
    claims = read_token(request)
    if claims.by_cookie and request.method not in SAFE_METHODS:
        with noting_forgery(request, claims.user_id, claims.session_id):
            ensure_own_origin(request, desk_of(request).settings, with_cookies=True)
            ensure_csrf(request, claims.session_id)
    return claims


def read_token(request: Request) -> Claims:
    """What the access token says, whoever made the page send it. Raises `NotSignedIn`.

    With an `Authorization` header cookies are ignored.
    """
    desk = desk_of(request)
    header = request.headers.get("authorization")
    if header is not None:
        token = _bearer(header)
        if token.startswith(START):
            raise ApiKeyRefused
        return _claims(desk, token, by_cookie=False)
    cookie = find_cookie(request, desk, "access_token")
    if cookie is None:
        raise NotSignedIn
    return _claims(desk, cookie, by_cookie=True)


@contextmanager
def noting_forgery(request: Request, user_id: UUID, session_id: UUID) -> Iterator[None]:
    """Genuine cookies that a foreign page sent: noted once the request is refused."""
    try:
        yield
    except (OriginRefused, CsrfFailed) as refusal:
        plan_refusal(request, "csrf.refused", refusal, user_id=user_id, session_id=session_id)
        raise


def plan_refusal(request: Request, event: str, refusal: Refusal, **about: UUID) -> None:
    """Note a refusal once the transaction that it ends is over."""
    visitor, reason, named = visitor_of(request), refusal.code(), refusal.members

    async def note(database: Database) -> None:
        async with database.writing() as session:
            noted = note_refusal(session, event, visitor, reason, **about)
            noted.data = {**(noted.data or {}), **named} or None

    request.scope.setdefault("afterwards", []).append(note)


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn
    return token.strip()


def _claims(desk: Desk, token: str, *, by_cookie: bool) -> Claims:
    try:
        claims = desk.keys.verify("access", token, desk.now().timestamp())
        return Claims(UUID(claims["sub"]), UUID(claims["sid"]), claims["gen"], by_cookie)
    except (InvalidToken, ValueError):
        raise NotSignedIn("The access token is not valid any more") from None


async def _present_claims(request: Request) -> Claims:
    return read_claims(request)


FromClaims = Annotated[Claims, Depends(_present_claims)]


async def _present_credential(request: Request) -> Claims | KeyText:
    header = request.headers.get("authorization", "")
    if START not in header:
        return read_claims(request)
    key = read_key_text(_bearer(header))
    if key is None:
        raise ApiKeyInvalid
    return key


FromCredential = Annotated[Claims | KeyText, Depends(_present_credential)]


def ensure_trusted_page(request: Request, desk: Desk, mode: Mode) -> None:
    """No session exists yet, so only the origin tells a foreign page from our own.

    Cookies are for pages of our own site alone: a listed origin must be known to belong to it.
    """
    ensure_own_origin(request, desk.settings, with_cookies=False)
    site = request.headers.get("sec-fetch-site")
    is_listed = request.headers.get("origin", "").rstrip("/") in desk.settings.origins
    if mode == "cookie" and (site == "cross-site" or (is_listed and site is None)):
        raise OriginRefused


def ensure_csrf(request: Request, session_id: UUID) -> None:
    """The header repeats the cookie, and both belong to the session."""
    desk = desk_of(request)
    sent = request.headers.get("x-csrf-token", "")
    kept = request.cookies.get(cookie_name(desk, "csrf_token"), "")
    if not is_same(sent, kept) or not desk.keys.is_csrf_token(sent, session_id):
        raise CsrfFailed


def repeat_csrf_token(request: Request, desk: Desk, session_id: UUID, response: Response) -> str:
    """The token in the cookie if it is the session's, else a new one in a new cookie."""
    kept = request.cookies.get(cookie_name(desk, "csrf_token"), "")
    if desk.keys.is_csrf_token(kept, session_id):
        return kept
    token = desk.keys.make_csrf_token(session_id)
    if "authorization" not in request.headers:
        _set_cookie(desk, response, "csrf_token", token, None)
    return token


def read_refresh(request: Request, in_body: str | None) -> tuple[str, Mode]:
    """The refresh token of the body, else of the cookie (then with CSRF and Origin)."""
    desk = desk_of(request)
    if in_body is not None:
        return in_body, "bearer"
    cookie = find_cookie(request, desk, "refresh_token")
    if cookie is None:
        raise RefreshTokenInvalid
    ensure_own_origin(request, desk.settings, with_cookies=True)
    claims = read_refresh_token(desk, cookie)
    session_id = UUID(claims["sid"])
    with noting_forgery(request, UUID(claims["sub"]), session_id):
        ensure_csrf(request, session_id)
    return cookie, "cookie"


def session_of_old_cookie(request: Request, desk: Desk) -> UUID | None:
    """The session that this browser had; signing in anew ends it."""
    cookie = request.cookies.get(cookie_name(desk, "refresh_token"))
    try:
        return UUID(read_refresh_token(desk, cookie)["sid"]) if cookie else None
    except NotSignedIn:
        return None


def cookie_name(desk: Desk, name: str) -> str:
    """`__Host-` keeps sibling hosts from planting cookies; it needs https."""
    is_plain = desk.habits.has_plain_cookies or not desk.settings.secure_cookies
    return name if is_plain else f"__Host-{name}"


def find_cookie(request: Request, desk: Desk, name: str) -> str | None:
    """The cookie, unless an `Authorization` header speaks for the caller."""
    if "authorization" in request.headers:
        return None
    return request.cookies.get(cookie_name(desk, name))


def hand_over(desk: Desk, tokens: Tokens, mode: Mode, response: Response) -> dict[str, Any]:
    """Give the tokens to the caller: as cookies, or in the body, never both."""
    if mode == "bearer":
        return {
            "access_token": tokens.access,
            "refresh_token": tokens.refresh,
            "token_type": "bearer",
            "expires_in": tokens.access_seconds,
        }
    csrf = desk.keys.make_csrf_token(tokens.session_id)
    lasting = tokens.refresh_seconds if tokens.remember else None
    _set_cookie(desk, response, "access_token", tokens.access, tokens.access_seconds)
    _set_cookie(desk, response, "refresh_token", tokens.refresh, lasting)
    _set_cookie(desk, response, "csrf_token", csrf, lasting)
    return {"csrf_token": csrf}


def remember_device(request: Request, desk: Desk, user: User, response: Response) -> None:
    """Let this browser be one that the user is known in."""
    known = read_device(desk, find_cookie(request, desk, "device"))
    life = int(DEVICE_LIFE.total_seconds())
    _set_cookie(desk, response, "device", write_device(desk, known, user), life)


def bind_registration(desk: Desk, token: str, email: str, response: Response) -> None:
    """Keep the token that binds the code to this sign-up in a cookie, out of the page's reach."""
    value = f"{token}.{_sign_up_of(desk, email)}"
    _set_cookie(desk, response, "reg", value, int(REGISTRATION_LIFE.total_seconds()))


def find_registration(request: Request, desk: Desk, email: str | None) -> str | None:
    """The binding token of the cookie, if it is of a sign-up with this address (or of any)."""
    token, _, of_address = (find_cookie(request, desk, "reg") or "").partition(".")
    fits = email is None or is_same(of_address, _sign_up_of(desk, email))
    return token if token and fits else None


def forget_registration(request: Request, desk: Desk, response: Response) -> None:
    """The sign-up is complete: its cookie has done its work."""
    if find_cookie(request, desk, "reg") is not None:
        _set_cookie(desk, response, "reg", "", 0)


def _sign_up_of(desk: Desk, email: str) -> str:
    return desk.keys.hide(f"reg:{fold(email)}")[:24]


COOKIES: dict[str, tuple[bool, Literal["lax", "strict"]]] = {
    "access_token": (True, "lax"),
    "refresh_token": (True, "strict"),
    "csrf_token": (False, "strict"),
}


def _set_cookie(desk: Desk, response: Response, name: str, value: str, life: int | None) -> None:
    hidden, same_site = COOKIES.get(name, (True, "strict"))  # `device` and `reg` outlive sessions
    response.set_cookie(
        cookie_name(desk, name),
        value,
        max_age=life,
        path="/",
        secure=desk.settings.secure_cookies,
        httponly=hidden,
        samesite=same_site,
    )


def clear_cookies(request: Request, desk: Desk, response: Response) -> bool:
    """Take the cookies back, with the attributes they were set with. False if none came."""
    has_any = any(find_cookie(request, desk, name) is not None for name in COOKIES)
    for name in COOKIES if has_any else ():
        _set_cookie(desk, response, name, "", 0)
    return has_any
