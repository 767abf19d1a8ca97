"""Time entries: making, changing and removing them by hand."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import delete

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import NotFound, Stale, wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.timesheets.actions.books import Books, member_to_write, open_books
from erp.timesheets.actions.overlaps import find_last_end, make_room, tag
from erp.timesheets.actions.pricing import Overrides, price
from erp.timesheets.actions.subjects import Subject, find_subject
from erp.timesheets.errors import DayTooLong, EntryLocked, TimeInFuture
from erp.timesheets.models.days import day_of, length_of, seconds_between
from erp.timesheets.models.entries import TimeEntry, TimeEntryTag, by_hand
from erp.timesheets.models.intervals import Fix, Span, moved_up
from erp.timesheets.queries.entries import list_day, read_entry
from erp.timesheets.schemas.entries import SubjectIn, TimeEntryEdit, TimeEntryIn

TEXTS = ("activity", "note", "billable")
SUBJECT = frozenset({"project_id", "project_code", "task_id"})
CLOCK_FIELDS, AMOUNT_FIELDS = ("started_at", "ended_at"), ("work_date", "seconds")
TIMES = frozenset({*CLOCK_FIELDS, *AMOUNT_FIELDS})
RATE_FIELDS = frozenset({"bill_rate", "cost_rate"})


async def create_entry(work: Workspace, given: TimeEntryIn) -> TimeEntry:
    """New time of oneself, or of a colleague for those who write for all.

    Raises `EntryLocked`, `TimerRunning`, `TimeOverlap`, `DayTooLong` and what is wrong with times.
    """
    ensure_shape(given)
    overrides = rates_in(work, given.model_dump(include={"bill_rate", "cost_rate"}))
    member_id = await member_to_write(work, given.member_id)
    books = await open_books(work, [member_id])
    subject = await find_subject(work, given)
    entry = begin_entry(work, member_id, subject)
    entry.describe({name: value for name in TEXTS if (value := getattr(given, name)) is not None})
    if given.kind == "amount":
        await put_amount(books, entry, {"work_date": given.work_date, "seconds": given.seconds})
    else:
        span = by_hand(cast("Any", given.started_at), given.ended_at, work.now())
        await put_new(books, entry, span, given.resolve)
    await keep_new(books, entry, overrides)
    return entry


def begin_entry(work: Workspace, member_id: UUID, subject: Subject) -> TimeEntry:
    """An entry without its time, as billable as its project."""
    entry = TimeEntry(
        organization_id=work.organization_id,
        id=new_id(),
        member_id=member_id,
        project_id=subject.project.id,
        task_id=subject.task_id,
        billable=subject.project.billable,
        needs_review=False,
    )
    entry.describe({})
    return entry


async def put_new(books: Books, entry: TimeEntry, span: Span, resolve: Fix | None) -> None:
    """Put a new entry at its time; a start just before the last end is moved up to it."""
    start = moved_up(span.start, await find_last_end(books.work, entry))
    if span.end is None or start < span.end:
        span = Span(start, span.end)
    await put_clock(books, entry, span, resolve)


async def put_clock(books: Books, entry: TimeEntry, span: Span, resolve: Fix | None) -> None:
    """Put an entry where nothing is locked and no other is."""
    zone = books.work.time_zone
    await books.ensure_open(entry.member_id, day_of(span.start, zone))
    free = await make_room(books, entry, span, resolve)
    entry.clock(free, zone)
    if free != span:
        await books.ensure_open(entry.member_id, entry.work_date)
    await ensure_day_fits(books.work, entry)


async def put_amount(books: Books, entry: TimeEntry, values: dict[str, Any]) -> None:
    """Put so many seconds on a day that is not locked and long enough."""
    day = values.get("work_date") or entry.work_date
    if day > books.work.today():
        raise TimeInFuture
    seconds = int(values.get("seconds") or entry.seconds or 0)
    entry.amount(day, seconds, books.work.time_zone)
    await books.ensure_open(entry.member_id, day)
    await ensure_day_fits(books.work, entry)


async def ensure_day_fits(work: Workspace, entry: TimeEntry) -> None:
    """Raises `DayTooLong` where amounts would make a day longer than it really is."""
    total, length = await sum_day(work, entry), length_of(entry.work_date, work.time_zone)
    if total is not None and total > length:
        raise DayTooLong(day=entry.work_date, seconds=total, day_seconds=length)


async def sum_day(work: Workspace, entry: TimeEntry) -> int | None:
    """The seconds of the entry's day with it, a running timer up to now; None without amounts.

    Clock entries alone cannot make a day too long: they do not overlap, and one that began late
    reaches into the next day.
    """
    others = await list_day(work, entry.member_id, entry.work_date)
    all_of_day = [entry, *(other for other in others if other.id != entry.id)]
    if all(each.kind == "clock" for each in all_of_day):
        return None
    return sum(_seconds_so_far(work, each) for each in all_of_day)


def _seconds_so_far(work: Workspace, entry: TimeEntry) -> int:
    if entry.started_at is not None and entry.ended_at is None:
        return max(0, seconds_between(entry.started_at, work.now()))
    return entry.seconds or 0


async def keep_new(books: Books, entry: TimeEntry, overrides: Overrides | None = None) -> None:
    """Store a new entry with its rates, tags and trace."""
    await price(books.work, entry, overrides)
    books.work.add(entry)
    record(books.work, "time_entry.created", entry)
    await books.work.session.flush()  # tags refer to the entry, and others are checked against it
    tag(books.work, entry)


async def change_entry(
    work: Workspace, entry_id: UUID, edit: TimeEntryEdit, version: int | None
) -> TimeEntry:
    """Change what was sent. Raises what `create_entry` raises, and `Stale`."""
    values = edit.changes()
    resolve, reason = values.pop("resolve", None), values.pop("reason", None)
    overrides = rates_in(work, {name: values.pop(name) for name in RATE_FIELDS & values.keys()})
    books, entry = await _lock(work, entry_id, version, values.get("member_id"))
    await _ensure_may_change(books, entry, set(values) | set(overrides), reason)
    before = (entry.member_id, entry.project_id, entry.work_date)
    await _change_subject(books, entry, values)
    if entry.member_id != before[0] or TIMES & values.keys():
        await _change_time(books, entry, values, resolve)
    entry.describe({name: values[name] for name in (*TEXTS, "needs_review") if name in values})
    if overrides or before != (entry.member_id, entry.project_id, entry.work_date):
        await price(work, entry, overrides)
    if changes_of(entry):
        record(work, "time_entry.changed", entry, reason=reason)
    await work.session.flush()  # the answer shows the version
    if "note" in values:
        await _tag_again(work, entry)
    return entry


async def delete_entry(work: Workspace, entry_id: UUID, version: int | None) -> None:
    """Remove an entry that is not locked; of a running one nothing stays."""
    books, entry = await _lock(work, entry_id, version, None)
    await books.ensure_free(entry)
    gone = {"seconds": [entry.seconds, None], "work_date": [entry.work_date.isoformat(), None]}
    record(work, "time_entry.deleted", entry, changes=gone)
    await work.session.delete(entry)
    await work.session.flush()  # what follows in a batch may take its place


def rates_in(work: Workspace, values: dict[str, Any]) -> Overrides:
    """The rates that were sent, by kind; null in a new entry is no rate. Asks `rates:write`."""
    if any(value is not None for value in values.values()):
        work.ensure_can("rates:write")
    return {name.removesuffix("_rate"): value for name, value in values.items()}


def ensure_shape(given: TimeEntryIn) -> None:
    """A clock entry has instants, an amount a day and seconds; not both."""
    due, strange = CLOCK_FIELDS, AMOUNT_FIELDS
    if given.kind == "amount":
        due, strange = strange, due
    for name in strange:
        if getattr(given, name) is not None:
            raise wrong_field(f"/{name}", "not_of_kind", f"Not for entries of kind {given.kind}")
    for name in due:
        if getattr(given, name) is None and name != "ended_at":
            raise wrong_field(f"/{name}", "missing", f"Needed for entries of kind {given.kind}")


async def _lock(
    work: Workspace, entry_id: UUID, version: int | None, other_member: UUID | None
) -> tuple[Books, TimeEntry]:
    """The entry with the books of its member, and of the one who is to have it."""
    seen = await work.get(TimeEntry, entry_id)
    owner = seen.member_id
    if owner != work.member_id and not work.sees_all("time:write"):
        raise NotFound
    members = {owner, await member_to_write(work, other_member)} if other_member else {owner}
    books = await open_books(work, members)
    entry = await work.get(TimeEntry, entry_id, lock=True)
    if entry.member_id not in members:  # given to somebody else in this very moment
        raise Stale
    if version not in (None, entry.version):
        shown = await read_entry(work, entry_id)
        await ensure_unchanged(work, entry, version, lambda: shown)
    return books, entry


async def _ensure_may_change(
    books: Books, entry: TimeEntry, fields: set[str], reason: str | None
) -> None:
    if entry.billed_at is None:
        await books.ensure_free(entry)
    elif fields - {"note"}:
        raise EntryLocked(why="billed", entry_id=entry.id)
    elif not reason:
        raise wrong_field("/reason", "missing", "Say why the note of a billed entry changes")


async def _change_subject(books: Books, entry: TimeEntry, values: dict[str, Any]) -> None:
    """Another member, project or task; a task that stays must belong to the project."""
    entry.member_id = values.get("member_id", entry.member_id)
    if SUBJECT & values.keys():
        subject = await find_subject(books.work, _subject_after(entry, values))
        entry.project_id, entry.task_id = subject.project.id, subject.task_id


def _subject_after(entry: TimeEntry, values: dict[str, Any]) -> SubjectIn:
    """A new task alone brings its project along; a new project keeps the task if it can."""
    names_project = {"project_id", "project_code"} & values.keys()
    stays = None if names_project or values.get("task_id") else entry.project_id
    return SubjectIn(
        project_id=values.get("project_id", stays),
        project_code=values.get("project_code"),
        create_project=values.get("create_project", False),
        task_id=values.get("task_id", entry.task_id),
    )


async def _change_time(
    books: Books, entry: TimeEntry, values: dict[str, Any], resolve: Fix | None
) -> None:
    strange = CLOCK_FIELDS if entry.kind == "amount" else AMOUNT_FIELDS
    for name in strange:
        if name in values:
            raise wrong_field(f"/{name}", "not_of_kind", f"Not for entries of kind {entry.kind}")
    if entry.kind == "amount":
        await put_amount(books, entry, values)
        return
    start = values.get("started_at") or entry.started_at
    span = by_hand(cast("Any", start), values.get("ended_at", entry.ended_at), books.work.now())
    await put_clock(books, entry, span, resolve)
    entry.needs_review = False


async def _tag_again(work: Workspace, entry: TimeEntry) -> None:
    mine = TimeEntryTag.organization_id == work.organization_id
    gone = delete(TimeEntryTag).where(mine, TimeEntryTag.entry_id == entry.id)
    await work.session.execute(gone.execution_options(synchronize_session=False))
    tag(work, entry)
