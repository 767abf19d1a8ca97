"""`erp export`, and `erp restore` of what it wrote: one organization in or out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from pydantic import TypeAdapter, ValidationError

from erp.cli.auditing import tell
from erp.kernel.db import Database
from erp.kernel.settings import Settings
from erp.migrations.upgrade import newest_revision
from erp.organizations.schemas import Slug
from erp.transfer.actions.exports.reading import open_export
from erp.transfer.actions.exports.restoring import Arrived, restore_organization
from erp.transfer.actions.exports.writing import export_organization
from erp.transfer.schemas.reports import ExportManifest


def write_out(settings: Settings, slug: str, archive: Path, *, with_passwords: bool) -> str:
    """Export an organization; where it is and what it holds."""
    manifest = asyncio.run(_export(settings, slug, archive, with_passwords=with_passwords))
    return f"{archive}: {_told(manifest)}"


async def _export(
    settings: Settings, slug: str, archive: Path, *, with_passwords: bool
) -> ExportManifest:
    async with _opened(settings) as database:
        return await export_organization(
            database, slug, archive, newest_revision(), with_passwords=with_passwords
        )


def put_in(
    settings: Settings, archive: Path, slug: str | None, migrate: Callable[[Settings], None]
) -> str:
    """Put an exported organization in; what an operator has to know afterwards.

    The file is proved before the database is migrated.
    """
    open_export(archive, newest_revision())
    migrate(settings)
    return "\n".join(_lines_about(asyncio.run(_restore(settings, archive, slug))))


async def _restore(settings: Settings, archive: Path, slug: str | None) -> Arrived:
    async with _opened(settings) as database:
        return await restore_organization(database, archive, newest_revision(), slug=slug)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.url, settings.db_pool_size)
    try:
        yield database
    finally:
        await database.dispose()


def ensure_options_fit(holds_organization: bool, *, replace: bool, slug: str | None) -> None:  # noqa: FBT001  what the file is
    """Backups replace a database, organizations have an address. Raises `typer.BadParameter`."""
    if replace and holds_organization:
        raise typer.BadParameter("an organization replaces nothing", param_hint="--replace")
    if slug and not holds_organization:
        raise typer.BadParameter("this is no export of an organization", param_hint="--slug")
    try:
        TypeAdapter(Slug | None).validate_python(slug)
    except ValidationError:
        raise typer.BadParameter("this cannot be an address", param_hint="--slug") from None


def _lines_about(arrived: Arrived) -> Iterator[str]:
    yield f"Restored: {_told(arrived.manifest)}, at the address {arrived.slug}."
    yield from arrived.notices
    yield f"Its history: {tell(arrived.slug, arrived.history)}"
    if arrived.parked:
        yield (
            f"{arrived.parked} mails were still to be sent, and may have gone out since: "
            "erp outbox release sends them, erp outbox discard drops them."
        )


def _told(manifest: ExportManifest) -> str:
    rows = sum(table.rows for table in manifest.tables.values())
    return (
        f"{manifest.organization.name}, {len(manifest.tables)} tables, {rows:,} rows, schema "
        f"{manifest.revision}, as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"{'with' if manifest.with_passwords else 'without'} passwords"
    )
