"""Putting the file of one organization in: all of it in one transaction, or nothing."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import (
    Table,
    func,
    insert,
    or_,
    select,  # noqa: TID251  the organization comes into being
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from erp.audit.seals import Chain, Verdict, verify
from erp.identity.actions.events import note_event
from erp.kernel.db import Database
from erp.kernel.jobs import OutboxRow
from erp.kernel.walls import admit
from erp.organizations.models import Member, Organization
from erp.transfer.actions.backups.parking import PARKED
from erp.transfer.actions.exports.contents import (
    MEMBERS,
    ORGANIZATION,
    OUTBOX,
    PEOPLE,
    ensure_revision,
    list_exported,
    settle_job,
)
from erp.transfer.actions.exports.people import OPERATOR, People
from erp.transfer.actions.exports.reading import Export, Line, open_export, parents_first
from erp.transfer.actions.lasting import forget_time, lift_limits
from erp.transfer.errors import BackupDamaged, BackupImpossible
from erp.transfer.schemas.reports import ExportManifest

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was put in, under which address, and what an operator has to know about it."""

    manifest: ExportManifest
    slug: str
    notices: list[str]
    parked: int
    history: Verdict


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file on its way in."""

    session: AsyncSession
    export: Export
    slug: str
    people: People = field(default_factory=People)

    async def settle(self, table: Table) -> Iterable[Line]:
        """The rows of the file as they are here: under its address, by the people of here."""
        lines = self.export.lines(table)
        if table.name == ORGANIZATION:
            return (line.but(slug=self.slug) for line in lines)
        if table.name == PEOPLE:
            return await self.people.make_unknown(self.session, lines)
        if table.name == MEMBERS:
            return self.people.settle(lines)
        if table.name == OUTBOX:
            return _settle_jobs(lines)
        return lines

    async def ensure_free(self) -> None:
        """Raises `BackupImpossible` if the organization, or another at its address, is here."""
        home = self.export.home
        same = or_(Organization.id == home, Organization.slug == self.slug)
        for found in await self.session.scalars(select(Organization).where(same)):
            if found.id == home:
                raise BackupImpossible(f"This organization is here already, as {found.slug}")
            raise BackupImpossible(f"The address {self.slug} is taken here; pass another as --slug")

    async def ensure_administered(self) -> None:
        """Raises `BackupImpossible` if doubts about accounts leave nobody who could lift them."""
        admins = select(func.count()).select_from(Member)
        admins = admins.where(Member.organization_id == self.export.home)
        admins = admins.where(Member.role == "admin", Member.status == "active")
        if self.people.doubted and not await self.session.scalar(admins):
            raise BackupImpossible(
                f"No administrator would be left: {'; '.join(self.people.notices)}. Prove the "
                "address first, by a link to reset the password"
            )


def _settle_jobs(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        if not isinstance(line.row["payload"], dict):
            raise line.wrong("payload is not written as it should be")
        yield line.but(**settle_job(line.row))


async def restore_organization(
    database: Database, archive: Path, newest: str, *, slug: str | None = None
) -> Arrived:
    """Put an organization in as a new one beside all others, with `slug` for its address if given.

    Servers and workers may run meanwhile. Raises `BackupDamaged`, `BackupImpossible`.
    """
    export = open_export(archive, newest)
    async with _arriving(database, export) as session:
        await ensure_revision(session, newest)
        arrival = Arrival(session, export, slug or export.manifest.organization.slug)
        await arrival.ensure_free()
        for table in list_exported():
            await _put(session, parents_first(table, await arrival.settle(table)))
        await arrival.ensure_administered()
        return Arrived(
            manifest=export.manifest,
            slug=arrival.slug,
            notices=arrival.people.notices,
            parked=await _count_parked(session, export),
            history=await verify(session, Chain(export.home)),
        )


@asynccontextmanager
async def _arriving(database: Database, export: Export) -> AsyncIterator[AsyncSession]:
    """One writing transaction without a limit, within the organization: nobody follows it yet."""
    async with database.writing() as session:
        await admit(session, organization_id=export.home)
        await lift_limits(session)
        yield session
        note_event(session, "organization.restored", OPERATOR)
        await session.flush()  # what a constraint would say, it says now
        forget_time(session)


async def _put(session: AsyncSession, lines: Iterator[Line]) -> None:
    while batch := list(islice(lines, AT_ONCE)):
        await _insert(session, batch)


async def _insert(session: AsyncSession, batch: Sequence[Line]) -> None:
    """Insert the lines; if the database refuses, find the one that it means."""
    try:
        async with session.begin_nested():
            await session.execute(insert(batch[0].table), [line.row for line in batch])
    except (IntegrityError, DataError) as error:
        if len(batch) == 1:
            raise batch[0].wrong(_said(error)) from error
        for line in batch:
            await _insert(session, [line])
        raise BackupDamaged(f"{batch[0].table.name} cannot be written: {_said(error)}") from error


def _said(error: IntegrityError | DataError) -> str:
    """What the database says, without the values of the row."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "message_primary", None) or error.orig)


async def _count_parked(session: AsyncSession, export: Export) -> int:
    parked = select(func.count()).select_from(OutboxRow)
    parked = parked.where(OutboxRow.organization_id == export.home, OutboxRow.last_error == PARKED)
    return await session.scalar(parked.where(OutboxRow.dead_at.is_not(None))) or 0
