"""The weekly grid: everything a screen shows about a member's week, in few statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_

from erp.identity.models import User
from erp.kernel.errors import NotFound
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member, Organization
from erp.organizations.schemas import PersonOut
from erp.projects.models import Project, Task
from erp.timesheets.models.days import days_of_week, length_of, week_of
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.rates import BillingRule, billable_total
from erp.timesheets.models.weeks import (
    TimeClosing,
    Timesheet,
    WorkSchedule,
    completeness_of,
    expected_on,
    steps_from,
)
from erp.timesheets.queries.entries import only_own
from erp.timesheets.queries.sums import project_ref, task_ref
from erp.timesheets.schemas.weeks import CellOut, GridDayOut, GridRowOut, WeekOut

DECISIONS = ("approve", "reject", "reopen")


class Booked(NamedTuple):
    """An entry with what it is for."""

    entry: TimeEntry
    project: Project
    task: Task | None


@dataclass(frozen=True, slots=True)
class Head:
    """Whose week it is, and how it stands."""

    member: PersonOut
    days: list[date]
    week: Timesheet | None
    closing: TimeClosing | None

    @property
    def state(self) -> str:
        """A week nobody handed in is open."""
        return self.week.state if self.week else "open"

    def lock_of(self, day: date) -> str | None:
        """Why nothing on this day can change."""
        if self.closing and self.closing.holds(day):
            return "period_closed"
        return f"week_{self.state}" if self.week and self.week.is_locked else None


async def read_grid(work: Workspace, member_id: UUID, day: date) -> WeekOut:
    """The week of a member in which the day lies. Raises `NotFound`, also for colleagues' weeks."""
    head = await read_head(work, member_id, day)
    booked = await _list_booked(work, member_id, head.days)
    rules = list(await work.session.scalars(work.select(BillingRule)))
    due = work.select(WorkSchedule).where(WorkSchedule.member_id == member_id)
    schedules = list(await work.session.scalars(due))
    days = [
        _day(work, head, booked, rules, (each, expected_on(schedules, each))) for each in head.days
    ]
    return WeekOut(
        **_about(head),
        today=work.today(),
        rows=_rows(head, booked),
        days=days,
        seconds=sum(each.seconds for each in days),
        billable_seconds=sum(each.billable_seconds for each in days),
        expected_seconds=sum(each.expected_seconds for each in days),
        is_complete=not any(each.missing_seconds for each in days),
        running_id=next((each.entry.id for each in booked if each.entry.is_running), None),
        review_ids=[each.entry.id for each in booked if each.entry.needs_review],
        steps=_steps(work, head),
    )


async def read_head(work: Workspace, member_id: UUID, day: date) -> Head:
    """The member and the state of the week, in one statement. Raises `NotFound`."""
    if only_own(work) not in (None, member_id):
        raise NotFound
    same = Timesheet.organization_id == Member.organization_id
    around = and_(Timesheet.starts_on <= day, Timesheet.ends_on >= day)
    query = (
        work.select(Member)
        .where(Member.id == member_id)
        .join(User, User.id == Member.user_id)
        .join(Organization, Organization.id == Member.organization_id)
        .outerjoin(Timesheet, and_(same, Timesheet.member_id == Member.id, around))
        .outerjoin(TimeClosing, TimeClosing.organization_id == Member.organization_id)
        .add_columns(User, Organization.week_start, Timesheet, TimeClosing)
    )
    found = (await work.session.execute(query)).first()
    if found is None:
        raise NotFound
    member, user, week_start, week, closing = found
    shown = PersonOut(id=member.id, number=member.number, name=user.display_name)
    first = week.starts_on if week else week_of(day, week_start)
    return Head(shown, days_of_week(first), week, closing)


async def _list_booked(work: Workspace, member_id: UUID, days: Sequence[date]) -> list[Booked]:
    same = TimeEntry.organization_id
    query = (
        work.select(TimeEntry)
        .where(TimeEntry.member_id == member_id)
        .where(TimeEntry.work_date >= days[0], TimeEntry.work_date <= days[-1])
        .join(Project, and_(Project.organization_id == same, Project.id == TimeEntry.project_id))
        .outerjoin(Task, and_(Task.organization_id == same, Task.id == TimeEntry.task_id))
        .add_columns(Project, Task)
        .order_by(Project.code_key, Task.number, TimeEntry.activity, TimeEntry.begins_at)
    )
    return [Booked(*row) for row in await work.session.execute(query)]


def _about(head: Head) -> dict[str, Any]:
    week = head.week
    names = ("version", "submitted_at", "decided_at", "reason")
    return {
        "member": head.member,
        "starts_on": head.days[0],
        "ends_on": head.days[-1],
        "state": head.state,
        "closed_until": head.closing.closed_until if head.closing else None,
        **{name: getattr(week, name) if week else None for name in names},
    }


def _rows(head: Head, booked: list[Booked]) -> list[GridRowOut]:
    groups: dict[tuple[Any, ...], list[Booked]] = defaultdict(list)
    for each in booked:
        groups[each.entry.project_id, each.entry.task_id, each.entry.activity].append(each)
    return [_row(head, group) for group in groups.values()]


def _row(head: Head, group: list[Booked]) -> GridRowOut:
    _entry, project, task = group[0]
    cells = [
        _cell(head, day, [each.entry for each in group if each.entry.work_date == day])
        for day in head.days
    ]
    return GridRowOut(
        project=project_ref(project),
        task=task_ref(project, task) if task else None,
        activity=group[0].entry.activity,
        cells=cells,
        seconds=sum(cell.seconds for cell in cells),
    )


def _cell(head: Head, day: date, entries: list[TimeEntry]) -> CellOut:
    is_running = any(each.is_running for each in entries)
    by_clock = any(each.kind == "clock" for each in entries)
    own_lock = "timer_running" if is_running else "clock_entries" if by_clock else None
    amounts = [each.seconds or 0 for each in entries if each.kind == "amount"]
    return CellOut(
        day=day,
        seconds=sum(each.seconds or 0 for each in entries),
        amount_seconds=sum(amounts),
        entry_ids=[each.id for each in entries],
        is_running=is_running,
        needs_review=any(each.needs_review for each in entries),
        locked=head.lock_of(day) or own_lock,
    )


def _day(
    work: Workspace,
    head: Head,
    booked: list[Booked],
    rules: list[BillingRule],
    due: tuple[date, int],
) -> GridDayOut:
    day, expected = due
    entries = [each.entry for each in booked if each.entry.work_date == day]
    seconds = sum(each.seconds or 0 for each in entries)
    status = completeness_of(expected, seconds, is_ahead=day > work.today())
    return GridDayOut(
        day=day,
        day_seconds=length_of(day, work.time_zone),
        seconds=seconds,
        billable_seconds=billable_total(entries, rules),
        expected_seconds=expected,
        missing_seconds=expected - seconds if status in ("short", "empty") else 0,
        status=status,
        locked=head.lock_of(day),
    )


def _steps(work: Workspace, head: Head) -> list[str]:
    """What the caller may do next with this week."""
    may_decide, is_mine = work.can("time:approve"), head.member.id == work.member_id
    may_hand_in = is_mine or work.sees_all("time:write")
    return [
        verb
        for verb in steps_from(head.state)
        if (may_decide if verb in DECISIONS else may_hand_in)
    ]
