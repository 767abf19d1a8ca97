"""What crosses the border when much is saved at once, as other systems know it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from erp.kernel.batch import Outcome
from erp.kernel.fields import ABSENT, Day, Edit, Input, Output, Text
from erp.kernel.http import ProblemField
from erp.projects.schemas.projects import (
    Code,
    ExternalId,
    ExternalSource,
    Group,
    Name,
    ProjectState,
    Seconds,
)
from erp.projects.schemas.tasks import Description, Priority, Title

MOST = 5000
Section = Literal["members", "projects", "tasks", "assignees"]
Ref = Annotated[str, Text(200)]


def _names_one_way(named: "Named") -> "Named":
    ways = [named.id is not None, named.ref is not None, named.external_source is not None]
    if (named.external_source is None) != (named.external_id is None) or sum(ways) > 1:
        raise PydanticCustomError(
            "named_otherwise", "Name it by id, by external_source and external_id, or by ref"
        )
    return named


class Named(Input):
    """A record by its id, by the identifier of another system, or by a `ref` of this batch."""

    id: UUID | None = None
    external_source: ExternalSource | None = None
    external_id: ExternalId | None = None
    ref: Ref | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Named":
        if not self.model_fields_set:
            raise PydanticCustomError("named_by_nothing", "Name a record")
        return _names_one_way(self)


class Item(Edit):
    """A record to make or change. `ref` is a name for it within this batch.

    What has neither `id` nor a known external identifier is new; absent fields stay as they are.
    """

    id: UUID | None = None
    external_source: ExternalSource | None = None
    external_id: ExternalId | None = None
    ref: Ref | None = None
    version: int | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Item":
        if (self.external_source is None) != (self.external_id is None):
            raise PydanticCustomError("incomplete", "external_source and external_id go together")
        return self


class MemberItem(Item):
    """A placeholder member, for somebody another system knows; nobody can sign in as one."""

    name: Annotated[str, Text(100)] = ABSENT


class ProjectItem(Item):
    """A project; a new one needs code and name."""

    code: Code = ABSENT
    name: Name = ABSENT
    customer_id: UUID | None = None
    state: ProjectState = ABSENT
    lead: Named | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    billable: bool = ABSENT
    budget_seconds: Seconds | None = None


class TaskItem(Item):
    """A task; a new one needs project and title. Its state is named by id or by group."""

    project: Named = ABSENT
    title: Title = ABSENT
    description: Description | None = None
    state_id: UUID = ABSENT
    group: Group = ABSENT
    priority: Priority = ABSENT
    parent: Named | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    estimate_seconds: Seconds | None = None


class AssigneeItem(Input):
    """Somebody who is to do a task, or no longer is."""

    task: Named
    member: Named
    assigned: bool = True


class SavingIn(Input):
    """Up to 5,000 items, saved in this order in one transaction: all, or none if one is refused."""

    members: list[MemberItem] = Field(default_factory=list)
    projects: list[ProjectItem] = Field(default_factory=list)
    tasks: list[TaskItem] = Field(default_factory=list)
    assignees: list[AssigneeItem] = Field(default_factory=list)

    @model_validator(mode="after")
    def _not_too_many(self) -> "SavingIn":
        sections = (self.members, self.projects, self.tasks, self.assignees)
        count = sum(len(section) for section in sections)
        if not 1 <= count <= MOST:
            raise PydanticCustomError("wrong_number_of_items", "Send 1 to 5000 items")
        return self


class SavedItem(Output):
    """What became of one item; `index` is its place in the section."""

    section: Section
    index: int
    outcome: Outcome
    id: UUID | None = None
    number: int | None = None
    version: int | None = None
    code: str | None = None
    detail: str | None = None
    errors: list[ProblemField] = Field(default_factory=list)


class Counts(Output):
    """How many items of a section had which outcome."""

    created: int = 0
    changed: int = 0
    skipped: int = 0
    refused: int = 0


class SavedOut(Output):
    """What became of each item, section by section in their order, and the sums."""

    counts: dict[Section, Counts]
    items: list[SavedItem]
