"""What crosses the border about what the rooms tell together."""

from typing import Literal
from uuid import UUID

from erp.audit.schemas import AuditRowOut
from erp.kernel.paging import Page, PageQuery


class TimelineQuery(PageQuery):
    """How to read a timeline; newest first."""

    sort: Literal["-at"] = "-at"
    kind: str | None = None


class TimelineRow(AuditRowOut):
    """One thing that happened, and to which record."""

    target_kind: str
    target_id: UUID


class TimelinePage(Page):
    """What happened, newest first."""

    items: list[TimelineRow]
