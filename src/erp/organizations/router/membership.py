"""Members, invitations and the organization itself over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from erp.identity.access import AtDesk, FromVisitor, Public, ensure_trusted_page
from erp.identity.errors import TooManyAttempts
from erp.kernel.border import OriginRefused
from erp.kernel.errors import ValidationFailed
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, Identified, may
from erp.organizations.actions import membership, settings
from erp.organizations.errors import (
    InvitationInvalid,
    LastAdmin,
    MemberExists,
    OwnMembership,
    SettingPinned,
    SlugTaken,
)
from erp.organizations.queries import (
    list_colleagues,
    list_invitations,
    list_people,
    list_roles,
    show,
)
from erp.organizations.schemas import (
    ColleagueOut,
    ColleaguesOut,
    InvitationIn,
    InvitationLinkIn,
    InvitationOut,
    InvitationShown,
    InvitationsOut,
    MemberEdit,
    MembershipOut,
    OrganizationEdit,
    OrganizationIn,
    OrganizationOut,
    PeopleOut,
    RolesOut,
)

router = room_router("organizations", "/api")
Colleagues = Annotated[Workspace, may("members:read")]
Inviting = Annotated[Workspace, may("members:invite")]
Leading = Annotated[Workspace, may("members:write")]
Belonging = Annotated[Workspace, may("organization:read")]
Governing = Annotated[Workspace, may("organization:write")]


@also_as_files(router)
@router.get("/members", responses=refuses(*READING))
async def list_members(work: Colleagues) -> ColleaguesOut:
    """Everybody who works here or did, by number."""
    return ColleaguesOut(items=await list_colleagues(work))


@also_as_files(router)
@router.get("/people", responses=refuses(*READING))
async def list_people_here(work: Belonging) -> PeopleOut:
    """Everybody at work here by name and number: whom tasks are given to, who is mentioned."""
    return PeopleOut(items=await list_people(work))


@router.patch(
    "/members/{member_id}",
    response_model=ColleagueOut,
    responses=refuses(*CHANGING, LastAdmin, OwnMembership),
)
async def change_member(
    work: Leading, member_id: UUID, body: MemberEdit, version: ReadVersion, visitor: FromVisitor
) -> Response:
    """Give a member another role, suspend or readmit; nobody changes his or her own."""
    member = await membership.change_member(work, member_id, body, version, visitor)
    return answer(ColleagueOut, await show(work, member))


@router.delete(
    "/members/{member_id}",
    status_code=204,
    responses=refuses(*CHANGING, LastAdmin, OwnMembership),
)
async def remove_member(
    work: Leading, member_id: UUID, version: ReadVersion, visitor: FromVisitor
) -> None:
    """End a membership; what the member did stays."""
    await membership.remove_member(work, member_id, version, visitor)


@also_as_files(router)
@router.get("/invitations", responses=refuses(*READING))
async def list_open_invitations(work: Colleagues) -> InvitationsOut:
    """Invitations nobody has followed yet."""
    return InvitationsOut(items=await list_invitations(work))


@router.post(
    "/invitations",
    status_code=201,
    response_model=InvitationOut,
    responses=refuses(*CREATING, MemberExists),
)
async def invite(
    work: Inviting, desk: AtDesk, visitor: FromVisitor, body: InvitationIn, response: Response
) -> object:
    """Mail somebody a link, good for 24 hours, to become a member."""
    invitation = await membership.invite(work, desk, body, visitor)
    response.headers["Location"] = f"/api/invitations/{invitation.id}"
    return invitation


@router.delete("/invitations/{invitation_id}", status_code=204, responses=refuses(*CHANGING))
async def withdraw_invitation(work: Inviting, invitation_id: UUID, visitor: FromVisitor) -> None:
    """The mailed link works no more."""
    await membership.withdraw_invitation(work, invitation_id, visitor)


INVITED = refuses(InvitationInvalid, ValidationFailed, OriginRefused, TooManyAttempts)


@router.post("/invitations/read", dependencies=[Public], responses=INVITED)
async def read_invitation(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: InvitationLinkIn
) -> InvitationShown:
    """Where the link of an invitation leads, for its page."""
    ensure_trusted_page(request, desk, "bearer")
    return await membership.show_invitation(desk, body.token, visitor)


@router.post(
    "/invitations/accept",
    response_model=MembershipOut,
    responses=refuses(*CHANGING, InvitationInvalid, MemberExists),
)
async def accept_invitation(
    holder: Identified, desk: AtDesk, visitor: FromVisitor, body: InvitationLinkIn
) -> MembershipOut:
    """Become a member with the account one is signed in with."""
    return await membership.accept(desk, holder, body.token, visitor)


@router.get("/roles", responses=refuses(*READING))
async def read_roles(work: Belonging) -> RolesOut:
    """Which role may do what, by this organization's settings."""
    return await list_roles(work)


@router.get("/organization", response_model=OrganizationOut, responses=refuses(*READING))
async def read_organization(work: Belonging) -> Response:
    """The organization one works in."""
    return answer(OrganizationOut, await settings.get_organization(work))


@router.patch(
    "/organization",
    response_model=OrganizationOut,
    responses=refuses(*CHANGING, SlugTaken, SettingPinned),
)
async def change_organization(
    work: Governing, body: OrganizationEdit, version: ReadVersion, visitor: FromVisitor
) -> Response:
    """Another name, address or setting."""
    changed = await settings.change_organization(work, body, version, visitor)
    return answer(OrganizationOut, changed)


@router.post(
    "/organizations", status_code=201, response_model=MembershipOut, responses=refuses(*CHANGING)
)
async def add_organization(
    holder: Identified, desk: AtDesk, visitor: FromVisitor, body: OrganizationIn
) -> MembershipOut:
    """One more organization, of which the caller is the admin."""
    return await settings.add_organization(desk, holder, body.name, visitor)
