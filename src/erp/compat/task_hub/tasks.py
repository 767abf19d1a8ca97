"""Tasks of a user, projects of the directory, saving, and reports."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from erp.compat.task_hub.saving import DataIn, DataOut, told
from erp.compat.task_hub.words import SuccessResponse, may_refuse
from erp.identity.access import AtDesk
from erp.identity.actions.account_projects import fetch_account_projects
from erp.identity.errors import (
    DirectoryBadResponse,
    DirectoryNotConnected,
    DirectoryTimeout,
    DirectoryUnavailable,
)
from erp.kernel.batch import BatchRefused
from erp.kernel.fields import InstantOut, Text
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import CREATING, READING, may
from erp.organizations.queries import get_named
from erp.organizations.schemas import PersonOut
from erp.organizations.turns import Turns, may_in_turns
from erp.projects.actions.saving.batch import save_all
from erp.projects.actions.syncing import take_over
from erp.projects.queries.work_lists import list_tasks_of
from erp.projects.schemas.projects import Group
from erp.projects.schemas.syncing import SyncItem
from erp.projects.schemas.tasks import Priority
from erp.reports.queries.journal import sum_journal
from erp.reports.queries.tasks import sum_tasks
from erp.reports.schemas.tasks import (
    DaysQuery,
    LogReportOut,
    LogReportQuery,
    TaskReportOut,
    TaskReportQuery,
)

OUTCOMES = {"create": "created", "change": "changed", "archive": "archived", "skip": "skipped"}
ASKING = (DirectoryNotConnected, DirectoryBadResponse, DirectoryTimeout, DirectoryUnavailable)

router = APIRouter(route_class=RoomRoute)
Reading = Annotated[Workspace, may("tasks:read")]
Writing = Annotated[Workspace, may("tasks:write")]
Syncing = Annotated[Turns, may_in_turns("projects:sync")]
Named = Annotated[str, Path(description="The `user_id` or `guid` of a sign-in"), Text(200)]


class AssigneeOut(BaseModel):
    """Somebody who is to do a task."""

    user_id: UUID
    name: str


class TaskOut(BaseModel):
    """A task. `status` is the group of its state."""

    id: UUID
    title: str
    description: str | None
    status: Group
    priority: Priority
    project_id: UUID
    project_name: str
    assignees: list[AssigneeOut]
    start_date: date | None
    due_date: date | None
    estimate_hours: float | None
    completed_at: InstantOut | None


class ProjectOut(BaseModel):
    """A project of the directory, and what became of it here."""

    id: UUID
    external_id: str
    code: str
    name: str
    outcome: Literal["created", "changed", "archived", "skipped"]


class FetchedOut(BaseModel):
    """The directory's projects, and how many were stored anew, changed, archived or left alone."""

    created: int
    changed: int
    archived: int
    skipped: int
    projects: list[ProjectOut]


class UserReportOut(BaseModel):
    """One user's tasks and journal."""

    user: AssigneeOut
    tasks: TaskReportOut
    task_logs: LogReportOut


@router.get("/tasks/{user_id}", tags=["tasks"], responses=may_refuse(*READING))
async def list_tasks(work: Reading, user_id: Named) -> SuccessResponse[list[TaskOut]]:
    """Every task of a user; those of others need a manager or an admin."""
    user = await get_named(work, user_id)
    found = [_task(each) for each in await list_tasks_of(work, user.id)]
    return SuccessResponse(message="Tasks retrieved", data=found)


@router.post(
    "/projects/fetch-projects", tags=["projects"], responses=may_refuse(*CREATING, *ASKING)
)
async def fetch_projects(turns: Syncing, desk: AtDesk) -> SuccessResponse[FetchedOut]:
    """Ask the directory for the account's projects, and store them."""
    listed = await fetch_account_projects(desk, turns.organization_id)
    async with turns.take() as work:
        plan = await take_over(work, listed)
    counts = {OUTCOMES[op]: count for op, count in plan.counts.items()}
    fetched = FetchedOut(**counts, projects=[_project(each) for each in plan.items])
    return SuccessResponse(message="Projects fetched and stored", data=fetched)


@router.post("/data/save", tags=["data"], responses=may_refuse(*CREATING, BatchRefused))
async def save_data(work: Writing, body: DataIn) -> SuccessResponse[DataOut]:
    """Save users, projects, tasks and assignees: all, or none if one item is refused."""
    saved = await save_all(work, body.saving())
    return SuccessResponse(message="Data saved", data=told(saved))


@router.get("/reports/tasks", tags=["reports"], responses=may_refuse(*READING))
async def report_tasks(
    work: Reading, query: Annotated[DaysQuery, Query()]
) -> SuccessResponse[TaskReportOut]:
    """Tasks due in the days: by state group, priority, project and assignee; overdue ones."""
    found = await sum_tasks(work, TaskReportQuery().model_copy(update=query.model_dump()))
    return SuccessResponse(message="Task report", data=found)


@router.get("/reports/task-logs", tags=["reports"], responses=may_refuse(*READING))
async def report_task_logs(
    work: Reading, query: Annotated[DaysQuery, Query()]
) -> SuccessResponse[LogReportOut]:
    """The journal of the days by person and week, and the time tasks spent in each group."""
    found = await sum_journal(work, LogReportQuery().model_copy(update=query.model_dump()))
    return SuccessResponse(message="Task log report", data=found)


@router.get("/reports/users/{user_id}", tags=["reports"], responses=may_refuse(*READING))
async def report_user(
    work: Reading, user_id: Named, query: Annotated[DaysQuery, Query()]
) -> SuccessResponse[UserReportOut]:
    """One user's tasks and journal; those of others need a manager or an admin."""
    user = await get_named(work, user_id)
    asked = query.model_dump() | {"member_id": user.id}
    found = UserReportOut(
        user=_person(user),
        tasks=await sum_tasks(work, TaskReportQuery().model_copy(update=asked)),
        task_logs=await sum_journal(work, LogReportQuery().model_copy(update=asked)),
    )
    return SuccessResponse(message="User report", data=found)


def _task(row: dict[str, Any]) -> TaskOut:
    seconds, done = row["estimate_seconds"], row["completed_at"]
    return TaskOut(
        id=row["id"],
        title=row["title"],
        description=row["description"],
        status=row["state"]["group"],
        priority=row["priority"],
        project_id=row["project"]["id"],
        project_name=row["project"]["name"],
        assignees=[AssigneeOut(user_id=each["id"], name=each["name"]) for each in row["assignees"]],
        start_date=row["starts_on"],
        due_date=row["due_on"],
        estimate_hours=None if seconds is None else seconds / 3600,
        completed_at=datetime.fromisoformat(done) if isinstance(done, str) else done,
    )


def _person(user: PersonOut) -> AssigneeOut:
    return AssigneeOut(user_id=user.id, name=user.name)


def _project(item: SyncItem) -> ProjectOut:
    named = {name: getattr(item, name) for name in ("external_id", "code", "name")}
    return ProjectOut(id=item.project_id, outcome=OUTCOMES[item.op], **named)
