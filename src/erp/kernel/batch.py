"""Many changes in one transaction, with a result for each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from erp.kernel.errors import Conflict, Refusal
from erp.kernel.fields import Edit, Input, Output
from erp.kernel.http import ProblemField
from erp.kernel.schema import TenantOwned
from erp.kernel.workspace import Workspace

New = TypeVar("New", bound=BaseModel)
Change = TypeVar("Change", bound=Edit)
Item = TypeVar("Item")

Outcome = Literal["created", "changed", "skipped", "refused"]
Done = tuple[Outcome, TenantOwned | None]


class BatchRefused(Conflict):
    """Nothing was written, because at least one item was refused."""


class CreateItem(Input, Generic[New]):
    """Make a record."""

    op: Literal["create"]
    data: New


class ChangeItem(Input, Generic[Change]):
    """Change a record, if it still has this version."""

    op: Literal["change"]
    id: UUID
    version: int | None = None
    data: Change


class VerbItem(Input):
    """Archive, restore or delete a record."""

    op: Literal["archive", "restore", "delete"]
    id: UUID
    version: int | None = None


class Batch(Input, Generic[New, Change]):
    """Up to 500 changes. By default one refusal writes nothing."""

    items: Annotated[
        list[Annotated[CreateItem[New] | ChangeItem[Change] | VerbItem, Field(discriminator="op")]],
        Field(min_length=1, max_length=500),
    ]
    all_or_nothing: bool = True


class BatchResult(Output):
    """What became of one item."""

    index: int
    outcome: Outcome
    id: UUID | None = None
    version: int | None = None
    code: str | None = None
    detail: str | None = None
    errors: list[ProblemField] = Field(default_factory=list)


class BatchOut(Output):
    """What became of each item, in their order."""

    items: list[BatchResult]


async def run_batch(
    work: Workspace,
    items: Sequence[Item],
    run: Callable[[Item], Awaitable[Done]],
    *,
    all_or_nothing: bool,
) -> BatchOut:
    """Run each item within a savepoint. Raises `BatchRefused` listing every result."""
    results = [await _run_one(work, index, item, run) for index, item in enumerate(items)]
    if all_or_nothing and any(result.outcome == "refused" for result in results):
        raise BatchRefused(items=[result.model_dump(mode="json") for result in results])
    return BatchOut(items=results)


async def _run_one(
    work: Workspace, index: int, item: Item, run: Callable[[Item], Awaitable[Done]]
) -> BatchResult:
    try:
        async with work.attempt():
            outcome, record = await run(item)
    except Refusal as refusal:
        return _refused(index, item, refusal)
    if record is None:
        return BatchResult(index=index, outcome=outcome, id=_named_by(item))
    return BatchResult(index=index, outcome=outcome, id=record.id, version=record.version)


def _refused(index: int, item: object, refusal: Refusal) -> BatchResult:
    place = f"/items/{index}/data"
    errors = [
        ProblemField(pointer=place + each.pointer, code=each.code, detail=each.detail)
        for each in refusal.errors
    ]
    return BatchResult(
        index=index,
        outcome="refused",
        id=_named_by(item),
        code=refusal.code(),
        detail=refusal.detail,
        errors=errors,
    )


def _named_by(item: object) -> UUID | None:
    """The record that the item names; a record that was not made has no id."""
    named: UUID | None = getattr(item, "id", None)
    return named
