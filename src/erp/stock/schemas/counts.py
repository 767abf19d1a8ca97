"""What crosses the border about counts."""

from typing import Literal
from uuid import UUID

from erp.kernel.fields import DecimalOut, Input, InstantIn, InstantOut, Output
from erp.kernel.paging import Page, PageQuery
from erp.stock.schemas.naming import (
    ByOut,
    Counted,
    LocationOfStock,
    Note,
    PlaceOut,
    ProductOfStock,
    Reason,
    Reference,
)


class CountIn(Input):
    """Where to count; the default storage unless a location is named."""

    location_id: UUID | None = None


class CountLineIn(Input):
    """How much was seen, and when: now, unless it is given."""

    counted: Counted
    counted_at: InstantIn | None = None
    note: Note | None = None


class CountPostIn(Input):
    """How to post a count. With `cut_reservations` the youngest give way to what is there."""

    cut_reservations: bool = False
    reference: Reference | None = None
    reason: Reason | None = None


class CountLineOut(Output):
    """What was counted beside what was expected at that instant."""

    product: ProductOfStock
    counted: DecimalOut
    counted_at: InstantOut
    note: str | None
    expected: DecimalOut
    difference: DecimalOut


class CountOut(Output):
    """A count with its lines; `after` tells the balances it left, when it was just posted."""

    id: UUID
    location: LocationOfStock
    state: Literal["draft", "posted", "canceled"]
    posting_id: UUID | None
    started_by: ByOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    lines: list[CountLineOut]
    after: list[PlaceOut] | None = None


class CountRow(Output):
    """A count in a list."""

    id: UUID
    location: LocationOfStock
    state: Literal["draft", "posted", "canceled"]
    posting_id: UUID | None
    started_by: ByOut | None
    line_count: int
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class CountPage(Page):
    """One page of counts."""

    items: list[CountRow]


class CountQuery(PageQuery):
    """How to list counts, the newest first."""

    sort: Literal["-created_at", "created_at"] = "-created_at"
    location: UUID | None = None
    state: Literal["draft", "posted", "canceled"] | None = None
