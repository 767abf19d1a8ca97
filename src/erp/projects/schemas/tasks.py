"""What crosses the border about tasks."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from erp.kernel.batch import ChangeItem, CreateItem
from erp.kernel.fields import ABSENT, Day, Edit, Input, InstantOut, Output, Text
from erp.kernel.paging import FeedQuery, Page
from erp.organizations.schemas import PersonOut
from erp.projects.schemas.projects import ExternalId, ExternalSource, Group, Number, Seconds

Priority = Literal["none", "low", "normal", "high", "urgent"]
Title = Annotated[str, Text(200)]
Description = Annotated[str, Text(20_000, lines=True)]
Assignees = Annotated[list[UUID], Field(max_length=100)]


class TaskIn(Input):
    """A new task at the end of its column; without a state it takes the default one."""

    project_id: UUID
    title: Title
    description: Description | None = None
    state_id: UUID | None = None
    priority: Priority = "none"
    parent_id: UUID | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    estimate_seconds: Seconds | None = None
    assignee_ids: Assignees = Field(default_factory=list)
    external_source: ExternalSource | None = None
    external_id: ExternalId | None = None


class TaskEdit(Edit):
    """What changes about a task. `with_subtasks` completes those below it, too."""

    title: Title = ABSENT
    description: Description | None = None
    state_id: UUID = ABSENT
    with_subtasks: bool = False
    priority: Priority = ABSENT
    parent_id: UUID | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    estimate_seconds: Seconds | None = None
    external_source: ExternalSource | None = None
    external_id: ExternalId | None = None


class MoveIn(Input):
    """A place on the board: after a task of the column, or at its top without one."""

    state_id: UUID
    after_id: UUID | None = None
    with_subtasks: bool = False


class CopyIn(Input):
    """What a copy takes along, and where it is made; the same project unless one is named."""

    project_id: UUID | None = None
    title: Title | None = None
    with_assignees: bool = True
    with_subtasks: bool = False


class AssigneesIn(Input):
    """Everybody who is to do the task from now on."""

    member_ids: Assignees


class ProjectName(Output):
    """The project of a task."""

    id: UUID
    number: int
    code: str
    name: str


class StateName(Output):
    """Where a task stands."""

    id: UUID
    name: str
    group: Group


class TaskName(Output):
    """A task as others name it; `key` is what people say."""

    id: UUID
    number: int
    key: str
    title: str
    state: StateName


class TaskRow(Output):
    """A task in a list. `overdue` is about the present day where the organization is."""

    id: UUID
    number: int
    key: str
    title: str
    project: ProjectName
    state: StateName
    priority: Priority
    parent_id: UUID | None
    starts_on: date | None
    due_on: date | None
    overdue: bool
    estimate_seconds: int | None
    position: int
    assignees: list[PersonOut]
    completed_at: InstantOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class TaskOut(TaskRow):
    """A task as it is now, with what stands around it."""

    description: str | None
    external_source: str | None
    external_id: str | None
    created_by: PersonOut | None
    parent: TaskName | None
    subtasks: list[TaskName]
    depends_on: list[TaskName]
    blocks: list[TaskName]


class TaskPage(Page):
    """One page of tasks."""

    items: list[TaskRow]


class TaskQuery(FeedQuery):
    """How to list tasks. Those of archived projects show only where it is named, and in feeds."""

    sort: Literal[
        "updated_at",
        "-updated_at",
        "created_at",
        "-created_at",
        "due_on",
        "-due_on",
        "priority",
        "-priority",
        "title",
        "-title",
        "number",
        "-number",
        "position",
        "-position",
    ] = "-updated_at"
    project: UUID | None = None
    customer: UUID | None = None
    state: UUID | None = None
    group: Group | None = None
    is_open: Annotated[bool | None, Field(description="Neither completed nor canceled")] = None
    priority: Priority | None = None
    assignee: Annotated[
        UUID | Literal["me", "nobody"] | None, Field(description="A member, or `me`, or `nobody`")
    ] = None
    creator: UUID | None = None
    parent: UUID | None = None
    number: Number | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    overdue: bool | None = None
    external_source: Annotated[str, StringConstraints(max_length=40)] | None = None
    external_id: Annotated[str, StringConstraints(max_length=200)] | None = None


class BoardQuery(BaseModel):
    """Which cards a board shows, and how many in each column at first."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200, description="Cards per column")] = 50
    assignee: Annotated[
        UUID | Literal["me", "nobody"] | None, Field(description="A member, or `me`, or `nobody`")
    ] = None


class ColumnOut(Output):
    """A column: how many tasks stand in it, and the first of them.

    `next_cursor` goes on with `GET /api/tasks?project=…&state=…&sort=position`.
    """

    state: StateName
    is_default: bool
    total: int
    tasks: list[TaskRow]
    next_cursor: str | None


class BoardOut(Output):
    """The board of one project, column by column."""

    project: ProjectName
    columns: list[ColumnOut]


class DeleteItem(Input):
    """Remove a task."""

    op: Literal["delete"]
    id: UUID
    version: int | None = None


class MoveItem(Input):
    """Put a task somewhere else on the board."""

    op: Literal["move"]
    id: UUID
    version: int | None = None
    data: MoveIn


class TaskBatch(Input):
    """Up to 500 changes. By default one refusal writes nothing."""

    items: Annotated[
        list[
            Annotated[
                CreateItem[TaskIn] | ChangeItem[TaskEdit] | MoveItem | DeleteItem,
                Field(discriminator="op"),
            ]
        ],
        Field(min_length=1, max_length=500),
    ]
    all_or_nothing: bool = True
