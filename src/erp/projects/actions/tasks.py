"""What people do with tasks."""

from typing import Any
from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.batch import BatchOut, ChangeItem, CreateItem, Done, run_batch
from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.numbering import take_number
from erp.projects.actions.assigning import assign, ensure_may_write
from erp.projects.actions.boards import find_before, find_place, last_position
from erp.projects.actions.family import ensure_parent, read_family
from erp.projects.actions.finishing import Move, enter_state
from erp.projects.actions.journal import journal_move
from erp.projects.actions.states import state_named, states_to_use
from erp.projects.errors import OtherProject, TaskCycle
from erp.projects.models import STEP, Project, Task, TaskAssignee, TaskDependency, TaskState
from erp.projects.queries.tasks import read_task
from erp.projects.schemas.tasks import (
    CopyIn,
    DeleteItem,
    MoveIn,
    MoveItem,
    TaskBatch,
    TaskEdit,
    TaskIn,
)

UNTOLD = ("project_id", "state_id", "position", "completed_at")


async def create_task(work: Workspace, given: TaskIn) -> Task:
    """A new task with the project's next number. Raises `ProjectArchived`, `TooDeep`."""
    project = await work.find(Project, given.project_id, lock=True)
    if project is None:
        raise wrong_field("/project_id", "unknown_project", "There is no such project")
    project.ensure_open()
    state = state_named(await states_to_use(work), given.state_id)
    task = Task(id=new_id(), project_id=project.id)
    if given.parent_id is not None:
        await ensure_parent(work, task, given.parent_id)
    task.number = await take_number(work.session, work.organization_id, f"task:{project.id}")
    task.write(given.model_dump(exclude={"project_id", "state_id", "assignee_ids"}))
    task.enter(state, await last_position(work, project.id, state) + STEP, work.now())
    work.add(task)
    record(work, "task.created", task, changes=told_of_new(task, project, state))
    await work.session.flush()  # journal and assignees refer to the task
    journal_move(work, task, None, state)
    await assign(work, task, given.assignee_ids, "/assignee_ids")
    await work.session.flush()  # the answer shows the assignees
    return task


async def change_task(work: Workspace, task_id: UUID, edit: TaskEdit, version: int | None) -> Task:
    """Change what was sent. Raises `Stale`, `TaskBlocked`, `SubtasksOpen`, `TaskCycle`."""
    task = await lock_task(work, task_id, version)
    values = edit.changes()
    state_id = values.pop("state_id", task.state_id)
    with_subtasks = values.pop("with_subtasks", False)
    parent_id = values.get("parent_id")
    if parent_id is not None and parent_id != task.parent_id:
        await ensure_parent(work, task, parent_id)
    task.write(values)
    if told := told_of(task):
        record(work, "task.changed", task, changes=told)
    if state_id != task.state_id:
        states = await states_to_use(work)
        move = Move(state_named(states, state_id), with_subtasks=with_subtasks)
        await enter_state(work, task, move, states)
    await work.session.flush()  # the answer shows the version
    return task


async def move_task(work: Workspace, task_id: UUID, given: MoveIn, version: int | None) -> Task:
    """Put the task somewhere on the board. Raises `Stale`, `TaskBlocked`, `SubtasksOpen`."""
    task = await lock_task(work, task_id, version)
    states = await states_to_use(work)
    state = state_named(states, given.state_id)
    stays = state.id == task.state_id
    if not (stays and given.after_id in (task.id, await find_before(work, task))):
        place = await find_place(work, task, state, given.after_id)
        await enter_state(work, task, Move(state, place, given.with_subtasks), states)
        if stays:
            task.position = place
            record(work, "task.moved", task)
    await work.session.flush()  # the answer shows the version
    return task


async def delete_task(work: Workspace, task_id: UUID, version: int | None) -> None:
    """Remove a task with its journal and comments. Raises `InUse` if others build upon it."""
    task = await lock_task(work, task_id, version)
    record(work, "task.deleted", task, changes={"title": [task.title, None]})
    await work.session.delete(task)


async def set_assignees(
    work: Workspace, task_id: UUID, member_ids: list[UUID], version: int | None
) -> Task:
    """These members are to do the task from now on. Raises `Stale`."""
    task = await lock_task(work, task_id, version)
    if await assign(work, task, member_ids):
        await _touch(work, task)
    return task


async def add_dependency(
    work: Workspace, task_id: UUID, other_id: UUID, version: int | None
) -> Task:
    """The task waits for the other; saying so twice changes nothing. Raises `TaskCycle`."""
    task = await lock_task(work, task_id, version)
    other = await work.get(Task, other_id)
    if other.project_id != task.project_id:
        raise OtherProject
    family = await read_family(work, task.project_id)
    if other_id in family.awaited.get(task_id, ()):
        return task
    if family.waits_for(other_id, task_id):
        raise TaskCycle
    edge = TaskDependency(project_id=task.project_id, task_id=task_id, depends_on_id=other_id)
    work.add(edge)
    record(work, "task.changed", task, changes={"depends_on": [None, other.number]})
    await _touch(work, task)
    return task


async def remove_dependency(
    work: Workspace, task_id: UUID, other_id: UUID, version: int | None
) -> Task:
    """The task waits for the other no more. Raises `NotFound` if it did not."""
    task = await lock_task(work, task_id, version)
    other = await work.get(Task, other_id)
    query = work.select(TaskDependency).where(
        TaskDependency.task_id == task_id, TaskDependency.depends_on_id == other_id
    )
    edge = await work.session.scalar(query)
    if edge is None:
        raise NotFound
    await work.session.delete(edge)
    record(work, "task.changed", task, changes={"depends_on": [other.number, None]})
    await _touch(work, task)
    return task


async def save_batch(work: Workspace, batch: TaskBatch) -> BatchOut:
    """Many changes at once. Raises `BatchRefused`."""

    async def run(
        item: CreateItem[TaskIn] | ChangeItem[TaskEdit] | MoveItem | DeleteItem,
    ) -> Done:
        if isinstance(item, CreateItem):
            return "created", await create_task(work, item.data)
        seen = (await work.get(Task, item.id)).version
        if isinstance(item, DeleteItem):
            await delete_task(work, item.id, item.version)
            return "changed", None
        if isinstance(item, MoveItem):
            after = await move_task(work, item.id, item.data, item.version)
        else:
            after = await change_task(work, item.id, item.data, item.version)
        return ("skipped" if after.version == seen else "changed"), after

    return await run_batch(work, batch.items, run, all_or_nothing=batch.all_or_nothing)


async def copy_task(work: Workspace, task_id: UUID, given: CopyIn) -> Task:
    """The task again, in its project or another, open and with a number of its own."""
    source = await work.get(Task, task_id)
    project_id = given.project_id or source.project_id
    parent_id = source.parent_id if project_id == source.project_id else None
    place = {"project_id": project_id, "parent_id": parent_id}
    return await _copy(work, source, given, place | {"title": given.title or source.title})


async def _copy(work: Workspace, source: Task, given: CopyIn, over: dict[str, Any]) -> Task:
    kept = ("title", "description", "priority", "starts_on", "due_on", "estimate_seconds")
    values = {name: getattr(source, name) for name in kept} | over
    if given.with_assignees:
        values["assignee_ids"] = await _active_assignees(work, source)
    copied = await create_task(work, TaskIn.model_construct(**values))
    if given.with_subtasks:
        below = work.select(Task).where(Task.parent_id == source.id)
        place = {"project_id": copied.project_id, "parent_id": copied.id}
        for each in list(await work.session.scalars(below.order_by(Task.number))):
            await _copy(work, each, given, place)
    return copied


async def _active_assignees(work: Workspace, task: Task) -> list[UUID]:
    mine = (TaskAssignee.organization_id == Member.organization_id) & (
        TaskAssignee.member_id == Member.id
    )
    query = work.select(Member).join(TaskAssignee, mine).order_by(Member.number)
    query = query.where(TaskAssignee.task_id == task.id, Member.status == "active")
    return list(await work.session.scalars(query.with_only_columns(Member.id)))


async def lock_task(work: Workspace, task_id: UUID, version: int | None = None) -> Task:
    """The task, locked behind its project. Raises `NotFound`, `NotAllowed`, `Stale`."""
    known = await work.get(Task, task_id)
    await work.get(Project, known.project_id, lock=True)
    task = await work.get(Task, task_id, lock=True)
    await ensure_may_write(work, task)
    if version is not None and task.version != version:
        shown = await read_task(work, task_id)
        await ensure_unchanged(work, task, version, lambda: shown)
    return task


async def _touch(work: Workspace, task: Task) -> None:
    """What stands around a task is part of what its version covers."""
    task.updated_at = work.now()
    await work.session.flush()  # the answer shows the version


def told_of_new(task: Task, project: Project, state: TaskState) -> dict[str, list[Any]]:
    """What the trail says of a new task, with project and state by their names."""
    return told_of(task) | {"project": [None, project.code], "state": [None, state.name]}


def told_of(task: Task) -> dict[str, list[Any]]:
    """What changed, but for its place: `task.moved` tells of that."""
    return {name: change for name, change in changes_of(task).items() if name not in UNTOLD}
