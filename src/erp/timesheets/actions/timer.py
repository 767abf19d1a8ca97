"""The timer: one running entry per member. Stopping is never refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from erp.audit.actions import record
from erp.kernel.workspace import Workspace
from erp.timesheets.actions.books import Books, lock_members, open_books
from erp.timesheets.actions.entries import begin_entry, put_new, sum_day
from erp.timesheets.actions.overlaps import tag
from erp.timesheets.actions.pricing import price
from erp.timesheets.actions.subjects import find_subject
from erp.timesheets.errors import EndBeforeStart, NoTimer, TimeOverlap, TimerRunning
from erp.timesheets.models.days import length_of
from erp.timesheets.models.entries import TimeEntry, is_doubtful, passed, stop_at
from erp.timesheets.models.intervals import SECOND, SKEW, Span
from erp.timesheets.queries.entries import find_running, read_entry
from erp.timesheets.schemas.entries import TimerIn, TimerStop


@dataclass(frozen=True, slots=True)
class Started:
    """The entry that runs now, and the one that ended for it."""

    running: TimeEntry
    ended: TimeEntry | None


async def start_timer(work: Workspace, given: TimerIn) -> Started:
    """Begin to work on something, now or since a moment that has passed.

    With `switch` a running entry ends at the second the new one starts. Raises `TimerRunning`,
    `TimeOverlap`, `EntryLocked`, `ProjectArchived`.
    """
    books = await open_books(work, [work.member_id])
    subject = await find_subject(work, given)
    start = passed(given.started_at or work.now(), work.now(), "/started_at")
    ended = await find_running(work, work.member_id)
    if ended is not None:
        if not given.switch:
            raise TimerRunning(entry=await read_entry(work, ended.id))
        start = await _switch(work, ended, start)
    entry = begin_entry(work, work.member_id, subject)
    entry.describe(_texts(given))
    await put_new(books, entry, Span(start, None), given.resolve)
    await _keep(books, entry)
    return Started(entry, ended)


async def stop_timer(work: Workspace, given: TimerStop) -> TimeEntry:
    """End what runs, now or at a moment since its start. Raises `NoTimer`, `EndBeforeStart`.

    Nothing else can stand in the way: entries never lie in the future, and others keep clear of a
    running one. The closing need not be held, as no period is closed while a timer runs in it.
    """
    await lock_members(work, [work.member_id])
    entry = await find_running(work, work.member_id)
    if entry is None or entry.started_at is None:
        raise NoTimer
    end = stop_at(entry.started_at, work.now())
    if given.ended_at is not None:
        end = passed(given.ended_at, work.now(), "/ended_at")
        if end <= entry.started_at:
            raise EndBeforeStart
    await end_entry(work, entry, end)
    return entry


async def end_entry(work: Workspace, entry: TimeEntry, end: datetime) -> None:
    """Store the end of a running entry, to be looked at again if it can hardly be true."""
    span = Span(entry.span.start, end)
    entry.clock(span, entry.time_zone)
    entry.needs_review = is_doubtful(span) or await _overfills_its_day(work, entry)
    record(work, "timer.stopped", entry)
    await work.session.flush()  # only then another one may run


async def _overfills_its_day(work: Workspace, entry: TimeEntry) -> bool:
    total = await sum_day(work, entry)
    return total is not None and total > length_of(entry.work_date, entry.time_zone)


async def _switch(work: Workspace, running: TimeEntry, start: datetime) -> datetime:
    """End what runs where the new entry starts, at least a second after it began itself."""
    first = running.span.start + SECOND
    if start < first - SKEW:
        raise TimeOverlap(entries=[await read_entry(work, running.id)], count=1, fixes=[])
    start = max(start, first)
    await end_entry(work, running, start)
    return start


async def _keep(books: Books, entry: TimeEntry) -> None:
    await price(books.work, entry)
    books.work.add(entry)
    record(books.work, "timer.started", entry)
    await books.work.session.flush()  # tags refer to the entry
    tag(books.work, entry)


def _texts(given: TimerIn) -> dict[str, Any]:
    values = {"activity": given.activity, "note": given.note, "billable": given.billable}
    return {name: value for name, value in values.items() if value is not None}
