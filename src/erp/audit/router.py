"""The history of one record."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.audit import queries
from erp.audit.schemas import HistoryPage, HistoryQuery
from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import READING, may

router = room_router("audit", "/api/audit")


@also_as_files(router)
@router.get(
    "/{kind}/{target_id}",
    response_model=HistoryPage,
    responses=refuses(*READING),
)
async def list_history(
    work: Annotated[Workspace, may("history:read")],
    kind: str,
    target_id: UUID,
    query: Annotated[HistoryQuery, Query()],
) -> Response:
    """What happened to one record, newest first; a deleted record keeps its history."""
    return page(await queries.list_history(work, kind, target_id, query))
