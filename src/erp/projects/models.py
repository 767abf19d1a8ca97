"""Projects, their teams, and the tasks in them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict, wrong_field
from erp.kernel.fields import from_minor, to_minor
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    TenantOwned,
    fold,
    one_of,
    owned,
    plain,
    refers_to,
    refers_within,
    sorted_by,
    unique,
)
from erp.projects.errors import (
    ExternalIdTaken,
    ProjectArchived,
    ProjectCodeTaken,
    StateNameTaken,
    StateNeeded,
)

GROUPS = ("backlog", "unstarted", "started", "completed", "canceled")
FINISHED = ("completed", "canceled")
PRIORITIES = ("none", "low", "normal", "high", "urgent")
STEP = 1024


class Standard(NamedTuple):
    """A task state every organization starts with."""

    name: str
    group: str
    is_default: bool = False


STANDARD_STATES = (
    Standard("Backlog", "backlog"),
    Standard("To do", "unstarted", is_default=True),
    Standard("In progress", "started"),
    Standard("Done", "completed"),
    Standard("Canceled", "canceled"),
)


def standard_state_id(organization_id: UUID, group: str) -> UUID:
    """The id of a standard state is known before its row is made (on first use)."""
    return uuid5(organization_id, f"task_state:{group}")


def external() -> tuple[Any, ...]:
    """What a record that came from another system is known by there, once."""
    both = "(external_source IS NULL) = (external_id IS NULL)"
    return (CheckConstraint(both, name="external"),)


class Project(TenantOwned, Base):
    """Work with a name, a team and an end, for a customer or for ourselves."""

    __tablename__ = "projects"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("members", "lead_id"),
        refers_to("customers", "customer_id"),
        unique("number", says=Conflict),
        unique("code_key", says=ProjectCodeTaken),
        unique("external_source", "external_id", says=ExternalIdTaken, name="uq_projects_external"),
        one_of("state", "planned", "active", "paused", "done"),
        CheckConstraint("due_on >= starts_on", name="dates"),
        CheckConstraint("budget_seconds >= 0 AND budget_minor >= 0", name="budget"),
        *external(),
        sorted_by("name_key", "id"),
        sorted_by("updated_at", "id"),
        sorted_by("customer_id"),
    )

    number: Mapped[int]
    code: Mapped[str]
    code_key: Mapped[str] = mapped_column(Key)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    customer_id: Mapped[UUID | None]
    state: Mapped[str]
    lead_id: Mapped[UUID | None]
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    billable: Mapped[bool]
    currency: Mapped[str]
    budget_seconds: Mapped[int | None]
    budget_minor: Mapped[int | None]
    external_source: Mapped[str | None]
    external_id: Mapped[str | None]
    archived_at: Mapped[datetime | None]

    @property
    def budget_amount(self) -> Decimal | None:
        """In the project's currency."""
        return None if self.budget_minor is None else from_minor(self.budget_minor, self.currency)

    def write(self, values: dict[str, Any]) -> None:
        """Take the values, and keep what is derived from them true."""
        given = dict(values)
        if "budget_amount" in given:
            self.budget_minor = self._in_minor_units(given.pop("budget_amount"))
        for name, value in given.items():
            setattr(self, name, value)
        ensure_in_order(self.starts_on, self.due_on)
        ensure_whole(self.external_source, self.external_id)
        self.code_key, self.name_key = fold(self.code), plain(self.name)
        self.search_key = plain(f"{self.code} {self.name} {self.number}")

    def ensure_open(self) -> None:
        """Raises `ProjectArchived`: it takes no new tasks and no hours."""
        if self.archived_at is not None:
            raise ProjectArchived

    def _in_minor_units(self, amount: Decimal | None) -> int | None:
        try:
            return None if amount is None else to_minor(amount, self.currency)
        except ValueError as error:
            raise wrong_field("/budget_amount", "decimal_expected", str(error)) from None


def ensure_in_order(starts_on: date | None, due_on: date | None) -> None:
    """Raises a fault of `/due_on` for an end before the beginning."""
    if starts_on is not None and due_on is not None and due_on < starts_on:
        raise wrong_field("/due_on", "due_before_start", "It cannot be due before it starts")


def ensure_whole(external_source: str | None, external_id: str | None) -> None:
    """Raises a fault of `/external_id` unless both are named or neither."""
    if (external_source is None) != (external_id is None):
        raise wrong_field("/external_id", "incomplete", "Name the source and the identifier there")


class ProjectMember(Owned, Base):
    """Somebody in the team of a project."""

    __tablename__ = "project_members"
    __table_args__ = owned(
        refers_to("projects", "project_id", part_of=True),
        refers_to("members", "member_id"),
        unique("project_id", "member_id", says=Conflict, name="uq_project_members_once"),
        sorted_by("member_id"),
    )

    project_id: Mapped[UUID]
    member_id: Mapped[UUID]


class TaskState(TenantOwned, Base):
    """A column of the board. Its name is free; reports speak of its group."""

    __tablename__ = "task_states"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        unique("name_key", says=StateNameTaken),
        unique("is_default", says=StateNeeded, where="is_default"),
        one_of("state_group", *GROUPS),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    group: Mapped[str] = mapped_column("state_group")  # `group` is a word of SQL
    position: Mapped[int]
    is_default: Mapped[bool]

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing left to do about a task in it."""
        return self.group in FINISHED


class Task(TenantOwned, Base):
    """Something to be done in a project; people say its number after the project's code."""

    __tablename__ = "tasks"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("projects", "project_id"),
        refers_to("task_states", "state_id"),
        refers_within("tasks", "project_id", "parent_id"),
        unique("project_id", "id", says=Conflict),
        unique("project_id", "number", says=Conflict),
        unique("external_source", "external_id", says=ExternalIdTaken, name="uq_tasks_external"),
        one_of("priority", *PRIORITIES),
        CheckConstraint("due_on >= starts_on", name="dates"),
        CheckConstraint("estimate_seconds >= 0", name="estimate"),
        CheckConstraint("parent_id <> id", name="parent"),
        *external(),
        sorted_by("updated_at", "id"),
        sorted_by("due_on", "id"),
        sorted_by("state_id"),
        sorted_by("parent_id"),
        sorted_by("project_id", "state_id", "position", "id", name="ix_tasks_board"),
    )

    project_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    search_key: Mapped[str] = mapped_column(Key)
    description: Mapped[str | None]
    state_id: Mapped[UUID]
    priority: Mapped[str]
    parent_id: Mapped[UUID | None]
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    estimate_seconds: Mapped[int | None]
    position: Mapped[int]
    completed_at: Mapped[datetime | None]
    external_source: Mapped[str | None]
    external_id: Mapped[str | None]

    def write(self, values: dict[str, Any]) -> None:
        """Take the values, and keep what is derived from them true."""
        for name, value in values.items():
            setattr(self, name, value)
        ensure_in_order(self.starts_on, self.due_on)
        ensure_whole(self.external_source, self.external_id)
        self.search_key = plain(self.title)

    def enter(self, state: TaskState, position: int, now: datetime) -> None:
        """Stand in the state's column; `completed_at` follows the group."""
        self.state_id, self.position = state.id, position
        if state.group != "completed":
            self.completed_at = None
        elif self.completed_at is None:
            self.completed_at = now


class TaskAssignee(Owned, Base):
    """Somebody who is to do a task."""

    __tablename__ = "task_assignees"
    __table_args__ = owned(
        refers_to("tasks", "task_id", part_of=True),
        refers_to("members", "member_id"),
        unique("task_id", "member_id", says=Conflict, name="uq_task_assignees_once"),
        sorted_by("member_id"),
    )

    task_id: Mapped[UUID]
    member_id: Mapped[UUID]


class TaskDependency(Owned, Base):
    """A task waits for another of its project; stored once, the reverse is derived."""

    __tablename__ = "task_dependencies"
    __table_args__ = owned(
        refers_within(
            "tasks", "project_id", "task_id", part_of=True, name="fk_task_dependencies_task"
        ),
        refers_within(
            "tasks", "project_id", "depends_on_id", name="fk_task_dependencies_depends_on"
        ),
        unique("task_id", "depends_on_id", says=Conflict, name="uq_task_dependencies_once"),
        CheckConstraint("task_id <> depends_on_id", name="other"),
        sorted_by("depends_on_id"),
        sorted_by("project_id"),
    )

    project_id: Mapped[UUID]
    task_id: Mapped[UUID]
    depends_on_id: Mapped[UUID]


class TaskLog(Owned, Base):
    """A line in the journal of a task, written with the change and never edited.

    States are kept by name besides their id: a journal outlives them. There is no duration:
    hours live in timesheets.
    """

    __tablename__ = "task_logs"
    __table_args__ = owned(
        refers_to("tasks", "task_id", part_of=True),
        refers_to("members", "member_id"),
        refers_to("members", "assignee_id"),
        one_of("kind", "created", "moved", "assigned", "unassigned", "progress", "note"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        sorted_by("task_id", "id"),
        sorted_by("member_id", "at"),
    )

    task_id: Mapped[UUID]
    kind: Mapped[str]
    member_id: Mapped[UUID]
    at: Mapped[datetime]
    assignee_id: Mapped[UUID | None]
    from_state_id: Mapped[UUID | None]
    from_state: Mapped[str | None]
    to_state_id: Mapped[UUID | None]
    to_state: Mapped[str | None]
    percent: Mapped[int | None]
    text: Mapped[str | None]


class Comment(TenantOwned, Base):
    """What somebody said about a task; `@12` mentions member 12."""

    __tablename__ = "comments"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("tasks", "task_id", part_of=True),
        sorted_by("task_id", "id"),
    )

    task_id: Mapped[UUID]
    text: Mapped[str]
    edited_at: Mapped[datetime | None]
