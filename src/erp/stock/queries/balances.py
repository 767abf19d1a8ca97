"""What is on hand: products with their stock, place by place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, and_, func, null, type_coerce, union_all

from erp.kernel.fields import plain_decimal
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.schema import Scaled
from erp.kernel.workspace import Workspace
from erp.products.models import Category
from erp.stock.models import (
    Location,
    StockBalance,
    StockMove,
    StockRule,
    fixed_location_ids,
)
from erp.stock.queries.naming import PRODUCT, nested, products, with_unit
from erp.stock.queries.sums import total
from erp.stock.schemas.balances import StockQuery

Places = dict[UUID, list[dict[str, Any]]]
_balances, _rules = StockBalance.__table__, StockRule.__table__
_categories = Category.__table__
_category = and_(
    _categories.c.organization_id == products.c.organization_id,
    _categories.c.id == products.c.category_id,
)
_rule = and_(
    _rules.c.organization_id == products.c.organization_id, _rules.c.product_id == products.c.id
)
_there = _balances.select().with_only_columns(_balances.c.product_id)
_there = _there.where(
    _balances.c.organization_id == given("organization"),
    _balances.c.location_id == given("location"),
)

STOCK = Listing(
    table=products,
    source=with_unit(products).outerjoin(_rules, _rule).outerjoin(_categories, _category),
    columns={
        **PRODUCT,
        "barcode": products.c.barcode,
        "category_id": products.c.category_id,
        "category_name": _categories.c.name,
        "archived_at": products.c.archived_at,
        "minimum": _rules.c.minimum,
        "target": _rules.c.target,
        "low_since": _rules.c.low_since,
    },
    sorts={
        "name": products.c.name_key,
        "number": products.c.number,
        "sku": func.coalesce(products.c.sku_key, ""),
    },
    filters={
        "stocked": products.c.kind == given("stocked"),
        "product": products.c.id == given("product"),
        "location": products.c.id.in_(_there),
        "branch": _categories.c.lineage.contains(given("branch")),
        "low": _rules.c.low_since.is_not(None),
    },
    search=products.c.search_key,
    arrange=nested,
)


async def list_stock(work: Workspace, query: StockQuery) -> bytes:
    """One page of goods with what lies where, as JSON; services have no stock."""
    branch = str(query.category) if query.category else None
    page = orjson.loads(await fetch_page(work, STOCK, query, stocked="goods", branch=branch))
    ids = [UUID(row["product"]["id"]) for row in page["items"]]
    places = await _find_places(work, ids, query)
    for row, product_id in zip(page["items"], ids, strict=True):
        row.update(_summed(places.get(product_id, []), is_past=query.at is not None))
    return orjson.dumps(page)


def _summed(places: Sequence[dict[str, Any]], *, is_past: bool) -> dict[str, Any]:
    """The figures of the places together; what was reserved in the past nobody knows any more."""
    on_hand = sum((place["on_hand"] for place in places), Decimal(0))
    reserved = None if is_past else sum((place["reserved"] for place in places), Decimal(0))
    shown = [{"location": place["location"], **_told(place)} for place in places]
    return {**_told({"on_hand": on_hand, "reserved": reserved}), "places": shown}


def _told(figures: Mapping[str, Any]) -> dict[str, str | None]:
    on_hand, reserved = figures["on_hand"], figures["reserved"]
    return {
        "on_hand": plain_decimal(on_hand),
        "reserved": None if reserved is None else plain_decimal(reserved),
        "available": None if reserved is None else plain_decimal(on_hand - reserved),
    }


async def _find_places(work: Workspace, ids: Sequence[UUID], query: StockQuery) -> Places:
    if not ids:
        return {}
    figures = _figures_now(work, ids) if query.at is None else _figures_at(work, ids, query.at)
    rows = figures.order_by(Location.code_key)
    if query.location is not None:
        rows = rows.where(Location.id == query.location)
    places: Places = {}
    for product_id, on_hand, reserved, *location in await work.session.execute(rows):
        named = dict(zip(("id", "code", "name", "kind"), location, strict=True))
        place = {"location": named, "on_hand": on_hand, "reserved": reserved}
        places.setdefault(product_id, []).append(place)
    return places


_LOCATION = (Location.id, Location.code, Location.name, Location.kind)


def _figures_now(work: Workspace, ids: Sequence[UUID]) -> Any:
    place = and_(
        Location.organization_id == StockBalance.organization_id,
        Location.id == StockBalance.location_id,
    )
    rows = work.select(StockBalance).join(Location, place)
    figures = (StockBalance.product_id, StockBalance.on_hand, StockBalance.reserved)
    return rows.where(StockBalance.product_id.in_(ids)).with_only_columns(*figures, *_LOCATION)


def _figures_at(work: Workspace, ids: Sequence[UUID], moment: datetime) -> Any:
    """The sums of the moves that had taken effect by then."""
    fixed = fixed_location_ids(work.organization_id)
    moved = work.select(StockMove).where(StockMove.product_id.in_(ids))
    moved = moved.where(StockMove.effective_at <= moment)
    lost = type_coerce(-type_coerce(StockMove.quantity, BigInteger), Scaled())
    ways = (
        moved.where(end.not_in(fixed)).with_only_columns(
            StockMove.product_id, end.label("location_id"), change.label("change")
        )
        for end, change in (
            (StockMove.to_location_id, StockMove.quantity),
            (StockMove.from_location_id, lost),
        )
    )
    both = union_all(*ways).subquery()
    rows = work.select(Location).join(both, Location.id == both.c.location_id)
    figures = (both.c.product_id, total(both.c.change), null())
    rows = rows.with_only_columns(*figures, *_LOCATION)
    return rows.group_by(both.c.product_id, *_LOCATION, Location.code_key)
