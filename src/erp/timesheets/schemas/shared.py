"""Fields that several schemas of this room share."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import Output, Text

Seconds = Annotated[int, Field(ge=1, le=90_000, strict=True)]
Activity = Annotated[str, Text(100)]
Note = Annotated[str, Text(2000, lines=True)]
Reason = Annotated[str, Text(500)]
Code = Annotated[str, Text(32)]
Resolve = Annotated[
    Literal["trim_mine", "trim_theirs", "split_theirs"],
    Field(description="What to do about entries in the way: a fix that `time_overlap` offered"),
]
LockReason = Literal["week_submitted", "week_approved", "period_closed", "billed"]


class ProjectRef(Output):
    """A project, as people know it."""

    id: UUID
    number: int
    code: str
    name: str


class TaskRef(Output):
    """A task, as people know it; `code` is the project's code and the number."""

    id: UUID
    number: int
    code: str
    title: str
