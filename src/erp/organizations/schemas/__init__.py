"""What crosses the border about organizations and membership."""

from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from erp.identity.schemas import Handed, SessionOut, TokensOut, UserOut
from erp.kernel.fields import (
    ABSENT,
    Currency,
    Edit,
    Email,
    Input,
    InstantOut,
    Output,
    Text,
    TimeZone,
)
from erp.organizations.access import NOT_BY_KEY, Permission
from erp.organizations.models import RESERVED_SLUGS

SLUG = "^[a-z0-9][a-z0-9-]{1,38}$"


def _not_reserved(slug: str) -> str:
    if slug in RESERVED_SLUGS:
        raise PydanticCustomError("slug_reserved", "This address is needed by the product itself")
    return slug


class OrganizationOut(Output):
    """An organization and its settings."""

    id: UUID
    slug: str
    name: str
    currency: str
    time_zone: str
    week_start: str
    writers: str
    version: int


Slug = Annotated[str, Field(pattern=SLUG, examples=["northwind"]), AfterValidator(_not_reserved)]
Role = Literal["user", "manager", "admin"]


class OrganizationIn(Input):
    """One more organization."""

    name: Annotated[str, Text(100)]


class OrganizationEdit(Edit):
    """What changes about the organization. `writers = managers` lets users only read."""

    name: Annotated[str, Text(100)] = ABSENT
    slug: Slug = ABSENT
    currency: Currency = ABSENT
    time_zone: TimeZone = ABSENT
    week_start: Literal["monday", "sunday", "saturday"] = ABSENT
    writers: Literal["everyone", "managers"] = ABSENT


class InvitationIn(Input):
    """Whom to invite, and as what."""

    email: Email
    role: Role = "user"


class InvitationOut(Output):
    """An invitation that was mailed."""

    id: UUID
    email: str
    role: str
    created_at: InstantOut
    expires_at: InstantOut


class InvitationsOut(Output):
    """Every invitation that is still open."""

    items: list[InvitationOut]


class InvitationLinkIn(Input):
    """The token of an invitation's link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class InvitationShown(Output):
    """Where a link leads."""

    organization: str
    email: str
    role: str
    has_account: bool


class ColleagueOut(Output):
    """A member of the organization."""

    id: UUID
    number: int
    role: str
    status: str
    name: str
    email: str | None
    is_me: bool
    version: int
    created_at: InstantOut


class PersonOut(Output):
    """A member as other records name him or her; `@number` mentions one in a comment."""

    id: UUID
    number: int
    name: str


class PeopleOut(Output):
    """Everybody at work here, by number."""

    items: list[PersonOut]


class ColleaguesOut(Output):
    """Every member, by number."""

    items: list[ColleagueOut]


class MemberEdit(Edit):
    """Another role, or suspension."""

    role: Role = ABSENT
    status: Literal["active", "suspended"] = ABSENT


class RoleOut(Output):
    """What a role allows here; `own` names those that reach one's own records alone."""

    role: Role
    permissions: list[str]
    own: list[str]


class RolesOut(Output):
    """The matrix of roles and permissions as it holds now, permissions by room."""

    permissions: list[str]
    roles: list[RoleOut]


class MemberOut(Output):
    """The caller's place in an organization."""

    id: UUID
    number: int
    role: str


class MembershipOut(Output):
    """An organization the caller may work in."""

    id: UUID
    slug: str
    name: str
    role: str
    member_number: int
    permissions: list[str]


class SignedInOut(TokensOut):
    """A fresh sign-in: cookies and a CSRF token, or a pair of tokens."""

    status: Literal["active"] = "active"
    user: UserOut
    organizations: list[MembershipOut]


class VerifiedOut(TokensOut):
    """The address is proved; with `mode` the sign-up is signed in as well."""

    verified: Literal[True] = True
    status: Annotated[Literal["active"] | None, Handed] = None
    user: Annotated[UserOut | None, Handed] = None
    organizations: Annotated[list[MembershipOut] | None, Handed] = None


class MeOut(Output):
    """Who calls, by which session, in which organization, and what is allowed there."""

    user: UserOut
    session: SessionOut
    organization: OrganizationOut | None
    member: MemberOut | None
    permissions: list[str]
    organizations: list[MembershipOut]


class SwitchIn(Input):
    """The organization to work in from now on."""

    organization: Annotated[str, Field(min_length=1, max_length=100)]


class SwitchedOut(Output):
    """Where the session works now."""

    organization: OrganizationOut
    member: MemberOut
    permissions: list[str]


def _for_keys(scope: str) -> str:
    if scope in NOT_BY_KEY:
        raise PydanticCustomError("scope_not_for_keys", "API keys cannot have this permission")
    return scope


Scope = Annotated[Permission, AfterValidator(_for_keys)]


class ApiKeyIn(Input):
    """A key for a program that works on one's behalf, with less than one's own permissions."""

    name: Annotated[str, Text(100)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=100)]
    expires_in_days: Annotated[int, Field(ge=1, le=365)]


class ApiKeyOut(Output):
    """A key, without its secret."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    owner: str
    is_mine: bool
    created_at: InstantOut
    expires_at: InstantOut
    last_used_at: InstantOut | None
    last_used_ip: str | None


class NewApiKeyOut(ApiKeyOut):
    """A key that was just made, with its secret: it is shown this once."""

    key: str


class ApiKeysOut(Output):
    """Every key that was not revoked, the newest first."""

    items: list[ApiKeyOut]


def _domain(value: str) -> str:
    try:
        return validate_email(f"a@{value}", check_deliverability=False).domain
    except EmailNotValidError:
        raise PydanticCustomError("domain_invalid", "This is not a domain") from None


Domain = Annotated[str, Text(253), AfterValidator(_domain)]
# What the directory calls a role there, and the role it gives here.
RoleMap = Annotated[dict[Annotated[str, Text(200)], Role], Field(max_length=50)]
Domains = Annotated[list[Domain], Field(max_length=50)]


class DirectoryConnectionIn(Input):
    """An account of a company directory whose people may work here.

    `endpoint` names a directory of the settings. Without `jit_provision` nobody joins by signing
    in; with `allowed_domains` only people with such an e-mail address do.
    """

    provider: Literal["ace"] = "ace"
    endpoint: Annotated[str, Text(50)] = "ace"
    account_id: Annotated[str, Text(200)]
    enabled: bool = False
    jit_provision: bool = True
    role_map: RoleMap = Field(default_factory=dict)
    allowed_domains: Domains = Field(default_factory=list)


class DirectoryConnectionEdit(Edit):
    """What changes about a connection; another account is another connection."""

    enabled: bool = ABSENT
    jit_provision: bool = ABSENT
    role_map: RoleMap = ABSENT
    allowed_domains: Domains = ABSENT


class DirectoryConnectionOut(Output):
    """A connection with an account of a company directory."""

    id: UUID
    provider: str
    endpoint: str
    account_id: str
    enabled: bool
    jit_provision: bool
    role_map: dict[str, str]
    allowed_domains: list[str]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class DirectoryConnectionsOut(Output):
    """Every connection of the organization, the oldest first."""

    items: list[DirectoryConnectionOut]
