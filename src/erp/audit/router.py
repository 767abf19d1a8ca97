"""The history of one record, and everything that happened in the organization."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.audit import queries
from erp.audit.schemas import (
    AuditStatusOut,
    DeletionPage,
    DeletionsQuery,
    HistoryPage,
    HistoryQuery,
    TrailPage,
    TrailQuery,
)
from erp.audit.seals import read_status
from erp.audit.trails import fetch_trails
from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import READING, may

router = room_router("audit", "/api")
Remembering = Annotated[Workspace, may("history:read")]
Auditing = Annotated[Workspace, may("audit:read")]


@also_as_files(router)
@router.get("/audit", response_model=TrailPage, responses=refuses(*READING))
async def list_trails(work: Auditing, query: Annotated[TrailQuery, Query()]) -> Response:
    """Everything that happened: changes of records, and who came in, failed to, or got rights."""
    return page(await fetch_trails(work, query))


@router.get("/audit/status", responses=refuses(*READING))
async def read_audit_status(work: Auditing) -> AuditStatusOut:
    """How far what happened is sealed against being changed."""
    return AuditStatusOut.model_validate(await read_status(work))


@also_as_files(router)
@router.get(
    "/audit/{kind}/{target_id}",
    response_model=HistoryPage,
    responses=refuses(*READING),
)
async def list_history(
    work: Remembering,
    kind: str,
    target_id: UUID,
    query: Annotated[HistoryQuery, Query()],
) -> Response:
    """What happened to one record, newest first; a deleted record keeps its history."""
    return page(await queries.list_history(work, kind, target_id, query))


@also_as_files(router)
@router.get("/deletions", response_model=DeletionPage, responses=refuses(*READING))
async def list_deletions(work: Remembering, query: Annotated[DeletionsQuery, Query()]) -> Response:
    """What was deleted since then, of all that one may read: the other half of every feed."""
    return page(await queries.list_deletions(work, query))
