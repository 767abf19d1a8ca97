"""Tasks, the states they go through, and what is said about them."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    TenantOwned,
    one_of,
    owned,
    plain,
    refers_to,
    refers_within,
    sorted_by,
    unique,
)
from erp.projects.errors import ExternalIdTaken, StateNameTaken, StateNeeded
from erp.projects.models.projects import ensure_in_order, ensure_whole, external

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
