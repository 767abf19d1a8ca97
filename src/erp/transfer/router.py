"""Imports by file over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from erp.identity.access import FromCredential
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.transfer.actions.imports import running, uploading
from erp.transfer.actions.imports.kinds import kind_to_write
from erp.transfer.errors import (
    FileUnreadable,
    ImportClosed,
    ImportHasErrors,
    ImportNotApplied,
    ImportNotChecked,
    ImportStale,
    ImportTooLong,
    ImportTouched,
)
from erp.transfer.models import Import
from erp.transfer.queries import imports as queries
from erp.transfer.schemas.imports import (
    ImportEdit,
    ImportOut,
    ImportPage,
    ImportQuery,
    LinePage,
    LineQuery,
    UploadQuery,
)

router = room_router("transfer", "/api/imports")
IMPORT = "/{import_id}"
Running = Annotated[Workspace, may("imports:run")]
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself, CSV or a sheet (XLSX), told apart by what it holds",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def _read_file(request: Request, _credential: FromCredential) -> bytes:
    """Received before the transaction begins: nobody waits for a slow line."""
    return await request.body()


@also_as_files(router)
@router.get("", response_model=ImportPage, responses=refuses(*READING))
async def list_imports(work: Running, query: Annotated[ImportQuery, Query()]) -> Response:
    """Imports, newest first."""
    return page(await queries.list_imports(work, query))


@router.post(
    "",
    status_code=201,
    response_model=ImportOut,
    responses=refuses(*CREATING, FileUnreadable, ImportTooLong),
    openapi_extra=FILE,
)
async def upload_file(
    file: Annotated[bytes, Depends(_read_file)],
    work: Running,
    query: Annotated[UploadQuery, Query()],
) -> Response:
    """Upload a file; what it means is guessed, told and can be changed. Nothing is imported yet."""
    record = await uploading.upload_file(work, query, file)
    return await _answer(work, record, made_at=f"/api/imports/{record.id}")


@router.get(IMPORT, response_model=ImportOut, responses=refuses(*READING))
async def read_import(work: Running, import_id: UUID) -> Response:
    """One import: what its columns are taken for, and what the check found."""
    return await _answer(work, await work.get(Import, import_id))


@router.patch(
    IMPORT,
    response_model=ImportOut,
    responses=refuses(*CHANGING, FileUnreadable, ImportClosed, ImportTooLong),
)
async def change_import(
    work: Running, import_id: UUID, body: ImportEdit, version: ReadVersion
) -> Response:
    """Read the file in another way, or take its columns for something else."""
    return await _answer(work, await uploading.change_import(work, import_id, body, version))


@also_as_files(router)
@router.get(IMPORT + "/rows", response_model=LinePage, responses=refuses(*READING))
async def list_rows(
    work: Running, import_id: UUID, query: Annotated[LineQuery, Query()]
) -> Response:
    """The rows of the file, and what became of each."""
    kind_to_write(work, (await work.get(Import, import_id)).kind)
    return page(await queries.list_lines(work, import_id, query))


@router.post(
    IMPORT + "/check", response_model=ImportOut, responses=refuses(*CREATING, ImportClosed)
)
async def check_import(work: Running, import_id: UUID, version: ReadVersion) -> Response:
    """Rehearse the import: what each row would create, change or leave, and what is wrong."""
    return await _answer(work, await running.check_import(work, import_id, version))


@router.post(
    IMPORT + "/apply",
    response_model=ImportOut,
    responses=refuses(*CREATING, ImportClosed, ImportHasErrors, ImportNotChecked, ImportStale),
)
async def apply_import(work: Running, import_id: UUID, version: ReadVersion) -> Response:
    """Write what the check told, all of it or nothing."""
    return await _answer(work, await running.apply_import(work, import_id, version))


@router.post(
    IMPORT + "/undo",
    response_model=ImportOut,
    responses=refuses(*CREATING, ImportNotApplied, ImportTouched),
)
async def undo_import(work: Running, import_id: UUID, version: ReadVersion) -> Response:
    """Take back what the import wrote, as long as nobody touched it since."""
    return await _answer(work, await running.undo_import(work, import_id, version))


@router.post(
    IMPORT + "/discard", response_model=ImportOut, responses=refuses(*CREATING, ImportClosed)
)
async def discard_import(work: Running, import_id: UUID, version: ReadVersion) -> Response:
    """Give the import up, and forget what the file holds."""
    return await _answer(work, await running.discard_import(work, import_id, version))


async def _answer(work: Workspace, record: Import, made_at: str | None = None) -> Response:
    kind = kind_to_write(work, record.kind)
    shown = await queries.show_import(work, record, kind.fields)
    return answer(ImportOut, shown, made_at=made_at)
