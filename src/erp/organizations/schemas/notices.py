"""What crosses the border about notices."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import Input, InstantIn, InstantOut, Output
from erp.kernel.paging import Page, PageQuery


class NoticeQuery(PageQuery):
    """How to list one's own notices."""

    sort: Literal["-created_at", "created_at"] = "-created_at"
    kind: Annotated[str, Field(max_length=40)] | None = None
    unread: Literal["true"] | None = None


class NoticeOut(Output):
    """Something one should know: `code` names the text, `values` fill it in."""

    id: UUID
    kind: str
    code: str
    values: dict[str, Any]
    subject_kind: str | None
    subject_id: UUID | None
    created_at: InstantOut
    read_at: InstantOut | None
    snoozed_until: InstantOut | None


class NoticePage(Page):
    """One page of one's own notices."""

    items: list[NoticeOut]


class SnoozeIn(Input):
    """Until when a notice stays out of sight."""

    until: InstantIn


class AllReadOut(Output):
    """How many notices were unread."""

    read: int
