"""Weeks: handing in, deciding, closing periods, and what a member should work."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import NotFound
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.access import PERMISSIONS
from erp.organizations.actions.settings import pin_setting
from erp.organizations.models import Member
from erp.timesheets.actions.books import lock_members, make_closing
from erp.timesheets.actions.notices import tell_approvers, tell_member
from erp.timesheets.errors import EntriesBilled, OwnWeek, ReviewNeeded, TimeInFuture, TimerRunning
from erp.timesheets.models.days import week_of
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.weeks import TimeClosing, Timesheet, WorkSchedule, closing_id
from erp.timesheets.queries.entries import read_entry
from erp.timesheets.queries.weeks import read_week
from erp.timesheets.schemas.weeks import ScheduleIn, TimeCloseIn

APPROVE = "time:approve"


async def submit_week(
    work: Workspace, member_id: UUID, day: date, version: int | None
) -> Timesheet:
    """Hand in the week of a day; from now on its entries are locked.

    The first one pins `week_start`. Raises `WrongState`, `TimerRunning`, `ReviewNeeded`.
    """
    await ensure_may_hand_in(work, member_id)
    await lock_members(work, [member_id])
    starts_on = week_of(day, await pin_setting(work, "week_start"))
    week = await _find_week(work, member_id, starts_on)
    if week is None:
        week = work.add(Timesheet(id=new_id()))
        week.begin(member_id, starts_on)
    else:
        await _ensure_version(work, week, version)
    mine = TimeEntry.member_id == member_id
    await _ensure_nothing_open(work, mine, _within(week))
    week.submit(work.now())
    await _keep(work, week, "timesheet.submitted")
    await tell_approvers(work, week)
    return week


async def withdraw_week(
    work: Workspace, member_id: UUID, day: date, version: int | None
) -> Timesheet:
    """Take a week back that nobody has decided on. Raises `WrongState`."""
    await ensure_may_hand_in(work, member_id)
    week = await _lock_week(work, member_id, day, version)
    week.step("withdraw")
    await _keep(work, week, "timesheet.withdrawn")
    return week


async def approve_week(
    work: Workspace, member_id: UUID, day: date, version: int | None
) -> Timesheet:
    """Accept a week. Raises `OwnWeek` for one's own unless nobody else may, `WrongState`."""
    week = await _lock_week(work, member_id, day, version)
    if member_id == work.member_id and await _somebody_else_may(work):
        raise OwnWeek
    await _decide(work, week, "approve", None)
    return week


async def reject_week(
    work: Workspace, member_id: UUID, day: date, version: int | None, reason: str
) -> Timesheet:
    """Give a week back to be corrected, and say why. Raises `WrongState`."""
    week = await _lock_week(work, member_id, day, version)
    await _decide(work, week, "reject", reason)
    return week


async def reopen_week(
    work: Workspace, member_id: UUID, day: date, version: int | None, reason: str
) -> Timesheet:
    """Let an approved week be corrected, and say why. Raises `WrongState`, `EntriesBilled`."""
    week = await _lock_week(work, member_id, day, version)
    billed = work.select(TimeEntry).where(TimeEntry.member_id == member_id, _within(week))
    billed = billed.where(TimeEntry.billed_at.is_not(None)).limit(1)
    if (await work.session.scalars(billed)).first():
        raise EntriesBilled
    await _decide(work, week, "reopen", reason)
    return week


async def close_period(work: Workspace, given: TimeCloseIn) -> TimeClosing:
    """Close the hours of everybody up to a day.

    Writers share the closing, so that holding it alone means that nobody is writing. Raises
    `TimerRunning`, `ReviewNeeded`, `ClosingMovesBack`, `TimeInFuture`.
    """
    if given.until > work.today():
        raise TimeInFuture
    await make_closing(work)
    closing = await work.get(TimeClosing, closing_id(work.organization_id), lock=True)
    await _ensure_nothing_open(work, TimeEntry.work_date <= given.until)
    closing.close(given.until, given.reason)
    if changes_of(closing):
        record(work, "time.closed", closing, reason=given.reason)
    await work.session.flush()  # the answer shows the version
    return closing


async def set_schedule(work: Workspace, member_id: UUID, given: ScheduleIn) -> WorkSchedule:
    """What a member should work from a day on; a schedule of that day is replaced."""
    await lock_members(work, [member_id])
    query = work.select(WorkSchedule).where(WorkSchedule.member_id == member_id)
    query = query.where(WorkSchedule.valid_from == given.valid_from)
    schedule = (await work.session.scalars(query)).one_or_none()
    if schedule is None:
        schedule = work.add(WorkSchedule(id=new_id(), member_id=member_id))
    schedule.write(given.model_dump())
    if changes_of(schedule):
        record(work, "work_schedule.changed", schedule)
    await work.session.flush()  # the answer shows the version
    return schedule


async def ensure_may_hand_in(work: Workspace, member_id: UUID) -> None:
    """Raises `NotFound` for a colleague's week, unless the caller writes for all."""
    is_mine = member_id == work.member_id
    if not is_mine and not work.sees_all("time:write"):
        raise NotFound
    await work.get(Member, member_id)


def _within(week: Timesheet) -> ColumnElement[bool]:
    return TimeEntry.work_date.between(week.starts_on, week.ends_on)


async def _find_week(work: Workspace, member_id: UUID, day: date) -> Timesheet | None:
    query = work.select(Timesheet).where(Timesheet.member_id == member_id)
    query = query.where(Timesheet.starts_on <= day, Timesheet.ends_on >= day)
    return (await work.session.scalars(query)).one_or_none()


async def _lock_week(work: Workspace, member_id: UUID, day: date, version: int | None) -> Timesheet:
    """The week that was handed in, under its member's lock. Raises `NotFound`, `Stale`."""
    await lock_members(work, [member_id])
    week = await _find_week(work, member_id, day)
    if week is None:
        raise NotFound
    await _ensure_version(work, week, version)
    return week


async def _ensure_version(work: Workspace, week: Timesheet, version: int | None) -> None:
    if version not in (None, week.version):
        shown = await read_week(work, week.id)
        await ensure_unchanged(work, week, version, lambda: shown)


async def _ensure_nothing_open(work: Workspace, *which: ColumnElement[bool]) -> None:
    """Raises `TimerRunning` or `ReviewNeeded` for what must be finished first."""
    entries = work.select(TimeEntry).where(*which)
    running = entries.where(TimeEntry.kind == "clock", TimeEntry.ended_at.is_(None)).limit(1)
    if found := (await work.session.scalars(running)).first():
        raise TimerRunning(entry=await read_entry(work, found.id))
    doubtful = entries.where(TimeEntry.needs_review).order_by(TimeEntry.begins_at).limit(50)
    if waiting := (await work.session.scalars(doubtful)).all():
        raise ReviewNeeded(entry_ids=[each.id for each in waiting])


async def _somebody_else_may(work: Workspace) -> bool:
    roles = [role for role, permissions in PERMISSIONS.items() if APPROVE in permissions]
    others = work.select(Member).where(Member.role.in_(roles), Member.status == "active")
    found = await work.session.scalars(others.where(Member.id != work.member_id).limit(1))
    return found.first() is not None


async def _decide(work: Workspace, week: Timesheet, verb: str, reason: str | None) -> None:
    week.decide(verb, work.member_id, work.now(), reason)
    await _keep(work, week, f"timesheet.{week.state}", reason)
    await tell_member(work, week)


async def _keep(work: Workspace, week: Timesheet, event: str, reason: str | None = None) -> None:
    record(work, event, week, reason=reason)
    await work.session.flush()  # the answer shows the version
