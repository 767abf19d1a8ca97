"""What an organization is called and how it counts."""

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.recovery import Holder
from erp.identity.models import User
from erp.kernel.errors import Stale
from erp.kernel.workspace import Workspace
from erp.organizations.actions.founding import found_organization
from erp.organizations.models import Organization
from erp.organizations.queries import get_membership
from erp.organizations.schemas import MembershipOut, OrganizationEdit, OrganizationOut


async def get_organization(work: Workspace) -> Organization:
    """The organization one works in."""
    return await work.session.get_one(Organization, work.organization_id)


async def change_organization(
    work: Workspace, edit: OrganizationEdit, version: int | None, visitor: Visitor
) -> Organization:
    """Another name, address or setting. Raises `SlugTaken`, and `Stale` with how it is now."""
    organization = await work.session.get_one(
        Organization, work.organization_id, with_for_update={"key_share": True}
    )
    if version is not None and organization.version != version:
        now = OrganizationOut.model_validate(organization).model_dump(mode="json")
        raise Stale(current=now)
    for name, value in edit.changes().items():
        setattr(organization, name, value)
    await work.session.flush()  # the answer shows the version
    note_event(work.session, "organization.changed", visitor, user_id=work.user_id)
    return organization


async def add_organization(
    desk: Desk, holder: Holder, name: str, visitor: Visitor
) -> MembershipOut:
    """One more organization, of which the person is the admin."""
    async with desk.database.writing() as session:
        founder = await session.get_one(User, holder.user_id)
        member = await found_organization(session, desk, founder, name)
        note_event(session, "organization.created", visitor, user_id=founder.id)
        return (await get_membership(session, member)).shown()
