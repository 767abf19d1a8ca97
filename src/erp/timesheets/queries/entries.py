"""Lists of time entries, and the columns by which they are shown everywhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_

from erp.identity.models import User
from erp.kernel.errors import NotFound
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.projects.models import Project, Task
from erp.timesheets.models.entries import TimeEntry, TimeEntryTag
from erp.timesheets.models.notes import read_tags
from erp.timesheets.models.rates import BillingRule, billable_seconds
from erp.timesheets.models.weeks import LOCKED, TimeClosing, Timesheet
from erp.timesheets.schemas.entries import TimeEntryQuery

RATES = frozenset({"bill_rate", "bill_source", "cost_rate", "cost_source", "currency"})
_entries, _members, _users = TimeEntry.__table__.c, Member.__table__.c, User.__table__.c
_projects, _tasks, _tags = Project.__table__.c, Task.__table__.c, TimeEntryTag.__table__.c
_weeks, _closings = Timesheet.__table__.c, TimeClosing.__table__.c
_own_rule = BillingRule.__table__.alias("own_rule")
_general_rule = BillingRule.__table__.alias("general_rule")


def same(parent: Any, key: ColumnElement[Any]) -> ColumnElement[bool]:
    """The row of the same organization that the key names."""
    return and_(parent.organization_id == _entries.organization_id, parent.id == key)


def _rule(alias: Any, project: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(alias.c.organization_id == _entries.organization_id, project)


RULES_SOURCE = TimeEntry.__table__.outerjoin(
    _own_rule, _rule(_own_rule, _own_rule.c.project_id == _entries.project_id)
).outerjoin(_general_rule, _rule(_general_rule, _general_rule.c.project_id.is_(None)))
SOURCE = (
    RULES_SOURCE.join(Member.__table__, same(_members, _entries.member_id))
    .join(User.__table__, _users.id == _members.user_id)
    .join(Project.__table__, same(_projects, _entries.project_id))
    .outerjoin(Task.__table__, same(_tasks, _entries.task_id))
)
RULE = {
    name: func.coalesce(_own_rule.c[name], _general_rule.c[name])
    for name in ("step", "direction", "applies_to")
}

_week_state = (
    Timesheet.__table__.select()
    .with_only_columns(func.max(_weeks.state))
    .where(
        _weeks.organization_id == _entries.organization_id,
        _weeks.member_id == _entries.member_id,
        _weeks.starts_on <= _entries.work_date,
        _weeks.ends_on >= _entries.work_date,
        or_(*(_weeks.state == state for state in LOCKED)),
    )
    .correlate(TimeEntry.__table__)
    .scalar_subquery()
)
_closed_until = (
    TimeClosing.__table__.select()
    .with_only_columns(func.max(_closings.closed_until))
    .where(_closings.organization_id == _entries.organization_id)
    .correlate(TimeEntry.__table__)
    .scalar_subquery()
)


def _has_tag(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (_tags.organization_id == _entries.organization_id, _tags.entry_id == _entries.id)
    return exists().where(*mine, *more).correlate(TimeEntry.__table__)


PLAIN = (
    *("id", "kind", "started_at", "ended_at", "seconds", "begins_at", "work_date", "time_zone"),
    *("activity", "note", "billable", "bill_rate", "bill_source", "cost_rate", "cost_source"),
    *("currency", "needs_review", "billed_at", "version", "created_at", "updated_at"),
)
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **{name: _entries[name] for name in PLAIN},
    "member.id": _members.id,
    "member.number": _members.number,
    "full_name": _users.full_name,
    "username": _users.username,
    "email": _users.email,
    "project.id": _projects.id,
    "project.number": _projects.number,
    "project.code": _projects.code,
    "project.name": _projects.name,
    "task.id": _tasks.id,
    "task.number": _tasks.number,
    "task.title": _tasks.title,
    "week_state": _week_state.label("week_state"),
    "closed_until": _closed_until.label("closed_until"),
    **{f"rule.{name}": column for name, column in RULE.items()},
}


def take_parts(flat: dict[str, Any], name: str) -> dict[str, Any]:
    """The columns `name.…` as an object of their own."""
    keys = [key for key in flat if key.startswith(f"{name}.")]
    return {key.partition(".")[2]: flat.pop(key) for key in keys}


def name_of(flat: dict[str, Any]) -> str:
    """What other people see of a user, as `User.display_name` says."""
    full_name, username, email = (flat.pop(key) for key in ("full_name", "username", "email"))
    return full_name or username or (email or "").partition("@")[0] or "?"


def take_references(flat: dict[str, Any]) -> dict[str, Any]:
    """Member, project and task as objects with what people call them."""
    member, project, task = (take_parts(flat, name) for name in ("member", "project", "task"))
    member["name"] = name_of(flat)
    if task["id"] is not None:
        task["code"] = f"{project['code']}-{task['number']}"
    return {"member": member, "project": project, "task": task if task["id"] else None}


def find_lock(flat: dict[str, Any]) -> str | None:
    """Why the entry cannot change, if it cannot."""
    state, closed_until = flat.pop("week_state"), flat.pop("closed_until")
    if flat["billed_at"] is not None:
        return "billed"
    if closed_until is not None and flat["work_date"] <= closed_until:
        return "period_closed"
    return f"week_{state}" if state else None


def arrange_entry(flat: dict[str, Any]) -> dict[str, Any]:
    """A flat row as clients see it."""
    references, rule, locked = take_references(flat), take_parts(flat, "rule"), find_lock(flat)
    counted = billable_seconds(flat["seconds"], **rule)
    return {
        **flat,
        **references,
        "billable_seconds": counted if flat["billable"] or counted is None else 0,
        "tags": [tag._asdict() for tag in read_tags(flat["note"])],
        "is_running": flat["kind"] == "clock" and flat["ended_at"] is None,
        "locked": locked,
    }


ENTRIES = Listing(
    table=TimeEntry.__table__,
    source=SOURCE,
    columns=COLUMNS,
    sorts={"started_at": _entries.begins_at, "updated_at": _entries.updated_at},
    filters={
        "owner": _entries.member_id == given("owner"),
        "from_": _entries.begins_at >= given("from_"),
        "to": _entries.begins_at < given("to"),
        "day_from": _entries.work_date >= given("day_from"),
        "day_to": _entries.work_date <= given("day_to"),
        "member_id": _entries.member_id == given("member_id"),
        "project_id": _entries.project_id == given("project_id"),
        "task_id": _entries.task_id == given("task_id"),
        "kind": _entries.kind == given("kind"),
        "billable": _entries.billable == given("billable"),
        "needs_review": _entries.needs_review == given("needs_review"),
        "tag_name": _has_tag(_tags.name == given("tag_name")),
        "tag_value": _has_tag(
            _tags.name == given("tag_name"), _tags.value_key == given("tag_value")
        ),
    },
    search=_entries.search_key,
    arrange=arrange_entry,
)


def hidden_from(work: Workspace) -> frozenset[str]:
    """The fields of an entry that this member may not see."""
    return frozenset() if work.can("rates:read") else RATES


def only_own(work: Workspace, permission: str = "time:read") -> UUID | None:
    """The member whose rows alone may be seen, or None for everybody's."""
    return None if work.sees_all(permission) else work.member_id


async def list_entries(work: Workspace, query: TimeEntryQuery) -> bytes:
    """One page of time entries as JSON: one's own, or everybody's for those who see all."""
    name, colon, value = (query.tag or "").partition(":")
    tags = {"tag_name": name.lower() or None, "tag_value": fold(value) if colon else None}
    return await fetch_page(
        work, ENTRIES, query, without=hidden_from(work), owner=only_own(work), **tags
    )


async def read_entry(work: Workspace, entry_id: UUID) -> dict[str, Any]:
    """One entry, ready for JSON. Raises `NotFound`, also for colleagues' entries."""
    shown = await fetch_one(work, ENTRIES, entry_id, without=hidden_from(work))
    owner = only_own(work)
    if owner is not None and str(shown["member"]["id"]) != str(owner):
        raise NotFound
    return shown


async def list_own(
    work: Workspace, window: tuple[datetime | None, datetime | None], *, skip: int, limit: int
) -> list[tuple[TimeEntry, str]]:
    """The caller's entries with their project's code, by start: from the first, before the last."""
    begin, end = window
    query = work.select(TimeEntry).where(TimeEntry.member_id == work.member_id)
    if begin is not None:
        query = query.where(TimeEntry.begins_at >= begin)
    if end is not None:
        query = query.where(TimeEntry.begins_at < end)
    query = query.join(Project, same(_projects, _entries.project_id))
    query = query.order_by(TimeEntry.begins_at, TimeEntry.id).offset(skip).limit(limit)
    found = await work.session.execute(query.add_columns(Project.code))
    return [(entry, code) for entry, code in found]


async def find_running(work: Workspace, member_id: UUID) -> TimeEntry | None:
    """The member's running entry."""
    query = work.select(TimeEntry).where(TimeEntry.member_id == member_id)
    query = query.where(TimeEntry.kind == "clock", TimeEntry.ended_at.is_(None))
    return (await work.session.scalars(query)).one_or_none()


async def list_day(work: Workspace, member_id: UUID, day: Any) -> Sequence[TimeEntry]:
    """Everything a member has on a day."""
    query = work.select(TimeEntry).where(TimeEntry.member_id == member_id)
    return (await work.session.scalars(query.where(TimeEntry.work_date == day))).all()
