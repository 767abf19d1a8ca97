"""How a job works in an organization: as nobody, and with every right."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.walls import NOBODY
from erp.kernel.workspace import Workspace
from erp.organizations.access import permissions_of
from erp.organizations.models import Organization


async def begin_work(session: AsyncSession, organization_id: UUID, request_id: str) -> Workspace:
    """The workspace of a job; what it changes was done by no member."""
    organization = await session.get_one(Organization, organization_id)
    return Workspace(
        session=session,
        organization_id=organization.id,
        member_id=NOBODY,
        user_id=NOBODY,
        session_id=None,
        permissions=permissions_of("admin", organization.writers),
        currency=organization.currency,
        time_zone=organization.time_zone,
        request_id=request_id,
    )
