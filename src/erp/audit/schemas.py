"""What crosses the border about history."""

from typing import Any, Literal
from uuid import UUID

from erp.kernel.fields import InstantOut, Output
from erp.kernel.paging import Page, PageQuery


class HistoryQuery(PageQuery):
    """How to read one record's history; newest first."""

    sort: Literal["-at"] = "-at"


class ActorOut(Output):
    """Who did it."""

    kind: str
    number: int | None
    name: str | None


class AuditRowOut(Output):
    """One change."""

    id: UUID
    at: InstantOut
    action: str
    actor: ActorOut
    changes: dict[str, list[Any]]
    reason: str | None
    request_id: str | None


class HistoryPage(Page):
    """Changes of one record, newest first."""

    items: list[AuditRowOut]
