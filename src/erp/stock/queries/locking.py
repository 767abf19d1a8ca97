"""What postings read under locks, by the shortest way (kernel/reading.py).

Statements are built once per number of ids, rounded up to a power of two; the last id fills up.
"""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, or_

from erp.kernel.reading import read_rows
from erp.kernel.schema import Id
from erp.kernel.workspace import Workspace, for_change, for_keeping
from erp.stock.models import Location, StockBalance, StockClosing, StockRule
from erp.stock.queries.naming import products, units, with_unit
from erp.stock.queries.sums import total

Build = Callable[..., Select[Any]]
_locations, _closings = Location.__table__, StockClosing.__table__
_rules, _balances = StockRule.__table__, StockBalance.__table__


async def keep_closing(work: Workspace) -> list[Any]:
    """The closing of the organization, if it has one yet."""
    return await read_rows(work.session, _CLOSING, {"organization": work.organization_id})


async def keep_locations(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """These locations and the default one, by id."""
    return await _read(work, _locations_of, ids or [work.organization_id])


async def keep_moved_goods(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """Those of the products that have moved before, each beside its unit, by id."""
    return await _read(work, _moved_goods, ids)


async def read_goods(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """The products, each beside its unit, without a lock."""
    return await _read(work, _goods, ids)


async def lock_rules_of(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """The rules of these products, by product."""
    return await _read(work, _rules_of, ids)


async def lock_balances_of(
    work: Workspace, product_ids: Collection[UUID], location_ids: Collection[UUID]
) -> list[Any]:
    """Every balance of these products at these locations, by product and location."""
    return await _read(work, _balances_of, product_ids, location_ids)


async def sum_available(work: Workspace, ids: Collection[UUID]) -> list[Any]:
    """What is left of each product in all storage."""
    return await _read(work, _available, ids)


async def _read(work: Workspace, build: Build, *ids: Collection[UUID]) -> list[Any]:
    """Rows of a statement with room for each list of ids."""
    if not all(ids):
        return []
    filled = [_filled_up(list(each)) for each in ids]
    values: dict[str, Any] = {"organization": work.organization_id}
    for letter, listed in zip("ab", filled, strict=False):
        values |= {f"{letter}{n}": each for n, each in enumerate(listed)}
    return await read_rows(work.session, build(*map(len, filled)), values)


def _filled_up(ids: list[UUID]) -> list[UUID]:
    size: int = 1 << (len(ids) - 1).bit_length()
    return ids + ids[-1:] * (size - len(ids))


def _among(column: ColumnElement[Any], size: int, letter: str = "a") -> ColumnElement[bool]:
    return column.in_([bindparam(f"{letter}{n}", type_=Id()) for n in range(size)])


def _within(source: FromClause, table: FromClause, columns: Sequence[Any]) -> Select[Any]:
    chosen = source.select().with_only_columns(*columns)
    return chosen.where(table.c.organization_id == bindparam("organization"))


_CLOSING = for_keeping(_within(_closings, _closings, [_closings.c.closed_until]))


@lru_cache(maxsize=16)
def _locations_of(size: int) -> Select[Any]:
    names = ("id", "code", "name", "kind", "is_default", "archived_at")
    query = _within(_locations, _locations, [_locations.c[name] for name in names])
    query = query.where(or_(_among(_locations.c.id, size), _locations.c.is_default))
    return for_keeping(query.order_by(_locations.c.id))


@lru_cache(maxsize=16)
def _goods(size: int) -> Select[Any]:
    columns = (products.c.id, products.c.kind, products.c.archived_at)
    query = _within(with_unit(products), products, [*columns, units.c.code, units.c.decimals])
    return query.where(_among(products.c.id, size)).order_by(products.c.id)


@lru_cache(maxsize=16)
def _moved_goods(size: int) -> Select[Any]:
    moved = _goods(size).where(products.c.first_moved_at.is_not(None))
    return for_keeping(moved, of=products)


@lru_cache(maxsize=16)
def _rules_of(size: int) -> Select[Any]:
    names = ("id", "product_id", "minimum", "low_since")
    query = _within(_rules, _rules, [_rules.c[name] for name in names])
    return for_change(query.where(_among(_rules.c.product_id, size)).order_by(_rules.c.product_id))


@lru_cache(maxsize=64)
def _balances_of(size: int, locations: int) -> Select[Any]:
    key = (_balances.c.product_id, _balances.c.location_id)
    query = _within(_balances, _balances, [*key, _balances.c.on_hand, _balances.c.reserved])
    query = query.where(_among(key[0], size), _among(key[1], locations, "b"))
    return for_change(query.order_by(*key))


@lru_cache(maxsize=16)
def _available(size: int) -> Select[Any]:
    left = total(_balances.c.on_hand - _balances.c.reserved).label("available")
    query = _within(_balances, _balances, [_balances.c.product_id, left])
    return query.where(_among(_balances.c.product_id, size)).group_by(_balances.c.product_id)
