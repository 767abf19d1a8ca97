"""What crosses the border about postings."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import DecimalOut, Input, InstantIn, InstantOut, Output, UnitPrice
from erp.kernel.paging import Page, PageQuery
from erp.stock.schemas.naming import (
    AnyKind,
    ByOut,
    Kind,
    LocationOfStock,
    PlaceOut,
    ProductOfStock,
    Quantity,
    Reason,
    Reference,
)


class LineIn(Input):
    """So much of one product from one location to another.

    Only the storage ends are named; without a name it is the default storage. A line that issues
    what was reserved names the reservation, which ends with it.
    """

    product_id: UUID
    quantity: Quantity
    from_location_id: UUID | None = None
    to_location_id: UUID | None = None
    unit_cost: UnitPrice | None = None
    reservation_id: UUID | None = None


class PostingIn(Input):
    """What happened to goods. `effective_at` is now unless it is given, and never in the future."""

    kind: Kind
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=500)]
    effective_at: InstantIn | None = None
    reference: Reference | None = None
    reason: Reason | None = None


class ReversalIn(Input):
    """Why a posting is taken back, and since when."""

    reason: Reason | None = None
    effective_at: InstantIn | None = None


class MoveOut(Output):
    """One line of a posting; `unit_cost` is left out without the permission `products:costs`."""

    line: int
    effective_at: InstantOut
    product: ProductOfStock
    quantity: DecimalOut
    from_location: LocationOfStock
    to_location: LocationOfStock
    unit_cost: DecimalOut | None = None


class PostingOut(Output):
    """A posting with its lines. `after` tells the balances it left, when it was just made."""

    id: UUID
    kind: AnyKind
    effective_at: InstantOut
    posted_at: InstantOut
    posted_by: ByOut | None
    reference: str | None
    reason: str | None
    subject_kind: str | None
    subject_id: UUID | None
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    lines: list[MoveOut]
    after: list[PlaceOut] | None = None


class FirstLine(Output):
    """The first line of a posting, to know it by."""

    product: ProductOfStock
    quantity: DecimalOut
    from_code: str
    to_code: str


class PostingRow(Output):
    """A posting in a list."""

    id: UUID
    kind: AnyKind
    effective_at: InstantOut
    posted_at: InstantOut
    posted_by: ByOut | None
    reference: str | None
    reason: str | None
    subject_kind: str | None
    subject_id: UUID | None
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    line_count: int
    first_line: FirstLine | None


class PostingPage(Page):
    """One page of postings."""

    items: list[PostingRow]


class PostingQuery(PageQuery):
    """How to list postings; `from` inclusive, `to` exclusive, on `effective_at`."""

    sort: Literal["-effective_at", "effective_at"] = "-effective_at"
    kind: AnyKind | None = None
    product: UUID | None = None
    location: UUID | None = None
    posted_by: UUID | None = None
    reference: Annotated[str, Field(max_length=64)] | None = None
    begin: Annotated[InstantIn | None, Field(alias="from")] = None
    end: Annotated[InstantIn | None, Field(alias="to")] = None
