"""Fields that several schemas of this room share."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from erp.kernel.fields import Output, Text

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)  # days around the limits exist in every zone
LATEST = datetime(9998, 12, 31, tzinfo=UTC)


def _as_text(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("instant_expected", "Send RFC 3339 text with an offset")
    return value


def _within(value: datetime) -> datetime:
    if not EARLIEST <= value <= LATEST:
        raise PydanticCustomError("out_of_range", "Must lie between 1970 and 9998")
    return value


InstantIn = Annotated[
    AwareDatetime,
    BeforeValidator(_as_text),
    AfterValidator(_within),
    Field(examples=["2026-05-01T08:00:00Z"]),
]
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
