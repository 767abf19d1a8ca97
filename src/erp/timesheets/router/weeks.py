"""Weeks over HTTP: the grid, handing in, deciding and closing."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.fields import Day
from erp.kernel.http import ReadVersion, answer, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.projects.errors import ProjectArchived
from erp.stock.errors import ClosingMovesBack
from erp.timesheets.actions import cells, weeks
from erp.timesheets.errors import (
    CellHasClockEntries,
    DayTooLong,
    EntriesBilled,
    EntryLocked,
    OwnWeek,
    ReviewNeeded,
    TaskNotInProject,
    TimeInFuture,
    TimerRunning,
    UnknownProject,
    WrongState,
)
from erp.timesheets.models.weeks import Timesheet
from erp.timesheets.queries import completeness
from erp.timesheets.queries.grid import read_grid, read_head
from erp.timesheets.queries.weeks import (
    find_closed_until,
    list_schedules,
    list_weeks,
    read_week,
)
from erp.timesheets.schemas.sums import CompletenessOut, CompletenessQuery
from erp.timesheets.schemas.weeks import (
    CellIn,
    ReasonIn,
    ScheduleIn,
    ScheduleOut,
    SchedulesOut,
    TimeClosedOut,
    TimeCloseIn,
    TimeClosingOut,
    TimesheetOut,
    TimesheetPage,
    TimesheetQuery,
    WeekOut,
)

router = room_router("timesheets", "/api")
Reading = Annotated[Workspace, may("time:read")]
Writing = Annotated[Workspace, may("time:write")]
Approving = Annotated[Workspace, may("time:approve")]
Closing = Annotated[Workspace, may("time:close")]
WEEK = "/timesheets/{member_id}/{day}"
CELL = (CellHasClockEntries, EntryLocked, DayTooLong, TimeInFuture, ProjectArchived)


@also_as_files(router)
@router.get("/timesheets", response_model=TimesheetPage, responses=refuses(*READING))
async def list_timesheets(work: Reading, query: Annotated[TimesheetQuery, Query()]) -> Response:
    """Weeks that were handed in at least once, the latest first."""
    return page(await list_weeks(work, query))


@router.post(
    "/timesheets/close",
    response_model=TimeClosingOut,
    responses=refuses(*CREATING, TimerRunning, ReviewNeeded, ClosingMovesBack, TimeInFuture),
)
async def close_period(work: Closing, body: TimeCloseIn) -> Response:
    """Close everybody's hours up to a day; going back needs a reason."""
    return answer(TimeClosingOut, await weeks.close_period(work, body))


@router.get("/timesheets/close", responses=refuses(*READING))
async def read_closing(work: Reading) -> TimeClosedOut:
    """Up to which day everybody's hours are closed."""
    return TimeClosedOut(closed_until=await find_closed_until(work))


@router.get("/timesheets/completeness", responses=refuses(*READING))
async def read_completeness(
    work: Reading, query: Annotated[CompletenessQuery, Query()]
) -> CompletenessOut:
    """Expected beside booked, per active member and day."""
    return await completeness.read_completeness(work, query)


@router.get(WEEK, response_model=WeekOut, responses=refuses(*READING))
async def read_timesheet(work: Reading, member_id: UUID, day: Day) -> WeekOut:
    """The whole grid of the week in which the day lies."""
    return await read_grid(work, member_id, day)


@router.put(
    WEEK + "/cells",
    response_model=WeekOut,
    responses=refuses(*CHANGING, *CELL, UnknownProject, TaskNotInProject),
)
async def fill_cell(work: Writing, member_id: UUID, day: Day, body: CellIn) -> WeekOut:
    """Let a cell hold so many seconds; the answer is the grid afterwards."""
    await cells.fill_cell(work, member_id, day, body)
    return await read_grid(work, member_id, day)


@router.post(
    WEEK + "/submit",
    response_model=TimesheetOut,
    responses=refuses(*CREATING, WrongState, TimerRunning, ReviewNeeded),
)
async def submit_week(work: Writing, member_id: UUID, day: Day, version: ReadVersion) -> Response:
    """Hand in the week; its entries are locked until it is withdrawn, rejected or reopened."""
    return await _answer(work, await weeks.submit_week(work, member_id, day, version))


@router.post(
    WEEK + "/withdraw", response_model=TimesheetOut, responses=refuses(*CREATING, WrongState)
)
async def withdraw_week(work: Writing, member_id: UUID, day: Day, version: ReadVersion) -> Response:
    """Take a week back that nobody has decided on."""
    return await _answer(work, await weeks.withdraw_week(work, member_id, day, version))


@router.post(
    WEEK + "/approve",
    response_model=TimesheetOut,
    responses=refuses(*CREATING, WrongState, OwnWeek),
)
async def approve_week(
    work: Approving, member_id: UUID, day: Day, version: ReadVersion
) -> Response:
    """Accept a week that was handed in."""
    return await _answer(work, await weeks.approve_week(work, member_id, day, version))


@router.post(
    WEEK + "/reject", response_model=TimesheetOut, responses=refuses(*CREATING, WrongState)
)
async def reject_week(
    work: Approving, member_id: UUID, day: Day, body: ReasonIn, version: ReadVersion
) -> Response:
    """Give a week back to be corrected, and say why."""
    week = await weeks.reject_week(work, member_id, day, version, body.reason)
    return await _answer(work, week)


@router.post(
    WEEK + "/reopen",
    response_model=TimesheetOut,
    responses=refuses(*CREATING, WrongState, EntriesBilled),
)
async def reopen_week(
    work: Approving, member_id: UUID, day: Day, body: ReasonIn, version: ReadVersion
) -> Response:
    """Let an approved week be corrected, and say why."""
    week = await weeks.reopen_week(work, member_id, day, version, body.reason)
    return await _answer(work, week)


@also_as_files(router)
@router.get("/work-schedules/{member_id}", responses=refuses(*READING))
async def read_schedules(work: Reading, member_id: UUID) -> SchedulesOut:
    """What a member should work, the latest first."""
    await read_head(work, member_id, work.today())  # a colleague's are as hidden as the weeks
    found = await list_schedules(work, member_id)
    return SchedulesOut.model_validate({"items": found}, from_attributes=True)


@router.put("/work-schedules/{member_id}", response_model=ScheduleOut, responses=refuses(*CHANGING))
async def set_schedule(work: Approving, member_id: UUID, body: ScheduleIn) -> Response:
    """What a member should work from a day until the next schedule."""
    return answer(ScheduleOut, await weeks.set_schedule(work, member_id, body))


async def _answer(work: Workspace, week: Timesheet) -> Response:
    return answer_shown(await read_week(work, week.id))
