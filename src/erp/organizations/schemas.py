"""What crosses the border about organizations and membership."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.identity.schemas import Handed, SessionOut, TokensOut, UserOut
from erp.kernel.fields import Input, Output


class OrganizationOut(Output):
    """An organization and its settings."""

    id: UUID
    slug: str
    name: str
    currency: str
    time_zone: str
    week_start: str
    writers: str


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
