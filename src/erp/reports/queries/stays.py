"""How long tasks stood in each state: from one line of the journal to the next.

Whole seconds, counted by the database. The group of a state never changes once it is used, so a
stay means what it meant.
"""

from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, exists, func, literal_column, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.projects.models import Project, Task, TaskAssignee, TaskLog, TaskState
from erp.projects.queries.tasks import READ
from erp.reports.queries.days import Days, days_meant
from erp.reports.schemas.tasks import StayQuery

_logs, _tasks, _projects = TaskLog.__table__.c, Task.__table__.c, Project.__table__.c
_states, _assignees = TaskState.__table__.c, TaskAssignee.__table__.c


class epoch(FunctionElement[int]):  # noqa: N801  a function of SQL
    """The seconds of an instant since 1970, without its fraction."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch, "sqlite")
def _on_sqlite(element: epoch, compiler: Any, **how: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **how)}) AS INTEGER)"


@compiles(epoch, "postgresql")
def _on_postgresql(element: epoch, compiler: Any, **how: Any) -> str:
    instant = compiler.process(element.clauses, **how)
    return f"CAST(floor(EXTRACT(EPOCH FROM {instant})) AS BIGINT)"


def _next(column: Any) -> Any:
    """What the task's next line says: ids alone would not do, for lines that were imported."""
    of_task, in_order = (_logs.organization_id, _logs.task_id), (_logs.at, _logs.id)
    return func.lead(column, type_=column.type).over(partition_by=of_task, order_by=in_order)


# Instants become seconds in here, once a row: turning them is the dearest part of the report.
_entered = (
    TaskLog.__table__.select()
    .with_only_columns(
        _logs.organization_id,
        _logs.id,
        _logs.task_id,
        _logs.to_state_id,
        _logs.to_state,
        _logs.at.label("entered_at"),
        _next(_logs.at).label("left_at"),
        epoch(_logs.at).label("begun"),
        _next(epoch(_logs.at)).label("ended"),
    )
    .where(_logs.organization_id == given("organization"), _logs.to_state_id.is_not(None))
    .subquery("entered")
)
_stays = _entered.c
_opens, _closes = (bindparam(name, type_=BigInteger()) for name in ("opens", "closes"))
_begin, _end = _stays.begun, func.coalesce(_stays.ended, _closes)
group_of_stay = func.coalesce(_states.state_group, literal_column("'deleted'"))
seconds_of_stay = case((_end < _closes, _end), else_=_closes) - case(
    (_begin > _opens, _begin), else_=_opens
)
_doing = exists().where(
    _assignees.organization_id == _tasks.organization_id, _assignees.task_id == _tasks.id
)


def _arrange(flat: dict[str, Any]) -> dict[str, Any]:
    task = {name: flat.pop(f"task.{name}") for name in ("id", "number", "title")}
    key = f"{flat.pop('project.code')}-{task['number']}"
    return {**flat, "task": task | {"key": key}}


def _same(table: Any, key: Any) -> Any:
    return and_(table.organization_id == _stays.organization_id, table.id == key)


STAYS = Listing(
    table=_entered,
    source=_entered.join(Task.__table__, _same(_tasks, _stays.task_id))
    .join(Project.__table__, _same(_projects, _tasks.project_id))
    .outerjoin(TaskState.__table__, _same(_states, _stays.to_state_id)),
    columns={
        "id": _stays.id,
        "task.id": _tasks.id,
        "task.number": _tasks.number,
        "task.title": _tasks.title,
        "project.code": _projects.code,
        "state": _stays.to_state,
        "group": group_of_stay,
        "entered_at": _stays.entered_at,
        "left_at": _stays.left_at,
        "seconds": seconds_of_stay,
    },
    sorts={"entered_at": _stays.entered_at},
    filters={
        "within": and_(_begin < _closes, _end > _opens),
        "project_id": _tasks.project_id == given("project_id"),
        "member_id": _doing.where(_assignees.member_id == given("member_id")),
        "group": group_of_stay == given("group"),
        "mine": or_(
            _doing.where(_assignees.member_id == given("mine")),
            _tasks.created_by == given("mine"),
        ),
    },
    arrange=_arrange,
)


async def list_stays(work: Workspace, query: StayQuery) -> bytes:
    """One page of the times that tasks stood in a state, as JSON."""
    days = days_meant(work, query.first, query.last)
    return await fetch_page(work, STAYS, query, **within(work, days))


def within(work: Workspace, days: Days) -> dict[str, Any]:
    """Only what lies within the days and is past, and as far as the member sees."""
    return {
        "within": True,
        "opens": int(days.begins.timestamp()),
        "closes": int(min(days.ends, work.now()).timestamp()),
        "mine": None if work.sees_all(READ) else work.member_id,
    }
