"""Lists of products, units and categories, and products that may be the same."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, func

from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.schema import bare, fold
from erp.kernel.workspace import Workspace
from erp.products.models import (
    STANDARD_UNITS,
    Category,
    Product,
    Unit,
    depth_of,
    standard_unit_id,
)
from erp.products.schemas import CategoryQuery, ProductQuery, TwinOut, TwinQuery, UnitRow

COSTS = "products:costs"
TWINS = 20
_products, _units, _categories = (each.__table__.c for each in (Product, Unit, Category))
_same_unit = and_(
    _units.organization_id == _products.organization_id, _units.id == _products.unit_id
)
_same_category = and_(
    _categories.organization_id == _products.organization_id,
    _categories.id == _products.category_id,
)
_with_names = Product.__table__.join(Unit.__table__, _same_unit).outerjoin(
    Category.__table__, _same_category
)

PRODUCTS = Listing(
    table=Product.__table__,
    source=_with_names,
    columns={
        "id": _products.id,
        "number": _products.number,
        "sku": _products.sku,
        "barcode": _products.barcode,
        "name": _products.name,
        "kind": _products.kind,
        "unit_code": _units.code,
        "category_id": _products.category_id,
        "category_name": _categories.name,
        "currency": _products.currency,
        "sale_price": _products.sale_price,
        "cost_price": _products.cost_price,
        "version": _products.version,
        "created_at": _products.created_at,
        "updated_at": _products.updated_at,
        "archived_at": _products.archived_at,
    },
    sorts={
        "name": _products.name_key,
        "number": _products.number,
        "sku": func.coalesce(_products.sku_key, ""),
        "sale_price": _products.sale_price,
        "created_at": _products.created_at,
        "updated_at": _products.updated_at,
    },
    filters={
        "kind": _products.kind == given("kind"),
        "number": _products.number == given("number"),
        "sku": _products.sku_key == given("sku"),
        "barcode": _products.barcode == given("barcode"),
        "unit_id": _products.unit_id == given("unit_id"),
        "branch": _categories.lineage.contains(given("branch")),
        "price_from": _products.sale_price >= given("price_from"),
        "price_to": _products.sale_price <= given("price_to"),
    },
    search=_products.search_key,
)


UNIT = ("id", "code", "name", "decimals", "un_code")


def _with_unit(flat: dict[str, Any]) -> dict[str, Any]:
    flat["unit"] = {name: flat.pop(f"unit.{name}") for name in UNIT}
    return flat


PRODUCT = Listing(
    table=PRODUCTS.table,
    source=PRODUCTS.source,
    columns={
        **{name: each for name, each in PRODUCTS.columns.items() if name != "unit_code"},
        "description": _products.description,
        "supplier_code": _products.supplier_code,
        "unit_id": _products.unit_id,
        "first_moved_at": _products.first_moved_at,
        **{f"unit.{name}": _units[name] for name in UNIT},
    },
    sorts={},
    arrange=_with_unit,
)


async def read_product(work: Workspace, product_id: UUID) -> dict[str, Any]:
    """One product with its unit. Raises `NotFound`."""
    return await fetch_one(work, PRODUCT, product_id, without=hidden_from(work))


async def list_products(work: Workspace, query: ProductQuery) -> bytes:
    """One page of products as JSON, without costs for those who may not see them."""
    if query.sku is not None:
        query = query.model_copy(update={"sku": fold(query.sku)})
    branch = str(query.category_id) if query.category_id else None
    return await fetch_page(work, PRODUCTS, query, without=hidden_from(work), branch=branch)


def hidden_from(work: Workspace) -> frozenset[str]:
    """The fields of a product that this member may not see."""
    return frozenset() if work.can(COSTS) else frozenset({"cost_price"})


async def list_units(work: Workspace) -> list[UnitRow]:
    """The units of the organization; before first use, those it will start with."""
    stored = list(await work.session.scalars(work.select(Unit).order_by(Unit.name, Unit.code)))
    if stored:
        return [UnitRow.model_validate(unit) for unit in stored]
    made = [
        UnitRow(id=standard_unit_id(work.organization_id, unit.code), version=1, **unit._asdict())
        for unit in STANDARD_UNITS
    ]
    return sorted(made, key=lambda unit: unit.name)


def _with_depth(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "depth": depth_of(row.pop("lineage"))}


CATEGORIES = Listing(
    table=Category.__table__,
    columns={
        name: _categories[name]
        for name in ("id", "name", "parent_id", "lineage", "version", "created_at", "updated_at")
    },
    sorts={"path": _categories.path_key, "updated_at": _categories.updated_at},
    filters={"parent_id": _categories.parent_id == given("parent_id")},
    search=_categories.search_key,
    arrange=_with_depth,
)


async def list_categories(work: Workspace, query: CategoryQuery) -> bytes:
    """One page of categories as JSON, each followed by those within it."""
    return await fetch_page(work, CATEGORIES, query)


async def find_twins(work: Workspace, query: TwinQuery) -> list[TwinOut]:
    """Products, archived ones too, with the same SKU, barcode or (but for punctuation) name."""
    keys = {
        "sku": (Product.sku_key, fold(query.sku or "")),
        "barcode": (Product.barcode, (query.barcode or "").strip()),
        "name": (Product.twin_key, bare(query.name or "")),
    }
    asked = {word: (column, key) for word, (column, key) in keys.items() if key}
    twins = work.select(Product).limit(TWINS)
    if query.besides:
        twins = twins.where(Product.id != query.besides)
    found: set[Product] = set()
    for column, key in asked.values():  # one by one, each by its index
        found.update(await work.session.scalars(twins.where(column == key)))
    nearest = sorted(found, key=lambda each: each.number)[:TWINS]
    return [_as_twin(each, asked) for each in nearest]


def _as_twin(product: Product, asked: dict[str, tuple[Any, str]]) -> TwinOut:
    same = [word for word, (column, key) in asked.items() if getattr(product, column.key) == key]
    shown = {name: getattr(product, name) for name in TwinOut.model_fields if name != "same"}
    return TwinOut(**shown, same=same)
