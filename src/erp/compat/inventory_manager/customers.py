"""Customers: plain arrays of everything, with the billing address as one text."""

from typing import Annotated

from fastapi import APIRouter

from erp.compat.inventory_manager.finding import Number, get_live
from erp.compat.inventory_manager.schemas import CustomerIn, CustomerOut, CustomerPut
from erp.customers import schemas
from erp.customers.actions.customers import change_customer, create_customer, remove_customer
from erp.customers.actions.parts import add_address, change_address, delete_part
from erp.customers.models import Address, Customer
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import may

router = APIRouter(prefix="/api/customers", tags=["customers"], route_class=RoomRoute)
Reading = Annotated[Workspace, may("customers:read")]
Writing = Annotated[Workspace, may("customers:write")]


@router.get("")
async def list_customers(work: Reading) -> list[CustomerOut]:
    """Every customer, by id."""
    live = work.select(Customer).where(Customer.archived_at.is_(None)).order_by(Customer.number)
    customers = list(await work.session.scalars(live))
    billing = await work.session.scalars(work.select(Address).where(Address.kind == "billing"))
    addresses = {each.customer_id: each for each in billing}
    return [_shown(each, addresses.get(each.id)) for each in customers]


@router.post("", status_code=201)
async def add_customer(work: Writing, body: CustomerIn) -> CustomerOut:
    """A new customer."""
    given = schemas.CustomerIn.model_validate(body.model_dump(exclude={"address"}))
    customer = await create_customer(work, given)
    return _shown(customer, await _write_address(work, customer, None, body.address))


@router.get("/{customer_id}")
async def read_customer(work: Reading, customer_id: Number) -> CustomerOut:
    """One customer."""
    customer = await get_live(work, Customer, customer_id)
    return _shown(customer, await _find_billing(work, customer))


@router.put("/{customer_id}")
async def put_customer(work: Writing, customer_id: Number, body: CustomerPut) -> CustomerOut:
    """Change the fields that are sent."""
    customer = await get_live(work, Customer, customer_id)
    values = body.changes()
    address = await _find_billing(work, customer)
    text = values.pop("address", _as_text(address))
    if values:
        edit = schemas.CustomerEdit.model_validate(values)
        customer = await change_customer(work, customer.id, edit, None)
    return _shown(customer, await _write_address(work, customer, address, text))


@router.delete("/{customer_id}", status_code=204)
async def delete_customer(work: Writing, customer_id: Number) -> None:
    """Remove a customer; one with a history is archived."""
    await remove_customer(work, (await get_live(work, Customer, customer_id)).id)


async def _find_billing(work: Workspace, customer: Customer) -> Address | None:
    query = work.select(Address).where(Address.customer_id == customer.id)
    return (await work.session.scalars(query.where(Address.kind == "billing"))).one_or_none()


async def _write_address(
    work: Workspace, customer: Customer, address: Address | None, text: str | None
) -> Address | None:
    """The billing address that reads like this; one that does already keeps its parts."""
    if text == _as_text(address):
        return address
    if text is None and address is not None:
        await delete_part(work, Address, (customer.id, address.id), None)
        return None
    if address is None:
        given = schemas.AddressIn(kind="billing", lines=text or "")
        return await add_address(work, customer.id, given)
    edit = schemas.AddressEdit(
        lines=text or "", postal_code=None, city=None, region=None, country=None
    )
    return await change_address(work, (customer.id, address.id), edit, None)


def _as_text(address: Address | None) -> str | None:
    if address is None:
        return None
    place = " ".join(part for part in (address.postal_code, address.city) if part)
    parts = (*address.lines.splitlines(), place, address.region, address.country)
    return ", ".join(part for part in parts if part)


def _shown(customer: Customer, address: Address | None) -> CustomerOut:
    return CustomerOut(
        id=customer.number,
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        address=_as_text(address),
        company=customer.company,
    )
