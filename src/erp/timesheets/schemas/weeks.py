"""Weeks, their grid, their approval and closings."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import Day, Input, InstantOut, Output
from erp.kernel.paging import Page, PageQuery
from erp.organizations.schemas import PersonOut
from erp.timesheets.schemas.shared import (
    Activity,
    LockReason,
    ProjectRef,
    Reason,
    TaskRef,
)

State = Literal["open", "submitted", "approved", "rejected", "reopened"]
Step = Literal["submit", "withdraw", "approve", "reject", "reopen"]
Status = Literal["free", "extra", "full", "short", "empty", "ahead"]
CellLock = Literal[LockReason, "clock_entries", "timer_running"]
DaySeconds = Annotated[int, Field(ge=0, le=86_400, strict=True)]


class TimesheetQuery(PageQuery):
    """How to list weeks that were handed in at least once."""

    sort: Literal["-starts_on", "starts_on", "-submitted_at", "submitted_at"] = "-starts_on"
    state: State | None = None
    member_id: UUID | None = None
    day_from: Day | None = None
    day_to: Day | None = None


class TimesheetOut(Output):
    """A member's week with its state and the worked seconds in it."""

    id: UUID
    member: PersonOut
    starts_on: date
    ends_on: date
    state: State
    seconds: int
    submitted_at: InstantOut | None
    decided_by: PersonOut | None
    decided_at: InstantOut | None
    reason: str | None
    version: int
    updated_at: InstantOut


class TimesheetPage(Page):
    """One page of weeks."""

    items: list[TimesheetOut]


class CellOut(Output):
    """A day of a row. `locked` says why typing is refused."""

    day: date
    seconds: int
    amount_seconds: int
    entry_ids: list[UUID]
    is_running: bool
    needs_review: bool
    locked: CellLock | None


class GridRowOut(Output):
    """What was worked on: seven cells and their sum."""

    project: ProjectRef
    task: TaskRef | None
    activity: str | None
    cells: list[CellOut]
    seconds: int


class GridDayOut(Output):
    """A day of the week: its real length, what is booked, billable and expected."""

    day: date
    day_seconds: int
    seconds: int
    billable_seconds: int
    expected_seconds: int
    missing_seconds: int
    status: Status
    locked: LockReason | None


class WeekOut(Output):
    """The whole weekly grid of a member. Without a row of its own a week is open, version null.

    `is_complete` is false while a day up to today is short or empty; `steps` are the verbs that
    lead on and that the caller may use.
    """

    member: PersonOut
    starts_on: date
    ends_on: date
    today: date
    state: State
    version: int | None
    submitted_at: InstantOut | None
    decided_at: InstantOut | None
    reason: str | None
    closed_until: date | None
    rows: list[GridRowOut]
    days: list[GridDayOut]
    seconds: int
    billable_seconds: int
    expected_seconds: int
    is_complete: bool
    running_id: UUID | None
    review_ids: list[UUID]
    steps: list[Step]


class CellIn(Input):
    """What a cell should hold; 0 empties it."""

    project_id: UUID
    task_id: UUID | None = None
    activity: Activity | None = None
    day: Day
    seconds: Annotated[int, Field(ge=0, le=90_000, strict=True)]


class ReasonIn(Input):
    """Why."""

    reason: Reason


class TimeCloseIn(Input):
    """Until which day the hours are closed, that day included; going back needs a reason."""

    until: Day
    reason: Reason | None = None


class TimeClosedOut(Output):
    """Until which day the hours are closed; null while none are."""

    closed_until: date | None


class TimeClosingOut(Output):
    """Until which day the hours are closed."""

    closed_until: date | None
    version: int


class ScheduleIn(Input):
    """The seconds due on each weekday, from a day on."""

    valid_from: Day
    monday: DaySeconds = 0
    tuesday: DaySeconds = 0
    wednesday: DaySeconds = 0
    thursday: DaySeconds = 0
    friday: DaySeconds = 0
    saturday: DaySeconds = 0
    sunday: DaySeconds = 0


class ScheduleOut(Output):
    """What a member should work from a day until the next schedule."""

    id: UUID
    member_id: UUID
    valid_from: date
    monday: int
    tuesday: int
    wednesday: int
    thursday: int
    friday: int
    saturday: int
    sunday: int
    version: int


class SchedulesOut(Output):
    """Every schedule of a member, the latest first."""

    items: list[ScheduleOut]
