"""Cells of the weekly grid: so many seconds on a day for one project, task and activity."""

from datetime import date
from uuid import UUID

from erp.audit.actions import record
from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.timesheets.actions.books import Books, open_books
from erp.timesheets.actions.entries import begin_entry, ensure_day_fits, keep_new, put_amount
from erp.timesheets.actions.subjects import Subject, find_subject
from erp.timesheets.actions.weeks import ensure_may_hand_in
from erp.timesheets.errors import CellHasClockEntries, TimeInFuture
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.queries.grid import read_head
from erp.timesheets.schemas.entries import SubjectIn
from erp.timesheets.schemas.weeks import CellIn


async def fill_cell(work: Workspace, member_id: UUID, day: date, given: CellIn) -> None:
    """Let a cell hold so many seconds.

    More becomes a new amount or grows the newest; less is taken from the newest first, so that
    notes stay as long as they can. Raises `CellHasClockEntries`, `EntryLocked`, `DayTooLong`.
    """
    await ensure_may_hand_in(work, member_id)
    if given.day not in (await read_head(work, member_id, day)).days:
        raise wrong_field("/day", "out_of_week", "This day lies in another week")
    if given.day > work.today():
        raise TimeInFuture
    books = await open_books(work, [member_id])
    await books.ensure_open(member_id, given.day)
    subject = await find_subject(
        work, SubjectIn(project_id=given.project_id, task_id=given.task_id)
    )
    amounts = await _list_amounts(work, member_id, subject, given)
    held = sum(each.seconds or 0 for each in amounts)
    if not amounts and given.seconds:
        await _begin(books, member_id, subject, given)
    elif given.seconds > held:
        newest = amounts[0]
        await _resize(books, newest, (newest.seconds or 0) + given.seconds - held)
    else:
        await _take(books, amounts, held - given.seconds)


async def _list_amounts(
    work: Workspace, member_id: UUID, subject: Subject, given: CellIn
) -> list[TimeEntry]:
    """What the cell holds, the newest first. Raises `CellHasClockEntries`."""
    query = work.select(TimeEntry).where(
        TimeEntry.member_id == member_id,
        TimeEntry.work_date == given.day,
        TimeEntry.project_id == subject.project.id,
        TimeEntry.task_id.is_(None)
        if subject.task_id is None
        else TimeEntry.task_id == subject.task_id,
        TimeEntry.activity.is_(None)
        if given.activity is None
        else TimeEntry.activity == given.activity,
    )
    found = list(await work.session.scalars(query.order_by(TimeEntry.id.desc())))
    if any(each.kind == "clock" for each in found):
        raise CellHasClockEntries(entry_ids=[each.id for each in found if each.kind == "clock"])
    return found


async def _begin(books: Books, member_id: UUID, subject: Subject, given: CellIn) -> None:
    entry = begin_entry(books.work, member_id, subject)
    entry.describe({"activity": given.activity})
    await put_amount(books, entry, {"work_date": given.day, "seconds": given.seconds})
    await keep_new(books, entry)


async def _take(books: Books, amounts: list[TimeEntry], seconds: int) -> None:
    for entry in amounts:
        if seconds <= 0:
            return
        entry.ensure_not_billed()
        held = entry.seconds or 0
        if seconds < held:
            await _resize(books, entry, held - seconds)
        else:
            gone = {"seconds": [held, None], "work_date": [entry.work_date.isoformat(), None]}
            record(books.work, "time_entry.deleted", entry, changes=gone)
            await books.work.session.delete(entry)
        seconds -= held
    await books.work.session.flush()  # the grid is read anew


async def _resize(books: Books, entry: TimeEntry, seconds: int) -> None:
    entry.ensure_not_billed()
    entry.amount(entry.work_date, seconds, entry.time_zone)
    await ensure_day_fits(books.work, entry)
    record(books.work, "time_entry.changed", entry)
    await books.work.session.flush()  # the grid is read anew
