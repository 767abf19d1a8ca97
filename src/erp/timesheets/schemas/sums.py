"""Sums of hours, and what is expected beside what is booked."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from erp.kernel.fields import Day, Output
from erp.organizations.schemas import PersonOut
from erp.timesheets.schemas.shared import ProjectRef, TaskRef
from erp.timesheets.schemas.weeks import State, Status

By = Literal["member", "project", "task", "day"]


class HoursQuery(BaseModel):
    """Which hours to add up, and by what."""

    model_config = ConfigDict(extra="forbid")

    by: By = "project"
    then: Annotated[By | None, Field(description="A second thing to add up by")] = None
    day_from: Day | None = None
    day_to: Day | None = None
    member_id: UUID | None = None
    project_id: UUID | None = None
    task_id: UUID | None = None
    billable: bool | None = None


class HoursRow(Output):
    """The hours of one group: worked as stored, billable by the rules, and how many entries."""

    member: PersonOut | None = None
    project: ProjectRef | None = None
    task: TaskRef | None = None
    day: date | None = None
    seconds: int
    billable_seconds: int
    entries: int


class HoursOut(Output):
    """Hours by group and in all; what still runs counts for nothing yet.

    Where a rule rounds days, it rounds what a member did for a project in a day, and by task where
    tasks are told apart.
    """

    rows: list[HoursRow]
    seconds: int
    billable_seconds: int
    entries: int


class CompletenessQuery(BaseModel):
    """Whose days: the two weeks up to today, or 62 days at most."""

    model_config = ConfigDict(extra="forbid")

    day_from: Day | None = None
    day_to: Day | None = None
    member_id: UUID | None = None


class DueDay(Output):
    """A day: expected beside booked."""

    day: date
    expected_seconds: int
    seconds: int
    missing_seconds: int
    status: Status
    state: State


class DueMember(Output):
    """A member's days. `state` of a day is that of its week, which tells done from forgotten."""

    member: PersonOut
    days: list[DueDay]
    expected_seconds: int
    seconds: int
    missing_seconds: int


class CompletenessOut(Output):
    """Expected beside booked, per active member and day."""

    members: list[DueMember]
