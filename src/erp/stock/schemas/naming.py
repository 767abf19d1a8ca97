"""How products, locations and people are named beside figures, and what figures may be."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from erp.kernel.fields import DecimalOut, Exact, Output, Text

LARGEST = "1000000000"
Quantity = Annotated[Decimal, Exact("0.0001", LARGEST)]
Counted = Annotated[Decimal, Exact("0", LARGEST)]
Reference = Annotated[str, Text(64)]
Reason = Annotated[str, Text(200)]
Note = Annotated[str, Text(200)]
Kind = Literal["opening", "receipt", "issue", "return_in", "return_out", "transfer", "count"]
AnyKind = Literal[Kind, "reversal", "consumption"]
LocationKind = Literal["storage", "supplier", "customer", "adjustment", "opening", "consumption"]


class UnitOfProduct(Output):
    """What the product is counted in, and how finely."""

    code: str
    decimals: int


class ProductOfStock(Output):
    """Which product it is, as people name it."""

    id: UUID
    number: int
    sku: str | None
    name: str
    unit: UnitOfProduct


class LocationOfStock(Output):
    """Which location it is."""

    id: UUID
    code: str
    name: str
    kind: LocationKind


class ByOut(Output):
    """The member who did it; null if it was a job."""

    number: int
    name: str


class PlaceOut(Output):
    """What lies at one storage location; `available` is what is not reserved."""

    product_id: UUID
    location_id: UUID
    on_hand: DecimalOut
    reserved: DecimalOut
    available: DecimalOut
