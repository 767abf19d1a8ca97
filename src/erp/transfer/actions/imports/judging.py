"""Every row through the room's own schemas and actions, each within a savepoint of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Table, bindparam, update
from sqlalchemy import select as columns_from  # noqa: TID251  of rows of the organization's import

from erp.audit.actions import as_json
from erp.kernel.errors import Refusal
from erp.kernel.fields import Edit
from erp.kernel.http import refusal_for_faults
from erp.kernel.reading import read_rows, write_many
from erp.kernel.schema import TenantOwned
from erp.kernel.workspace import Workspace
from erp.organizations.access import Permission
from erp.organizations.numbering import give_back, has_ahead, take_ahead
from erp.transfer.actions.imports.cells import Field, Line, Mapped, read_line
from erp.transfer.errors import RowRepeated
from erp.transfer.models import Import, ImportRow
from erp.transfer.schemas.imports import Format, Outcome

AT_ONCE = 500
E = TypeVar("E", bound=Edit)
_rows = cast("Table", ImportRow.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of one row. `seen` is the version that was found, `version` the one it left."""

    outcome: Outcome
    target_id: UUID | None = None
    seen: int | None = None
    version: int | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """What the rows of one import share."""

    work: Workspace
    named: set[UUID] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    known: dict[str, UUID] = field(default_factory=dict)

    async def change(
        self, record: TenantOwned, edit: E, act: Callable[[E], Awaitable[TenantOwned]]
    ) -> Verdict:
        """Change what differs; a row that says what is so already is skipped."""
        if record.id in self.named:
            raise RowRepeated
        seen = record.version
        before = {name: getattr(record, name) for name in edit.model_fields_set}
        differing = {name: new for name, new in edit.changes().items() if before[name] != new}
        if not differing:
            return Verdict(outcome="skip", target_id=record.id, seen=seen, version=seen)
        after = await act(cast("E", edit.model_construct(**differing)))
        changes = {name: [as_json(before[name]), as_json(new)] for name, new in differing.items()}
        return Verdict(
            outcome="change",
            target_id=record.id,
            seen=seen,
            version=after.version,
            changes=changes,
            before={name: old for name, (old, _new) in changes.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What can be imported: its fields, how a row takes effect, and how that is undone.

    `names` maps what the room's schemas call a field to what it is called in files, `series` is
    that of the numbers that new records take.
    """

    permission: Permission
    fields: tuple[Field, ...]
    take: Callable[[Run, dict[str, Any]], Awaitable[Verdict]]
    undo: Callable[[Workspace, Any], Awaitable[None]]
    names: Mapping[str, str] = field(default_factory=dict)
    series: str | None = None

    def plan(self, mapping: Mapping[str, Mapping[str, Any]]) -> list[Mapped]:
        """The fields that the mapping names, in their order."""
        named = [(each, mapping.get(each.name)) for each in self.fields]
        return [Mapped(each, rule["column"], rule["value"]) for each, rule in named if rule]


async def judge_all(run: Run, kind: Kind, record: Import) -> dict[UUID, Verdict]:
    """What becomes of each row, by its id, in their order."""
    plan = kind.plan(record.mapping)
    form = Format.model_validate(record.format) if record.format else None
    columns = {each.field.name: each.column for each in plan}
    verdicts: dict[UUID, Verdict] = {}
    async for row in read_lines(run.work, record.id):
        if kind.series and not has_ahead(run.work, kind.series):
            left = record.row_count - len(verdicts)
            await take_ahead(run.work, kind.series, min(left, AT_ONCE))
        act = partial(_take, run, kind, plan, Line(row.line, row.cells), form)
        verdict = await _judge(run, kind, act)
        for error in verdict.errors:
            place = columns.get(error["field"])
            error["column"] = None if place is None else record.columns[place]
        verdicts[row.id] = verdict
        await asyncio.sleep(0)  # SQLite answers without waiting, and others want an answer too
    if kind.series:
        await give_back(run.work, kind.series)
    return verdicts


async def _take(
    run: Run, kind: Kind, plan: list[Mapped], line: Line, form: Format | None
) -> Verdict:
    return await kind.take(run, read_line(plan, line, form))


async def _judge(run: Run, kind: Kind, act: Callable[[], Awaitable[Verdict]]) -> Verdict:
    try:
        async with run.work.attempt():
            verdict = await act()
    except (Refusal, ValidationError) as error:
        return Verdict(outcome="error", errors=list(_errors_of(kind, error)))
    if verdict.target_id is not None:
        run.named.add(verdict.target_id)
    return verdict


def _errors_of(kind: Kind, error: Refusal | ValidationError) -> Iterator[dict[str, Any]]:
    """Each wrong field by the name it has in files; a refusal that blames none stands alone."""
    refusal = error if isinstance(error, Refusal) else _refusal_for(error)
    blamed = [(each.pointer, each.code, each.detail) for each in refusal.errors]
    for pointer, code, detail in blamed or [("", refusal.code(), refusal.detail)]:
        name = pointer.rpartition("/")[2]
        yield {"field": kind.names.get(name, name) or None, "code": code, "detail": detail}


def _refusal_for(error: ValidationError) -> Refusal:
    return refusal_for_faults({**each, "loc": ("body", *each["loc"])} for each in error.errors())


_PAGE = (
    columns_from(_rows.c.id, _rows.c.line, _rows.c.cells)
    .where(_rows.c.organization_id == bindparam("organization"))
    .where(_rows.c.import_id == bindparam("import"), _rows.c.line > bindparam("after"))
    .order_by(_rows.c.line)
    .limit(AT_ONCE)
)


async def read_lines(work: Workspace, import_id: UUID) -> AsyncIterator[Any]:
    """The rows of the file in their order, some at a time."""
    after = 0
    while True:
        place = {"organization": work.organization_id, "import": import_id, "after": after}
        found = await read_rows(work.session, _PAGE, place)
        for row in found:
            yield row
        if len(found) < AT_ONCE:
            return
        after = found[-1].line


_KEEP = (
    update(_rows)
    .where(_rows.c.organization_id == bindparam("home"), _rows.c.id == bindparam("row"))
    .values(
        {
            name: bindparam(f"new_{name}", type_=_rows.c[name].type)
            for name in ("outcome", "target_id", "version", "changes", "before", "errors")
        }
    )
)


async def keep_verdicts(
    work: Workspace, verdicts: Mapping[UUID, Verdict], version: Literal["seen", "version"]
) -> None:
    """Write down what became of each row, with the version it found or the one it left."""
    values = [
        {
            "home": work.organization_id,
            "row": row_id,
            "new_outcome": each.outcome,
            "new_target_id": each.target_id if each.seen or version == "version" else None,
            "new_version": getattr(each, version),
            "new_changes": each.changes,
            "new_before": each.before,
            "new_errors": each.errors,
        }
        for row_id, each in verdicts.items()
    ]
    for first in range(0, len(values), AT_ONCE):
        await write_many(work.session, _KEEP, values[first : first + AT_ONCE])
