"""`erp backup`, `verify-backup`, `restore` and `outbox`: what they say on the terminal."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.db import Database
from erp.kernel.settings import Settings
from erp.migrations.upgrade import ensure_newest, known_revisions
from erp.transfer.actions.backups.running import (
    Restored,
    default_name,
    make_backup,
    restore_backup,
    verify_backup,
)
from erp.transfer.schemas.reports import Manifest


def back_up(settings: Settings, archive: Path | None) -> str:
    """Make a backup; where it is and what it holds."""
    archive = archive or default_name(settings)
    manifest = make_backup(settings, archive)
    return f"{archive}: {_told(manifest)}"


def prove(settings: Settings, archive: Path) -> str:
    """Verify a backup; what was compared."""
    manifest = verify_backup(settings, archive)
    return f"{archive} can be restored: {_told(manifest)}"


def put_back(settings: Settings, archive: Path, *, replace: bool) -> str:
    """Restore a backup; what an operator has to know afterwards."""
    restored = restore_backup(settings, archive, known_revisions(), replace=replace)
    return "\n".join(_lines_about(restored))


def _lines_about(restored: Restored) -> Iterator[str]:
    yield f"Restored: {_told(restored.manifest)}."
    if restored.unproved:
        yield f"It was not restored to a scratch database first: {restored.unproved}"
    if restored.kept:
        yield f"What was there before is kept in {restored.kept}."
    if restored.parked:
        yield (
            f"{restored.parked} mails were still to be sent, and may have gone out since: "
            "erp outbox release sends them, erp outbox discard drops them."
        )


def _told(manifest: Manifest) -> str:
    contents = manifest.contents
    rows = sum(table.rows for table in contents.tables.values())
    return (
        f"{len(contents.tables)} tables, {rows:,} rows, schema {contents.revision}, "
        f"as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"
    )


async def change_parked(
    settings: Settings, change: Callable[[AsyncSession], Awaitable[int]]
) -> int:
    """Release or discard what a restore put aside; how many mails it was."""
    database = Database(settings.url, settings.db_pool_size)
    try:
        async with database.writing() as session:
            await session.run_sync(lambda sync: ensure_newest(sync.connection()))
            return await change(session)
    finally:
        await database.dispose()
