"""What crosses the border about what is on hand, and why."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import DecimalOut, Input, InstantIn, InstantOut, Output
from erp.kernel.paging import Page, PageQuery
from erp.stock.schemas.naming import (
    AnyKind,
    ByOut,
    LocationOfStock,
    ProductOfStock,
)


class StockPlace(Output):
    """What lies of a product at one storage location."""

    location: LocationOfStock
    on_hand: DecimalOut
    reserved: DecimalOut | None
    available: DecimalOut | None


class StockRow(Output):
    """A product with its stock: in all, or at the location asked for. Low is told of the product.

    At an instant of the past (`at`) only `on_hand` is known.
    """

    product: ProductOfStock
    barcode: str | None
    category_id: UUID | None
    category_name: str | None
    archived_at: InstantOut | None
    on_hand: DecimalOut
    reserved: DecimalOut | None
    available: DecimalOut | None
    minimum: DecimalOut | None
    target: DecimalOut | None
    low_since: InstantOut | None
    places: list[StockPlace]


class StockPage(Page):
    """One page of products with their stock."""

    items: list[StockRow]


class StockQuery(PageQuery):
    """How to list stock. `location` narrows to what lies there, `at` tells a past instant."""

    sort: Literal["name", "-name", "number", "-number", "sku", "-sku"] = "name"
    archived: Annotated[bool, Field(description="Archived products instead of live ones")] = False
    product: UUID | None = None
    location: UUID | None = None
    category: Annotated[
        UUID | None, Field(description="Products of this category and of those within it")
    ] = None
    low: Literal["true"] | None = None
    at: InstantIn | None = None


class ExplainQuery(Input):
    """Which figure to explain, at one location or all; `from` inclusive, `to` exclusive."""

    product: UUID
    location: UUID | None = None
    begin: Annotated[InstantIn | None, Field(alias="from")] = None
    end: Annotated[InstantIn | None, Field(alias="to")] = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class ExplainLine(Output):
    """What one line of a posting did to the figure, and the figure after it."""

    effective_at: InstantOut
    posted_at: InstantOut
    posting_id: UUID
    kind: AnyKind
    line: int
    change: DecimalOut
    balance: DecimalOut
    from_location: LocationOfStock
    to_location: LocationOfStock
    posted_by: ByOut | None
    reference: str | None
    reason: str | None
    subject_kind: str | None
    subject_id: UUID | None
    reverses_id: UUID | None


class ExplainOut(Output):
    """Why the figure is what it is: opening + lines = closing.

    `is_whole` is false where earlier lines of the period were left out; the opening figure then
    stands before the first line shown. `agrees` says that all moves together end at the balance.
    """

    product: ProductOfStock
    location: LocationOfStock | None
    opening: DecimalOut
    lines: list[ExplainLine]
    closing: DecimalOut
    is_whole: bool
    on_hand: DecimalOut
    agrees: bool
