"""Going from state to state. Completing needs finished predecessors and subtasks."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
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


@dataclass(frozen=True, slots=True)
class Move:
    """Where a task is to go: a state, and a position in its column or its end."""

    to: TaskState
    position: int | None = None
    with_subtasks: bool = False


async def enter_state(work: Workspace, task: Task, move: Move, states: States) -> None:
    """Put the task into the state's column. Raises `TaskBlocked`, `SubtasksOpen`."""
    if task.state_id == move.to.id:
        return
    below = await _find_below(work, task, move, states) if move.to.group == "completed" else []
    last = await last_position(work, task.project_id, move.to)
    ends = count(last + STEP, STEP)
    for each in below:
        _enter(work, each, states[each.state_id], move.to, next(ends))
    end = next(ends) if move.position is None else move.position
    _enter(work, task, states[task.state_id], move.to, end)


def _enter(work: Workspace, task: Task, before: TaskState, after: TaskState, position: int) -> None:
    task.enter(after, position, work.now())
    record(work, "task.moved", task, changes={"state": [before.name, after.name]})
    journal_move(work, task, before, after)


async def _find_below(work: Workspace, task: Task, move: Move, states: States) -> list[Task]:
    """The open subtasks that are to be completed as well; refuses what cannot be completed."""
    family = await read_family(work, task.project_id)
    below = await _open_among(work, family.below(task.id), states)
    if below and not move.with_subtasks:
        raise SubtasksOpen(tasks=await name_tasks(work, Task.id.in_(each.id for each in below)))
    finishing = {task.id, *(each.id for each in below)}
    if blockers := await _find_blockers(work, finishing, states):
        raise TaskBlocked(tasks=await name_tasks(work, Task.id.in_(blockers)))
    for each in below:
        await ensure_may_write(work, each)
    return below


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
