"""Taking projects over from a company directory over HTTP."""

from typing import Annotated

from fastapi import Response

from erp.identity.access import AtDesk
from erp.identity.actions.account_projects import fetch_account_projects
from erp.identity.errors import (
    DirectoryBadResponse,
    DirectoryNotConnected,
    DirectoryTimeout,
    DirectoryUnavailable,
)
from erp.kernel.http import answer, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, may
from erp.organizations.turns import Turns, may_in_turns
from erp.projects.actions import syncing
from erp.projects.errors import PlanExpired, SyncStale
from erp.projects.schemas.syncing import SyncApplyIn, SyncPlanOut

router = room_router("projects", "/api/directory/projects")
Syncing = Annotated[Workspace, may("projects:sync")]
ASKING = (DirectoryNotConnected, DirectoryBadResponse, DirectoryTimeout, DirectoryUnavailable)


@router.post("/preview", response_model=SyncPlanOut, responses=refuses(*CHANGING, *ASKING))
async def preview_sync(
    turns: Annotated[Turns, may_in_turns("projects:sync")], desk: AtDesk
) -> Response:
    """Ask the directory for its projects, and show what they would change here."""
    listed = await fetch_account_projects(desk, turns.organization_id)
    async with turns.take() as work:
        plan = syncing.show_plan(await syncing.plan_sync(work, listed))
    return answer(SyncPlanOut, plan)


@router.post(
    "/apply", response_model=SyncPlanOut, responses=refuses(*CREATING, PlanExpired, SyncStale)
)
async def apply_sync(work: Syncing, body: SyncApplyIn) -> Response:
    """Do what the preview showed; projects that were changed since are not overwritten."""
    plan = await syncing.apply_plan(work, body.plan_id)
    return answer(SyncPlanOut, syncing.show_plan(plan))
