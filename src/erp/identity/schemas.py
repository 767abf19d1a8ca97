"""What crosses the border about people and sign-in."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from erp.identity.models import LONGEST_PASSWORD, PASSPHRASE, SHORTEST_PASSWORD
from erp.kernel.fields import (
    ABSENT,
    Edit,
    Email,
    Input,
    InstantOut,
    Language,
    Output,
    Text,
    TimeZone,
)
from erp.kernel.passwords import canonical

LONGEST_TYPED = 4 * LONGEST_PASSWORD
USERNAME = r"^[a-z0-9._-]{3,50}$"

Username = Annotated[
    str,
    BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value),
    StringConstraints(pattern=USERNAME),
]


def _canonical(value: object) -> object:
    return canonical(value) if isinstance(value, str) and len(value) <= LONGEST_TYPED else value


# Counted after NFKC; 256 code points are at most 1,024 bytes, and so many typed at most.
Password = Annotated[
    str,
    BeforeValidator(_canonical),
    Field(min_length=1, max_length=LONGEST_PASSWORD, json_schema_extra={"format": "password"}),
]
# What a directory is asked with goes there as it was typed.
Forwarded = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_TYPED, json_schema_extra={"format": "password"}),
]
Mode = Literal["cookie", "bearer"]
Otp = Annotated[str, Field(pattern="^[0-9]{6}$", examples=["123456"])]


def _is_none(value: object) -> bool:
    return value is None


class RegisterIn(Input):
    """A sign-up: makes the user, a first organization, and with `mode` a session."""

    email: Email
    password: Password
    username: Username | None = None
    full_name: Annotated[str, Text(200)] | None = None
    organization_name: Annotated[str, Text(100)] | None = None
    locale: Language | None = None
    invitation_token: Annotated[str, Field(max_length=200)] | None = None
    mode: Mode = "bearer"
    remember_me: bool = True


class LoginIn(Input):
    """A sign-in by e-mail address or user name."""

    email: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    username: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    password: Password
    mode: Mode = "bearer"
    remember_me: bool = True

    @model_validator(mode="after")
    def _has_one_name(self) -> Self:
        if (self.email is None) == (self.username is None):
            raise ValueError("Send either email or username")
        return self


class DirectoryIn(Input):
    """Whom a company directory shall vouch for."""

    account_id: Annotated[str, Text(200)]
    username: Annotated[str, Text(200)]
    password: Forwarded


class DirectoryLoginIn(DirectoryIn):
    """A sign-in through a company directory."""

    mode: Mode = "bearer"
    remember_me: bool = True


class IdentityOut(Output):
    """An account at a company directory that signs the person in."""

    id: UUID
    provider: str
    account_id: str
    username: str
    linked_at: InstantOut
    last_login_at: InstantOut | None


class IdentitiesOut(Output):
    """Every such account, the oldest first."""

    items: list[IdentityOut]


class RefreshIn(Input):
    """The refresh token, unless it comes in a cookie."""

    refresh_token: Annotated[str, Field(max_length=4096)] | None = None


class LogoutIn(Input):
    """Which sessions to end."""

    scope: Literal["local", "others", "all"] = "local"
    refresh_token: Annotated[str, Field(max_length=4096)] | None = None


class VerifyEmailIn(Input):
    """The code that was mailed; with `mode` a sign-up is signed in as well."""

    email: Annotated[str, Field(min_length=1, max_length=254)]
    otp: Otp
    registration_token: Annotated[str, Field(max_length=200)] | None = None
    mode: Mode | None = None
    remember_me: bool = True


class ResendIn(Input):
    """Which code to send again: of a sign-up, by its token or its address."""

    email: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    registration_token: Annotated[str, Field(max_length=200)] | None = None


class ForgotPasswordIn(Input):
    """Whose password was forgotten."""

    email: Annotated[str, Field(min_length=1, max_length=254)]


class ChangePasswordIn(Input):
    """Another password for the caller."""

    current_password: Password
    new_password: Password


class ReauthenticateIn(Input):
    """The caller's password, once more; who came through a directory gives the one known there."""

    password: Forwarded


class PendingOut(Output):
    """A sign-up that waits for its code; the same for known and unknown addresses."""

    status: Literal["verification_pending"] = "verification_pending"
    registration_token: Annotated[
        str | None,
        Field(exclude_if=_is_none, description="Binds the code; with `mode: cookie` in a cookie"),
    ] = None
    resend_after: Annotated[int, Field(description="Seconds until another code may be asked for")]


class AcceptedOut(Output):
    """The request was taken; what comes of it goes by mail."""

    status: Literal["accepted"] = "accepted"


class ResetPasswordIn(Input):
    """A new password by a one-time link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    new_password: Password


class PasswordRule(Output):
    """What a password must be like, so that pages can say it early."""

    min_length: int = SHORTEST_PASSWORD
    max_length: int = LONGEST_PASSWORD
    composition: bool
    composition_waived_from: int = PASSPHRASE
    told_by_the_server: list[str] = Field(
        default=["too_common", "contains_personal"],
        description="What only the server can tell; sent as codes of `weak_password`",
    )


class WaysInOut(Output):
    """How one can get in here."""

    password: bool = True
    sign_up: bool
    verification: Literal["required", "off"]
    directory: bool = False
    password_rule: PasswordRule


Handed = Field(default=None, exclude_if=_is_none)


class TokensOut(Output):
    """What a client keeps: a CSRF token beside cookies, or the pair of tokens."""

    csrf_token: Annotated[str | None, Handed] = None
    access_token: Annotated[str | None, Handed] = None
    refresh_token: Annotated[str | None, Handed] = None
    token_type: Annotated[str | None, Handed] = None
    expires_in: Annotated[
        int | None, Handed, Field(description="Seconds the access token lives")
    ] = None


class CsrfOut(Output):
    """The CSRF token of the session."""

    csrf_token: str


class UserOut(Output):
    """A person."""

    id: UUID
    email: str | None
    email_verified: bool
    username: str | None
    full_name: str | None
    locale: str | None
    time_zone: str | None
    version: int


class ProfileOut(UserOut):
    """A person, as he or she sees and changes it."""

    phone: str | None


class ProfileEdit(Edit):
    """What people change about themselves. The address has a way of its own, by a code."""

    full_name: Annotated[str, Text(200)] | None = ABSENT
    phone: Annotated[str, Text(40)] | None = ABSENT
    locale: Language | None = ABSENT
    time_zone: TimeZone | None = ABSENT


class EmailChangeIn(Input):
    """The address to have from now on."""

    email: Email


class EmailConfirmIn(Input):
    """The code that was mailed to the new address."""

    otp: Otp


class EmailPendingOut(AcceptedOut):
    """A code is on its way; the same for addresses that belong to somebody else."""

    resend_after: Annotated[int, Field(description="Seconds until another code may be asked for")]


class DeviceOut(Output):
    """A place where the person is signed in."""

    id: UUID
    client: str
    device: str
    ip: str | None
    is_this: bool
    created_at: InstantOut
    last_seen_at: InstantOut
    expires_at: InstantOut


class DevicesOut(Output):
    """Everywhere the person is signed in, this place first."""

    items: list[DeviceOut]


class RevokeAllIn(Input):
    """Whether to stay signed in here."""

    keep_current: bool = False


class SessionOut(Output):
    """The sign-in that is in use."""

    id: UUID
    auth_method: str
    created_at: InstantOut
    client: str
