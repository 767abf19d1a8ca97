"""What crosses the border about reports of tasks and of their journals."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from erp.kernel.fields import Day, InstantOut, Output
from erp.kernel.paging import Page, PageQuery
from erp.organizations.schemas import PersonOut
from erp.projects.schemas.projects import Group
from erp.projects.schemas.talk import LoggedTask
from erp.projects.schemas.tasks import Priority, ProjectName

Period = Literal["day", "week", "month"]
GroupOrGone = Literal[Group, "deleted"]


class Figure(Output):
    """A number, and where the rows stand that add up to it."""

    value: int
    rows: Annotated[str, Field(description="Path and query of a list")]


class DaysQuery(BaseModel):
    """Days where the organization is, both included."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    project_id: UUID | None = None


class TaskReportQuery(DaysQuery):
    """Which tasks to count: those due in the days, of a project, of an assignee."""

    member_id: Annotated[UUID | None, Field(description="Who is to do them")] = None


class TaskFigures(Output):
    """How many tasks, how many of them are open and past their day, and their estimates."""

    tasks: Figure
    overdue: Figure
    estimate_seconds: Figure


class GroupFigures(TaskFigures):
    """The tasks in states of one group."""

    group: Group


class PriorityFigures(TaskFigures):
    """The tasks of one priority."""

    priority: Priority


class ProjectFigures(TaskFigures):
    """The tasks of one project."""

    project: ProjectName


class AssigneeFigures(TaskFigures):
    """The tasks of one assignee, or of nobody; a task of two people counts for both."""

    member: PersonOut | None


class TaskReportOut(TaskFigures):
    """Tasks in all and by group, priority, project and assignee.

    Those of archived projects count only where the project is named.
    """

    groups: list[GroupFigures]
    priorities: list[PriorityFigures]
    projects: list[ProjectFigures]
    assignees: list[AssigneeFigures]


class LogReportQuery(DaysQuery):
    """Which lines of journals to count; the 30 days up to today unless told otherwise."""

    period: Period = "week"
    member_id: Annotated[
        UUID | None, Field(description="Who wrote the lines, and whose tasks are timed")
    ] = None


class LinesOfPeriod(Output):
    """How many lines a person wrote from one day to another, both included."""

    member: PersonOut
    first_on: date
    last_on: date
    lines: Figure


class TimeInGroup(Output):
    """How long tasks stood in the states of one group within the days, up to now.

    `deleted` are states that are no more.
    """

    group: GroupOrGone
    seconds: Figure


class LogReportOut(Output):
    """The journals of tasks by person and period, and the time that tasks spent in each group."""

    first_on: date
    last_on: date
    period: Period
    lines: Figure
    people: list[LinesOfPeriod]
    groups: list[TimeInGroup]


class StayQuery(PageQuery):
    """Which stays to list; the 30 days up to today unless told otherwise."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    sort: Literal["entered_at", "-entered_at"] = "-entered_at"
    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    project_id: UUID | None = None
    member_id: Annotated[UUID | None, Field(description="Whose tasks")] = None
    group: GroupOrGone | None = None


class StayRow(Output):
    """A task's time in one state. `seconds` counts only what lies within the days, up to now."""

    id: UUID
    task: LoggedTask
    state: str | None
    group: GroupOrGone
    entered_at: InstantOut
    left_at: InstantOut | None
    seconds: int


class StayPage(Page):
    """One page of stays."""

    items: list[StayRow]
