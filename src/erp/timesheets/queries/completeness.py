"""Expected beside booked, per member and day."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func

from erp.identity.models import User
from erp.kernel.errors import wrong_field
from erp.kernel.fields import FIRST_DAY
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.schemas import PersonOut
from erp.timesheets.models.days import days_between
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.weeks import Timesheet, WorkSchedule, completeness_of, expected_on
from erp.timesheets.queries.entries import only_own
from erp.timesheets.schemas.sums import CompletenessOut, CompletenessQuery, DueDay, DueMember

MOST_DAYS = 62
USUAL = timedelta(days=13)
Span = tuple[date, date]
Booked = dict[tuple[UUID, date], int]


async def read_completeness(work: Workspace, query: CompletenessQuery) -> CompletenessOut:
    """What active members booked of what was due; one's own days alone without more right."""
    days = _span_of(work, query)
    members = await _list_members(work, query.member_id)
    booked, weeks = await _sum_days(work, days), await _list_weeks(work, days)
    schedules = defaultdict(list)
    for each in await work.session.scalars(work.select(WorkSchedule)):
        schedules[each.member_id].append(each)
    items = []
    for member in members:
        shown = [
            _day(
                day,
                expected_on(schedules[member.id], day),
                booked.get((member.id, day), 0),
                _state_of(weeks[member.id], day),
                is_ahead=day > work.today(),
            )
            for day in days_between(*days)
        ]
        items.append(_member(member, shown))
    return CompletenessOut(members=items)


def _span_of(work: Workspace, query: CompletenessQuery) -> Span:
    last = query.day_to or work.today()
    first = query.day_from or max(FIRST_DAY, last - USUAL)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise wrong_field("?day_to", "out_of_range", f"Up to {MOST_DAYS} days, the first one first")
    return first, last


async def _list_members(work: Workspace, member_id: UUID | None) -> list[PersonOut]:
    query = work.select(Member).where(Member.status == "active")
    for wanted in (member_id, only_own(work)):
        if wanted is not None:
            query = query.where(Member.id == wanted)
    query = query.join(User, User.id == Member.user_id).order_by(Member.number)
    found = await work.session.execute(query.add_columns(User))
    return [
        PersonOut(id=each.id, number=each.number, name=user.display_name) for each, user in found
    ]


async def _sum_days(work: Workspace, span: Span) -> Booked:
    days = work.select(TimeEntry).where(
        TimeEntry.work_date.between(*span), TimeEntry.seconds.is_not(None)
    )
    key = (TimeEntry.member_id, TimeEntry.work_date)
    sums = days.with_only_columns(*key, func.sum(TimeEntry.seconds)).group_by(*key)
    return {
        (member_id, day): int(seconds or 0)
        for member_id, day, seconds in await work.session.execute(sums)
    }


async def _list_weeks(work: Workspace, span: Span) -> Any:
    weeks = work.select(Timesheet)
    weeks = weeks.where(Timesheet.ends_on >= span[0], Timesheet.starts_on <= span[1])
    found = defaultdict(list)
    for week in await work.session.scalars(weeks):
        found[week.member_id].append(week)
    return found


def _state_of(weeks: list[Timesheet], day: date) -> Any:
    states = (week.state for week in weeks if week.starts_on <= day <= week.ends_on)
    return next(states, "open")


def _day(day: date, expected: int, seconds: int, state: Any, *, is_ahead: bool) -> DueDay:
    status = completeness_of(expected, seconds, is_ahead=is_ahead)
    return DueDay(
        day=day,
        expected_seconds=expected,
        seconds=seconds,
        missing_seconds=expected - seconds if status in ("short", "empty") else 0,
        status=status,
        state=state,
    )


def _member(member: PersonOut, days: list[DueDay]) -> DueMember:
    return DueMember(
        member=member,
        days=days,
        expected_seconds=sum(each.expected_seconds for each in days),
        seconds=sum(each.seconds for each in days),
        missing_seconds=sum(each.missing_seconds for each in days),
    )
