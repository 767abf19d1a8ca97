"""What crosses the border about the journal of a task and its comments."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from erp.kernel.fields import ABSENT, Day, Edit, Input, InstantOut, Output, Text
from erp.kernel.paging import Page, PageQuery
from erp.organizations.schemas import PersonOut

LogKind = Literal["created", "moved", "assigned", "unassigned", "progress", "note"]
CommentText = Annotated[str, Text(10_000, lines=True)]


class LogIn(Input):
    """A note in the journal, or how far the task is."""

    percent: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    text: Annotated[str, Text(2000, lines=True)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "LogIn":
        if self.percent is None and self.text is None:
            raise PydanticCustomError("empty", "Send a text, a percentage or both")
        return self


class LogOut(Output):
    """A line of the journal. `assignee` is whom it is about, where it is about somebody."""

    id: UUID
    kind: LogKind
    at: InstantOut
    member: PersonOut
    assignee: PersonOut | None
    from_state: str | None
    to_state: str | None
    percent: int | None
    text: str | None


class LogPage(Page):
    """One page of a journal."""

    items: list[LogOut]


class LogQuery(PageQuery):
    """How to read a journal; newest first unless asked otherwise."""

    sort: Literal["at", "-at"] = "-at"


class LoggedTask(Output):
    """The task that a line of the journal is about; `key` is what people say."""

    id: UUID
    number: int
    key: str
    title: str


class JournalRow(LogOut):
    """A line of the journal of some task."""

    task: LoggedTask


class JournalPage(Page):
    """One page of the journals of all tasks."""

    items: list[JournalRow]


class JournalQuery(LogQuery):
    """Which lines to read, by task, project, writer, kind, and days where the organization is."""

    task: UUID | None = None
    project: UUID | None = None
    member: Annotated[UUID | None, Field(description="Who did or wrote it")] = None
    kind: LogKind | None = None
    day_from: Day | None = None
    day_to: Day | None = None


class CommentIn(Input):
    """What to say about the task; `@12` mentions member 12."""

    text: CommentText


class CommentEdit(Edit):
    """What it says from now on."""

    text: CommentText = ABSENT


class CommentOut(Output):
    """What somebody said. `mentions` names the members that the text mentions."""

    id: UUID
    task_id: UUID
    author: PersonOut
    text: str
    mentions: list[PersonOut]
    edited_at: InstantOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class CommentPage(Page):
    """One page of comments."""

    items: list[CommentOut]


class CommentQuery(PageQuery):
    """How to read comments; the oldest first unless asked otherwise."""

    sort: Literal["created_at", "-created_at"] = "created_at"
