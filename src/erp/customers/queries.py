"""Lists of customers and merges, families, and customers that may be the same."""

from typing import Any
from uuid import UUID

from sqlalchemy import func

from erp.customers.models import Customer, CustomerMerge, digits_of, twin_name
from erp.customers.schemas import CustomerQuery, MergeQuery, TwinOut, TwinQuery
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace

TWINS = 20
_customers = Customer.__table__.c

CUSTOMERS = Listing(
    table=Customer.__table__,
    columns={
        name: _customers[name]
        for name in (
            "id",
            "number",
            "kind",
            "name",
            "company",
            "email",
            "phone",
            "vat_id",
            "currency",
            "version",
            "created_at",
            "updated_at",
            "archived_at",
            "merged_into_id",
        )
    },
    sorts={
        "name": _customers.name_key,
        "number": _customers.number,
        "email": func.coalesce(_customers.email_key, ""),
        "created_at": _customers.created_at,
        "updated_at": _customers.updated_at,
    },
    filters={
        "kind": _customers.kind == given("kind"),
        "currency": _customers.currency == given("currency"),
        "number": _customers.number == given("number"),
        "email": _customers.email_key == given("email"),
    },
    search=_customers.search_key,
)


async def list_customers(work: Workspace, query: CustomerQuery) -> bytes:
    """One page of customers as JSON."""
    if query.email is not None:
        query = query.model_copy(update={"email": fold(query.email)})
    return await fetch_page(work, CUSTOMERS, query)


_merges = CustomerMerge.__table__.c
MERGES = Listing(
    table=CustomerMerge.__table__,
    columns={
        name: _merges[name]
        for name in (
            *("id", "survivor_id", "absorbed_id", "taken"),
            *("version", "created_at", "undone_at"),
        )
    },
    sorts={"created_at": _merges.id},
    filters={
        "survivor_id": _merges.survivor_id == given("survivor_id"),
        "absorbed_id": _merges.absorbed_id == given("absorbed_id"),
    },
)


async def list_merges(work: Workspace, query: MergeQuery) -> bytes:
    """One page of merges as JSON, undone ones too."""
    return await fetch_page(work, MERGES, query)


async def family_of(work: Workspace, customer_id: UUID) -> list[UUID]:
    """The customer and all it absorbed: under these ids stands what is its own.

    An absorbed customer is alone; its survivor is in `merged_into_id`.
    """
    absorbed = work.select(Customer).where(Customer.merged_into_id == customer_id)
    ids = absorbed.with_only_columns(Customer.id).order_by(Customer.id)
    return [customer_id, *await work.session.scalars(ids)]


async def find_twins(work: Workspace, query: TwinQuery) -> list[TwinOut]:
    """Customers, archived but not absorbed ones too, that share e-mail, VAT id, phone or name."""
    keys = {
        "name": (Customer.twin_key, twin_name(query.name or "")),
        "email": (Customer.email_key, fold(query.email or "")),
        "vat_id": (Customer.vat_id, "".join((query.vat_id or "").split()).upper()),
        "phone": (Customer.phone_key, digits_of(query.phone or "")),
    }
    asked = {word: (column, key) for word, (column, key) in keys.items() if key}
    twins = work.select(Customer).limit(TWINS)
    twins = twins.where(Customer.merged_into_id.is_(None))
    if query.besides:
        twins = twins.where(Customer.id != query.besides)
    found: set[Customer] = set()
    for column, key in asked.values():  # one by one, each by its index
        found.update(await work.session.scalars(twins.where(column == key)))
    nearest = sorted(found, key=lambda each: each.number)[:TWINS]
    return [_as_twin(each, asked) for each in nearest]


def _as_twin(customer: Customer, asked: dict[str, tuple[Any, str]]) -> TwinOut:
    same = [word for word, (column, key) in asked.items() if getattr(customer, column.key) == key]
    shown = {name: getattr(customer, name) for name in TwinOut.model_fields if name != "same"}
    return TwinOut(**shown, same=same)
