"""Journals of tasks by person and period, and the time tasks spent in each group of states."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal

from erp.kernel.schema import Instant
from erp.kernel.workspace import Workspace
from erp.organizations.models import Organization
from erp.organizations.queries import name_people
from erp.projects.models import GROUPS, TaskLog
from erp.projects.queries.talk import JOURNAL, bounds_meant
from erp.projects.schemas.talk import JournalQuery
from erp.reports.queries.days import Days, days_meant, periods_of
from erp.reports.queries.figures import figure, select_listed
from erp.reports.queries.stays import STAYS, group_of_stay, seconds_of_stay, within
from erp.reports.schemas.tasks import (
    LinesOfPeriod,
    LogReportOut,
    LogReportQuery,
    TimeInGroup,
)

LINES, TIMES = "/api/task-logs", "/api/reports/task-stays"
_logs = TaskLog.__table__.c


async def sum_journal(work: Workspace, query: LogReportQuery) -> LogReportOut:
    """Who wrote how many lines when, and how long tasks stood where."""
    days = days_meant(work, query.first, query.last)
    people = await _count_lines(work, query, days)
    link = {"project": query.project_id, "member": query.member_id}
    count = sum(each.lines.value for each in people)
    return LogReportOut(
        first_on=days.first,
        last_on=days.last,
        period=query.period,
        lines=figure(count, LINES, **link, day_from=days.first, day_to=days.last),
        people=people,
        groups=await _sum_times(work, query, days),
    )


async def _count_lines(work: Workspace, query: LogReportQuery, days: Days) -> list[LinesOfPeriod]:
    """By number and then by day; who wrote nothing in a period has no line about it."""
    home = await work.session.get_one(Organization, work.organization_id)
    periods = periods_of(days, query.period, home.week_start)
    narrowed: dict[str, object] = {"project": query.project_id, "member": query.member_id}
    narrowed |= {"day_from": days.first, "day_to": days.last}
    asked = JournalQuery().model_copy(update=narrowed)
    values = asked.model_dump() | bounds_meant(work, asked)
    place = _place_among(work, periods).label("place")
    lines = select_listed(work, JOURNAL, values, _logs.member_id, place).subquery("lines")
    keys = (lines.c.member_id, lines.c.place)
    grouped = lines.select().with_only_columns(*keys, func.count()).group_by(*keys)
    found = (await work.session.execute(grouped)).all()
    people = await name_people(work, [row[0] for row in found])
    shown = [_lines(people[who], periods[number], count, query) for who, number, count in found]
    return sorted(shown, key=lambda each: (each.member.number, each.first_on))


def _place_among(work: Workspace, periods: list[tuple[date, date]]) -> ColumnElement[int]:
    """In which of the periods a line was written: the days are the organization's."""
    ends = [literal(work.begin_of(first), Instant) for first, _last in periods[1:]]
    if not ends:
        return literal(0)
    return case(*((_logs.at < end, number) for number, end in enumerate(ends)), else_=len(ends))


def _lines(member: Any, period: Any, count: int, query: LogReportQuery) -> LinesOfPeriod:
    first, last = period
    link = {"project": query.project_id, "member": member.id, "day_from": first, "day_to": last}
    counted = figure(count, LINES, **link)
    return LinesOfPeriod(member=member, first_on=first, last_on=last, lines=counted)


async def _sum_times(work: Workspace, query: LogReportQuery, days: Days) -> list[TimeInGroup]:
    """In the order of the board; deleted states only if there were any."""
    values = query.model_dump(include={"project_id", "member_id"}) | within(work, days)
    stays = select_listed(
        work, STAYS, values, group_of_stay.label("stage"), seconds_of_stay.label("seconds")
    )
    times = stays.subquery("times")
    summed = times.select().with_only_columns(
        times.c.stage, func.sum(times.c.seconds).label("seconds")
    )
    rows = await work.session.execute(summed.group_by(times.c.stage))
    found = {row.stage: int(row.seconds) for row in rows}
    link: dict[str, object] = {"from": days.first, "to": days.last}
    link |= {"project_id": query.project_id, "member_id": query.member_id}
    return [
        TimeInGroup(group=each, seconds=figure(found.get(each), TIMES, **link, group=each))
        for each in (*GROUPS, *(name for name in found if name not in GROUPS))
    ]
