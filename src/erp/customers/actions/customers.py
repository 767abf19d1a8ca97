"""Customers: made, changed, archived, restored and removed."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from erp.audit.actions import as_json, changes_of, ensure_unchanged, record
from erp.customers.models import Address, Contact, Customer
from erp.customers.queries import family_of
from erp.customers.schemas import CustomerEdit, CustomerIn, CustomerOut
from erp.kernel.batch import Batch, BatchOut, ChangeItem, CreateItem, Done, VerbItem, run_batch
from erp.kernel.errors import InUse
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import take_number


async def get_customer(work: Workspace, customer_id: UUID, *, lock: bool = False) -> Customer:
    """The customer with contacts and addresses, those of whom it absorbed included."""
    customer = await work.get(Customer, customer_id, lock=lock)
    family = await family_of(work, customer.id)
    contacts = work.select(Contact).where(Contact.customer_id.in_(family))
    addresses = work.select(Address).where(Address.customer_id.in_(family))
    for name, query in (
        ("contacts", contacts.order_by(Contact.name, Contact.id)),
        ("addresses", addresses.order_by(Address.kind, Address.id)),
    ):
        set_committed_value(customer, name, list(await work.session.scalars(query)))
    return customer


async def create_customer(work: Workspace, given: CustomerIn) -> Customer:
    """A new customer with the next number. Raises `CustomerEmailTaken`."""
    customer = Customer(id=new_id(), contacts=[], addresses=[])
    customer.number = await take_number(work.session, work.organization_id, "customer")
    values = given.model_dump()
    customer.currency = values.pop("currency") or work.currency
    customer.write(values)
    work.add(customer)
    record(work, "customer.created", customer, changes=_told(customer, None))
    await work.session.flush()  # the answer shows the version
    return customer


async def change_customer(
    work: Workspace, customer_id: UUID, edit: CustomerEdit, version: int | None
) -> Customer:
    """Change what was sent. Raises `Stale`, `CustomerEmailTaken`."""
    customer = await _lock(work, customer_id, version)
    limit = customer.credit_limit
    customer.write(edit.changes())
    if told := _told(customer, limit):
        record(work, "customer.changed", customer, changes=told)
        await work.session.flush()  # the answer shows the version
    return customer


async def archive_customer(work: Workspace, customer_id: UUID, version: int | None) -> Customer:
    """Take the customer out of lists and pickers; archiving twice changes nothing."""
    customer = await _lock(work, customer_id, version)
    if customer.archived_at is None:
        customer.archived_at = work.now()
        record(work, "customer.archived", customer)
        await work.session.flush()  # the answer shows the version
    return customer


async def restore_customer(work: Workspace, customer_id: UUID, version: int | None) -> Customer:
    """Bring an archived customer back. Raises `CustomerEmailTaken`, `CustomerMerged`."""
    customer = await _lock(work, customer_id, version)
    customer.ensure_unmerged()
    if customer.archived_at is not None:
        customer.archived_at = None
        record(work, "customer.restored", customer)
        await work.session.flush()  # the answer shows the version
    return customer


async def delete_customer(work: Workspace, customer_id: UUID, version: int | None) -> None:
    """Remove a customer nothing refers to, contacts and addresses included. Raises `InUse`."""
    customer = await _lock(work, customer_id, version)
    record(work, "customer.deleted", customer, changes={"name": [customer.name, None]})
    await work.session.delete(customer)


async def remove_customer(work: Workspace, customer_id: UUID) -> None:
    """Delete a customer that nothing refers to, and archive one that has a history."""
    try:
        async with work.attempt():
            await delete_customer(work, customer_id, None)
    except InUse:
        await archive_customer(work, customer_id, None)


async def save_batch(work: Workspace, batch: Batch[CustomerIn, CustomerEdit]) -> BatchOut:
    """Many changes at once. Raises `BatchRefused`."""

    async def run(item: CreateItem[CustomerIn] | ChangeItem[CustomerEdit] | VerbItem) -> Done:
        if isinstance(item, CreateItem):
            return "created", await create_customer(work, item.data)
        seen = (await work.get(Customer, item.id, lock=True)).version
        if isinstance(item, ChangeItem):
            after = await change_customer(work, item.id, item.data, item.version)
        elif item.op == "delete":
            await delete_customer(work, item.id, item.version)
            return "changed", None
        else:
            verb = archive_customer if item.op == "archive" else restore_customer
            after = await verb(work, item.id, item.version)
        return ("skipped" if after.version == seen else "changed"), after

    return await run_batch(work, batch.items, run, all_or_nothing=batch.all_or_nothing)


def _told(customer: Customer, limit: Decimal | None) -> dict[str, list[Any]]:
    """What changed, with the credit limit as the amount that clients know; `limit` was before."""
    told = changes_of(customer)
    told.pop("credit_limit_minor", None)
    if customer.credit_limit != limit:
        told["credit_limit"] = [as_json(limit), as_json(customer.credit_limit)]
    return told


async def _lock(work: Workspace, customer_id: UUID, version: int | None) -> Customer:
    customer = await get_customer(work, customer_id, lock=True)
    await ensure_unchanged(work, customer, version, lambda: show_json(customer))
    return customer


def show_json(customer: Customer) -> dict[str, Any]:
    """The customer as clients see it."""
    return CustomerOut.model_validate(customer).model_dump(mode="json")
