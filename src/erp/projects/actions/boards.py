"""Where tasks stand on the board. The project is locked, so columns keep still meanwhile."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, update

from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.projects.models import STEP, Task, TaskState


async def last_position(work: Workspace, project_id: UUID, state: TaskState) -> int:
    """The position of the last task in the column, 0 in an empty one."""
    query = _column(work, project_id, state).with_only_columns(func.max(Task.position))
    return await work.session.scalar(query) or 0


async def find_before(work: Workspace, task: Task) -> UUID | None:
    """The task that stands before this one in its column; none if it is the first."""
    column = work.select(Task).where(
        Task.project_id == task.project_id, Task.state_id == task.state_id
    )
    earlier = (Task.position < task.position) | (
        (Task.position == task.position) & (Task.id < task.id)
    )
    last = column.where(earlier).order_by(Task.position.desc(), Task.id.desc()).limit(1)
    found: UUID | None = await work.session.scalar(last.with_only_columns(Task.id))
    return found


async def find_place(work: Workspace, task: Task, state: TaskState, after_id: UUID | None) -> int:
    """A position after the named task of the column, or at its top; renumbers where it is tight."""
    place = await _between(work, task, state, after_id)
    if place is None:
        await _renumber(work, task, state)
        place = await _between(work, task, state, after_id)
    if place is None:  # a renumbered column has room everywhere
        raise AssertionError(f"no room in column {state.id}")
    return place


async def _between(
    work: Workspace, task: Task, state: TaskState, after_id: UUID | None
) -> int | None:
    """Half way to the next task, or none if the gap is closed."""
    others = _column(work, task.project_id, state).where(Task.id != task.id)
    before = 0
    if after_id is not None:
        position = await work.session.scalar(
            others.where(Task.id == after_id).with_only_columns(Task.position)
        )
        if position is None:
            raise wrong_field("/after_id", "unknown_task", "There is no such task in this column")
        before = position
        others = others.where(_is_after(position, after_id))
    following = others.order_by(Task.position, Task.id).limit(1)
    following_position = await work.session.scalar(following.with_only_columns(Task.position))
    if following_position is None:
        return before + STEP
    middle = (before + following_position) // 2
    return middle if before < middle < following_position else None


def _is_after(position: int, task_id: UUID) -> Any:
    """Later in the order of the board; equal positions are told apart by id."""
    return (Task.position > position) | ((Task.position == position) & (Task.id > task_id))


async def _renumber(work: Workspace, task: Task, state: TaskState) -> None:
    """Space the column evenly. Nobody's record changes by it, so the versions stay."""
    query = _column(work, task.project_id, state).where(Task.id != task.id)
    ordered = query.order_by(Task.position, Task.id).with_only_columns(Task.id)
    places = [
        {"task_id": task_id, "place": number * STEP}
        for number, task_id in enumerate(await work.session.scalars(ordered), start=1)
    ]
    tasks: Any = Task.__table__
    renumbering = (
        update(tasks)
        .where(tasks.c.organization_id == work.organization_id)
        .where(tasks.c.id == bindparam("task_id"))
        .values(position=bindparam("place"))
    )
    await work.session.execute(renumbering, places)


def _column(work: Workspace, project_id: UUID, state: TaskState) -> Any:
    return work.select(Task).where(Task.project_id == project_id, Task.state_id == state.id)
