"""Leaving, over HTTP."""

from typing import Annotated
from uuid import UUID

from erp.identity.access import FromVisitor
from erp.kernel.http import refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CREATING, may
from erp.organizations.errors import LastAdmin, OwnMembership
from erp.timesheets.actions import offboarding
from erp.timesheets.schemas.offboarding import OffboardIn, OffboardOut

router = room_router("timesheets", "/api")
Leading = Annotated[Workspace, may("members:write")]


@router.post(
    "/members/{member_id}/offboard",
    response_model=OffboardOut,
    responses=refuses(*CREATING, LastAdmin, OwnMembership),
)
async def offboard_member(
    work: Leading, member_id: UUID, body: OffboardIn, visitor: FromVisitor
) -> OffboardOut:
    """Let somebody leave: the timer stops, open tasks go over, membership and API keys end."""
    return await offboarding.offboard_member(work, member_id, body, visitor)
