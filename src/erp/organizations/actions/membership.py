"""Members of an organization and invitations to it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update  # noqa: TID251  links name no Workspace
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.keys import revoke_keys
from erp.identity.actions.recovery import Holder
from erp.identity.actions.throttling import (
    INVITATION_ADDRESS,
    count_tries,
    throttle_address,
)
from erp.identity.models import ApiKey, OneTimeToken, User
from erp.kernel.crypto import digest, make_token
from erp.kernel.errors import Stale
from erp.kernel.mail import send_sealed_mail
from erp.kernel.schema import fold
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.errors import (
    InvitationInvalid,
    LastAdmin,
    MemberExists,
    OwnMembership,
)
from erp.organizations.models import Invitation, Member, Organization
from erp.organizations.numbering import take_number
from erp.organizations.queries import get_membership
from erp.organizations.schemas import InvitationIn, InvitationShown, MemberEdit, MembershipOut

LIFE = timedelta(hours=24)
CHANGES = {"active": "member.readmitted", "suspended": "member.suspended"}


async def invite(work: Workspace, desk: Desk, given: InvitationIn, visitor: Visitor) -> Invitation:
    """Mail a link that makes its holder a member; an older invitation of the address dies.

    Raises `MemberExists` for the address of somebody who is a member already.
    """
    await _ensure_no_member(work, given.email)
    await _end_invitations(work, Invitation.email_key == fold(given.email))
    now, token = work.now(), make_token()
    invitation = work.add(
        Invitation(
            email=given.email,
            email_key=fold(given.email),
            role=given.role,
            invited_by=work.member_id,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    await work.session.flush()  # the token names the invitation
    kept = {"organization_id": str(work.organization_id), "invitation_id": str(invitation.id)}
    work.session.add(
        OneTimeToken(
            token_hash=digest(token),
            purpose="invitation",
            data=kept,
            created_at=now,
            expires_at=invitation.expires_at,
        )
    )
    await _mail_invitation(work, desk, given, token)
    note_event(work.session, "member.invited", visitor, user_id=work.user_id)
    return invitation


async def withdraw_invitation(work: Workspace, invitation_id: UUID, visitor: Visitor) -> None:
    """The link works no more; withdrawing twice changes nothing."""
    invitation = await work.get(Invitation, invitation_id, lock=True)
    if invitation.is_open(work.now()):
        note_event(work.session, "invitation.withdrawn", visitor, user_id=work.user_id)
    await _end_invitations(work, Invitation.id == invitation_id)


@dataclass(frozen=True, slots=True)
class Invited:
    """An open invitation with the organization it leads to."""

    invitation: Invitation
    organization: Organization


async def read_invitation(session: AsyncSession, desk: Desk, token: str) -> Invited:
    """What a link leads to. Raises `InvitationInvalid`."""
    kept = await session.get(OneTimeToken, digest(token))
    if kept is None or kept.purpose != "invitation" or kept.used_at or not kept.data:
        raise InvitationInvalid
    place = (UUID(kept.data["organization_id"]), UUID(kept.data["invitation_id"]))
    await admit(session, organization_id=place[0])  # the link proves it
    invitation = await session.get(Invitation, place)
    organization = await session.get(Organization, place[0])
    if invitation is None or organization is None or organization.status != "active":
        raise InvitationInvalid
    if not invitation.is_open(desk.now()):
        raise InvitationInvalid
    return Invited(invitation, organization)


async def show_invitation(desk: Desk, token: str, visitor: Visitor) -> InvitationShown:
    """What the page of a link says. Raises `InvitationInvalid`, `TooManyAttempts`."""
    await count_tries(desk, ((INVITATION_ADDRESS, throttle_address(visitor.ip)),))
    async with desk.database.reading() as session:
        invited = await read_invitation(session, desk, token)
        known = select(User.id).where(User.email_key == invited.invitation.email_key)
        has_account = await session.scalar(known) is not None
    return InvitationShown(
        organization=invited.organization.name,
        email=invited.invitation.email,
        role=invited.invitation.role,
        has_account=has_account,
    )


async def join(
    session: AsyncSession, desk: Desk, token: str, user: User, visitor: Visitor
) -> Member:
    """Use the link: the user becomes a member with the role of the invitation.

    Somebody who was removed comes back. Raises `InvitationInvalid`, `MemberExists`.
    """
    invited = await read_invitation(session, desk, token)
    await _use_link(session, desk, token, invited.invitation)
    member = await find_member(session, invited.organization.id, user.id)
    if member is None:
        number = await take_number(session, invited.organization.id, "member")
        member = Member(
            organization_id=invited.organization.id, number=number, user_id=user.id, role=""
        )
        session.add(member)
    elif member.status == "active":
        raise MemberExists
    member.role, member.status = invited.invitation.role, "active"
    member.role_by_directory = False
    await session.flush()  # the caller shows the membership
    note_event(session, "member.joined", visitor, user_id=user.id)
    return member


async def accept(desk: Desk, holder: Holder, token: str, visitor: Visitor) -> MembershipOut:
    """Join with the account one is signed in with, wherever one works at the moment."""
    async with desk.database.writing() as session:
        user = await session.get_one(User, holder.user_id)
        member = await join(session, desk, token, user, visitor)
        return (await get_membership(session, member)).shown()


async def change_member(
    work: Workspace, member_id: UUID, edit: MemberEdit, version: int | None, visitor: Visitor
) -> Member:
    """Another role, or suspension. Raises `OwnMembership`, `LastAdmin`, `Stale`."""
    member = await _lock_member(work, member_id, version)
    changed = {
        name: value for name, value in edit.changes().items() if getattr(member, name) != value
    }
    for name, value in changed.items():
        setattr(member, name, value)
    if "role" in edit.model_fields_set:
        member.role_by_directory = False  # from now on it is the administrators' business
    await _ensure_an_admin_stays(work)
    await work.session.flush()  # the answer shows the version
    for name, value in changed.items():
        _note_change(work, member, CHANGES.get(value, f"member.{name}_changed"), visitor)
    return member


def _note_change(work: Workspace, member: Member, event: str, visitor: Visitor) -> None:
    noted = note_event(work.session, event, visitor, user_id=member.user_id, by=work.user_id)
    noted.data = (noted.data or {}) | {"role": member.role}


async def remove_member(
    work: Workspace, member_id: UUID, version: int | None, visitor: Visitor
) -> None:
    """End the membership; what the member did stays. Raises `OwnMembership`, `LastAdmin`."""
    member = await _lock_member(work, member_id, version)
    member.status = "removed"
    await _ensure_an_admin_stays(work)
    theirs = ApiKey.user_id == member.user_id
    await revoke_keys(work.session, work.organization_id, theirs, visitor, by=work.user_id)
    _note_change(work, member, "member.removed", visitor)


async def _lock_member(work: Workspace, member_id: UUID, version: int | None) -> Member:
    """The member, with every admin of the organization locked so that none can go meanwhile."""
    admins = work.select(Member).where(Member.role == "admin").order_by(Member.id)
    await work.lock(admins)
    member = await work.get(Member, member_id, lock=True)
    if member.id == work.member_id:
        raise OwnMembership
    if version is not None and member.version != version:
        raise Stale
    return member


async def _ensure_an_admin_stays(work: Workspace) -> None:
    await work.session.flush()  # the count below must see the change
    active = work.select(Member).where(Member.role == "admin", Member.status == "active")
    if (await work.session.scalars(active.limit(1))).first() is None:
        raise LastAdmin


async def _ensure_no_member(work: Workspace, email: str) -> None:
    user = await work.session.scalar(select(User).where(User.email_key == fold(email)))
    if user is not None:
        member = await find_member(work.session, work.organization_id, user.id)
        if member is not None and member.status == "active":
            raise MemberExists


async def find_member(session: AsyncSession, organization_id: UUID, user_id: UUID) -> Member | None:
    """The user's membership there, whatever its state."""
    query = select(Member).where(
        Member.organization_id == organization_id, Member.user_id == user_id
    )
    return (await session.scalars(query)).one_or_none()


async def _end_invitations(work: Workspace, which: ColumnElement[bool]) -> None:
    statement = (
        update(Invitation)
        .where(Invitation.organization_id == work.organization_id, which)
        .where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=work.now())
    )
    await work.session.execute(statement)


async def _use_link(session: AsyncSession, desk: Desk, token: str, invitation: Invitation) -> None:
    """Use up token and invitation, so that of withdrawing and following only one comes true."""
    now = desk.now()
    unused = update(OneTimeToken).where(OneTimeToken.token_hash == digest(token))
    unused = unused.where(OneTimeToken.used_at.is_(None)).values(used_at=now)
    still_open = update(Invitation).where(
        Invitation.organization_id == invitation.organization_id,
        Invitation.id == invitation.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )
    accepted = still_open.values(accepted_at=now).returning(Invitation.id)
    if await session.scalar(unused.returning(OneTimeToken.token_hash)) is None:
        raise InvitationInvalid
    if await session.scalar(accepted) is None:
        raise InvitationInvalid


async def _mail_invitation(work: Workspace, desk: Desk, given: InvitationIn, token: str) -> None:
    organization = await work.session.get_one(Organization, work.organization_id)
    host = await work.session.get_one(User, work.user_id)
    values = {
        "organization": organization.name,
        "host": host.display_name,
        "link": f"{desk.settings.base_url}/invite#token={token}",
    }
    template, to, home = "organizations/invitation", (given.email, host.locale), organization.id
    await send_sealed_mail(work.session, desk.keys, template, to, values, organization_id=home)
