"""Timelines over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import READING, may
from erp.reports import queries
from erp.reports.schemas import TimelinePage, TimelineQuery

router = room_router("reports", "/api")


@also_as_files(router)
@router.get(
    "/customers/{customer_id}/timeline",
    response_model=TimelinePage,
    responses=refuses(*READING),
)
async def list_timeline(
    work: Annotated[Workspace, may("customers:read")],
    customer_id: UUID,
    query: Annotated[TimelineQuery, Query()],
) -> Response:
    """All that happened about one customer, in every room one may read; newest first."""
    return page(await queries.list_timeline(work, customer_id, query))
