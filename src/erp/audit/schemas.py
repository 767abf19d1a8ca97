"""What crosses the border about history."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

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


class DeletionsQuery(PageQuery):
    """Which deletions to tell, oldest first."""

    since: Annotated[
        AwareDatetime,
        Field(description="Deleted since then; next time, send `next_since`"),
    ]
    kind: Annotated[str | None, Field(max_length=40, description="Such as `product`")] = None

    @property
    def updated_since(self) -> datetime:
        """A deletion is a change that a feed tells of."""
        return self.since


class DeletionOut(Output):
    """A record that is no more; what was part of it went with it."""

    kind: str
    id: UUID
    at: InstantOut


class DeletionPage(Page):
    """Deletions, oldest first."""

    items: list[DeletionOut]


class HistoryPage(Page):
    """Changes of one record, newest first."""

    items: list[AuditRowOut]
