"""What an organization is called and how it counts."""

from typing import Literal

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.recovery import Holder
from erp.identity.models import User
from erp.kernel.errors import Stale
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.actions.founding import found_organization
from erp.organizations.errors import SettingPinned
from erp.organizations.models import Organization, SettingPin
from erp.organizations.queries import get_membership
from erp.organizations.schemas import MembershipOut, OrganizationEdit, OrganizationOut

Pinnable = Literal["currency", "time_zone", "week_start", "writers"]


async def get_organization(work: Workspace) -> Organization:
    """The organization one works in."""
    return await work.session.get_one(Organization, work.organization_id)


async def change_organization(
    work: Workspace, edit: OrganizationEdit, version: int | None, visitor: Visitor
) -> Organization:
    """Another name, address or setting.

    Raises `SlugTaken`, `SettingPinned`, and `Stale` with how it is now.
    """
    organization = await work.session.get_one(
        Organization, work.organization_id, with_for_update={"key_share": True}
    )
    if version is not None and organization.version != version:
        now = OrganizationOut.model_validate(organization).model_dump(mode="json")
        raise Stale(current=now)
    values = edit.changes()
    await _ensure_not_pinned(
        work, {name for name, value in values.items() if value != getattr(organization, name)}
    )
    for name, value in values.items():
        setattr(organization, name, value)
    await work.session.flush()  # the answer shows the version
    note_event(work.session, "organization.changed", visitor, user_id=work.user_id)
    return organization


async def pin_setting(work: Workspace, setting: Pinnable) -> str:
    """The value of a setting from which on it cannot change; called by rooms that depend on it."""
    organization = await work.session.get_one(
        Organization,
        work.organization_id,
        with_for_update={"read": True},
        populate_existing=True,
    )
    row = {
        "organization_id": work.organization_id,
        "id": new_id(),
        "setting": setting,
        "pinned_at": work.now(),
    }
    insert = insert_into(work.session, SettingPin).values(row)
    await work.session.execute(insert.on_conflict_do_nothing())
    value: str = getattr(organization, setting)
    return value


async def _ensure_not_pinned(work: Workspace, changed: set[str]) -> None:
    pins = work.select(SettingPin).where(SettingPin.setting.in_(changed))
    if pinned := sorted(pin.setting for pin in await work.session.scalars(pins)):
        raise SettingPinned(settings=pinned)


async def add_organization(
    desk: Desk, holder: Holder, name: str, visitor: Visitor
) -> MembershipOut:
    """One more organization, of which the person is the admin."""
    async with desk.database.writing() as session:
        founder = await session.get_one(User, holder.user_id)
        member = await found_organization(session, desk, founder, name)
        note_event(session, "organization.created", visitor, user_id=founder.id)
        return (await get_membership(session, member)).shown()
