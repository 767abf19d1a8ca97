"""What people are told about weeks."""

from typing import Any

from erp.kernel.workspace import Workspace
from erp.organizations.actions.notices import Told, notify
from erp.organizations.queries import list_members_in, name_people
from erp.timesheets.models.weeks import Timesheet

APPROVERS = ("manager", "admin")


async def tell_approvers(work: Workspace, week: Timesheet) -> None:
    """A week waits for them."""
    told = await _about(work, week, "week_submitted", {})
    await notify(work, told, await list_members_in(work, APPROVERS))


async def tell_member(work: Workspace, week: Timesheet) -> None:
    """The own week was approved, rejected or reopened, by whom and why."""
    told = await _about(work, week, f"week_{week.state}", {"reason": week.reason})
    await notify(work, told, [week.member_id])


async def _about(work: Workspace, week: Timesheet, code: str, more: dict[str, Any]) -> Told:
    people = await name_people(work, {week.member_id, work.member_id})
    member, actor = people[week.member_id], people[work.member_id]
    params = {
        "member": {"id": str(member.id), "number": member.number, "name": member.name},
        "by": {"number": actor.number, "name": actor.name},
        "starts_on": week.starts_on.isoformat(),
        **more,
    }
    return Told(kind=code, code=code, params=params, subject=("timesheet", week.id))
