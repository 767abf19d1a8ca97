"""What crosses the border about products and units."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import ABSENT, DecimalOut, Edit, Input, InstantOut, Output, Text, UnitPrice
from erp.kernel.paging import ArchivingQuery, Page

Kind = Literal["goods", "service"]
Name = Annotated[str, Text(200)]
Sku = Annotated[str, Text(64)]
Description = Annotated[str, Text(5000, lines=True)]


class ProductIn(Input):
    """A new product. Without a unit it is counted in pieces; prices are in `currency`."""

    sku: Sku | None = None
    barcode: Sku | None = None
    name: Name
    description: Description | None = None
    supplier_code: Sku | None = None
    kind: Kind = "goods"
    unit_id: UUID | None = None
    sale_price: UnitPrice = Decimal(0)
    cost_price: UnitPrice | None = None


class ProductEdit(Edit):
    """What changes about a product."""

    sku: Sku | None = None
    barcode: Sku | None = None
    name: Name = ABSENT
    description: Description | None = None
    supplier_code: Sku | None = None
    kind: Kind = ABSENT
    unit_id: UUID = ABSENT
    sale_price: UnitPrice = ABSENT
    cost_price: UnitPrice | None = None


class UnitOut(Output):
    """What a quantity counts; `un_code` is the code of UN/ECE Recommendation 20."""

    id: UUID
    code: str
    name: str
    decimals: int
    un_code: str


class UnitsOut(Output):
    """Every unit of the organization."""

    items: list[UnitOut]


class ProductOut(Output):
    """A product as it is now; `cost_price` is left out without the permission `products:costs`."""

    id: UUID
    number: int
    sku: str | None
    barcode: str | None
    name: str
    description: str | None
    supplier_code: str | None
    kind: Kind
    unit_id: UUID
    unit: UnitOut
    currency: str
    sale_price: DecimalOut
    cost_price: DecimalOut | None = None
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    archived_at: InstantOut | None


class ProductRow(Output):
    """A product in a list."""

    id: UUID
    number: int
    sku: str | None
    barcode: str | None
    name: str
    kind: Kind
    unit_code: str
    currency: str
    sale_price: DecimalOut
    cost_price: DecimalOut | None = None
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    archived_at: InstantOut | None


class ProductPage(Page):
    """One page of products."""

    items: list[ProductRow]


class ProductQuery(ArchivingQuery):
    """How to list products."""

    sort: Literal[
        "name",
        "-name",
        "number",
        "-number",
        "sku",
        "-sku",
        "sale_price",
        "-sale_price",
        "created_at",
        "-created_at",
        "updated_at",
        "-updated_at",
    ] = "name"
    kind: Kind | None = None
    number: Annotated[int, Field(ge=1, le=2**53)] | None = None
    sku: Annotated[str, Field(max_length=64)] | None = None
    barcode: Annotated[str, Field(max_length=64)] | None = None
    unit_id: UUID | None = None
    price_from: UnitPrice | None = None
    price_to: UnitPrice | None = None
