"""What crosses the border about history."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import InstantIn, InstantOut, Output
from erp.kernel.paging import Page, PageQuery

Word = Annotated[str | None, Field(max_length=60)]


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
        InstantIn,
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


class TrailQuery(PageQuery):
    """Both trails of the organization; newest first."""

    sort: Literal["-at"] = "-at"
    trail: Annotated[
        Literal["changes", "security"] | None, Field(description="One of the two trails alone")
    ] = None
    actor: Annotated[int | None, Field(ge=1, description="The number of a member")] = None
    action: Word = None
    target_kind: Word = None
    target_id: UUID | None = None
    since: Annotated[InstantIn | None, Field(description="From this instant on")] = None
    until: Annotated[InstantIn | None, Field(description="Before this instant")] = None


class TrailRowOut(Output):
    """A change of a record, or an event of sign-in and access."""

    id: UUID
    at: InstantOut
    trail: Literal["changes", "security"]
    action: str
    actor: ActorOut
    target_kind: str | None
    target_id: UUID | None
    target_name: Annotated[str | None, Field(description="What it was last called")]
    outcome: str | None
    reason: str | None
    changes: dict[str, list[Any]]
    details: dict[str, Any]
    ip: str | None
    request_id: str | None


class TrailPage(Page):
    """Both trails, newest first."""

    items: list[TrailRowOut]


class AuditStatusOut(Output):
    """How far the organization's changes, and all security events, are sealed."""

    sealed: Annotated[int, Field(description="Changes that have a seal")]
    sealed_up_to: Annotated[InstantOut | None, Field(description="The newest of them")]
    head: Annotated[str | None, Field(description="The hash to compare with an older one")]
    waiting_since: Annotated[InstantOut | None, Field(description="The oldest without a seal")]
    events_sealed_up_to: Annotated[InstantOut | None, Field(description="Of security events")]
    events_waiting_since: InstantOut | None
