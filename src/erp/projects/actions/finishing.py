"""Going from state to state. Completing needs finished predecessors and subtasks."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import and_

from erp.audit.actions import record
from erp.kernel.workspace import Workspace
from erp.projects.actions.assigning import ensure_may_write
from erp.projects.actions.boards import last_position
from erp.projects.actions.family import read_family
from erp.projects.actions.journal import journal_move
from erp.projects.errors import SubtasksOpen, TaskBlocked
from erp.projects.models import FINISHED, STEP, Task, TaskDependency, TaskState
from erp.projects.queries.tasks import name_tasks

States = dict[UUID, TaskState]


async def enter_state(
    work: Workspace, task: Task, state: TaskState, states: States, *, with_subtasks: bool
) -> None:
    """Put the task at the end of the state's column. Raises `TaskBlocked`, `SubtasksOpen`."""
    before = states[task.state_id]
    if before.id == state.id:
        return
    if state.group == "completed":
        await _complete_below(work, task, state, states, with_subtasks=with_subtasks)
    await _enter(work, task, before, state)


async def _enter(work: Workspace, task: Task, before: TaskState, state: TaskState) -> None:
    await work.session.flush()  # the last position counts those that came in just now
    position = await last_position(work, task.project_id, state) + STEP
    task.enter(state, position, work.now())
    record(work, "task.moved", task, changes={"state": [before.name, state.name]})
    journal_move(work, task, before, state)


async def _complete_below(
    work: Workspace, task: Task, state: TaskState, states: States, *, with_subtasks: bool
) -> None:
    family = await read_family(work, task.project_id)
    below = await _open_among(work, family.below(task.id), states)
    if below and not with_subtasks:
        raise SubtasksOpen(tasks=await name_tasks(work, Task.id.in_(each.id for each in below)))
    finishing = {task.id, *(each.id for each in below)}
    if blockers := await _find_blockers(work, finishing, states):
        raise TaskBlocked(tasks=await name_tasks(work, Task.id.in_(blockers)))
    for each in below:
        await ensure_may_write(work, each)
        await _enter(work, each, states[each.state_id], state)


async def _open_among(work: Workspace, ids: Iterable[UUID], states: States) -> list[Task]:
    query = work.select(Task).where(Task.id.in_(list(ids))).order_by(Task.number)
    return [task for task in await work.lock(query) if not states[task.state_id].is_finished]


async def _find_blockers(work: Workspace, finishing: set[UUID], states: States) -> set[UUID]:
    """What the tasks wait for and is not finished, nor about to be."""
    same = and_(
        TaskDependency.organization_id == Task.organization_id,
        TaskDependency.depends_on_id == Task.id,
        TaskDependency.task_id.in_(finishing),
    )
    done = [state.id for state in states.values() if state.group in FINISHED]
    query = work.select(Task).join(TaskDependency, same).where(Task.state_id.not_in(done))
    return set(await work.session.scalars(query.with_only_columns(Task.id))) - finishing
