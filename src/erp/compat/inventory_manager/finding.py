"""Records by the short number that this dialect calls their id."""

from typing import Annotated, Any, TypeVar

from fastapi import Path

from erp.customers.models import Customer
from erp.kernel.errors import NotFound
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.products.models import Product

Numbered = TypeVar("Numbered", Product, Customer, Member)
Number = Annotated[int, Path(ge=1, le=2**53)]
CALLED = {Product: "Product", Customer: "Customer", Member: "User"}


async def get_live(work: Workspace, model: type[Numbered], number: int) -> Numbered:
    """The record that is neither archived nor removed. Raises `NotFound` in its own words."""
    kind: Any = model
    gone = kind.status == "removed" if kind is Member else kind.archived_at.is_not(None)
    found: Numbered | None = await work.session.scalar(
        work.select(kind).where(kind.number == number, ~gone)
    )
    if found is None:
        raise NotFound(f"{CALLED[model]} not found")
    return found
