"""What crosses the border about projects and task states."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from erp.kernel.fields import (
    ABSENT,
    Day,
    DecimalOut,
    Edit,
    Exact,
    Input,
    InstantOut,
    Output,
    Text,
)
from erp.kernel.paging import ArchivingQuery, Page
from erp.organizations.schemas import PersonOut

ProjectState = Literal["planned", "active", "paused", "done"]
Group = Literal["backlog", "unstarted", "started", "completed", "canceled"]
Code = Annotated[str, Text(32)]
Name = Annotated[str, Text(200)]
Seconds = Annotated[int, Field(ge=0, le=10**9, strict=True)]
Money = Annotated[Decimal, Exact("0", "999999999999.99", places=3)]
Number = Annotated[int, Field(ge=1, le=2**53)]
ExternalSource = Annotated[str, Text(40)]
ExternalId = Annotated[str, Text(200)]


class ProjectIn(Input):
    """A new project. Whoever makes it is in its team; the budget is in the currency we keep."""

    code: Code
    name: Name
    customer_id: UUID | None = None
    state: ProjectState = "active"
    lead_id: UUID | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    billable: bool = True
    budget_seconds: Seconds | None = None
    budget_amount: Money | None = None
    external_source: ExternalSource | None = None
    external_id: ExternalId | None = None


class ProjectEdit(Edit):
    """What changes about a project."""

    code: Code = ABSENT
    name: Name = ABSENT
    customer_id: UUID | None = None
    state: ProjectState = ABSENT
    lead_id: UUID | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    billable: bool = ABSENT
    budget_seconds: Seconds | None = None
    budget_amount: Money | None = None
    external_source: ExternalSource | None = None
    external_id: ExternalId | None = None


class TeamIn(Input):
    """Everybody who is in the team from now on."""

    member_ids: Annotated[list[UUID], Field(max_length=500)]


class CustomerName(Output):
    """The customer a project is for."""

    id: UUID
    number: int
    name: str


class TaskCounts(Output):
    """How many tasks there are, by group of their states."""

    backlog: int = 0
    unstarted: int = 0
    started: int = 0
    completed: int = 0
    canceled: int = 0


class ProjectRow(Output):
    """A project in a list."""

    id: UUID
    number: int
    code: str
    name: str
    customer: CustomerName | None
    state: ProjectState
    lead: PersonOut | None
    starts_on: date | None
    due_on: date | None
    billable: bool
    budget_seconds: int | None
    task_counts: TaskCounts
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    archived_at: InstantOut | None


class ProjectOut(ProjectRow):
    """A project as it is now; `budget_amount` is left out without `reports:money`."""

    currency: str
    budget_amount: DecimalOut | None = None
    external_source: str | None
    external_id: str | None
    team: list[PersonOut]


class ProjectPage(Page):
    """One page of projects."""

    items: list[ProjectRow]


class ProjectQuery(ArchivingQuery):
    """How to list projects."""

    sort: Literal[
        "name",
        "-name",
        "code",
        "-code",
        "number",
        "-number",
        "due_on",
        "-due_on",
        "created_at",
        "-created_at",
        "updated_at",
        "-updated_at",
    ] = "name"
    state: ProjectState | None = None
    number: Number | None = None
    code: Annotated[str, StringConstraints(max_length=32)] | None = None
    customer: UUID | None = None
    lead: UUID | None = None
    member: Annotated[UUID | None, Field(description="Projects with this member in the team")] = (
        None
    )
    external_source: Annotated[str, StringConstraints(max_length=40)] | None = None
    external_id: Annotated[str, StringConstraints(max_length=200)] | None = None


class StateIn(Input):
    """A new column of the board, at its end. `is_default` takes that part from another state."""

    name: Annotated[str, Text(40)]
    group: Group
    is_default: bool = False


class StateEdit(Edit):
    """What changes about a state; `position` counts from 0 over all states."""

    name: Annotated[str, Text(40)] = ABSENT
    group: Group = ABSENT
    position: Annotated[int, Field(ge=0, le=1000, strict=True)] = ABSENT
    is_default: Literal[True] = ABSENT


class StateOut(Output):
    """A column of the board."""

    id: UUID
    name: str
    group: Group
    position: int
    is_default: bool
    version: int


class StatesOut(Output):
    """Every state, in the order of the board."""

    items: list[StateOut]
