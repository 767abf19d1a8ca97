"""No two clock entries of a member share a second. Every path comes by here, books in hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from erp.audit.actions import record
from erp.kernel.workspace import Workspace
from erp.timesheets.actions.books import Books
from erp.timesheets.actions.pricing import price
from erp.timesheets.errors import TimeOverlap, TimerRunning
from erp.timesheets.models.days import day_of
from erp.timesheets.models.entries import TimeEntry, is_doubtful
from erp.timesheets.models.intervals import Fix, Span, find_fixes
from erp.timesheets.queries.entries import find_running, read_entry

TOLD = 10


@dataclass(frozen=True, slots=True)
class Ways:
    """Entries in the way of a span, and what each fix would leave of whom."""

    others: Sequence[TimeEntry]
    fixes: dict[Fix, list[list[Span]]]


async def make_room(books: Books, entry: TimeEntry, span: Span, resolve: Fix | None) -> Span:
    """The span at which the entry meets no other; `resolve` is a fix that may be applied.

    Raises `TimerRunning` for a second running entry, `TimeOverlap` with entries and fixes.
    """
    if span.end is None:
        await ensure_no_timer(books.work, entry)
    others = await list_colliding(books.work, entry, span)
    if not others:
        return span
    ways = await _find_ways(books, entry, span, others)
    if resolve is None or resolve not in ways.fixes:
        raise await _overlap(books.work, ways)
    if resolve == "trim_mine":
        return ways.fixes["trim_mine"][0][0]
    for other, pieces in zip(ways.others, ways.fixes[resolve], strict=True):
        await _cut(books, other, pieces)
    return span


async def ensure_no_timer(work: Workspace, entry: TimeEntry) -> None:
    """Raises `TimerRunning` with the entry that runs, if it is another one."""
    running = await find_running(work, entry.member_id)
    if running is not None and running.id != entry.id:
        raise TimerRunning(entry=await read_entry(work, running.id))


async def list_colliding(work: Workspace, entry: TimeEntry, span: Span) -> list[TimeEntry]:
    """The member's other clock entries that share an instant with the span, by time.

    Stored ones never overlap, so that of all that begin before it only the last can reach in.
    """
    before = _others(work, entry).where(TimeEntry.begins_at < span.start)
    before = before.order_by(TimeEntry.begins_at.desc()).limit(1)
    within = _others(work, entry).where(TimeEntry.begins_at >= span.start)
    if span.end is not None:
        within = within.where(TimeEntry.begins_at < span.end)
    found = [
        *await work.session.scalars(before),
        *await work.session.scalars(within.order_by(TimeEntry.begins_at)),
    ]
    return [other for other in found if other.span.overlaps(span)]


async def find_last_end(work: Workspace, entry: TimeEntry) -> datetime | None:
    """When the member's latest clock entry ended; None if it runs or there is none."""
    latest = _others(work, entry).order_by(TimeEntry.begins_at.desc()).limit(1)
    last = (await work.session.scalars(latest)).first()
    return last.ended_at if last else None


def _others(work: Workspace, entry: TimeEntry) -> Select[Any]:
    query = work.select(TimeEntry).where(TimeEntry.member_id == entry.member_id)
    return query.where(TimeEntry.kind == "clock", TimeEntry.id != entry.id)


async def _find_ways(books: Books, entry: TimeEntry, span: Span, others: list[TimeEntry]) -> Ways:
    fixes = find_fixes(span, [other.span for other in others])
    for fix in ("trim_theirs", "split_theirs"):
        left = fixes.get(fix, [])
        if not await _may_all_change(books, entry.member_id, others, left):
            fixes.pop(fix, None)
    return Ways(others, fixes)


async def _may_all_change(
    books: Books, member_id: UUID, others: list[TimeEntry], left: list[list[Span]]
) -> bool:
    """Only one's own unlocked entries are changed by a fix, and none is put on a locked day."""
    if member_id != books.work.member_id or any(other.billed_at for other in others):
        return False
    zone = books.work.time_zone
    days = {other.work_date for other in others}
    days |= {day_of(piece.start, zone) for pieces in left for piece in pieces}
    return not any([await books.find_lock(member_id, day) for day in sorted(days)])


async def _overlap(work: Workspace, ways: Ways) -> TimeOverlap:
    told = [await read_entry(work, other.id) for other in ways.others[:TOLD]]
    fixes = [{"fix": fix, "pieces": _pieces(ways, fix)} for fix in ways.fixes]
    return TimeOverlap(entries=told, count=len(ways.others), fixes=fixes)


def _pieces(ways: Ways, fix: Fix) -> list[dict[str, Any]]:
    """What a fix leaves, beside the entry it is left of; None is the one being written."""
    whose = [None] if fix == "trim_mine" else [other.id for other in ways.others]
    return [
        {"id": owner, "started_at": piece.start, "ended_at": piece.end}
        for owner, pieces in zip(whose, ways.fixes[fix], strict=True)
        for piece in pieces
    ]


async def _cut(books: Books, other: TimeEntry, pieces: list[Span]) -> None:
    """Leave the first piece of an entry, and make an entry of what comes after the cut."""
    await _move(books, other, pieces[0])
    record(books.work, "time_entry.changed", other)
    await books.work.session.flush()  # what ran must have ended before its rest runs on
    for piece in pieces[1:]:
        rest = books.work.add(other.rest())
        await _move(books, rest, piece)
        record(books.work, "time_entry.created", rest)
        await books.work.session.flush()  # tags refer to the entry
        tag(books.work, rest)


async def _move(books: Books, entry: TimeEntry, span: Span) -> None:
    """Put a clock entry at another time; its rates follow the day."""
    before = entry.work_date
    entry.clock(span, books.work.time_zone)
    entry.needs_review = entry.needs_review and is_doubtful(span)
    if before != entry.work_date:
        await price(books.work, entry)


def tag(work: Workspace, entry: TimeEntry) -> None:
    """Make rows of the tags in the note."""
    for row in entry.tag_rows():
        work.add(row)
