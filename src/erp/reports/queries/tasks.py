"""Tasks by state group, priority, project and assignee, and what is overdue."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    Integer,
    Select,
    String,
    and_,
    cast,
    func,
    literal_column,
    null,
    union_all,
)

from erp.kernel.workspace import Workspace
from erp.organizations.queries import name_people
from erp.projects.models import GROUPS, PRIORITIES, Project, Task, TaskAssignee, TaskState
from erp.projects.queries.tasks import TASKS, filters_meant
from erp.projects.schemas.tasks import ProjectName, TaskQuery
from erp.reports.queries.figures import figure, select_listed
from erp.reports.schemas.tasks import (
    AssigneeFigures,
    GroupFigures,
    PriorityFigures,
    ProjectFigures,
    TaskReportOut,
    TaskReportQuery,
)

LIST = "/api/tasks"
PARTS = ("all", "group", "priority", "project", "assignee")
_tasks, _states = Task.__table__.c, TaskState.__table__.c
_assignees = TaskAssignee.__table__.c


class Sums(NamedTuple):
    """What is known of one group of tasks."""

    tasks: int = 0
    overdue: int = 0
    seconds: int = 0


async def sum_tasks(work: Workspace, query: TaskReportQuery) -> TaskReportOut:
    """Tasks due in the days, by everything the report tells apart, in one statement."""
    link: dict[str, Any] = {
        "project": query.project_id,
        "assignee": query.member_id,
        "due_from": query.first,
        "due_to": query.last,
    }
    asked = TaskQuery().model_copy(update=link)
    parts = await _sum_parts(work, asked)
    return TaskReportOut(
        **_figures(parts["all"].get(None, Sums()), link),
        groups=[
            GroupFigures(group=each, **_figures(parts["group"].get(each, Sums()), link, group=each))
            for each in GROUPS
        ],
        priorities=[
            PriorityFigures(
                priority=each, **_figures(parts["priority"].get(each, Sums()), link, priority=each)
            )
            for each in reversed(PRIORITIES)
        ],
        projects=await _by_project(work, parts["project"], link),
        assignees=await _by_assignee(work, parts["assignee"], link),
    )


async def _sum_parts(work: Workspace, asked: TaskQuery) -> dict[str, dict[str | None, Sums]]:
    """Each part of the report: its keys as text, and their sums."""
    values = asked.model_dump() | filters_meant(work, asked)
    wanted = select_listed(
        work,
        TASKS,
        values,
        _tasks.id,
        _states.state_group,
        _tasks.priority,
        _tasks.project_id,
        cast(TASKS.columns["overdue"], Integer).label("overdue"),
        func.coalesce(_tasks.estimate_seconds, 0).label("seconds"),
    ).cte("wanted")
    parts = union_all(
        _part(wanted, "all", cast(null(), String)),
        _part(wanted, "group", wanted.c.state_group).group_by(wanted.c.state_group),
        _part(wanted, "priority", wanted.c.priority).group_by(wanted.c.priority),
        _part(wanted, "project", cast(wanted.c.project_id, String)).group_by(wanted.c.project_id),
        _by_whom(work, wanted, asked),
    )
    found: dict[str, dict[str | None, Sums]] = {name: {} for name in PARTS}
    for part, key, *sums in await work.session.execute(parts):
        found[part][key] = Sums(*(int(each or 0) for each in sums))
    return found


def _part(wanted: CTE, name: str, key: Any) -> Select[Any]:
    sums = (func.count(), func.sum(wanted.c.overdue), func.sum(wanted.c.seconds))
    return wanted.select().with_only_columns(literal_column(f"'{name}'"), key, *sums)


def _by_whom(work: Workspace, wanted: CTE, asked: TaskQuery) -> Select[Any]:
    """By assignee; where one is asked for, those who share the tasks are left out."""
    doing = and_(
        _assignees.organization_id == work.organization_id, _assignees.task_id == wanted.c.id
    )
    source = wanted.outerjoin(TaskAssignee.__table__, doing)
    part = _part(wanted, "assignee", cast(_assignees.member_id, String)).select_from(source)
    if isinstance(asked.assignee, UUID):
        part = part.where(_assignees.member_id == asked.assignee)
    return part.group_by(_assignees.member_id)


def _figures(sums: Sums, link: dict[str, Any], **narrowed: object) -> dict[str, Any]:
    listed = link | narrowed
    return {
        "tasks": figure(sums.tasks, LIST, **listed),
        "overdue": figure(sums.overdue, LIST, **listed, overdue="true"),
        "estimate_seconds": figure(sums.seconds, LIST, **listed),
    }


async def _by_project(
    work: Workspace, sums: dict[str | None, Sums], link: dict[str, Any]
) -> list[ProjectFigures]:
    ids = [UUID(key) for key in sums if key]
    if not ids:
        return []
    query = work.select(Project).where(Project.id.in_(ids)).order_by(Project.number)
    return [
        ProjectFigures(
            project=ProjectName.model_validate(each),
            **_figures(sums[str(each.id)], link, project=each.id),
        )
        for each in await work.session.scalars(query)
    ]


async def _by_assignee(
    work: Workspace, sums: dict[str | None, Sums], link: dict[str, Any]
) -> list[AssigneeFigures]:
    """By number; what nobody is to do comes last."""
    people = await name_people(work, _ids(sums))
    named = [
        AssigneeFigures(member=each, **_figures(sums[str(each.id)], link, assignee=each.id))
        for each in sorted(people.values(), key=lambda each: each.number)
    ]
    if None not in sums:
        return named
    return [*named, AssigneeFigures(member=None, **_figures(sums[None], link, assignee="nobody"))]


def _ids(keys: Iterable[str | None]) -> list[UUID]:
    return [UUID(key) for key in keys if key]
