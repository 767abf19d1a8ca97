"""Who is to do a task, and who may change it."""

from uuid import UUID

from erp.audit.actions import record
from erp.kernel.errors import NotAllowed
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.projects.actions.journal import journal
from erp.projects.actions.people import ensure_members, numbers_of, pointers_to
from erp.projects.actions.telling import tell_assigned
from erp.projects.models import Task, TaskAssignee

WRITE = "tasks:write"


async def ensure_may_write(work: Workspace, task: Task) -> None:
    """Raises `NotAllowed` where only one's own tasks may be written, and this is none of them."""
    if work.sees_all(WRITE) or task.created_by == work.member_id:
        return
    mine = work.select(TaskAssignee).where(
        TaskAssignee.task_id == task.id, TaskAssignee.member_id == work.member_id
    )
    if await work.session.scalar(mine) is None:
        raise NotAllowed(
            "You may change tasks that are assigned to you or that you made", permission=WRITE
        )


async def assign(
    work: Workspace, task: Task, member_ids: list[UUID], pointer: str = "/member_ids"
) -> bool:
    """These members are to do the task from now on; says whether that is a change."""
    query = work.select(TaskAssignee).where(TaskAssignee.task_id == task.id)
    before = {each.member_id: each for each in await work.session.scalars(query)}
    added = list(dict.fromkeys(each for each in member_ids if each not in before))
    places = pointers_to(member_ids, pointer)
    await ensure_members(work, {each: places[each] for each in added})
    gone = [each for each in before if each not in set(member_ids)]
    if not added and not gone:
        return False
    told = {"assignees": [await numbers_of(work, before), await numbers_of(work, member_ids)]}
    for each in gone:
        await work.session.delete(before[each])
        journal(work, task.id, "unassigned", assignee_id=each)
    for each in added:
        work.add(TaskAssignee(task_id=task.id, member_id=each))
        journal(work, task.id, "assigned", assignee_id=each)
    record(work, "task.assigned" if added else "task.unassigned", task, changes=told)
    await tell_assigned(work, task, added)
    return True


async def keep_assignee(work: Workspace, task: Task, member_id: UUID) -> TaskAssignee:
    """Somebody was given the task elsewhere and knows it; nobody is told anew."""
    await ensure_members(work, {member_id: "/user_id"})
    told = {"assignees": [[], await numbers_of(work, [member_id])]}
    record(work, "task.assigned", task, changes=told)
    journal(work, task.id, "assigned", assignee_id=member_id)
    kept = work.add(TaskAssignee(id=new_id(), task_id=task.id, member_id=member_id))
    await work.session.flush()  # a second row of the same is refused as such
    return kept
