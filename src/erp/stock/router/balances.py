"""What is on hand, and why."""

from typing import Annotated

from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import READING, may
from erp.stock.queries import balances, explaining
from erp.stock.schemas.balances import ExplainOut, ExplainQuery, StockPage, StockQuery

router = room_router("stock", "/api/stock")
Reading = Annotated[Workspace, may("stock:read")]


@also_as_files(router)
@router.get("", response_model=StockPage, responses=refuses(*READING))
async def list_stock(work: Reading, query: Annotated[StockQuery, Query()]) -> Response:
    """Goods by name with what lies where; `low=true` shows what is to be ordered."""
    return page(await balances.list_stock(work, query))


@router.get("/explain", response_model=ExplainOut, responses=refuses(*READING))
async def explain_stock(work: Reading, query: Annotated[ExplainQuery, Query()]) -> ExplainOut:
    """Why a figure is what it is: every line that made it, with a running balance."""
    return await explaining.explain(work, query)
