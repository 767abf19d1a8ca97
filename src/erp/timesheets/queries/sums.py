"""Sums of hours per member, project, task and day: the base of the grid, project pages, reports."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, and_, case, cast, func

from erp.identity.models import User
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.schemas import PersonOut
from erp.projects.models import Project, Task
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.queries.entries import RULE, RULES_SOURCE, only_own
from erp.timesheets.schemas.shared import ProjectRef, TaskRef
from erp.timesheets.schemas.sums import By, HoursOut, HoursQuery, HoursRow

_entries = TimeEntry.__table__.c
SUMS = ("seconds", "billable_seconds", "entries")
KEYS = {"member": "member_id", "project": "project_id", "task": "task_id", "day": "work_date"}


async def sum_hours(work: Workspace, query: HoursQuery) -> HoursOut:
    """Hours by up to two keys; one's own alone for those who see no others."""
    keys = list(dict.fromkeys(key for key in (query.by, query.then) if key))
    daily = _daily(work, query, keys)
    columns = [daily.c[KEYS[key]] for key in keys]
    sums: list[ColumnElement[Any]] = [func.sum(daily.c[name]) for name in SUMS]
    grouped = (
        daily.select().with_only_columns(*columns, *sums).group_by(*columns).order_by(*columns)
    )
    found = (await work.session.execute(grouped)).all()
    names = {key: await _names(work, key, [row[n] for row in found]) for n, key in enumerate(keys)}
    rows = [_row(keys, row, names) for row in found]
    return HoursOut(
        rows=rows,
        seconds=sum(each.seconds for each in rows),
        billable_seconds=sum(each.billable_seconds for each in rows),
        entries=sum(each.entries for each in rows),
    )


def _daily(work: Workspace, query: HoursQuery, keys: Sequence[By]) -> FromClause:
    """Worked and billable seconds per member, project and day, and per task where it is asked."""
    group = [_entries.member_id, _entries.project_id, _entries.work_date]
    if "task" in keys:
        group.append(_entries.task_id)
    billable = case((_entries.billable, _entries.seconds), else_=0)
    whole = cast(func.sum(billable), BigInteger)  # PostgreSQL sums bigint as numeric
    by_day = _rounded(whole, *(func.max(RULE[name]) for name in ("step", "direction")))
    by_entry = func.sum(_rounded(billable, RULE["step"], RULE["direction"]))
    counted = case((func.max(RULE["applies_to"]) == "day", by_day), else_=by_entry)
    return (
        TimeEntry.__table__.select()
        .with_only_columns(
            *group,
            func.sum(_entries.seconds).label("seconds"),
            counted.label("billable_seconds"),
            func.count().label("entries"),
        )
        .select_from(RULES_SOURCE)
        .where(*_wanted(work, query))
        .group_by(*group)
        .subquery("daily")
    )


def _rounded(
    seconds: ColumnElement[Any], step: ColumnElement[Any], direction: ColumnElement[Any]
) -> ColumnElement[Any]:
    """As `models.rounding.rounded` does, by the database; without a rule as worked."""
    added = case((direction == "up", step - 1), (direction == "nearest", step // 2), else_=0)
    return case((step.is_(None), seconds), else_=(seconds + added) // step * step)


def _wanted(work: Workspace, query: HoursQuery) -> list[ColumnElement[bool]]:
    owner = only_own(work)
    given = {
        _entries.member_id: query.member_id,
        _entries.project_id: query.project_id,
        _entries.task_id: query.task_id,
        _entries.billable: query.billable,
    }
    wanted = [column == value for column, value in given.items() if value is not None]
    if owner is not None:
        wanted.append(_entries.member_id == owner)
    if query.day_from is not None:
        wanted.append(_entries.work_date >= query.day_from)
    if query.day_to is not None:
        wanted.append(_entries.work_date <= query.day_to)
    mine = _entries.organization_id == work.organization_id
    return [mine, _entries.seconds.is_not(None), *wanted]


async def _names(work: Workspace, key: By, ids: Sequence[Any]) -> dict[Any, Any]:
    """What people call these records, in one statement."""
    wanted = {each for each in ids if each is not None}
    if key == "day" or not wanted:
        return {}
    if key == "member":
        known = work.select(Member).where(Member.id.in_(wanted))
        members = known.join(User, User.id == Member.user_id).add_columns(User)
        return {
            member.id: PersonOut(id=member.id, number=member.number, name=user.display_name)
            for member, user in await work.session.execute(members)
        }
    if key == "project":
        projects = await work.session.scalars(work.select(Project).where(Project.id.in_(wanted)))
        return {each.id: project_ref(each) for each in projects}
    same = and_(Project.organization_id == Task.organization_id, Project.id == Task.project_id)
    tasks = work.select(Task).where(Task.id.in_(wanted)).join(Project, same).add_columns(Project)
    return {task.id: task_ref(project, task) for task, project in await work.session.execute(tasks)}


def project_ref(project: Project) -> ProjectRef:
    """The project as people know it."""
    return ProjectRef(id=project.id, number=project.number, code=project.code, name=project.name)


def task_ref(project: Project, task: Task) -> TaskRef:
    """The task as people know it."""
    code = f"{project.code}-{task.number}"
    return TaskRef(id=task.id, number=task.number, code=code, title=task.title)


def _row(keys: Sequence[By], row: Sequence[Any], names: dict[By, dict[Any, Any]]) -> HoursRow:
    shown: dict[str, Any] = {
        key: value if key == "day" else names[key].get(value)
        for key, value in zip(keys, row, strict=False)
    }
    seconds, billable, entries = (int(each) for each in row[len(keys) :])
    return HoursRow(**shown, seconds=seconds, billable_seconds=billable, entries=entries)
