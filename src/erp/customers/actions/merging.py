"""Two customers that are one: merge and undo. A merge points, it moves nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_

from erp.audit.actions import as_json, ensure_unchanged, record
from erp.customers.actions.customers import get_customer, show_json
from erp.customers.errors import AlreadyMerged
from erp.customers.models import Customer, CustomerMerge
from erp.customers.schemas import CustomerOut, MergeIn, MergeOut, MergeRow
from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace

Changes = dict[str, list[Any]]


async def merge_customers(
    work: Workspace, survivor_id: UUID, given: MergeIn, version: int | None
) -> CustomerMerge:
    """Take one customer into another, field by field as chosen.

    Raises `AlreadyMerged`, `CustomerArchived`, `CustomerEmailTaken`, `Stale`.
    """
    survivor, absorbed, earlier = await _lock_all(work, survivor_id, given.absorbed_id)
    if version is not None:  # a refusal shows the survivor whole
        survivor = await get_customer(work, survivor_id)
    await ensure_unchanged(work, survivor, version, lambda: show_json(survivor))
    for each in (survivor, absorbed):
        each.ensure_unmerged(AlreadyMerged)
    survivor.ensure_open_for_new_work()
    merge = CustomerMerge(
        id=new_id(),
        survivor_id=survivor.id,
        absorbed_id=absorbed.id,
        absorbed_archived_at=absorbed.archived_at,
        taken=_taken(survivor, absorbed, given),
        flattened=[str(each.id) for each in earlier],
    )
    work.add(merge)
    await _point(work, [absorbed, *earlier], survivor)
    await _write(work, survivor, {name: after for name, (_, after) in merge.taken.items()})
    told = {"absorbed": [None, absorbed.name], **merge.taken}
    record(work, "customer.merged", survivor, changes=told)
    record(work, "customer.merged", absorbed, changes={"survivor": [None, survivor.name]})
    return merge


async def undo_merge(work: Workspace, merge_id: UUID) -> CustomerMerge:
    """Take two customers apart again, as they were.

    Raises `MergeUndone`, `MergeTouched`, `CustomerEmailTaken`.
    """
    merge = await work.get(CustomerMerge, merge_id, lock=True)
    survivor, absorbed, _earlier = await _lock_all(work, merge.survivor_id, merge.absorbed_id)
    merge.ensure_undoable(survivor, absorbed)
    before = {name: before for name, (before, _) in merge.taken.items()}
    await _write(work, survivor, before)
    absorbed.merged_into_id, absorbed.archived_at = None, merge.absorbed_archived_at
    for each in await _named(work, [UUID(each) for each in merge.flattened]):
        each.merged_into_id = absorbed.id
    merge.undone_at = work.now()
    gone = {name: [after, before] for name, (before, after) in merge.taken.items()}
    told = {"absorbed": [absorbed.name, None], **gone}
    record(work, "customer.merge_undone", survivor, changes=told)
    record(work, "customer.merge_undone", absorbed, changes={"survivor": [survivor.name, None]})
    await work.session.flush()  # the answer shows the versions
    return merge


async def show_merge(work: Workspace, merge: CustomerMerge) -> MergeOut:
    """The merge beside both customers as they are now."""
    row = MergeRow.model_validate(merge)
    parties = {
        "survivor": await get_customer(work, merge.survivor_id),
        "absorbed": await get_customer(work, merge.absorbed_id),
    }
    shown = {name: CustomerOut.model_validate(each) for name, each in parties.items()}
    return MergeOut(**dict(row), **shown)


async def _lock_all(
    work: Workspace, survivor_id: UUID, absorbed_id: UUID
) -> tuple[Customer, Customer, list[Customer]]:
    """Both, and whom the second had absorbed; locked together, lowest id first."""
    if survivor_id == absorbed_id:
        raise wrong_field("/absorbed_id", "same_customer", "Name another customer")
    both = Customer.id.in_((survivor_id, absorbed_id))
    earlier = Customer.merged_into_id == absorbed_id
    await work.lock(work.select(Customer).where(or_(both, earlier)).order_by(Customer.id))
    # What was waited for may have brought more: read again, and lock those as well.
    everyone = await work.lock(
        work.select(Customer).where(or_(both, earlier)).order_by(Customer.id)
    )
    found = {each.id: each for each in everyone}
    if survivor_id not in found:
        raise NotFound
    if absorbed_id not in found:
        raise wrong_field("/absorbed_id", "unknown_customer", "There is no such customer")
    survivor, absorbed = found.pop(survivor_id), found.pop(absorbed_id)
    return survivor, absorbed, list(found.values())


async def _named(work: Workspace, ids: list[UUID]) -> list[Customer]:
    return await work.lock(work.select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))


def _taken(survivor: Customer, absorbed: Customer, given: MergeIn) -> Changes:
    """`{field: [before, after]}` of what the absorbed customer gives and the survivor lacks."""
    wanted = [name for name, whose in given.take.items() if whose == "absorbed"]
    pairs = {
        name: [as_json(getattr(survivor, name)), as_json(getattr(absorbed, name))]
        for name in wanted
    }
    return {name: [before, after] for name, (before, after) in pairs.items() if before != after}


async def _point(work: Workspace, absorbed: list[Customer], survivor: Customer) -> None:
    for each in absorbed:
        each.merged_into_id = survivor.id
        each.archived_at = each.archived_at or work.now()
    await work.session.flush()  # the survivor may take an address that must be free by now


async def _write(work: Workspace, survivor: Customer, values: Mapping[str, Any]) -> None:
    limit = values.get("credit_limit")
    amounts = {"credit_limit": Decimal(limit)} if limit is not None else {}
    if values:
        survivor.write({**values, **amounts})
    await work.session.flush()  # likewise, when it gives the address back
