"""Contacts and addresses of customers."""

from typing import Any, TypeVar
from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.customers.models import Address, Contact, Customer
from erp.customers.schemas import (
    AddressEdit,
    AddressIn,
    AddressOut,
    ContactEdit,
    ContactIn,
    ContactOut,
)
from erp.kernel.errors import NotFound
from erp.kernel.fields import Edit, Input
from erp.kernel.schema import new_id, snake_case
from erp.kernel.workspace import Workspace

Part = TypeVar("Part", Contact, Address)


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
    schema = ContactOut if isinstance(part, Contact) else AddressOut
    return schema.model_validate(part).model_dump(mode="json")
