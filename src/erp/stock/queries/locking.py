"""What postings read under locks, by the shortest way (kernel/reading.py)."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Select, bindparam, or_

from erp.kernel.reading import among, read_rows
from erp.kernel.workspace import Workspace, for_change, for_keeping
from erp.stock.models import Location, StockBalance, StockClosing, StockRule
from erp.stock.queries.naming import products, units, with_unit
from erp.stock.queries.sums import total

_locations, _closings = Location.__table__, StockClosing.__table__
_rules, _balances = StockRule.__table__, StockBalance.__table__


async def keep_closing(work: Workspace) -> list[Any]:
    """The closing of the organization, if it has one yet."""
    return await read_rows(work.session, _CLOSING, {"organization": work.organization_id})


async def keep_locations(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """These locations and the default one, by id."""
    return await _read(work, _LOCATIONS, ids or [work.organization_id])


async def keep_moved_goods(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """Those of the products that have moved before, each beside its unit, by id."""
    return await _read(work, _MOVED_GOODS, ids)


async def read_goods(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """The products, each beside its unit, without a lock."""
    return await _read(work, _GOODS, ids)


async def lock_rules_of(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """The rules of these products, by product."""
    return await _read(work, _RULES, ids)


async def lock_balances_of(
    work: Workspace, product_ids: Collection[UUID], location_ids: Collection[UUID]
) -> list[Any]:
    """Every balance of these products at these locations, by product and location."""
    return await _read(work, _BALANCES, product_ids, location_ids)


async def sum_available(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """What is left of each product in all storage."""
    return await _read(work, _AVAILABLE, ids)


async def _read(
    work: Workspace, statement: Select[Any], ids: Collection[UUID], besides: Collection[UUID] = ()
) -> list[Any]:
    """Rows of a statement about these ids."""
    values = {"organization": work.organization_id, "ids": ids, "besides": besides}
    return await read_rows(work.session, statement, values) if ids else []


def _within(source: FromClause, table: FromClause, columns: Sequence[Any]) -> Select[Any]:
    chosen = source.select().with_only_columns(*columns)
    return chosen.where(table.c.organization_id == bindparam("organization"))


def _of_locations() -> Select[Any]:
    names = ("id", "code", "name", "kind", "is_default", "archived_at")
    query = _within(_locations, _locations, [_locations.c[name] for name in names])
    query = query.where(or_(among(_locations.c.id, "ids"), _locations.c.is_default))
    return for_keeping(query.order_by(_locations.c.id))


def _of_goods() -> Select[Any]:
    columns = (products.c.id, products.c.kind, products.c.archived_at)
    query = _within(with_unit(products), products, [*columns, units.c.code, units.c.decimals])
    return query.where(among(products.c.id, "ids")).order_by(products.c.id)


def _of_rules() -> Select[Any]:
    names = ("id", "product_id", "minimum", "low_since")
    query = _within(_rules, _rules, [_rules.c[name] for name in names])
    return for_change(query.where(among(_rules.c.product_id, "ids")).order_by(_rules.c.product_id))


def _of_balances() -> Select[Any]:
    key = (_balances.c.product_id, _balances.c.location_id)
    query = _within(_balances, _balances, [*key, _balances.c.on_hand, _balances.c.reserved])
    query = query.where(among(key[0], "ids"), among(key[1], "besides"))
    return for_change(query.order_by(*key))


def _of_sums() -> Select[Any]:
    left = total(_balances.c.on_hand - _balances.c.reserved).label("available")
    query = _within(_balances, _balances, [_balances.c.product_id, left])
    return query.where(among(_balances.c.product_id, "ids")).group_by(_balances.c.product_id)


_CLOSING = for_keeping(_within(_closings, _closings, [_closings.c.closed_until]))
_LOCATIONS = _of_locations()
_GOODS = _of_goods()
_MOVED_GOODS = for_keeping(_GOODS.where(products.c.first_moved_at.is_not(None)), of=products)
_RULES = _of_rules()
_BALANCES = _of_balances()
_AVAILABLE = _of_sums()
