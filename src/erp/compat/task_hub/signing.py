"""Signing in through the company directory, and going on with one refresh token for a week."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from erp.compat.task_hub.words import SuccessResponse, may_refuse
from erp.identity.access import AtDesk, FromVisitor, Public, ensure_trusted_page
from erp.identity.directory.provider import DirectoryCredentials
from erp.identity.errors import (
    AccountDisabled,
    AccountLinkRequired,
    AceAccountLocked,
    AcePasswordExpired,
    DirectoryBadResponse,
    DirectoryTimeout,
    DirectoryUnavailable,
    InvalidAccountId,
    InvalidCredentials,
    RefreshTokenExpired,
    RefreshTokenInvalid,
    SessionRevoked,
    TooManyAttempts,
    UserNotProvisioned,
)
from erp.identity.schemas import Password
from erp.kernel.border import OriginRefused
from erp.kernel.errors import Malformed, ValidationFailed
from erp.kernel.fields import Text
from erp.kernel.http import RoomRoute
from erp.organizations.actions import keeping

SIGNING_IN = may_refuse(
    *(InvalidCredentials, InvalidAccountId, AceAccountLocked, AcePasswordExpired),
    *(UserNotProvisioned, AccountDisabled, AccountLinkRequired, OriginRefused),
    *(DirectoryBadResponse, DirectoryTimeout, DirectoryUnavailable),
    *(TooManyAttempts, Malformed, ValidationFailed),
)
REFRESHING = may_refuse(
    *(RefreshTokenInvalid, RefreshTokenExpired, SessionRevoked),
    *(TooManyAttempts, Malformed, ValidationFailed),
)

router = APIRouter(route_class=RoomRoute, tags=["auth"])


class LoginIn(BaseModel):
    """Account id, name and password as the directory knows them.

    `accountId` and `email` are taken for `account_id` and `username`.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    account_id: Annotated[
        str, Field(validation_alias=AliasChoices("account_id", "accountId")), Text(200)
    ]
    username: Annotated[str, Field(validation_alias=AliasChoices("username", "email")), Text(200)]
    password: Password


class SignedInOut(BaseModel):
    """Who signed in: `guid`, `ace_user_id` and `username` are the directory's."""

    guid: str
    user_id: str
    ace_user_id: str | None
    username: str
    account_id: str
    role: str
    access_token: str
    refresh_token: str


class RefreshIn(BaseModel):
    """The refresh token of the sign-in."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=5000)]


class RefreshedOut(BaseModel):
    """The next access token; the refresh token stays the same."""

    access_token: str


@router.post("/auth/login", dependencies=[Public], responses=SIGNING_IN, operation_id="auth_login")
@router.post("/user/login", dependencies=[Public], responses=SIGNING_IN)
async def log_in(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: LoginIn
) -> SuccessResponse[SignedInOut]:
    """Sign in through the company directory; who is new gets a user here."""
    ensure_trusted_page(request, desk, "bearer")
    given = DirectoryCredentials(body.account_id, body.username, body.password)
    entered = await keeping.sign_in(desk, given, visitor)
    shown = SignedInOut(
        guid=entered.identity.subject,
        user_id=str(entered.member.id),
        ace_user_id=entered.identity.claims.get("user_id"),
        username=entered.identity.username,
        account_id=entered.identity.account_id,
        role=entered.member.role,
        access_token=entered.tokens.access,
        refresh_token=entered.tokens.refresh,
    )
    return SuccessResponse(message="Login successful", data=shown)


@router.patch("/auth/refresh", dependencies=[Public], responses=REFRESHING)
async def refresh(request: Request, desk: AtDesk, body: RefreshIn | None = None) -> RefreshedOut:
    """A new access token for the refresh token, sent as JSON or as Bearer."""
    token = body.refresh_token if body else _bearer(request)
    return RefreshedOut(access_token=await keeping.renew_access(desk, token))


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise RefreshTokenInvalid
    return token.strip()
