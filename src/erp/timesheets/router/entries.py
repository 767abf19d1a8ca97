"""Time entries and the timer over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response

from erp.kernel.batch import Batch, BatchOut, BatchRefused
from erp.kernel.db import DRY_RUN
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.projects.errors import ProjectArchived
from erp.timesheets.actions import batches, entries, timer
from erp.timesheets.errors import (
    DayTooLong,
    EndBeforeStart,
    EntryLocked,
    EntryTooLong,
    NoTimer,
    TaskNotInProject,
    TimeInFuture,
    TimeOverlap,
    TimerRunning,
    UnknownProject,
)
from erp.timesheets.queries import sums
from erp.timesheets.queries.entries import find_running, list_entries, read_entry
from erp.timesheets.schemas.entries import (
    StartedOut,
    TimeEntryEdit,
    TimeEntryIn,
    TimeEntryOut,
    TimeEntryPage,
    TimeEntryQuery,
    TimerIn,
    TimerOut,
    TimerStop,
)
from erp.timesheets.schemas.sums import HoursOut, HoursQuery

router = room_router("timesheets", "/api")
Reading = Annotated[Workspace, may("time:read")]
Writing = Annotated[Workspace, may("time:write")]
SUBJECTS = (ProjectArchived, UnknownProject, TaskNotInProject)
TIMES = (TimeOverlap, TimerRunning, EntryLocked, TimeInFuture)
BY_HAND = (*SUBJECTS, *TIMES, EndBeforeStart, EntryTooLong, DayTooLong)


@also_as_files(router)
@router.get("/time-entries", response_model=TimeEntryPage, responses=refuses(*READING))
async def list_time_entries(work: Reading, query: Annotated[TimeEntryQuery, Query()]) -> Response:
    """Entries, the latest first: one's own, or everybody's for those who see all."""
    return page(await list_entries(work, query))


@router.post(
    "/time-entries",
    status_code=201,
    response_model=TimeEntryOut,
    responses=refuses(*CREATING, *BY_HAND),
)
async def create_time_entry(work: Writing, body: TimeEntryIn) -> Response:
    """Record time. An overlap is answered with ready fixes; send one as `resolve` to apply it."""
    entry = await entries.create_entry(work, body)
    shown = answer_shown(await read_entry(work, entry.id))
    shown.status_code, shown.headers["Location"] = 201, f"/api/time-entries/{entry.id}"
    return shown


@router.post(
    "/time-entries/batch",
    response_model=BatchOut,
    responses=refuses(*CREATING, BatchRefused),
    dependencies=[DRY_RUN],
)
async def save_time_entries(work: Writing, body: Batch[TimeEntryIn, TimeEntryEdit]) -> BatchOut:
    """Many changes in one transaction; one locked entry refuses them all."""
    return await batches.save_batch(work, body)


@router.get("/time-entries/sums", responses=refuses(*READING))
async def sum_hours(work: Reading, query: Annotated[HoursQuery, Query()]) -> HoursOut:
    """Hours by project, task, member or day, or by two of them."""
    return await sums.sum_hours(work, query)


@router.get("/time-entries/{entry_id}", response_model=TimeEntryOut, responses=refuses(*READING))
async def read_time_entry(work: Reading, entry_id: UUID) -> Response:
    """One entry."""
    return answer_shown(await read_entry(work, entry_id))


@router.patch(
    "/time-entries/{entry_id}",
    response_model=TimeEntryOut,
    responses=refuses(*CHANGING, *BY_HAND),
)
async def change_time_entry(
    work: Writing, entry_id: UUID, body: TimeEntryEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; a null end lets the entry run again."""
    entry = await entries.change_entry(work, entry_id, body, version)
    return answer_shown(await read_entry(work, entry.id))


@router.delete(
    "/time-entries/{entry_id}", status_code=204, responses=refuses(*CHANGING, EntryLocked)
)
async def delete_time_entry(work: Writing, entry_id: UUID, version: ReadVersion) -> None:
    """Remove an entry that is not locked."""
    await entries.delete_entry(work, entry_id, version)


@router.get("/timer", response_model=TimerOut, responses=refuses(*READING))
async def read_timer(work: Reading) -> Response:
    """What runs for the caller, and what time it is here."""
    running = await find_running(work, work.member_id)
    shown = await read_entry(work, running.id) if running else None
    return _answer(work, running=shown)


@router.post(
    "/timer/start",
    response_model=StartedOut,
    responses=refuses(*CREATING, *SUBJECTS, *TIMES, DayTooLong),
)
async def start_timer(work: Writing, body: TimerIn) -> Response:
    """Start to work on something; `switch` ends what runs at the very second."""
    started = await timer.start_timer(work, body)
    ended = await read_entry(work, started.ended.id) if started.ended else None
    return _answer(work, running=await read_entry(work, started.running.id), ended=ended)


@router.post(
    "/timer/stop",
    response_model=TimeEntryOut,
    responses=refuses(*CREATING, NoTimer, EndBeforeStart, TimeInFuture),
)
async def stop_timer(work: Writing, body: TimerStop | None = None) -> Response:
    """Stop what runs. It is never refused; a length beyond belief is marked for review."""
    entry = await timer.stop_timer(work, body or TimerStop())
    return answer_shown(await read_entry(work, entry.id))


def _answer(work: Workspace, **shown: Any) -> Response:
    content = orjson.dumps({**shown, "now": work.now()}, option=orjson.OPT_UTC_Z)
    return Response(content, media_type="application/json")
