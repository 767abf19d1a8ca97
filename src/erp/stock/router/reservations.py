"""Goods that are kept for somebody."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import answer, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CREATING, READING, may
from erp.stock.actions import reserving
from erp.stock.errors import NotEnoughStock, ProductNotStocked, ReservationEnded, WrongLocations
from erp.stock.queries import reservations
from erp.stock.schemas.reservations import (
    ReservationIn,
    ReservationOut,
    ReservationPage,
    ReservationQuery,
)

router = room_router("stock", "/api/stock/reservations")
Reading = Annotated[Workspace, may("stock:read")]
Moving = Annotated[Workspace, may("stock:move")]


@also_as_files(router)
@router.get("", response_model=ReservationPage, responses=refuses(*READING))
async def list_reservations(work: Reading, query: Annotated[ReservationQuery, Query()]) -> Response:
    """Reservations, the newest first."""
    return page(await reservations.list_reservations(work, query))


@router.post(
    "",
    status_code=201,
    response_model=ReservationOut,
    responses=refuses(*CREATING, NotEnoughStock, ProductNotStocked, WrongLocations),
)
async def reserve(work: Moving, body: ReservationIn) -> Response:
    """Keep goods that are available for somebody."""
    made = await reserving.reserve(work, body)
    shown = await reservations.read_reservation(work, made.id)
    return answer(ReservationOut, shown, made_at=f"/api/stock/reservations/{made.id}")


@router.post(
    "/{reservation_id}/release",
    response_model=ReservationOut,
    responses=refuses(*CREATING, ReservationEnded),
)
async def release(work: Moving, reservation_id: UUID) -> Response:
    """Keep the goods no longer."""
    await reserving.release(work, reservation_id)
    return answer(ReservationOut, await reservations.read_reservation(work, reservation_id))
