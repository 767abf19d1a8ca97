"""What people do with customers, their contacts and addresses."""

from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import selectinload

from erp.audit.actions import as_json, changes_of, ensure_unchanged, record
from erp.customers.models import Address, Contact, Customer
from erp.customers.schemas import (
    AddressEdit,
    AddressIn,
    AddressOut,
    ContactEdit,
    ContactIn,
    ContactOut,
    CustomerEdit,
    CustomerIn,
    CustomerOut,
)
from erp.kernel.batch import Batch, BatchOut, ChangeItem, CreateItem, Done, VerbItem, run_batch
from erp.kernel.errors import NotFound
from erp.kernel.fields import Edit, Input, Output
from erp.kernel.schema import new_id, snake_case
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import take_number

Part = TypeVar("Part", Contact, Address)
WITH_PARTS = (selectinload(Customer.contacts), selectinload(Customer.addresses))


async def get_customer(work: Workspace, customer_id: UUID, *, lock: bool = False) -> Customer:
    """The customer with contacts and addresses."""
    return await work.get(Customer, customer_id, lock=lock, options=WITH_PARTS)


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
    """Bring an archived customer back. Raises `CustomerEmailTaken` if its address is in use now."""
    customer = await _lock(work, customer_id, version)
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


async def add_contact(work: Workspace, customer_id: UUID, given: ContactIn) -> Contact:
    """A new contact. Raises `PrimaryContactExists`."""
    return await _add_part(work, Contact, customer_id, given)


async def change_contact(
    work: Workspace, place: tuple[UUID, UUID], edit: ContactEdit, version: int | None
) -> Contact:
    """Change what was sent. Raises `Stale`, `PrimaryContactExists`."""
    return await _change_part(work, Contact, place, edit, version)


async def add_address(work: Workspace, customer_id: UUID, given: AddressIn) -> Address:
    """A new address. Raises `BillingAddressExists`."""
    return await _add_part(work, Address, customer_id, given)


async def change_address(
    work: Workspace, place: tuple[UUID, UUID], edit: AddressEdit, version: int | None
) -> Address:
    """Change what was sent. Raises `Stale`, `BillingAddressExists`."""
    return await _change_part(work, Address, place, edit, version)


async def delete_part(
    work: Workspace, kind: type[Part], place: tuple[UUID, UUID], version: int | None
) -> None:
    """Remove a contact or an address."""
    part = await _lock_part(work, kind, place, version)
    told = {column: [kept, None] for column, kept in _shown(part).items() if column != "version"}
    record(work, f"{snake_case(kind.__name__)}.deleted", part, changes=told)
    await work.session.delete(part)


def _told(customer: Customer, limit: Decimal | None) -> dict[str, list[Any]]:
    """What changed, with the credit limit as the amount that clients know; `limit` was before."""
    told = changes_of(customer)
    told.pop("credit_limit_minor", None)
    if customer.credit_limit != limit:
        told["credit_limit"] = [as_json(limit), as_json(customer.credit_limit)]
    return told


async def _lock(work: Workspace, customer_id: UUID, version: int | None) -> Customer:
    customer = await get_customer(work, customer_id, lock=True)
    await ensure_unchanged(work, customer, version, lambda: _json(CustomerOut, customer))
    return customer


async def _add_part(work: Workspace, kind: type[Part], customer_id: UUID, given: Input) -> Part:
    await work.get(Customer, customer_id)
    part = work.add(kind(id=new_id(), customer_id=customer_id, **given.model_dump()))
    record(work, f"{snake_case(kind.__name__)}.created", part)
    await work.session.flush()  # the answer shows the version
    return part


async def _change_part(
    work: Workspace, kind: type[Part], place: tuple[UUID, UUID], edit: Edit, version: int | None
) -> Part:
    part = await _lock_part(work, kind, place, version)
    for name, value in edit.changes().items():
        setattr(part, name, value)
    if changes_of(part):
        record(work, f"{snake_case(kind.__name__)}.changed", part)
        await work.session.flush()  # the answer shows the version
    return part


async def _lock_part(
    work: Workspace, kind: type[Part], place: tuple[UUID, UUID], version: int | None
) -> Part:
    customer_id, part_id = place
    part = await work.get(kind, part_id, lock=True)
    if part.customer_id != customer_id:
        raise NotFound
    await ensure_unchanged(work, part, version, lambda: _shown(part))
    return part


def _shown(part: Contact | Address) -> dict[str, Any]:
    return _json(ContactOut if isinstance(part, Contact) else AddressOut, part)


def _json(schema: type[Output], shown: object) -> dict[str, Any]:
    return schema.model_validate(shown).model_dump(mode="json")
