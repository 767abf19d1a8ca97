"""Counting while goods come and go."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.db import DRY_RUN
from erp.kernel.exporting import also_as_files
from erp.kernel.http import answer, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.stock.actions import count_posting, counting
from erp.stock.errors import (
    CountBelowReserved,
    CountEmpty,
    CountEnded,
    PeriodClosed,
    ProductNotStocked,
    WrongLocations,
)
from erp.stock.queries import counts
from erp.stock.schemas.counts import (
    CountIn,
    CountLineIn,
    CountLineOut,
    CountOut,
    CountPage,
    CountPostIn,
    CountQuery,
)

router = room_router("stock", "/api/stock/counts")
Reading = Annotated[Workspace, may("stock:read")]
Counting = Annotated[Workspace, may("stock:count")]


@also_as_files(router)
@router.get("", response_model=CountPage, responses=refuses(*READING))
async def list_counts(work: Reading, query: Annotated[CountQuery, Query()]) -> Response:
    """Counts, the newest first."""
    return page(await counts.list_counts(work, query))


@router.post(
    "",
    status_code=201,
    response_model=CountOut,
    responses=refuses(*CREATING, WrongLocations),
)
async def start_count(work: Counting, body: CountIn) -> Response:
    """Begin to count a storage location."""
    count = await counting.start_count(work, body)
    shown = await counts.read_count(work, count.id)
    return answer(CountOut, shown, made_at=f"/api/stock/counts/{count.id}")


@router.get("/{count_id}", response_model=CountOut, responses=refuses(*READING))
async def read_count(work: Reading, count_id: UUID) -> Response:
    """One count, with what was expected where something was counted."""
    return answer_shown(await counts.read_count(work, count_id))


@router.put(
    "/{count_id}/lines/{product}",
    response_model=CountLineOut,
    responses=refuses(*CHANGING, CountEnded, ProductNotStocked),
)
async def write_line(
    work: Counting, count_id: UUID, product: UUID, body: CountLineIn
) -> CountLineOut:
    """Note how much was seen of a product; noted again, the last one holds."""
    await counting.write_line(work, count_id, product, body)
    return await counts.read_line(work, count_id, product)


@router.delete(
    "/{count_id}/lines/{product}",
    status_code=204,
    responses=refuses(*CHANGING, CountEnded),
)
async def remove_line(work: Counting, count_id: UUID, product: UUID) -> None:
    """The product was not counted after all."""
    await counting.remove_line(work, count_id, product)


@router.post(
    "/{count_id}/post",
    response_model=CountOut,
    responses=refuses(
        *CREATING, CountBelowReserved, CountEmpty, CountEnded, PeriodClosed, WrongLocations
    ),
    dependencies=[DRY_RUN],
)
async def post_count(work: Counting, count_id: UUID, body: CountPostIn) -> Response:
    """Make the balances what was seen; what moved since each line was counted stays counted."""
    count, posted = await count_posting.post_count(work, count_id, body)
    shown = await counts.read_count(work, count.id)
    return answer(CountOut, {**shown, "after": posted.after})


@router.post(
    "/{count_id}/cancel",
    response_model=CountOut,
    responses=refuses(*CREATING, CountEnded),
)
async def cancel_count(work: Counting, count_id: UUID) -> Response:
    """Give the count up."""
    count = await counting.cancel_count(work, count_id)
    return answer(CountOut, await counts.read_count(work, count.id))
