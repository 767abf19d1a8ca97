"""Lists of reservations."""

from typing import Any
from uuid import UUID

from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.stock.models import StockReservation
from erp.stock.queries.naming import (
    PRODUCT,
    by_member,
    nested,
    of_location,
    with_location,
    with_member,
    with_product,
)
from erp.stock.schemas.reservations import ReservationQuery

_reservations = StockReservation.__table__
_placed = with_location(with_product(_reservations, _reservations), _reservations)

RESERVATIONS = Listing(
    table=_reservations,
    source=with_member(_placed, _reservations, "created_by"),
    columns={
        "id": _reservations.c.id,
        **PRODUCT,
        **of_location("location"),
        "quantity": _reservations.c.quantity,
        "subject_kind": _reservations.c.subject_kind,
        "subject_id": _reservations.c.subject_id,
        "note": _reservations.c.note,
        "expires_at": _reservations.c.expires_at,
        "state": _reservations.c.state,
        **by_member("reserved_by"),
        "version": _reservations.c.version,
        "created_at": _reservations.c.created_at,
    },
    sorts={"created_at": _reservations.c.id},  # ids rise with time
    filters={
        "product": _reservations.c.product_id == given("product"),
        "location": _reservations.c.location_id == given("location"),
        "reserved_by": _reservations.c.created_by == given("reserved_by"),
        "state": _reservations.c.state == given("state"),
    },
    arrange=nested,
)


async def list_reservations(work: Workspace, query: ReservationQuery) -> bytes:
    """One page of reservations as JSON, the newest first."""
    return await fetch_page(work, RESERVATIONS, query)


async def read_reservation(work: Workspace, reservation_id: UUID) -> dict[str, Any]:
    """One reservation, ready for JSON. Raises `NotFound`."""
    return await fetch_one(work, RESERVATIONS, reservation_id)
