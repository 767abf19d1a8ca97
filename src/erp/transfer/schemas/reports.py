"""What an import tells, and what a backup says about itself."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from erp.kernel.schema import new_id

MOST_LINES = 50  # of each kind on the terminal; the file has them all
Outcome = Literal["created", "joined", "skipped", "refused"]


class RefusedRow(BaseModel):
    """A row that cannot be taken over, and why."""

    table: str
    row: str
    field: str
    code: str
    detail: str


class Notice(BaseModel):
    """What was taken over differently than it was found."""

    table: str
    row: str
    detail: str


class Report(BaseModel):
    """What an import did, or in a dry run what it would do."""

    source: str
    organization: str
    batch_id: UUID = Field(default_factory=new_id)
    dry_run: bool
    outcomes: dict[str, Counter[Outcome]] = Field(default_factory=dict)
    refused: list[RefusedRow] = Field(default_factory=list)
    notices: list[Notice] = Field(default_factory=list)

    def count(self, table: str, outcome: Outcome) -> None:
        """One more row of this table with this outcome."""
        self.outcomes.setdefault(table, Counter())[outcome] += 1

    def lines(self) -> list[str]:
        """For the terminal: counts per table, refusals, notices."""
        told = [f"{self.source} → {self.organization}{' (dry run)' if self.dry_run else ''}"]
        for table, counts in self.outcomes.items():
            words = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
            told.append(f"  {table}: {words}")
        told += _first(
            f"  refused  {each.table} {each.row} {each.field}: {each.detail} [{each.code}]"
            for each in self.refused
        )
        told += _first(
            f"  notice   {each.table} {each.row}: {each.detail}" for each in self.notices
        )
        if self.refused:
            told.append("Nothing was written. Mend these rows, or the mapping, and import again.")
        return told


def _first(lines: Iterable[str]) -> list[str]:
    """As many as somebody reads, and how many there are besides."""
    every = list(lines)
    more = len(every) - MOST_LINES
    return every[:MOST_LINES] + ([f"  … {more} more, see the report file"] if more > 0 else [])


class TableDigest(BaseModel):
    """How many rows a table has, and the SHA-256 over all of them in the order of its key."""

    rows: int
    sha256: str


class ChainHead(BaseModel):
    """The newest seal of one chain (audit/seals.py)."""

    sealed: int
    head: str


class Contents(BaseModel):
    """What a database holds at one moment, in figures that a restored copy must repeat.

    Chains and totals stand by organization; the chain of security events by `security`.
    """

    revision: str | None
    tables: dict[str, TableDigest]
    chains: dict[str, ChainHead]
    ledger: dict[str, dict[str, int]]


class Manifest(BaseModel):
    """What an archive says about itself."""

    format: Literal["cloud-erp-lite backup"] = "cloud-erp-lite backup"
    format_version: Literal[1] = 1
    release: str
    database: Literal["sqlite", "postgresql"]
    made_at: AwareDatetime
    data_bytes: int
    data_sha256: str
    contents: Contents


class ExportedOrganization(BaseModel):
    """Which organization a file holds."""

    id: UUID
    slug: str
    name: str


class ExportManifest(BaseModel):
    """What the file of one organization says about itself; `chain` is the head of its history."""

    format: Literal["cloud-erp-lite organization"] = "cloud-erp-lite organization"
    format_version: Literal[1] = 1
    release: str
    revision: str
    made_at: AwareDatetime
    organization: ExportedOrganization
    with_passwords: bool
    chain: ChainHead | None
    tables: dict[str, TableDigest]
