"""What crosses the border about products and units."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from erp.kernel.fields import ABSENT, DecimalOut, Edit, Input, InstantOut, Output, Text, UnitPrice
from erp.kernel.paging import ArchivingQuery, FeedQuery, Page

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
    category_id: UUID | None = None
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
    category_id: UUID | None = None
    sale_price: UnitPrice = ABSENT
    cost_price: UnitPrice | None = None


class UnitOut(Output):
    """What a quantity counts; `un_code` is the code of UN/ECE Recommendation 20."""

    id: UUID
    code: str
    name: str
    decimals: int
    un_code: str


class UnitRow(UnitOut):
    """A unit of its own, with the version that `If-Match` wants."""

    version: int


class UnitsOut(Output):
    """Every unit of the organization."""

    items: list[UnitRow]


Code = Annotated[str, Text(16)]
UnitName = Annotated[str, Text(50)]
UnCode = Annotated[str, Field(pattern="^[A-Z0-9]{2,3}$", examples=["C62"])]
Decimals = Annotated[int, Field(ge=0, le=4, strict=True)]


class UnitIn(Input):
    """A new unit; without a code of UN/ECE Recommendation 20 it counts as `C62`, one."""

    code: Code
    name: UnitName
    decimals: Decimals = 0
    un_code: UnCode = "C62"


class UnitEdit(Edit):
    """What changes about a unit."""

    code: Code = ABSENT
    name: UnitName = ABSENT
    decimals: Decimals = ABSENT
    un_code: UnCode = ABSENT


class CategoryIn(Input):
    """A new category, within another or at the root."""

    name: UnitName
    parent_id: UUID | None = None


class CategoryEdit(Edit):
    """What changes about a category; `parent_id` null moves it to the root."""

    name: UnitName = ABSENT
    parent_id: UUID | None = None


class CategoryOut(Output):
    """A category and its place in the tree; `depth` is 1 at the root."""

    id: UUID
    name: str
    parent_id: UUID | None
    depth: int
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class CategoryPage(Page):
    """Categories, each followed by those within it."""

    items: list[CategoryOut]


class CategoryQuery(FeedQuery):
    """How to list categories; `path` goes down each branch before the next."""

    sort: Literal["path", "-path", "updated_at", "-updated_at"] = "path"
    parent_id: UUID | None = None


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
    category_id: UUID | None
    category_name: str | None
    currency: str
    sale_price: DecimalOut
    cost_price: DecimalOut | None = None
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    archived_at: InstantOut | None
    first_moved_at: InstantOut | None


class ProductRow(Output):
    """A product in a list."""

    id: UUID
    number: int
    sku: str | None
    barcode: str | None
    name: str
    kind: Kind
    unit_code: str
    category_id: UUID | None
    category_name: str | None
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
    category_id: Annotated[
        UUID | None, Field(description="Products of this category and of those within it")
    ] = None
    price_from: UnitPrice | None = None
    price_to: UnitPrice | None = None


class TwinQuery(BaseModel):
    """What a product would be called; `besides` is the one that is being edited."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)] | None = None
    sku: Annotated[str, Field(max_length=64)] | None = None
    barcode: Annotated[str, Field(max_length=64)] | None = None
    besides: UUID | None = None


class TwinOut(Output):
    """A product that may be the same, and by what."""

    id: UUID
    number: int
    name: str
    sku: str | None
    barcode: str | None
    archived_at: InstantOut | None
    same: list[Literal["sku", "barcode", "name"]]


class TwinsOut(Output):
    """Products that may be the same, at most twenty."""

    items: list[TwinOut]
