"""Tasks over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.batch import BatchOut, BatchRefused
from erp.kernel.db import DRY_RUN
from erp.kernel.errors import InUse
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.projects.actions import tasks as actions
from erp.projects.errors import (
    ExternalIdTaken,
    OtherProject,
    ProjectArchived,
    SubtasksOpen,
    TaskBlocked,
    TaskCycle,
    TooDeep,
)
from erp.projects.models import Task
from erp.projects.queries import tasks as queries
from erp.projects.schemas.tasks import (
    AssigneesIn,
    CopyIn,
    MoveIn,
    TaskBatch,
    TaskEdit,
    TaskIn,
    TaskOut,
    TaskPage,
    TaskQuery,
)

router = room_router("tasks", "/api/tasks")
Reading = Annotated[Workspace, may("tasks:read")]
Writing = Annotated[Workspace, may("tasks:write")]
MAKING = (ProjectArchived, TooDeep, ExternalIdTaken)
FINISHING = (TaskBlocked, SubtasksOpen)


@also_as_files(router)
@router.get("", response_model=TaskPage, responses=refuses(*READING))
async def list_tasks(work: Reading, query: Annotated[TaskQuery, Query()]) -> Response:
    """Tasks, the last changed first; those of archived projects only where the project is named."""
    return page(await queries.list_tasks(work, query))


@router.post("", status_code=201, response_model=TaskOut, responses=refuses(*CREATING, *MAKING))
async def create_task(work: Writing, body: TaskIn) -> Response:
    """Add a task at the end of its column; it gets the project's next number."""
    task = await actions.create_task(work, body)
    return await _answer(work, task, made_at=f"/api/tasks/{task.id}")


@router.post(
    "/batch",
    response_model=BatchOut,
    responses=refuses(*CREATING, BatchRefused),
    dependencies=[DRY_RUN],
)
async def save_batch(work: Writing, body: TaskBatch) -> BatchOut:
    """Many changes in one transaction, with a result for each."""
    return await actions.save_batch(work, body)


@router.get("/{task_id}", response_model=TaskOut, responses=refuses(*READING))
async def read_task(work: Reading, task_id: UUID) -> Response:
    """One task with its people, its family and what it waits for."""
    return answer_shown(await queries.read_task(work, task_id))


@router.patch(
    "/{task_id}",
    response_model=TaskOut,
    responses=refuses(*CHANGING, *FINISHING, TaskCycle, TooDeep, ExternalIdTaken),
)
async def change_task(
    work: Writing, task_id: UUID, body: TaskEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; null clears one."""
    return await _answer(work, await actions.change_task(work, task_id, body, version))


@router.delete("/{task_id}", status_code=204, responses=refuses(*CHANGING, InUse))
async def delete_task(work: Writing, task_id: UUID, version: ReadVersion) -> None:
    """Remove a task, unless it has subtasks or hours, or others wait for it."""
    await actions.delete_task(work, task_id, version)


@router.post(
    "/{task_id}/copy",
    status_code=201,
    response_model=TaskOut,
    responses=refuses(*CREATING, *MAKING),
)
async def copy_task(work: Writing, task_id: UUID, body: CopyIn) -> Response:
    """Make the task again, here or in another project."""
    task = await actions.copy_task(work, task_id, body)
    return await _answer(work, task, made_at=f"/api/tasks/{task.id}")


@router.post("/{task_id}/move", response_model=TaskOut, responses=refuses(*CHANGING, *FINISHING))
async def move_task(work: Writing, task_id: UUID, body: MoveIn, version: ReadVersion) -> Response:
    """Put the task after another one on the board, or at the top of a column."""
    return await _answer(work, await actions.move_task(work, task_id, body, version))


@router.put("/{task_id}/assignees", response_model=TaskOut, responses=refuses(*CHANGING))
async def set_assignees(
    work: Writing, task_id: UUID, body: AssigneesIn, version: ReadVersion
) -> Response:
    """Say who is to do the task from now on."""
    task = await actions.set_assignees(work, task_id, body.member_ids, version)
    return await _answer(work, task)


@router.put(
    "/{task_id}/dependencies/{other_id}",
    response_model=TaskOut,
    responses=refuses(*CHANGING, TaskCycle, OtherProject),
)
async def add_dependency(
    work: Writing, task_id: UUID, other_id: UUID, version: ReadVersion
) -> Response:
    """The task waits for the other one."""
    return await _answer(work, await actions.add_dependency(work, task_id, other_id, version))


@router.delete(
    "/{task_id}/dependencies/{other_id}", response_model=TaskOut, responses=refuses(*CHANGING)
)
async def remove_dependency(
    work: Writing, task_id: UUID, other_id: UUID, version: ReadVersion
) -> Response:
    """The task waits for the other one no more."""
    return await _answer(work, await actions.remove_dependency(work, task_id, other_id, version))


async def _answer(work: Workspace, task: Task, made_at: str | None = None) -> Response:
    return answer_shown(await queries.read_task(work, task.id), made_at=made_at)
