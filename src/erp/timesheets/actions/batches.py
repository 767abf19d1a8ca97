"""Many entries at once, under the same rules as one."""

from collections.abc import Iterable
from uuid import UUID

from erp.kernel.batch import (
    Batch,
    BatchOut,
    BatchRefused,
    ChangeItem,
    CreateItem,
    Done,
    VerbItem,
    run_batch,
)
from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.timesheets.actions.books import open_books
from erp.timesheets.actions.entries import change_entry, create_entry, delete_entry
from erp.timesheets.errors import EntryLocked
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.schemas.entries import TimeEntryEdit, TimeEntryIn

Item = CreateItem[TimeEntryIn] | ChangeItem[TimeEntryEdit] | VerbItem


async def save_batch(work: Workspace, batch: Batch[TimeEntryIn, TimeEntryEdit]) -> BatchOut:
    """Many changes in one transaction. Raises `BatchRefused`, always where one item is locked."""

    async def run(item: Item) -> Done:
        if isinstance(item, CreateItem):
            return "created", await create_entry(work, item.data)
        if isinstance(item, ChangeItem):
            seen = (await work.get(TimeEntry, item.id)).version
            after = await change_entry(work, item.id, item.data, item.version)
            return ("skipped" if after.version == seen else "changed"), after
        if item.op != "delete":
            raise wrong_field("/op", "unknown_verb", "Time entries are created, changed or deleted")
        await delete_entry(work, item.id, item.version)
        return "changed", None

    await open_books(work, await _members_of(work, batch.items))
    done = await run_batch(work, batch.items, run, all_or_nothing=batch.all_or_nothing)
    if any(result.code == EntryLocked.code() for result in done.items):
        raise BatchRefused(items=[result.model_dump(mode="json") for result in done.items])
    return done


async def _members_of(work: Workspace, items: Iterable[Item]) -> set[UUID]:
    """Everybody whose hours the batch touches, so that all are held before the first item."""
    ids = [item.id for item in items if not isinstance(item, CreateItem)]
    stored = work.select(TimeEntry).where(TimeEntry.id.in_(ids))
    found = {entry.member_id for entry in await work.session.scalars(stored)}
    named = [item.data.member_id for item in items if not isinstance(item, VerbItem)]
    if work.sees_all("time:write"):  # else each item that names a colleague is refused
        known = work.select(Member).where(Member.id.in_([each for each in named if each]))
        found |= {member.id for member in await work.session.scalars(known)}
    return found | {work.member_id}
