"""An import is rehearsed, takes effect as a whole, and is undone as a whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from erp.audit.actions import record as note
from erp.kernel.errors import Refusal
from erp.kernel.workspace import Workspace
from erp.products.actions.categories import delete_category
from erp.transfer.actions.imports.judging import Kind, Run, Verdict, judge_all, keep_verdicts
from erp.transfer.actions.imports.kinds import kind_to_write
from erp.transfer.actions.imports.uploading import drop_rows, lock_import
from erp.transfer.actions.lasting import forget_time, renew_times_if_late
from erp.transfer.errors import ImportStale, ImportTouched
from erp.transfer.models import OUTCOMES, Import
from erp.transfer.queries.imports import list_checked, list_written

TOLD = 100


async def check_import(work: Workspace, import_id: UUID, version: int | None) -> Import:
    """Do it all, note what became of each row, and take everything back.

    Raises `Stale`, `ImportClosed`.
    """
    record = await lock_import(work, import_id, version)
    kind = kind_to_write(work, record.kind)
    record.ensure_open()
    rehearsal = await work.session.begin_nested()
    try:
        verdicts = await judge_all(Run(work), kind, record)
    finally:
        await rehearsal.rollback()
    forget_time(work.session)
    await keep_verdicts(work, verdicts, "seen")
    outcomes: Counter[str] = Counter(each.outcome for each in verdicts.values())
    record.counts = {outcome: outcomes[outcome] for outcome in OUTCOMES}
    record.state = "checked"
    await work.session.flush()  # the answer shows the version
    return record


async def apply_import(work: Workspace, import_id: UUID, version: int | None) -> Import:
    """Write what the check told, all of it or nothing.

    Raises `Stale`, `ImportClosed`, `ImportNotChecked`, `ImportHasErrors`, `ImportStale`.
    """
    record = await lock_import(work, import_id, version)
    kind = kind_to_write(work, record.kind)
    record.ensure_applicable()
    checked = await list_checked(work, record)
    run, begun = Run(_in_the_name_of(work, record)), work.now()
    verdicts = await judge_all(run, kind, record)
    stale = [row.line for row in checked if not _is_as_checked(row, verdicts[row.id])]
    if stale:
        raise ImportStale(count=len(stale), rows=stale[:TOLD])
    await keep_verdicts(work, verdicts, "version")
    record.made = run.made
    record.state, record.applied_at = "applied", work.now()
    note(work, "import.applied", record, changes=_told(record))
    await work.session.flush()  # the answer shows the version
    await renew_times_if_late(work, begun)
    return record


def _in_the_name_of(work: Workspace, record: Import) -> Workspace:
    """The trail of every change names the import that made it."""
    return replace(work, request_id=str(record.id))


def _is_as_checked(row: Any, now: Verdict) -> bool:
    """The same effect on the same version of the same record."""
    then = (row.outcome, row.target_id, row.version, row.changes)
    target_id = now.target_id if now.seen else None
    return then == (now.outcome, target_id, now.seen, now.changes)


def _told(record: Import) -> dict[str, list[Any]]:
    counts = {name: [None, count] for name, count in record.counts.items() if count}
    return {"kind": [None, record.kind], "file_name": [None, record.file_name], **counts}


async def undo_import(work: Workspace, import_id: UUID, version: int | None) -> Import:
    """Take back what an import wrote, as long as nobody touched it since.

    Raises `Stale`, `ImportNotApplied`, and `ImportTouched` naming the rows.
    """
    record = await lock_import(work, import_id, version)
    kind = kind_to_write(work, record.kind)
    record.ensure_undoable()
    named, begun = _in_the_name_of(work, record), work.now()
    touched = await _undo_rows(named, kind, await list_written(work, record))
    if touched:
        raise ImportTouched(count=len(touched), rows=sorted(touched)[:TOLD])
    await _remove_categories(named, record)
    record.state, record.undone_at = "undone", work.now()
    note(work, "import.undone", record, changes=_told(record))
    await work.session.flush()  # the answer shows the version
    await renew_times_if_late(work, begun)
    return record


async def _undo_rows(work: Workspace, kind: Kind, rows: Iterable[Any]) -> list[int]:
    """The numbers of those that cannot be undone any more."""
    touched = []
    for row in rows:
        try:
            async with work.attempt():
                await kind.undo(work, row)
        except Refusal:
            touched.append(row.line)
    return touched


async def _remove_categories(work: Workspace, record: Import) -> None:
    for made in reversed(record.made):
        try:
            async with work.attempt():
                await delete_category(work, UUID(made), 1)
        except Refusal:
            raise ImportTouched(categories=record.made) from None


async def discard_import(work: Workspace, import_id: UUID, version: int | None) -> Import:
    """Give the import up, and forget what the file holds. Raises `Stale`, `ImportClosed`."""
    record = await lock_import(work, import_id, version)
    kind_to_write(work, record.kind)
    record.ensure_discardable()
    await drop_rows(work, record)
    record.state, record.content, record.counts = "discarded", None, {}
    note(work, "import.discarded", record, changes=_told(record))
    await work.session.flush()  # the answer shows the version
    return record
