"""Postings: what moved, by whom and why."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.db import DRY_RUN
from erp.kernel.exporting import also_as_files
from erp.kernel.http import answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CREATING, READING, may
from erp.products.errors import ProductArchived
from erp.stock.actions import posting, reversing
from erp.stock.errors import (
    AlreadyReversed,
    NotEnoughStock,
    OpeningNotFirst,
    PeriodClosed,
    ProductNotStocked,
    ReservationEnded,
    ReversalIsFinal,
    WrongLocations,
)
from erp.stock.queries import ledger
from erp.stock.schemas.postings import (
    PostingIn,
    PostingOut,
    PostingPage,
    PostingQuery,
    ReversalIn,
)

router = room_router("stock", "/api/stock/postings")
Reading = Annotated[Workspace, may("stock:read")]
Moving = Annotated[Workspace, may("stock:move")]


@also_as_files(router)
@router.get("", response_model=PostingPage, responses=refuses(*READING))
async def list_postings(work: Reading, query: Annotated[PostingQuery, Query()]) -> Response:
    """Postings, the newest first, each with its first line."""
    return page(await ledger.list_postings(work, query))


@router.post(
    "",
    status_code=201,
    response_model=PostingOut,
    responses=refuses(
        *CREATING,
        NotEnoughStock,
        OpeningNotFirst,
        PeriodClosed,
        ProductArchived,
        ProductNotStocked,
        ReservationEnded,
        WrongLocations,
    ),
    dependencies=[DRY_RUN],
)
async def post(work: Moving, body: PostingIn) -> Response:
    """Write what happened to goods; `dry_run=true` tells the balances it would leave.

    What was counted (`kind: "count"`) also needs `stock:count`, a cost `products:costs`, and a day
    before today `stock:close`.
    """
    return await _answer(work, await posting.post(work, body))


@router.get("/{posting_id}", response_model=PostingOut, responses=refuses(*READING))
async def read_posting(work: Reading, posting_id: UUID) -> Response:
    """One posting with its lines."""
    return answer_shown(await ledger.read_posting(work, posting_id))


@router.post(
    "/{posting_id}/reverse",
    status_code=201,
    response_model=PostingOut,
    responses=refuses(
        *CREATING, AlreadyReversed, NotEnoughStock, PeriodClosed, ReversalIsFinal, WrongLocations
    ),
    dependencies=[DRY_RUN],
)
async def reverse(work: Moving, posting_id: UUID, body: ReversalIn) -> Response:
    """Post the mirror of a posting, once; it needs the permission of what is reversed."""
    return await _answer(work, await reversing.reverse(work, posting_id, body))


async def _answer(work: Workspace, posted: posting.Posted) -> Response:
    shown = await ledger.read_posting(work, posted.posting.id)
    made_at = f"/api/stock/postings/{posted.posting.id}"
    return answer_shown({**shown, "after": posted.after}, made_at=made_at)
