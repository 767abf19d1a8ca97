"""The OAuth2 password flow (RFC 6749 §4.3), for the API's documentation and old clients."""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from erp.identity.access import AtDesk, FromVisitor, Public, ensure_trusted_page
from erp.identity.actions.signing_in import Credentials
from erp.identity.errors import (
    AccountDisabled,
    EmailNotVerified,
    InvalidCredentials,
    PasswordResetRequired,
    TooManyAttempts,
)
from erp.identity.schemas import LoginIn
from erp.kernel.border import OriginRefused
from erp.kernel.errors import Malformed, NoSuchPath, Unavailable, UnsupportedMedia
from erp.kernel.http import refuses, room_router
from erp.organizations.actions import entering

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
REFUSED = (InvalidCredentials, AccountDisabled, EmailNotVerified, PasswordResetRequired)
UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
DESCRIBED = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "username", "password"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["password"]},
                        "username": {"type": "string", "description": "Address or user name"},
                        "password": {"type": "string", "format": "password"},
                        "scope": {"type": "string"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                    },
                }
            }
        },
    }
}

router = room_router("identity", "/api/auth")


class TokenOut(BaseModel):
    """An access token, and no refresh token (RFC 9700 §2.4 wants this flow gone)."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int


class TokenRefused(BaseModel):
    """Why there is no token (RFC 6749 §5.2)."""

    error: str
    error_description: str


class Refused(Exception):
    """The flow says no in its own words."""

    def __init__(self, error: str, description: str) -> None:
        """`error` is one of RFC 6749 §5.2."""
        super().__init__(description)
        self.error = error
        self.description = description


RESPONSES = refuses(
    Malformed, NoSuchPath, OriginRefused, UnsupportedMedia, TooManyAttempts, Unavailable
)
RESPONSES[400]["model"] = TokenRefused


@router.post(
    "/token",
    response_model=TokenOut,
    dependencies=[Public],
    responses=RESPONSES,
    openapi_extra=DESCRIBED,
)
async def issue_token(request: Request, desk: AtDesk, visitor: FromVisitor) -> Response:
    """Sign in by the form of the OAuth2 password flow, where that is switched on."""
    if not desk.settings.takes_password_form:
        raise NoSuchPath
    ensure_trusted_page(request, desk, "bearer")
    try:
        given = _read(await _form(request))
        tokens = await entering.sign_in_by_form(desk, given, visitor)
    except Refused as refused:
        return _no(refused.error, refused.description)
    except REFUSED as refusal:
        return _no("invalid_grant", refusal.detail)
    shown = TokenOut(access_token=tokens.access, expires_in=tokens.access_seconds)
    return JSONResponse(shown.model_dump(), headers=UNCACHED)


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise UnsupportedMedia(f"Send a form with the content type {FORM}")
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, True, errors="strict", max_num_fields=MOST_FIELDS)  # noqa: FBT003  keep_blank_values
    except ValueError:
        raise Refused("invalid_request", "This is not a form") from None
    if len(dict(pairs)) < len(pairs) or any("\0" in value for _name, value in pairs):
        raise Refused("invalid_request", "A field is repeated or holds NUL")
    return dict(pairs)


def _read(form: dict[str, str]) -> Credentials:
    if form.get("grant_type") != "password":
        raise Refused("unsupported_grant_type", "Only grant_type=password is known here")
    name = form.get("username", "")
    field = "email" if "@" in name else "username"  # no user name has an @
    try:
        read = LoginIn.model_validate({field: name, "password": form.get("password", "")})
    except ValidationError:
        raise Refused("invalid_request", "Send username and password") from None
    return Credentials(read.email, read.username, read.password)


def _no(error: str, description: str) -> Response:
    body: dict[str, Any] = {"error": error, "error_description": description}
    return JSONResponse(body, 400, UNCACHED)
