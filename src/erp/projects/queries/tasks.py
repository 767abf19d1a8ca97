"""Lists of tasks, and one task with what stands around it."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    true,
)

from erp.identity.models import User, display_name
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.queries import person
from erp.projects.models import (
    FINISHED,
    PRIORITIES,
    Project,
    Task,
    TaskAssignee,
    TaskDependency,
    TaskState,
)
from erp.projects.queries.projects import NEVER
from erp.projects.schemas.tasks import TaskQuery

READ = "tasks:read"
_tasks, _projects, _states = Task.__table__.c, Project.__table__.c, TaskState.__table__.c
_assignees = TaskAssignee.__table__.c
_members, _users = Member.__table__.c, User.__table__.c
_is_finished = or_(*(_states.state_group == group for group in FINISHED))
_is_overdue = and_(_tasks.due_on < bindparam("today", type_=Date()), not_(_is_finished))
_rank: Any = case(
    *(
        (_tasks.priority == literal_column(f"'{word}'"), literal_column(str(rank), Integer()))
        for rank, word in enumerate(PRIORITIES)
    )
)
_assigned = exists().where(
    _assignees.organization_id == _tasks.organization_id, _assignees.task_id == _tasks.id
)


def _same(table: Any, key: Any) -> Any:
    """The row of another table that the task names."""
    return and_(table.organization_id == _tasks.organization_id, table.id == key)


SOURCE = Task.__table__.join(Project.__table__, _same(_projects, _tasks.project_id)).join(
    TaskState.__table__, _same(_states, _tasks.state_id)
)


def arrange(flat: dict[str, Any]) -> dict[str, Any]:
    """The flat row with project and state in places of their own, and the key people say."""
    project = {name: flat.pop(f"project.{name}") for name in ("id", "number", "code", "name")}
    state = {name: flat.pop(f"state.{name}") for name in ("id", "name", "group")}
    key = f"{project['code']}-{flat['number']}"
    return {**flat, "key": key, "project": project, "state": state}


async def add_assignees(work: Workspace, rows: list[dict[str, Any]]) -> None:
    """Name who is to do each task, by number; one statement for all."""
    found: dict[UUID, list[dict[str, Any]]] = {UUID(str(row["id"])): [] for row in rows}
    mine = and_(
        TaskAssignee.organization_id == Member.organization_id,
        TaskAssignee.member_id == Member.id,
        TaskAssignee.task_id.in_(list(found)),
    )
    query = work.select(Member).join(TaskAssignee, mine).join(User, User.id == Member.user_id)
    assigned = query.add_columns(User, TaskAssignee.task_id).order_by(Member.number)
    for member, user, task_id in await work.session.execute(assigned):
        found[task_id].append(person(member, user).model_dump())
    for row in rows:
        row["assignees"] = found[UUID(str(row["id"]))]


TASKS = Listing(
    table=Task.__table__,
    source=SOURCE,
    columns={
        "id": _tasks.id,
        "number": _tasks.number,
        "title": _tasks.title,
        "project.id": _projects.id,
        "project.number": _projects.number,
        "project.code": _projects.code,
        "project.name": _projects.name,
        "state.id": _states.id,
        "state.name": _states.name,
        "state.group": _states.state_group,
        "priority": _tasks.priority,
        "parent_id": _tasks.parent_id,
        "starts_on": _tasks.starts_on,
        "due_on": _tasks.due_on,
        "overdue": case((_is_overdue, true()), else_=false()),
        "estimate_seconds": _tasks.estimate_seconds,
        "position": _tasks.position,
        "completed_at": _tasks.completed_at,
        "version": _tasks.version,
        "created_at": _tasks.created_at,
        "updated_at": _tasks.updated_at,
    },
    sorts={
        "updated_at": _tasks.updated_at,
        "created_at": _tasks.created_at,
        "due_on": func.coalesce(_tasks.due_on, NEVER),
        "priority": _rank,
        "title": _tasks.search_key,
        "number": _tasks.number,
        "position": _tasks.position,
    },
    filters={
        "project": _tasks.project_id == given("project"),
        "customer": _projects.customer_id == given("customer"),
        "state": _tasks.state_id == given("state"),
        "group": _states.state_group == given("group"),
        "is_open": not_(_is_finished),
        "is_finished": _is_finished,
        "priority": _tasks.priority == given("priority"),
        "assignee": _assigned.where(_assignees.member_id == given("assignee")),
        "nobody": not_(_assigned),
        "creator": _tasks.created_by == given("creator"),
        "mine": or_(
            _assigned.where(_assignees.member_id == given("mine")),
            _tasks.created_by == given("mine"),
        ),
        "parent": _tasks.parent_id == given("parent"),
        "number": _tasks.number == given("number"),
        "due_from": _tasks.due_on >= given("due_from"),
        "due_to": _tasks.due_on <= given("due_to"),
        "is_overdue": _is_overdue,
        "is_in_time": or_(_tasks.due_on.is_(None), not_(_is_overdue)),
        "external_source": _tasks.external_source == given("external_source"),
        "external_id": _tasks.external_id == given("external_id"),
        "in_live_project": _projects.archived_at.is_(None),
    },
    search=_projects.code_key + "-" + cast(_tasks.number, String) + " " + _tasks.search_key,
    arrange=arrange,
    attach=add_assignees,
)


def _arrange_whole(flat: dict[str, Any]) -> dict[str, Any]:
    creator = {name: flat.pop(f"creator.{name}") for name in ("id", "number")}
    names = [flat.pop(f"creator.{name}") for name in ("full_name", "username", "email")]
    flat["created_by"] = creator | {"name": display_name(*names)} if creator["id"] else None
    return arrange(flat)


async def _add_surroundings(work: Workspace, rows: list[dict[str, Any]]) -> None:
    await add_assignees(work, rows)
    for row in rows:
        row.update(await _find_family(work, row))
        row.update(await _find_dependencies(work, row))


TASK = Listing(
    table=Task.__table__,
    source=SOURCE.outerjoin(Member.__table__, _same(_members, _tasks.created_by)).outerjoin(
        User.__table__, _users.id == _members.user_id
    ),
    columns={
        **TASKS.columns,
        "description": _tasks.description,
        "external_source": _tasks.external_source,
        "external_id": _tasks.external_id,
        "creator.id": _members.id,
        "creator.number": _members.number,
        "creator.full_name": _users.full_name,
        "creator.username": _users.username,
        "creator.email": _users.email,
    },
    sorts={},
    arrange=_arrange_whole,
    attach=_add_surroundings,
)


async def list_tasks(work: Workspace, query: TaskQuery) -> bytes:
    """One page of tasks as JSON."""
    return await fetch_page(work, TASKS, query, **filters_meant(work, query))


def filters_meant(work: Workspace, query: TaskQuery) -> dict[str, Any]:
    """What the query says in other words than the list's filters, and how far the member sees."""
    is_wide = query.project is not None or query.updated_since is not None
    return {
        "today": work.today(),
        "in_live_project": None if is_wide else True,
        "is_open": True if query.is_open is True else None,
        "is_finished": True if query.is_open is False else None,
        "is_overdue": True if query.overdue is True else None,
        "is_in_time": True if query.overdue is False else None,
        "nobody": True if query.assignee == "nobody" else None,
        "assignee": member_meant(work, query.assignee),
        "mine": None if work.sees_all(READ) else work.member_id,
    }


def member_meant(work: Workspace, assignee: UUID | str | None) -> UUID | None:
    """The member that a filter names by id or as `me`."""
    if assignee == "me":
        return work.member_id
    return assignee if isinstance(assignee, UUID) else None


async def read_task(work: Workspace, task_id: UUID) -> dict[str, Any]:
    """One task with its people, its family and what it waits for. Raises `NotFound`."""
    return await fetch_one(work, TASK, task_id, today=work.today())


async def _find_family(work: Workspace, row: dict[str, Any]) -> dict[str, Any]:
    """The parent and the subtasks, these in the order of their numbers."""
    mine, parent = UUID(str(row["id"])), row["parent_id"]
    near = Task.parent_id == mine
    if parent is not None:
        near = or_(near, Task.id == UUID(str(parent)))
    named = await name_tasks(work, near)
    subtasks = [name for name in named if str(name["id"]) != str(parent)]
    above = [name for name in named if str(name["id"]) == str(parent)]
    return {"parent": next(iter(above), None), "subtasks": subtasks}


async def _find_dependencies(work: Workspace, row: dict[str, Any]) -> dict[str, Any]:
    """What the task waits for, and what waits for it."""
    mine = UUID(str(row["id"]))
    edges = work.select(TaskDependency).where(
        or_(TaskDependency.task_id == mine, TaskDependency.depends_on_id == mine)
    )
    awaited = edges.with_only_columns(
        case(
            (TaskDependency.task_id == mine, TaskDependency.depends_on_id),
            else_=TaskDependency.task_id,
        ).label("other"),
        (TaskDependency.task_id == mine).label("waits"),
    ).subquery()
    query = _naming(work).join(awaited, awaited.c.other == Task.id).add_columns(awaited.c.waits)
    found = (await work.session.execute(query)).mappings().all()
    return {
        "depends_on": [_task_name(each) for each in found if each["waits"]],
        "blocks": [_task_name(each) for each in found if not each["waits"]],
    }


async def name_tasks(work: Workspace, which: Any) -> list[dict[str, Any]]:
    """Tasks as others name them, in the order of their numbers."""
    found = await work.session.execute(_naming(work).where(which))
    return [_task_name(each) for each in found.mappings()]


def _naming(work: Workspace) -> Any:
    same_project = and_(
        Project.organization_id == Task.organization_id, Project.id == Task.project_id
    )
    same_state = and_(
        TaskState.organization_id == Task.organization_id, TaskState.id == Task.state_id
    )
    query = work.select(Task).join(Project, same_project).join(TaskState, same_state)
    return query.with_only_columns(
        Task.id.label("id"),
        Task.number.label("number"),
        Task.title.label("title"),
        Project.code.label("code"),
        TaskState.id.label("state_id"),
        TaskState.name.label("state_name"),
        TaskState.group.label("state_group"),
    ).order_by(Task.number)


def _task_name(found: Any) -> dict[str, Any]:
    state = {name: found[f"state_{name}"] for name in ("id", "name", "group")}
    return {
        "id": found["id"],
        "number": found["number"],
        "key": f"{found['code']}-{found['number']}",
        "title": found["title"],
        "state": state,
    }
