"""Lists of weeks that were handed in."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func

from erp.identity.models import User
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.weeks import TimeClosing, Timesheet, WorkSchedule, closing_id
from erp.timesheets.queries.entries import name_of, only_own, take_parts
from erp.timesheets.schemas.weeks import TimesheetQuery

_weeks, _entries = Timesheet.__table__.c, TimeEntry.__table__.c
_members, _users = Member.__table__.c, User.__table__.c
_deciders, _their_users = Member.__table__.alias("deciders"), User.__table__.alias("their_users")
NAMES = ("full_name", "username", "email")

_source = (
    Timesheet.__table__.join(
        Member.__table__,
        and_(_members.organization_id == _weeks.organization_id, _members.id == _weeks.member_id),
    )
    .join(User.__table__, _users.id == _members.user_id)
    .outerjoin(
        _deciders,
        and_(
            _deciders.c.organization_id == _weeks.organization_id,
            _deciders.c.id == _weeks.decided_by,
        ),
    )
    .outerjoin(_their_users, _their_users.c.id == _deciders.c.user_id)
)
_seconds = (
    TimeEntry.__table__.select()
    .with_only_columns(func.coalesce(func.sum(_entries.seconds), 0))
    .where(
        _entries.organization_id == _weeks.organization_id,
        _entries.member_id == _weeks.member_id,
        _entries.work_date >= _weeks.starts_on,
        _entries.work_date <= _weeks.ends_on,
    )
    .correlate(Timesheet.__table__)
    .scalar_subquery()
)


def _arrange(flat: dict[str, Any]) -> dict[str, Any]:
    member, decider = take_parts(flat, "member"), take_parts(flat, "decider")
    for person in (member, decider):
        person["name"] = name_of(person)
    seconds = int(flat.pop("seconds"))  # PostgreSQL sums bigint as numeric
    decided_by = decider if decider["id"] is not None else None
    return {**flat, "seconds": seconds, "member": member, "decided_by": decided_by}


PLAIN = (
    *("id", "starts_on", "ends_on", "state", "submitted_at", "decided_at", "reason", "version"),
    "updated_at",
)
WEEKS = Listing(
    table=Timesheet.__table__,
    source=_source,
    columns={
        **{name: _weeks[name] for name in PLAIN},
        "seconds": _seconds.label("seconds"),
        "member.id": _members.id,
        "member.number": _members.number,
        **{f"member.{name}": _users[name] for name in NAMES},
        "decider.id": _deciders.c.id,
        "decider.number": _deciders.c.number,
        **{f"decider.{name}": _their_users.c[name] for name in NAMES},
    },
    sorts={
        "starts_on": _weeks.starts_on,
        "submitted_at": func.coalesce(_weeks.submitted_at, _weeks.created_at),
    },
    filters={
        "owner": _weeks.member_id == given("owner"),
        "state": _weeks.state == given("state"),
        "member_id": _weeks.member_id == given("member_id"),
        "day_from": _weeks.ends_on >= given("day_from"),
        "day_to": _weeks.starts_on <= given("day_to"),
    },
    arrange=_arrange,
)


async def list_weeks(work: Workspace, query: TimesheetQuery) -> bytes:
    """One page of weeks as JSON: one's own, or everybody's for those who see all."""
    return await fetch_page(work, WEEKS, query, owner=only_own(work))


async def read_week(work: Workspace, week_id: UUID) -> dict[str, Any]:
    """One week, ready for JSON."""
    return await fetch_one(work, WEEKS, week_id)


async def list_schedules(work: Workspace, member_id: UUID) -> list[WorkSchedule]:
    """What a member should work, the latest first."""
    query = work.select(WorkSchedule).where(WorkSchedule.member_id == member_id)
    return list(await work.session.scalars(query.order_by(WorkSchedule.valid_from.desc())))


async def find_closed_until(work: Workspace) -> date | None:
    """The last day whose hours are closed; None while none are."""
    closing = await work.find(TimeClosing, closing_id(work.organization_id))
    return closing.closed_until if closing else None
