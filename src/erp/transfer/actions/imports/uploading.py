"""A file comes in, is read, and its columns are given their meaning."""

import asyncio
import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import undefer

from erp.audit.actions import ensure_unchanged
from erp.kernel.errors import wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.transfer.actions.imports.cells import Field
from erp.transfer.actions.imports.files import (
    Sheet,
    is_workbook,
    pack,
    read_csv,
    read_workbook,
    unpack,
)
from erp.transfer.actions.imports.guessing import guess_format, guess_mapping, guess_signs
from erp.transfer.actions.imports.kinds import KINDS, kind_to_write
from erp.transfer.models import Import, ImportRow
from erp.transfer.queries.imports import find_earlier, show_import
from erp.transfer.schemas.imports import Format, ImportEdit, Rule, UploadQuery

MOST_ROWS = {"sqlite": 10_000, "postgresql": 50_000}
AT_ONCE = 1000


async def upload_file(work: Workspace, given: UploadQuery, data: bytes) -> Import:
    """Read the file and guess what it means.

    Raises `FileUnreadable`, `ImportTooLong`, and `NotAllowed` to whom may not write by hand.
    """
    kind = kind_to_write(work, given.kind)
    form = None if is_workbook(data) else guess_format(data)
    sheet = await _read(work, data, form)
    mapping = guess_mapping(kind.fields, sheet.columns)
    if form is not None:
        form = guess_signs(form, sheet, kind.fields, mapping)
    record = Import(
        id=new_id(),
        kind=given.kind,
        state="uploaded",
        file_name=given.name,
        digest=hashlib.sha256(data).hexdigest(),
        content=None if form is None else await asyncio.to_thread(pack, data),
        made=[],
    )
    await _remember_meaning(work, record, sheet, form, mapping)
    work.add(record)
    await work.session.flush()  # rows refer to it
    await _keep_rows(work, record, sheet)
    return record


async def _remember_meaning(
    work: Workspace, record: Import, sheet: Sheet, form: Format | None, mapping: dict[str, Rule]
) -> None:
    """The columns as they were mapped last time, if the file has the same ones; else the guess."""
    record.columns, record.row_count, record.counts = sheet.columns, len(sheet.lines), {}
    record.format = form.model_dump() if form else None
    earlier = await find_earlier(work, record.kind)
    known = next((each for each in earlier if each.columns == sheet.columns), None)
    guessed = {name: rule.model_dump() for name, rule in mapping.items()}
    record.mapping = known.mapping if known else guessed


async def change_import(
    work: Workspace, import_id: UUID, edit: ImportEdit, version: int | None
) -> Import:
    """Read the file in another way, or take its columns for something else.

    Raises `Stale`, `ImportClosed`, `FileUnreadable`, `ValidationFailed`.
    """
    record = await lock_import(work, import_id, version, with_content=True)
    kind = kind_to_write(work, record.kind)
    record.ensure_open()
    changes = edit.changes()
    if (form := changes.get("format")) is not None:
        await _read_anew(work, record, form, kind.fields)
    if (mapping := changes.get("mapping")) is not None:
        record.mapping = {name: rule.model_dump() for name, rule in mapping.items()}
    _ensure_mappable(record, kind.fields)
    record.state, record.counts = "mapped", {}
    await work.session.flush()  # the answer shows the version
    return record


async def _read_anew(
    work: Workspace, record: Import, form: Format, fields: Sequence[Field]
) -> None:
    if record.content is None:
        raise wrong_field("/format", "not_for_sheets", "A sheet is read in one way only")
    sheet = await _read(work, unpack(record.content), form)
    record.format = form.model_dump()
    if sheet.columns != record.columns:  # other fields, so other places
        mapping = guess_mapping(fields, sheet.columns)
        record.mapping = {name: rule.model_dump() for name, rule in mapping.items()}
    record.columns, record.row_count = sheet.columns, len(sheet.lines)
    await drop_rows(work, record)
    await _keep_rows(work, record, sheet)


def _ensure_mappable(record: Import, fields: Sequence[Field]) -> None:
    """Each field is known, each column there, and each rule says something."""
    known = {field.name for field in fields}
    for name, rule in record.mapping.items():
        pointer = f"/mapping/{name}"
        if name not in known:
            raise wrong_field(pointer, "unknown_field", "There is no such field")
        column, value = rule["column"], rule["value"]
        if column is None and value is None:
            raise wrong_field(pointer, "missing", "Name a column or a value")
        if column is not None and column >= len(record.columns):
            raise wrong_field(f"{pointer}/column", "unknown_column", "There is no such column")


async def _read(work: Workspace, data: bytes, form: Format | None) -> Sheet:
    most = MOST_ROWS[work.session.get_bind().dialect.name]
    if form is None:
        return await asyncio.to_thread(read_workbook, data, most)
    return await asyncio.to_thread(read_csv, data, form, most)


async def _keep_rows(work: Workspace, record: Import, sheet: Sheet) -> None:
    for first in range(0, len(sheet.lines), AT_ONCE):
        await work.insert_all(
            [
                ImportRow(
                    id=new_id(),
                    import_id=record.id,
                    line=line.number,
                    cells=line.cells,
                    outcome="unchecked",
                    target_id=None,
                    version=None,
                    changes={},
                    before={},
                    errors=[],
                )
                for line in sheet.lines[first : first + AT_ONCE]
            ]
        )


async def drop_rows(work: Workspace, record: Import) -> None:
    """Forget what the file holds."""
    mine = (ImportRow.organization_id == work.organization_id, ImportRow.import_id == record.id)
    statement = delete(ImportRow).where(*mine).execution_options(synchronize_session=False)
    await work.session.execute(statement)


async def lock_import(
    work: Workspace, import_id: UUID, version: int | None, *, with_content: bool = False
) -> Import:
    """The import, for whoever goes on with it. Raises `NotFound`, `Stale`."""
    options = [undefer(Import.content)] if with_content else []
    record = await work.get(Import, import_id, lock=True, options=options)
    shown = await show_import(work, record, KINDS[record.kind].fields)
    await ensure_unchanged(work, record, version, lambda: shown.model_dump(mode="json"))
    return record
