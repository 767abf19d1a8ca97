"""Writing one organization to a file."""

import hashlib
from pathlib import Path
from uuid import UUID

from sqlalchemy import (
    Table,
    select,  # noqa: TID251  the operator names the organization
)
from sqlalchemy.ext.asyncio import AsyncSession

from erp import __version__
from erp.audit.seals import Chain, find_head
from erp.identity.actions.desk import Visitor
from erp.identity.actions.events import note_event
from erp.kernel.db import Database
from erp.kernel.walls import admit
from erp.organizations.errors import OrganizationNotFound
from erp.organizations.models import Organization
from erp.transfer.actions.backups.archives import publish, workshop, write_archive
from erp.transfer.actions.exports.contents import (
    OUTBOX,
    columns_of,
    ensure_revision,
    file_of,
    list_exported,
    select_rows,
    settle_job,
)
from erp.transfer.actions.exports.rows import write_line
from erp.transfer.actions.lasting import lift_limits
from erp.transfer.errors import BackupImpossible
from erp.transfer.schemas.reports import (
    ChainHead,
    ExportedOrganization,
    ExportManifest,
    TableDigest,
)

AT_ONCE = 500
OPERATOR = Visitor(ip="operator", user_agent=None, request_id="export", client="cli")


async def export_organization(
    database: Database, slug: str, archive: Path, newest: str, *, with_passwords: bool
) -> ExportManifest:
    """Write all that is the organization's, as of one moment, and note that it left the house.

    The file has its name only once it is finished. `newest` is the schema revision of this
    release. Raises `OrganizationNotFound`, `BackupImpossible`.
    """
    _ensure_new(archive)
    try:
        with workshop(archive.parent) as folder:
            manifest = await _read_all(
                database, slug, folder, newest, with_passwords=with_passwords
            )
            members = {file_of(name): folder / file_of(name) for name in manifest.tables}
            write_archive(folder / archive.name, manifest, members)
            home = manifest.organization.id
            async with database.writing() as session:
                note_event(session, "organization.exported", OPERATOR, organization_id=home)
            publish(folder / archive.name, archive)
    except OSError as error:
        raise BackupImpossible(f"{archive} cannot be written: {error.strerror}") from error
    return manifest


def _ensure_new(archive: Path) -> None:
    if archive.exists():
        raise BackupImpossible(f"{archive} is there already; give another name")


async def _read_all(
    database: Database, slug: str, folder: Path, newest: str, *, with_passwords: bool
) -> ExportManifest:
    """Every table as a file of the folder, and what they are."""
    made_at, digests = database.clock(), {}
    async with database.snapshot() as session:
        organization = await _find(session, slug)
        await ensure_revision(session, newest)
        for table in list_exported():
            columns = columns_of(table, with_passwords=with_passwords)
            digests[table.name] = await _write(session, table, columns, (organization.id, folder))
        head = await find_head(session, Chain(organization.id))
    return ExportManifest(
        release=__version__,
        revision=newest,
        made_at=made_at,
        organization=ExportedOrganization.model_validate(organization, from_attributes=True),
        with_passwords=with_passwords,
        chain=ChainHead(sealed=head.seq, head=head.hash) if head else None,
        tables=digests,
    )


async def _find(session: AsyncSession, slug: str) -> Organization:
    organization = await session.scalar(select(Organization).where(Organization.slug == slug))
    if organization is None:
        raise OrganizationNotFound(f"There is no organization {slug}")
    await admit(session, organization_id=organization.id)
    await lift_limits(session)
    return organization


async def _write(
    session: AsyncSession, table: Table, columns: list[str], where: tuple[UUID, Path]
) -> TableDigest:
    home, folder = where
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    query = select_rows(table, home, columns, is_sqlite=is_sqlite)
    found = await session.stream(query.execution_options(yield_per=AT_ONCE))
    digest, count = hashlib.sha256(), 0
    with (folder / file_of(table.name)).open("wb") as file:
        async for row in found.mappings():
            line = write_line(settle_job(dict(row)) if table.name == OUTBOX else row)
            digest.update(line)
            file.write(line)
            count += 1
    return TableDigest(rows=count, sha256=digest.hexdigest())
