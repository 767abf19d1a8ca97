"""One run of an import: row by row through the rooms' own actions, all in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError

from erp.identity.actions.desk import Desk, Visitor
from erp.kernel.errors import Refusal
from erp.kernel.http import refusal_for_faults
from erp.kernel.workspace import Workspace
from erp.transfer.errors import OldReferenceMissing
from erp.transfer.models import ImportReference
from erp.transfer.schemas.reports import Notice, Outcome, RefusedRow, Report
from erp.transfer.sources import OldRow

OPERATOR = Visitor(ip="operator", user_agent=None, request_id="import", client="cli")


class HasId(Protocol):
    """What a row became."""

    id: Any


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the operator decided on the command line.

    `join` takes what is known here already for the same, `trim` shortens hours until they fit.
    `roles` maps the old system's roles; who is not named becomes a user.
    """

    join: bool = False
    trim: bool = False
    roles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything one import works with."""

    work: Workspace
    desk: Desk
    choices: Choices
    report: Report
    known: dict[tuple[str, str], UUID] = field(default_factory=dict)

    async def remember(self) -> None:
        """Read which rows earlier runs have taken over."""
        query = self.work.select(ImportReference)
        query = query.where(ImportReference.source == self.report.source)
        for each in await self.work.session.scalars(query):
            self.known[each.kind, each.source_id] = each.target_id

    def has_taken(self, kind: str, row: OldRow) -> bool:
        """Whether the row was taken over, by this run or an earlier one."""
        return (kind, row.key) in self.known

    async def take(
        self,
        kind: str,
        row: OldRow,
        act: Callable[[], Awaitable[HasId]],
        *,
        outcome: Outcome = "created",
    ) -> None:
        """Take one row over, unless it was before; a refusal is noted, and the run goes on."""
        if self.has_taken(kind, row):
            self.report.count(row.table, "skipped")
            return
        try:
            async with self.work.attempt():
                made = await act()
                self._refer(kind, row.key, made.id)
        except (Refusal, ValidationError) as error:
            self.refuse(row, error)
            return
        self.known[kind, row.key] = made.id
        self.report.count(row.table, outcome)

    def _refer(self, kind: str, source_id: str, target_id: UUID) -> None:
        reference = ImportReference(
            batch_id=self.report.batch_id,
            source=self.report.source,
            kind=kind,
            source_id=source_id,
            target_id=target_id,
            created_at=self.work.now(),
        )
        self.work.add(reference)

    def find(self, kind: str, source_id: object) -> UUID:
        """What another row became. Raises `OldReferenceMissing`."""
        found = self.known.get((kind, str(source_id)))
        if found is None:
            raise OldReferenceMissing(f"The {kind} {source_id} was not imported")
        return found

    def refuse(self, row: OldRow, error: Refusal | ValidationError) -> None:
        """Note why a row cannot be taken over, field by field."""
        refusal = _refusal_of(error)
        self.report.count(row.table, "refused")
        place = {"table": row.table, "row": row.key}
        fields = [(each.pointer, each.code, each.detail) for each in refusal.errors]
        for pointer, code, detail in fields or [("", refusal.code(), refusal.detail)]:
            refused = RefusedRow(**place, field=pointer.lstrip("/"), code=code, detail=detail)
            self.report.refused.append(refused)

    def notice(self, row: OldRow, detail: str) -> None:
        """Tell what was taken over differently than it was found."""
        self.report.notices.append(Notice(table=row.table, row=row.key, detail=detail))


def _refusal_of(error: Refusal | ValidationError) -> Refusal:
    if isinstance(error, Refusal):
        return error
    return refusal_for_faults({**each, "loc": ("body", *each["loc"])} for each in error.errors())
