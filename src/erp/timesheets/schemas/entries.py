"""Time entries and the timer."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import (
    ABSENT,
    Day,
    DecimalOut,
    Edit,
    Input,
    InstantIn,
    InstantOut,
    Output,
    UnitPrice,
)
from erp.kernel.paging import FeedQuery, Page
from erp.organizations.schemas import PersonOut
from erp.timesheets.schemas.shared import (
    Activity,
    Code,
    LockReason,
    Note,
    ProjectRef,
    Reason,
    Resolve,
    Seconds,
    TaskRef,
)

Kind = Literal["clock", "amount"]


class SubjectIn(Input):
    """What the time is for: a project by id or code, or a task, whose project then counts."""

    project_id: UUID | None = None
    project_code: Code | None = None
    create_project: Annotated[
        bool, Field(description="Make a project of an unknown `project_code`")
    ] = False
    task_id: UUID | None = None


class TimeEntryIn(SubjectIn):
    """New time: `clock` with a start (without an end it runs), `amount` with a day and seconds."""

    member_id: Annotated[UUID | None, Field(description="Whose time; your own if absent")] = None
    kind: Kind = "clock"
    started_at: InstantIn | None = None
    ended_at: InstantIn | None = None
    work_date: Day | None = None
    seconds: Seconds | None = None
    activity: Activity | None = None
    note: Note | None = None
    billable: Annotated[bool | None, Field(description="As the project if absent")] = None
    bill_rate: UnitPrice | None = None
    cost_rate: UnitPrice | None = None
    resolve: Resolve | None = None


class TimeEntryEdit(Edit):
    """What changes about an entry. A null `ended_at` lets it run; a null rate is looked up."""

    member_id: UUID = ABSENT
    project_id: UUID = ABSENT
    project_code: Code = ABSENT
    create_project: Annotated[
        bool, Field(description="Make a project of an unknown `project_code`")
    ] = ABSENT
    task_id: UUID | None = None
    started_at: InstantIn = ABSENT
    ended_at: InstantIn | None = None
    work_date: Day = ABSENT
    seconds: Seconds = ABSENT
    activity: Activity | None = None
    note: Note | None = None
    billable: bool = ABSENT
    bill_rate: UnitPrice | None = None
    cost_rate: UnitPrice | None = None
    needs_review: Annotated[
        Literal[False], Field(description="Confirms an entry that awaits review as it is")
    ] = ABSENT
    resolve: Resolve | None = None
    reason: Annotated[
        Reason | None, Field(description="Why; needed for the note of a billed entry")
    ] = None


class TimerIn(SubjectIn):
    """What to work on from now, or from a moment before. `switch` ends what runs at that second."""

    started_at: InstantIn | None = None
    activity: Activity | None = None
    note: Note | None = None
    billable: bool | None = None
    switch: bool = False
    resolve: Resolve | None = None


class TimerStop(Input):
    """When the work ended, if it was not now."""

    ended_at: InstantIn | None = None


class TagOut(Output):
    """A tag of the note, such as `[prio:normal]`."""

    name: str
    value: str


class TimeEntryOut(Output):
    """Time of a member. Rates show with `rates:read`.

    `seconds` is null while it runs. `billable_seconds` is null while it runs and where the billing
    rule rounds whole days. `locked` says why it cannot change.
    """

    id: UUID
    member: PersonOut
    project: ProjectRef
    task: TaskRef | None
    kind: Kind
    started_at: InstantOut | None
    ended_at: InstantOut | None
    seconds: int | None
    billable_seconds: int | None
    begins_at: InstantOut
    work_date: date
    time_zone: str
    activity: str | None
    note: str | None
    tags: list[TagOut]
    billable: bool
    bill_rate: DecimalOut | None = None
    bill_source: str | None = None
    cost_rate: DecimalOut | None = None
    cost_source: str | None = None
    currency: str | None = None
    is_running: bool
    needs_review: bool
    locked: LockReason | None
    billed_at: InstantOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class TimeEntryPage(Page):
    """One page of time entries."""

    items: list[TimeEntryOut]


class TimeEntryQuery(FeedQuery):
    """How to list time entries; `from` is inclusive and `to` exclusive on the start."""

    sort: Literal["-started_at", "started_at", "-updated_at", "updated_at"] = "-started_at"
    from_: Annotated[InstantIn | None, Field(alias="from")] = None
    to: InstantIn | None = None
    day_from: Day | None = None
    day_to: Day | None = None
    member_id: UUID | None = None
    project_id: UUID | None = None
    task_id: UUID | None = None
    kind: Kind | None = None
    billable: bool | None = None
    needs_review: bool | None = None
    tag: Annotated[str | None, Field(max_length=97, description="`name`, or `name:value`")] = None


class TimerOut(Output):
    """The caller's running entry, if there is one, and what time it is."""

    running: TimeEntryOut | None
    now: InstantOut


class StartedOut(Output):
    """The entry that runs now, and the one that `switch` ended."""

    running: TimeEntryOut
    ended: TimeEntryOut | None
    now: InstantOut
