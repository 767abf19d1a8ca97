"""Projects, their teams and boards, and the states of tasks over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response

from erp.customers.errors import CustomerArchived, CustomerMerged
from erp.kernel.errors import InUse
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.projects.actions import projects as actions
from erp.projects.actions import states as state_actions
from erp.projects.errors import (
    ExternalIdTaken,
    ProjectCodeTaken,
    StateInUse,
    StateNameTaken,
    StateNeeded,
)
from erp.projects.models import Project
from erp.projects.queries import boards, states
from erp.projects.queries import projects as queries
from erp.projects.schemas.projects import (
    ProjectEdit,
    ProjectIn,
    ProjectOut,
    ProjectPage,
    ProjectQuery,
    StateEdit,
    StateIn,
    StateOut,
    StatesOut,
    TeamIn,
)
from erp.projects.schemas.tasks import BoardOut, BoardQuery

router = room_router("projects", "/api")
Reading = Annotated[Workspace, may("projects:read")]
Writing = Annotated[Workspace, may("projects:write")]
TAKEN = (ProjectCodeTaken, ExternalIdTaken, CustomerArchived, CustomerMerged)


@also_as_files(router)
@router.get("/projects", response_model=ProjectPage, responses=refuses(*READING))
async def list_projects(work: Reading, query: Annotated[ProjectQuery, Query()]) -> Response:
    """Live projects by name; `archived=true` shows the archived ones."""
    return page(await queries.list_projects(work, query))


@router.post(
    "/projects",
    status_code=201,
    response_model=ProjectOut,
    responses=refuses(*CREATING, *TAKEN),
)
async def create_project(work: Writing, body: ProjectIn) -> Response:
    """Add a project; it gets the next number, and its maker is in the team."""
    project = await actions.create_project(work, body)
    return await _answer(work, project, made_at=f"/api/projects/{project.id}")


@router.get("/projects/{project_id}", response_model=ProjectOut, responses=refuses(*READING))
async def read_project(work: Reading, project_id: UUID) -> Response:
    """One project with its team and the numbers of its tasks."""
    return answer_shown(await queries.read_project(work, project_id))


@router.patch(
    "/projects/{project_id}", response_model=ProjectOut, responses=refuses(*CHANGING, *TAKEN)
)
async def change_project(
    work: Writing, project_id: UUID, body: ProjectEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; null clears one."""
    return await _answer(work, await actions.change_project(work, project_id, body, version))


@router.delete("/projects/{project_id}", status_code=204, responses=refuses(*CHANGING, InUse))
async def delete_project(work: Writing, project_id: UUID, version: ReadVersion) -> None:
    """Remove a project that has no tasks and no hours."""
    await actions.delete_project(work, project_id, version)


@router.post(
    "/projects/{project_id}/archive", response_model=ProjectOut, responses=refuses(*CHANGING)
)
async def archive_project(work: Writing, project_id: UUID, version: ReadVersion) -> Response:
    """Take the project out of lists and pickers; it takes no new tasks and no hours."""
    return await _answer(work, await actions.archive_project(work, project_id, version))


@router.post(
    "/projects/{project_id}/restore", response_model=ProjectOut, responses=refuses(*CHANGING)
)
async def restore_project(work: Writing, project_id: UUID, version: ReadVersion) -> Response:
    """Bring an archived project back."""
    return await _answer(work, await actions.restore_project(work, project_id, version))


@router.put("/projects/{project_id}/team", response_model=ProjectOut, responses=refuses(*CHANGING))
async def set_team(work: Writing, project_id: UUID, body: TeamIn, version: ReadVersion) -> Response:
    """Say who is in the team from now on."""
    project = await actions.set_team(work, project_id, body.member_ids, version)
    return await _answer(work, project)


@router.get("/projects/{project_id}/board", response_model=BoardOut, responses=refuses(*READING))
async def read_board(
    work: Reading, project_id: UUID, query: Annotated[BoardQuery, Query()]
) -> Response:
    """Every column with its count and its first cards; the list of tasks has the others."""
    return _json(await boards.read_board(work, project_id, query))


@also_as_files(router)
@router.get("/task-states", response_model=StatesOut, responses=refuses(*READING))
async def list_states(work: Reading) -> StatesOut:
    """Every state a task can be in, in the order of the board."""
    return StatesOut(items=await states.list_states(work))


@router.post(
    "/task-states",
    status_code=201,
    response_model=StateOut,
    responses=refuses(*CREATING, StateNameTaken, StateNeeded),
)
async def create_state(work: Writing, body: StateIn) -> Response:
    """Add a state at the end of the board."""
    state = await state_actions.create_state(work, body)
    return answer(StateOut, state, made_at=f"/api/task-states/{state.id}")


@router.patch(
    "/task-states/{state_id}",
    response_model=StateOut,
    responses=refuses(*CHANGING, StateNameTaken, StateNeeded, StateInUse),
)
async def change_state(
    work: Writing, state_id: UUID, body: StateEdit, version: ReadVersion
) -> Response:
    """Rename it, move it, make it the default; its group only while no task is in it."""
    return answer(StateOut, await state_actions.change_state(work, state_id, body, version))


@router.delete(
    "/task-states/{state_id}",
    status_code=204,
    responses=refuses(*CHANGING, StateNeeded, StateInUse),
)
async def delete_state(
    work: Writing, state_id: UUID, version: ReadVersion, replace_by: UUID | None = None
) -> None:
    """Remove a state; `replace_by` names the one that takes its tasks."""
    await state_actions.delete_state(work, state_id, replace_by, version)


async def _answer(work: Workspace, project: Project, made_at: str | None = None) -> Response:
    return answer_shown(await queries.read_project(work, project.id), made_at=made_at)


def _json(shown: dict[str, Any]) -> Response:
    return page(orjson.dumps(shown, option=orjson.OPT_UTC_Z))
