"""One's own time entries: plain arrays, nobody else's even for administrators."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from erp.compat.logger.schemas import EntryIn, EntryOut, EntryPatch, EntryQuery, in_our_terms
from erp.kernel.errors import NotFound
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import may
from erp.projects.models import Project
from erp.timesheets.actions.entries import change_entry, create_entry, delete_entry
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.queries.entries import list_own
from erp.timesheets.schemas.entries import TimeEntryEdit, TimeEntryIn

router = APIRouter(prefix="/api/time-entries", tags=["time"], route_class=RoomRoute)
OWN = frozenset({"time:read", "time:write"})


Reading = Annotated[Workspace, may("time:read")]
Writing = Annotated[Workspace, may("time:write")]


@router.get("/")
async def list_entries(work: Reading, query: Annotated[EntryQuery, Query()]) -> list[EntryOut]:
    """My entries by their start."""
    window = (query.from_, query.to)
    found = await list_own(work, window, skip=query.skip, limit=query.limit)
    return [EntryOut.of(entry, code) for entry, code in found]


@router.post("/", status_code=201)
async def add_entry(work: Writing, body: EntryIn) -> EntryOut:
    """Record time, or start to."""
    given = TimeEntryIn.model_validate(in_our_terms(body))
    return await _show(work, await create_entry(_of_mine(work), given))


@router.get("/{entry_id}")
async def read_entry(work: Reading, entry_id: UUID) -> EntryOut:
    """One of my entries."""
    entry = await work.get(TimeEntry, entry_id)
    if entry.member_id != work.member_id:
        raise NotFound
    return await _show(work, entry)


@router.patch("/{entry_id}")
async def patch_entry(work: Writing, entry_id: UUID, body: EntryPatch) -> EntryOut:
    """Change the fields that are sent."""
    edit = TimeEntryEdit.model_validate(in_our_terms(body))
    return await _show(work, await change_entry(_of_mine(work), entry_id, edit, None))


@router.delete("/{entry_id}", status_code=204)
async def remove_entry(work: Writing, entry_id: UUID) -> None:
    """Remove one of my entries."""
    await delete_entry(_of_mine(work), entry_id, None)


def _of_mine(work: Workspace) -> Workspace:
    """The same member, who reaches his or her own hours alone."""
    return replace(work, own=work.own | OWN)


async def _show(work: Workspace, entry: TimeEntry) -> EntryOut:
    return EntryOut.of(entry, (await work.get(Project, entry.project_id)).code)
