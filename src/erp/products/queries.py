"""Lists of products and units."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, func

from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.products.models import STANDARD_UNITS, Product, Unit, standard_unit_id
from erp.products.schemas import ProductQuery, UnitOut

COSTS = "products:costs"
_products, _units = Product.__table__.c, Unit.__table__.c
_same_unit = and_(
    _units.organization_id == _products.organization_id, _units.id == _products.unit_id
)

PRODUCTS = Listing(
    table=Product.__table__,
    source=Product.__table__.join(Unit.__table__, _same_unit),
    columns={
        "id": _products.id,
        "number": _products.number,
        "sku": _products.sku,
        "barcode": _products.barcode,
        "name": _products.name,
        "kind": _products.kind,
        "unit_code": _units.code,
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
    return await fetch_page(work, PRODUCTS, query, without=hidden_from(work))


def hidden_from(work: Workspace) -> frozenset[str]:
    """The fields of a product that this member may not see."""
    return frozenset() if work.can(COSTS) else frozenset({"cost_price"})


async def list_units(work: Workspace) -> list[UnitOut]:
    """The units of the organization; before first use, those it will start with."""
    stored = list(await work.session.scalars(work.select(Unit).order_by(Unit.name, Unit.code)))
    if stored:
        return [UnitOut.model_validate(unit) for unit in stored]
    made = [
        UnitOut(id=standard_unit_id(work.organization_id, unit.code), **unit._asdict())
        for unit in STANDARD_UNITS
    ]
    return sorted(made, key=lambda unit: unit.name)
