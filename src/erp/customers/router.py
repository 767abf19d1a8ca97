"""Customers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.customers import queries
from erp.customers.actions import customers as actions
from erp.customers.actions import merging, parts
from erp.customers.errors import (
    AlreadyMerged,
    BillingAddressExists,
    CustomerArchived,
    CustomerEmailTaken,
    CustomerMerged,
    MergeTouched,
    MergeUndone,
    PrimaryContactExists,
)
from erp.customers.models import Address, Contact, CustomerMerge
from erp.customers.schemas import (
    AddressEdit,
    AddressesOut,
    AddressIn,
    AddressOut,
    ContactEdit,
    ContactIn,
    ContactOut,
    ContactsOut,
    CustomerEdit,
    CustomerIn,
    CustomerOut,
    CustomerPage,
    CustomerQuery,
    MergeIn,
    MergeOut,
    MergePage,
    MergeQuery,
    TwinQuery,
    TwinsOut,
)
from erp.kernel.batch import Batch, BatchOut, BatchRefused
from erp.kernel.db import DRY_RUN
from erp.kernel.errors import InUse
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may

router = room_router("customers", "/api")
CUSTOMER = "/customers/{customer_id}"
Reading = Annotated[Workspace, may("customers:read")]
Writing = Annotated[Workspace, may("customers:write")]
Merging = Annotated[Workspace, may("customers:merge")]


@also_as_files(router)
@router.get("/customers", response_model=CustomerPage, responses=refuses(*READING))
async def list_customers(work: Reading, query: Annotated[CustomerQuery, Query()]) -> Response:
    """Live customers by name; `archived=true` shows the archived ones."""
    return page(await queries.list_customers(work, query))


@router.post(
    "/customers",
    status_code=201,
    response_model=CustomerOut,
    responses=refuses(*CREATING, CustomerEmailTaken),
)
async def create_customer(work: Writing, body: CustomerIn) -> Response:
    """Add a customer; it gets the next number."""
    customer = await actions.create_customer(work, body)
    return answer(CustomerOut, customer, made_at=f"/api/customers/{customer.id}")


@router.post(
    "/customers/batch",
    response_model=BatchOut,
    responses=refuses(*CREATING, BatchRefused),
    dependencies=[DRY_RUN],
)
async def save_batch(work: Writing, body: Batch[CustomerIn, CustomerEdit]) -> BatchOut:
    """Many changes in one transaction, with a result for each."""
    return await actions.save_batch(work, body)


@router.get("/customers/duplicates", response_model=TwinsOut, responses=refuses(*READING))
async def list_duplicates(work: Reading, query: Annotated[TwinQuery, Query()]) -> TwinsOut:
    """Customers that may be the one at hand, archived ones too."""
    return TwinsOut(items=await queries.find_twins(work, query))


@router.get(CUSTOMER, response_model=CustomerOut, responses=refuses(*READING))
async def read_customer(work: Reading, customer_id: UUID) -> Response:
    """One customer with contacts and addresses."""
    return answer(CustomerOut, await actions.get_customer(work, customer_id))


@router.patch(
    CUSTOMER,
    response_model=CustomerOut,
    responses=refuses(*CHANGING, CustomerEmailTaken),
)
async def change_customer(
    work: Writing, customer_id: UUID, body: CustomerEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; null clears one."""
    return answer(CustomerOut, await actions.change_customer(work, customer_id, body, version))


@router.delete(CUSTOMER, status_code=204, responses=refuses(*CHANGING, InUse))
async def delete_customer(work: Writing, customer_id: UUID, version: ReadVersion) -> None:
    """Remove a customer that nothing refers to."""
    await actions.delete_customer(work, customer_id, version)


@router.post(CUSTOMER + "/archive", response_model=CustomerOut, responses=refuses(*CHANGING))
async def archive_customer(work: Writing, customer_id: UUID, version: ReadVersion) -> Response:
    """Take the customer out of lists and pickers."""
    return answer(CustomerOut, await actions.archive_customer(work, customer_id, version))


@router.post(
    CUSTOMER + "/restore",
    response_model=CustomerOut,
    responses=refuses(*CHANGING, CustomerEmailTaken, CustomerMerged),
)
async def restore_customer(work: Writing, customer_id: UUID, version: ReadVersion) -> Response:
    """Bring an archived customer back."""
    return answer(CustomerOut, await actions.restore_customer(work, customer_id, version))


@also_as_files(router)
@router.get(CUSTOMER + "/contacts", response_model=ContactsOut, responses=refuses(*READING))
async def list_contacts(work: Reading, customer_id: UUID) -> ContactsOut:
    """The contacts of one customer, by name."""
    customer = await actions.get_customer(work, customer_id)
    return ContactsOut.model_validate({"items": customer.contacts}, from_attributes=True)


@router.post(
    CUSTOMER + "/contacts",
    status_code=201,
    response_model=ContactOut,
    responses=refuses(*CREATING, PrimaryContactExists),
)
async def add_contact(work: Writing, customer_id: UUID, body: ContactIn) -> Response:
    """Add a contact."""
    contact = await parts.add_contact(work, customer_id, body)
    path = f"/api/customers/{customer_id}/contacts/{contact.id}"
    return answer(ContactOut, contact, made_at=path)


@router.patch(
    CUSTOMER + "/contacts/{contact_id}",
    response_model=ContactOut,
    responses=refuses(*CHANGING, PrimaryContactExists),
)
async def change_contact(
    work: Writing, customer_id: UUID, contact_id: UUID, body: ContactEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; null clears one."""
    place = (customer_id, contact_id)
    return answer(ContactOut, await parts.change_contact(work, place, body, version))


@router.delete(CUSTOMER + "/contacts/{contact_id}", status_code=204, responses=refuses(*CHANGING))
async def delete_contact(
    work: Writing, customer_id: UUID, contact_id: UUID, version: ReadVersion
) -> None:
    """Remove a contact."""
    await parts.delete_part(work, Contact, (customer_id, contact_id), version)


@also_as_files(router)
@router.get(CUSTOMER + "/addresses", response_model=AddressesOut, responses=refuses(*READING))
async def list_addresses(work: Reading, customer_id: UUID) -> AddressesOut:
    """The addresses of one customer, billing first."""
    customer = await actions.get_customer(work, customer_id)
    return AddressesOut.model_validate({"items": customer.addresses}, from_attributes=True)


@router.post(
    CUSTOMER + "/addresses",
    status_code=201,
    response_model=AddressOut,
    responses=refuses(*CREATING, BillingAddressExists),
)
async def add_address(work: Writing, customer_id: UUID, body: AddressIn) -> Response:
    """Add an address."""
    address = await parts.add_address(work, customer_id, body)
    path = f"/api/customers/{customer_id}/addresses/{address.id}"
    return answer(AddressOut, address, made_at=path)


@router.patch(
    CUSTOMER + "/addresses/{address_id}",
    response_model=AddressOut,
    responses=refuses(*CHANGING, BillingAddressExists),
)
async def change_address(
    work: Writing, customer_id: UUID, address_id: UUID, body: AddressEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; null clears one."""
    place = (customer_id, address_id)
    return answer(AddressOut, await parts.change_address(work, place, body, version))


@router.delete(CUSTOMER + "/addresses/{address_id}", status_code=204, responses=refuses(*CHANGING))
async def delete_address(
    work: Writing, customer_id: UUID, address_id: UUID, version: ReadVersion
) -> None:
    """Remove an address."""
    await parts.delete_part(work, Address, (customer_id, address_id), version)


@router.post(
    CUSTOMER + "/merge",
    response_model=MergeOut,
    responses=refuses(*CREATING, AlreadyMerged, CustomerArchived, CustomerEmailTaken),
    dependencies=[DRY_RUN],
)
async def merge_customers(
    work: Merging, customer_id: UUID, body: MergeIn, version: ReadVersion
) -> Response:
    """Take another customer into this one; nothing is moved, so it can be undone."""
    merge = await merging.merge_customers(work, customer_id, body, version)
    return await _show_merge(work, merge)


@also_as_files(router)
@router.get("/customer-merges", response_model=MergePage, responses=refuses(*READING))
async def list_merges(work: Reading, query: Annotated[MergeQuery, Query()]) -> Response:
    """Merges of customers, newest first; undone ones too."""
    return page(await queries.list_merges(work, query))


@router.post(
    "/customer-merges/{merge_id}/undo",
    response_model=MergeOut,
    responses=refuses(*CREATING, MergeTouched, MergeUndone, CustomerEmailTaken),
    dependencies=[DRY_RUN],
)
async def undo_merge(work: Merging, merge_id: UUID) -> Response:
    """Take the two apart again, as long as nothing the merge brought was changed since."""
    return await _show_merge(work, await merging.undo_merge(work, merge_id))


async def _show_merge(work: Workspace, merge: CustomerMerge) -> Response:
    return answer(MergeOut, await merging.show_merge(work, merge))
