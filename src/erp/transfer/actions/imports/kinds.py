"""What can be imported by file."""

from erp.kernel.workspace import Workspace
from erp.transfer.actions.imports.customers import CUSTOMERS
from erp.transfer.actions.imports.judging import Kind
from erp.transfer.actions.imports.products import PRODUCTS
from erp.transfer.actions.imports.stock import STOCK

KINDS: dict[str, Kind] = {"products": PRODUCTS, "customers": CUSTOMERS, "stock": STOCK}


def kind_to_write(work: Workspace, name: str) -> Kind:
    """What is imported; raises `NotAllowed` to whom may not write it by hand."""
    kind = KINDS[name]
    work.ensure_can(kind.permission)
    return kind
