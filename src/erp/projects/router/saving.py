"""Saving much at once over HTTP."""

from typing import Annotated

from erp.kernel.batch import BatchRefused
from erp.kernel.db import DRY_RUN
from erp.kernel.http import refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CREATING, may
from erp.projects.actions.saving.batch import save_all
from erp.projects.errors import ProjectCodeTaken
from erp.projects.schemas.saving import SavedOut, SavingIn

router = room_router("projects", "/api/projects")


@router.post(
    "/batch",
    response_model=SavedOut,
    responses=refuses(*CREATING, BatchRefused, ProjectCodeTaken),
    dependencies=[DRY_RUN],
)
async def save_batch(work: Annotated[Workspace, may("tasks:write")], body: SavingIn) -> SavedOut:
    """Save members, projects, tasks and assignees as another system knows them: all or none.

    Making members needs `members:place`, writing projects `projects:write`; an item that changes
    nothing needs no right.
    """
    return await save_all(work, body)
