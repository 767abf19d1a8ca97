"""Reads about membership. They are about a person, so they cross organizations."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select  # noqa: TID251  about a person, across organizations
from sqlalchemy.ext.asyncio import AsyncSession

from erp.organizations.access import permissions_of
from erp.organizations.models import Member, Organization
from erp.organizations.schemas import MembershipOut


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
    """The organizations the user may work in, by name."""
    query = (
        select(Organization, Member)
        .join(Member, Member.organization_id == Organization.id)
        .where(Member.user_id == user_id, Member.status == "active")
        .where(Organization.status == "active")
        .order_by(Organization.name, Organization.id)
    )
    return [Membership(*row) for row in await session.execute(query)]
