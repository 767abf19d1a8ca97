"""The file of an organization, read with suspicion: nothing is written before it is proved."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from sqlalchemy import Table

from erp.transfer.actions.backups.archives import BLOCK, MANIFEST, read_export_manifest
from erp.transfer.actions.exports.contents import (
    MEMBERS,
    ORGANIZATION,
    PEOPLE,
    columns_of,
    file_of,
    list_exported,
)
from erp.transfer.actions.exports.rows import read_line
from erp.transfer.errors import BackupDamaged, BackupImpossible
from erp.transfer.schemas.reports import ExportManifest, TableDigest


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table's file, and where it stands."""

    table: Table
    number: int
    row: dict[str, Any]

    def but(self, **values: Any) -> "Line":
        """The same row with other values."""
        return Line(self.table, self.number, self.row | values)

    def wrong(self, why: str) -> BackupDamaged:
        """What to say about it."""
        return BackupDamaged(f"{file_of(self.table.name)}, line {self.number}: {why}")


@dataclass(frozen=True, slots=True)
class Export:
    """A file whose every byte is as it was written, by a release that speaks the same schema."""

    archive: Path
    manifest: ExportManifest

    @property
    def home(self) -> UUID:
        """The organization."""
        return self.manifest.organization.id

    def lines(self, table: Table) -> Iterator[Line]:
        """Every row of the table, in the order of the file. Raises `BackupDamaged`."""
        columns = columns_of(table, with_passwords=self.manifest.with_passwords)
        members = self._list_people() if table.name == PEOPLE else frozenset()
        with ZipFile(self.archive) as packed, packed.open(file_of(table.name)) as file:
            for number, text in enumerate(file, start=1):
                line = _read(table, number, columns, text)
                _ensure_its_own(line, self.home, members)
                yield line

    def _list_people(self) -> frozenset[UUID]:
        [table] = [each for each in list_exported() if each.name == MEMBERS]
        return frozenset(line.row["user_id"] for line in self.lines(table))


def open_export(archive: Path, newest: str) -> Export:
    """The file, once it is proved to be whole. Raises `BackupDamaged`, `BackupImpossible`."""
    manifest = read_export_manifest(archive)
    if manifest.revision != newest:
        raise BackupImpossible(
            f"The file is of release {manifest.release} at schema {manifest.revision}, and this "
            f"release needs {newest}. Put it in with that release, then migrate and export again"
        )
    expected = {table.name for table in list_exported()}
    with ZipFile(archive) as packed:
        named = [each for each in packed.namelist() if each != MANIFEST]
        _ensure_same_names(expected, set(manifest.tables), "table")
        _ensure_same_names({file_of(each) for each in expected}, set(named), "file")
        for name, said in manifest.tables.items():
            _ensure_as_written(packed, file_of(name), said)
    if manifest.tables[ORGANIZATION].rows != 1:
        raise BackupDamaged("The file does not hold exactly one organization")
    return Export(archive, manifest)


def _ensure_same_names(expected: set[str], found: set[str], kind: str) -> None:
    if more := sorted(found - expected):
        raise BackupDamaged(f"The {kind} {', '.join(more)} is unknown to this release")
    if less := sorted(expected - found):
        raise BackupDamaged(f"The {kind} {', '.join(less)} is missing")


def _ensure_as_written(packed: ZipFile, name: str, said: TableDigest) -> None:
    digest, rows = hashlib.sha256(), 0
    with packed.open(name) as file:
        while block := file.read(BLOCK):
            digest.update(block)
            rows += block.count(b"\n")
    if (rows, digest.hexdigest()) != (said.rows, said.sha256):
        raise BackupDamaged(f"{name} is not what the manifest says")


def _read(table: Table, number: int, columns: list[str], text: bytes) -> Line:
    try:
        return Line(table, number, read_line(table, columns, text))
    except ValueError as error:
        raise Line(table, number, {}).wrong(str(error)) from error


def _ensure_its_own(line: Line, home: UUID, members: frozenset[UUID]) -> None:
    if line.table.name == PEOPLE:
        if line.row["id"] not in members:
            raise line.wrong("this person is no member of the organization")
    elif line.row["id" if line.table.name == ORGANIZATION else "organization_id"] != home:
        raise line.wrong("this row belongs to another organization")


def parents_first(table: Table, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those that refer to others of their table after these. Raises `BackupDamaged`."""
    links = [
        key.parent.name
        for key in table.foreign_keys
        if key.column.table is table and key.column.name == "id"
    ]
    seen: set[UUID] = set()
    waiting: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        due = [line]
        while due:
            each = due.pop()
            named = (each.row[link] for link in links)
            missing = next((one for one in named if one is not None and one not in seen), None)
            if missing is not None:
                waiting[missing].append(each)
                continue
            yield each
            if links:
                seen.add(each.row["id"])
                due += waiting.pop(each.row["id"], ())
    for left in waiting.values():
        raise left[0].wrong("this row refers to one that is missing")
