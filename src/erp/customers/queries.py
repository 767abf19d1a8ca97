"""Lists of customers."""

from sqlalchemy import func

from erp.customers.models import Customer
from erp.customers.schemas import CustomerQuery
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace

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
