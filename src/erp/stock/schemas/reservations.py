"""What crosses the border about reservations."""

from typing import Literal
from uuid import UUID

from erp.kernel.fields import DecimalOut, Input, InstantIn, InstantOut, Output
from erp.kernel.paging import Page, PageQuery
from erp.stock.schemas.naming import (
    ByOut,
    LocationOfStock,
    Note,
    ProductOfStock,
    Quantity,
)


class ReservationIn(Input):
    """Goods to keep for somebody; at the default storage unless a location is named."""

    product_id: UUID
    quantity: Quantity
    location_id: UUID | None = None
    note: Note | None = None
    expires_at: InstantIn | None = None


class ReservationOut(Output):
    """Goods that are kept for somebody."""

    id: UUID
    product: ProductOfStock
    location: LocationOfStock
    quantity: DecimalOut
    subject_kind: str | None
    subject_id: UUID | None
    note: str | None
    expires_at: InstantOut | None
    state: Literal["active", "released", "consumed"]
    reserved_by: ByOut | None
    version: int
    created_at: InstantOut


class ReservationPage(Page):
    """One page of reservations."""

    items: list[ReservationOut]


class ReservationQuery(PageQuery):
    """How to list reservations, the newest first."""

    sort: Literal["-created_at", "created_at"] = "-created_at"
    product: UUID | None = None
    location: UUID | None = None
    reserved_by: UUID | None = None
    state: Literal["active", "released", "consumed"] | None = None
