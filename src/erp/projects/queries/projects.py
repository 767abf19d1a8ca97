"""Lists of projects."""

from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, exists, func, literal_column

from erp.customers.models import Customer
from erp.identity.models import User, display_name
from erp.kernel.fields import from_minor, plain_decimal
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.queries import person
from erp.projects.models import GROUPS, Project, ProjectMember, Task, TaskState
from erp.projects.schemas.projects import ProjectQuery

MONEY = "reports:money"
NEVER = literal_column("'9999-12-31'", Date())  # what has no day comes last
_projects, _customers = Project.__table__.c, Customer.__table__.c
_members, _users = Member.__table__.c, User.__table__.c
_team = ProjectMember.__table__.c


def _same(table: Any, key: Any) -> Any:
    """The row of another table that the project names."""
    return and_(table.organization_id == _projects.organization_id, table.id == key)


_SOURCE = (
    Project.__table__.outerjoin(Customer.__table__, _same(_customers, _projects.customer_id))
    .outerjoin(Member.__table__, _same(_members, _projects.lead_id))
    .outerjoin(User.__table__, _users.id == _members.user_id)
)
_in_team = exists().where(
    _team.organization_id == _projects.organization_id,
    _team.project_id == _projects.id,
    _team.member_id == given("member"),
)


def _nest(flat: dict[str, Any]) -> dict[str, Any]:
    customer = {name: flat.pop(f"customer.{name}") for name in ("id", "number", "name")}
    lead = {name: flat.pop(f"lead.{name}") for name in ("id", "number")}
    names = [flat.pop(f"lead.{name}") for name in ("full_name", "username", "email")]
    flat["customer"] = customer if customer["id"] else None
    flat["lead"] = lead | {"name": display_name(*names)} if lead["id"] else None
    return flat


async def _add_counts(work: Workspace, rows: list[dict[str, Any]]) -> None:
    """Count the tasks of each project by the groups of their states."""
    shown = {UUID(str(row["id"])): dict.fromkeys(GROUPS, 0) for row in rows}
    query = work.select(Task).where(Task.project_id.in_(list(shown)))
    query = query.join(
        TaskState,
        and_(
            TaskState.organization_id == Task.organization_id,
            TaskState.id == Task.state_id,
        ),
    )
    counted = query.with_only_columns(Task.project_id, TaskState.group, func.count())
    for project_id, group, count in await work.session.execute(
        counted.group_by(Task.project_id, TaskState.group)
    ):
        shown[project_id][group] = count
    for row in rows:
        row["task_counts"] = shown[UUID(str(row["id"]))]


PROJECTS = Listing(
    table=Project.__table__,
    source=_SOURCE,
    columns={
        "id": _projects.id,
        "number": _projects.number,
        "code": _projects.code,
        "name": _projects.name,
        "customer.id": _customers.id,
        "customer.number": _customers.number,
        "customer.name": _customers.name,
        "state": _projects.state,
        "lead.id": _members.id,
        "lead.number": _members.number,
        "lead.full_name": _users.full_name,
        "lead.username": _users.username,
        "lead.email": _users.email,
        "starts_on": _projects.starts_on,
        "due_on": _projects.due_on,
        "billable": _projects.billable,
        "budget_seconds": _projects.budget_seconds,
        "version": _projects.version,
        "created_at": _projects.created_at,
        "updated_at": _projects.updated_at,
        "archived_at": _projects.archived_at,
    },
    sorts={
        "name": _projects.name_key,
        "code": _projects.code_key,
        "number": _projects.number,
        "due_on": func.coalesce(_projects.due_on, NEVER),
        "created_at": _projects.created_at,
        "updated_at": _projects.updated_at,
    },
    filters={
        "state": _projects.state == given("state"),
        "number": _projects.number == given("number"),
        "code": _projects.code_key == given("code"),
        "customer": _projects.customer_id == given("customer"),
        "lead": _projects.lead_id == given("lead"),
        "member": _in_team,
        "external_source": _projects.external_source == given("external_source"),
        "external_id": _projects.external_id == given("external_id"),
    },
    search=_projects.search_key,
    arrange=_nest,
    attach=_add_counts,
)


def _nest_whole(flat: dict[str, Any]) -> dict[str, Any]:
    minor = flat.pop("budget_minor", None)
    flat = _nest(flat)
    amount = None if minor is None else plain_decimal(from_minor(minor, flat["currency"]))
    return flat | {"budget_amount": amount}


async def _add_counts_and_team(work: Workspace, rows: list[dict[str, Any]]) -> None:
    await _add_counts(work, rows)
    for row in rows:
        row["team"] = await list_team(work, UUID(str(row["id"])))


PROJECT = Listing(
    table=PROJECTS.table,
    source=_SOURCE,
    columns={
        **PROJECTS.columns,
        "currency": _projects.currency,
        "budget_minor": _projects.budget_minor,
        "external_source": _projects.external_source,
        "external_id": _projects.external_id,
    },
    sorts={},
    arrange=_nest_whole,
    attach=_add_counts_and_team,
)


async def list_projects(work: Workspace, query: ProjectQuery) -> bytes:
    """One page of projects as JSON."""
    if query.code is not None:
        query = query.model_copy(update={"code": fold(query.code)})
    return await fetch_page(work, PROJECTS, query)


async def read_project(work: Workspace, project_id: UUID) -> dict[str, Any]:
    """One project with its team, without its budget in money for those who may not see it."""
    shown = await fetch_one(work, PROJECT, project_id)
    if not work.can(MONEY):
        del shown["budget_amount"]
    return shown


async def list_team(work: Workspace, project_id: UUID) -> list[dict[str, Any]]:
    """Everybody in the team, by number."""
    mine = and_(
        ProjectMember.organization_id == Member.organization_id,
        ProjectMember.member_id == Member.id,
        ProjectMember.project_id == project_id,
    )
    query = work.select(Member).join(ProjectMember, mine).join(User, User.id == Member.user_id)
    found = await work.session.execute(query.add_columns(User).order_by(Member.number))
    return [person(member, user).model_dump() for member, user in found]
