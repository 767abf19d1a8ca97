"""Somebody leaves: everything that ends with it, in one transaction."""

from uuid import UUID

from erp.audit.actions import record
from erp.identity.actions.desk import Visitor
from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.organizations.actions.membership import remove_member
from erp.organizations.models import Member
from erp.projects.actions.people import ensure_members
from erp.projects.actions.tasks import set_assignees
from erp.projects.models import FINISHED, Task, TaskAssignee, TaskState
from erp.timesheets.actions.timer import end_entry
from erp.timesheets.models.entries import stop_at
from erp.timesheets.queries.entries import find_running
from erp.timesheets.schemas.offboarding import OffboardIn, OffboardOut


async def offboard_member(
    work: Workspace, member_id: UUID, given: OffboardIn, visitor: Visitor
) -> OffboardOut:
    """End a membership and its API keys, stop the timer, hand open tasks over; hours stay.

    Without `reassign_to` open tasks just lose the assignee. Raises `LastAdmin`, `OwnMembership`.
    """
    if given.reassign_to == member_id:
        raise wrong_field("/reassign_to", "same_member", "Name somebody who stays")
    await remove_member(work, member_id, None, visitor)  # locks members, which come first
    await ensure_members(work, {given.reassign_to: "/reassign_to"})
    stopped = await _stop_timer(work, member_id)
    tasks = await _hand_over(work, member_id, given.reassign_to)
    member = await work.get(Member, member_id)
    told = {"status": [None, "removed"], "open_tasks": [tasks, 0]}
    record(work, "member.offboarded", member, changes=told)
    return OffboardOut(member_id=member_id, stopped_entry_id=stopped, reassigned_tasks=tasks)


async def _stop_timer(work: Workspace, member_id: UUID) -> UUID | None:
    running = await find_running(work, member_id)
    if running is None:
        return None
    await end_entry(work, running, stop_at(running.span.start, work.now()))
    return running.id


async def _hand_over(work: Workspace, member_id: UUID, successor: UUID | None) -> int:
    """Put the successor in the member's place on every task that is not finished."""
    tasks = await _open_tasks_of(work, member_id)
    for task in tasks:
        assignees = [
            each.member_id
            for each in await work.session.scalars(
                work.select(TaskAssignee).where(TaskAssignee.task_id == task.id)
            )
        ]
        stay = [each for each in assignees if each not in (member_id, successor)]
        await set_assignees(work, task.id, stay + ([successor] if successor else []), None)
    return len(tasks)


async def _open_tasks_of(work: Workspace, member_id: UUID) -> list[Task]:
    """In the order in which projects and tasks are locked."""
    here = Task.organization_id
    assigned = (TaskAssignee.organization_id == here) & (TaskAssignee.task_id == Task.id)
    state = (TaskState.organization_id == here) & (TaskState.id == Task.state_id)
    query = work.select(Task).join(TaskAssignee, assigned).join(TaskState, state)
    query = query.where(TaskAssignee.member_id == member_id, TaskState.group.not_in(FINISHED))
    return list(await work.session.scalars(query.order_by(Task.project_id, Task.id)))
