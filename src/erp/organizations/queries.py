"""Reads about membership; those about a person cross organizations."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    String,
    case,
    cast,
    exists,
    or_,
    select,  # noqa: TID251  about a person, across organizations
)
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.directory.models import DirectoryConnection, Identity
from erp.identity.models import User
from erp.kernel.errors import Conflict, NotFound
from erp.kernel.jobs import OutboxRow
from erp.kernel.mail import KIND as MAIL
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.access import OWN, PERMISSIONS, permissions_of
from erp.organizations.errors import JobDone, MailWiped
from erp.organizations.models import Invitation, Member, Notice, Organization
from erp.organizations.schemas import (
    ColleagueOut,
    InvitationOut,
    MembershipOut,
    PersonOut,
    RoleOut,
    RolesOut,
)
from erp.organizations.schemas.notices import NoticeQuery
from erp.organizations.schemas.outbox import OutboxQuery, OutboxRowOut


@dataclass(frozen=True, slots=True)
class Membership:
    """A member and the organization he or she works in."""

    organization: Organization
    member: Member

    def permissions(self) -> list[str]:
        """What the member may do there, sorted."""
        return sorted(permissions_of(self.member.role, self.organization.writers))

    def shown(self) -> MembershipOut:
        """As clients see it."""
        return MembershipOut(
            id=self.organization.id,
            slug=self.organization.slug,
            name=self.organization.name,
            role=self.member.role,
            member_number=self.member.number,
            permissions=self.permissions(),
        )


async def list_memberships(session: AsyncSession, user_id: UUID) -> list[Membership]:
    """The organizations the user, who has proved to be that, may work in, by name."""
    await admit(session, user_id=user_id)
    query = (
        select(Organization, Member)
        .join(Member, Member.organization_id == Organization.id)
        .where(Member.user_id == user_id, Member.status == "active")
        .where(Organization.status == "active")
        .order_by(Organization.name, Organization.id)
    )
    return [Membership(*row) for row in await session.execute(query)]


async def list_organization_ids(session: AsyncSession) -> list[UUID]:
    """Every organization, for work that visits one after the other."""
    return list(await session.scalars(select(Organization.id).order_by(Organization.id)))


async def list_slugs(session: AsyncSession) -> list[tuple[UUID, str]]:
    """Every organization with its address, in the order of the addresses."""
    query = select(Organization.id, Organization.slug).order_by(Organization.slug)
    return [(row.id, row.slug) for row in await session.execute(query)]


async def get_membership(session: AsyncSession, member: Member) -> Membership:
    """The member beside the organization."""
    return Membership(await session.get_one(Organization, member.organization_id), member)


async def list_members_in(work: Workspace, roles: Collection[str]) -> list[UUID]:
    """The active members with one of these roles."""
    query = work.select(Member).where(Member.status == "active", Member.role.in_(roles))
    return list(await work.session.scalars(query.with_only_columns(Member.id).order_by(Member.id)))


async def list_colleagues(work: Workspace) -> list[ColleagueOut]:
    """Everybody who works here or did, by number."""
    query = work.select(Member).join(User, User.id == Member.user_id).order_by(Member.number)
    found = await work.session.execute(query.add_columns(User))
    return [_colleague(work, member, user) for member, user in found]


async def list_staff(work: Workspace) -> list[tuple[Member, User]]:
    """Members beside their accounts, by number; who was removed is left out."""
    query = work.select(Member).join(User, User.id == Member.user_id).order_by(Member.number)
    query = query.where(Member.status != "removed")
    return [(member, user) for member, user in await work.session.execute(query.add_columns(User))]


async def list_people(work: Workspace) -> list[PersonOut]:
    """The names and numbers of those at work here, by number."""
    query = work.select(Member).join(User, User.id == Member.user_id).order_by(Member.number)
    found = await work.session.execute(query.where(Member.status == "active").add_columns(User))
    return [person(member, user) for member, user in found]


async def show(work: Workspace, member: Member) -> ColleagueOut:
    """One member as clients see it."""
    return _colleague(work, member, await work.session.get_one(User, member.user_id))


async def name_people(work: Workspace, ids: Iterable[UUID | None]) -> dict[UUID, PersonOut]:
    """The named members, for records that show them; one statement for all."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    query = work.select(Member).where(Member.id.in_(wanted))
    query = query.join(User, User.id == Member.user_id)
    found = await work.session.execute(query.add_columns(User))
    return {member.id: person(member, user) for member, user in found}


async def get_named(work: Workspace, name: str) -> PersonOut:
    """The member with this id, or whom one of our directories knows by this identifier.

    Others than oneself only for who may see members. Raises `NotAllowed`, `NotFound`.
    """
    ours = exists().where(
        DirectoryConnection.organization_id == work.organization_id,
        DirectoryConnection.provider == Identity.provider,
        DirectoryConnection.account_key == Identity.issuer_key,
    )
    known = exists().where(Identity.user_id == Member.user_id, Identity.subject == name, ours)
    query = work.select(Member).join(User, User.id == Member.user_id).add_columns(User)
    query = query.where(or_(cast(Member.id, String) == name.lower(), known))
    found = (await work.session.execute(query.order_by(Member.number))).first()
    if found is None or found[0].id != work.member_id:
        work.ensure_can("members:read")
    if found is None:
        raise NotFound
    return person(*found)


def person(member: Member, user: User) -> PersonOut:
    """A member as other records name him or her."""
    return PersonOut(id=member.id, number=member.number, name=user.display_name)


def _colleague(work: Workspace, member: Member, user: User) -> ColleagueOut:
    return ColleagueOut(
        id=member.id,
        number=member.number,
        role=member.role,
        status=member.status,
        name=user.display_name,
        email=user.email,
        is_me=member.id == work.member_id,
        version=member.version,
        created_at=member.created_at,
    )


async def list_invitations(work: Workspace) -> list[InvitationOut]:
    """Invitations that can still be followed, the newest first."""
    query = work.select(Invitation).where(
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > work.now(),
    )
    found = await work.session.scalars(query.order_by(Invitation.id.desc()))
    return [InvitationOut.model_validate(each) for each in found]


async def list_roles(work: Workspace) -> RolesOut:
    """What each role may do here, printed from the table that decides."""
    here = await work.session.get_one(Organization, work.organization_id)
    roles = [
        RoleOut(
            role=role,
            permissions=sorted(permissions_of(role, here.writers)),
            own=sorted(OWN[role]),
        )
        for role in PERMISSIONS
    ]
    return RolesOut(permissions=sorted(frozenset().union(*PERMISSIONS.values())), roles=roles)


_notices = Notice.__table__.c
NOTICES = Listing(
    table=Notice.__table__,
    columns={
        "id": _notices.id,
        "kind": _notices.kind,
        "code": _notices.code,
        "values": _notices.params,
        "subject_kind": _notices.subject_kind,
        "subject_id": _notices.subject_id,
        "created_at": _notices.created_at,
        "read_at": _notices.read_at,
        "snoozed_until": _notices.snoozed_until,
    },
    sorts={"created_at": _notices.id},  # ids rise with time
    filters={
        "mine": _notices.member_id == given("mine"),
        "awake": or_(_notices.snoozed_until.is_(None), _notices.snoozed_until <= given("awake")),
        "kind": _notices.kind == given("kind"),
        "unread": _notices.read_at.is_(None),
    },
)


async def list_notices(work: Workspace, query: NoticeQuery) -> bytes:
    """One page of one's own notices as JSON, the newest first; snoozed ones are left out."""
    return await fetch_page(work, NOTICES, query, mine=work.member_id, awake=work.now())


def why_not_again(kind: str, payload: dict[str, Any], state: str) -> type[Conflict] | None:
    """Why a mail or job cannot be tried anew: nothing is left to send, or it would do harm."""
    if kind == MAIL and not {"values", "sealed"} & payload.keys():
        return MailWiped
    return JobDone if kind != MAIL and state == "done" else None


def _arrange_job(row: dict[str, Any]) -> dict[str, Any]:
    """What the payload holds stays inside, but for which mail it is and to whom."""
    payload = row.pop("payload")
    told = {"mail": payload.get("template"), "to": payload.get("to")}
    again = why_not_again(row["kind"], payload, row["state"]) is None
    return row | told | {"can_be_resent": again}


_jobs = OutboxRow.__table__.c
_state = case(
    (_jobs.done_at.is_not(None), "done"), (_jobs.dead_at.is_not(None), "dead"), else_="waiting"
)
_SHOWN = ("id", "kind", "attempts", "last_error", "created_at", "run_at", "done_at", "dead_at")
OUTBOX = Listing(
    table=OutboxRow.__table__,
    columns={name: _jobs[name] for name in _SHOWN} | {"state": _state, "payload": _jobs.payload},
    sorts={"created_at": _jobs.id},  # ids rise with time
    filters={"state": _state == given("state")},
    arrange=_arrange_job,
)


async def list_outbox(work: Workspace, query: OutboxQuery) -> bytes:
    """One page of the organization's mails and jobs as JSON, the newest first."""
    return await fetch_page(work, OUTBOX, query)


def show_job(row: OutboxRow) -> OutboxRowOut:
    """One mail or job as clients see it."""
    ended = "done" if row.done_at else "dead" if row.dead_at else "waiting"
    told = {name: getattr(row, name) for name in (*_SHOWN, "payload")}
    return OutboxRowOut.model_validate(_arrange_job(told | {"state": ended}))
