"""The columns by which products, locations and people are named beside figures."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_

from erp.identity.models import User
from erp.kernel.paging import Listing, fetch_one
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.products.models import Product, Unit
from erp.stock.models import Location

Tree = dict[str, Any]  # names, to places in a row or to trees
Columns = dict[str, ColumnElement[Any]]
products, units = Product.__table__, Unit.__table__
members, users = Member.__table__, User.__table__
locations = Location.__table__
origins, goals = locations.alias("origins"), locations.alias("goals")

PRODUCT: Columns = {
    "product.id": products.c.id,
    "product.number": products.c.number,
    "product.sku": products.c.sku,
    "product.name": products.c.name,
    "product.unit.code": units.c.code,
    "product.unit.decimals": units.c.decimals,
}


def by_member(name: str) -> Columns:
    """Number and names of the joined member, to be told as `name`."""
    shown = (members.c.number, users.c.full_name, users.c.username, users.c.email)
    return {f"{name}.{column.name}": column for column in shown}


def of_location(name: str, table: FromClause = locations) -> Columns:
    """The joined location, to be told as `name`."""
    return {f"{name}.{column}": table.c[column] for column in ("id", "code", "name", "kind")}


def with_product(source: FromClause, named_in: FromClause, *, if_any: bool = False) -> FromClause:
    """The source joined with the product named in one of its tables, and the product's unit."""
    product = _same(products, named_in, "product_id")
    return with_unit(source.join(products, product, isouter=if_any), if_any=if_any)


def with_unit(source: FromClause, *, if_any: bool = False) -> FromClause:
    """Products joined with their units."""
    return source.join(units, _same(units, products, "unit_id"), isouter=if_any)


def with_location(source: FromClause, named_in: FromClause) -> FromClause:
    """The source joined with the location named in one of its tables."""
    return source.join(locations, _same(locations, named_in, "location_id"))


def with_ends(source: FromClause, moves: FromClause, *, if_any: bool = False) -> FromClause:
    """Moves joined with the locations they go from and to."""
    begun = source.join(origins, _same(origins, moves, "from_location_id"), isouter=if_any)
    return begun.join(goals, _same(goals, moves, "to_location_id"), isouter=if_any)


def with_member(source: FromClause, named_in: FromClause, column: str) -> FromClause:
    """The source joined with the member it names, if any, and the member's user."""
    member = _same(members, named_in, column)
    return source.outerjoin(members, member).outerjoin(users, users.c.id == members.c.user_id)


def _same(table: FromClause, named_in: FromClause, column: str) -> ColumnElement[bool]:
    """Within the organization, the row of the table that the column names."""
    here = named_in.c
    return and_(table.c.organization_id == here.organization_id, table.c.id == here[column])


_NAMED = Listing(table=products, source=with_unit(products), columns=PRODUCT, sorts={})


async def name_product(work: Workspace, product_id: UUID) -> dict[str, Any]:
    """The product as it is named beside figures. Raises `NotFound`."""
    found: dict[str, Any] = nested(await fetch_one(work, _NAMED, product_id))["product"]
    return found


def nested(row: dict[str, Any]) -> dict[str, Any]:
    """`{"product.unit.code": …}` as `{"product": {"unit": {"code": …}}}`; nobody is null."""
    told = _filled(_tree_of(tuple(row)), [*row.values()])
    return {name: _person(value) for name, value in told.items()}


@lru_cache(maxsize=64)
def _tree_of(names: tuple[str, ...]) -> Tree:
    """Where each value goes, by its place in the row: found once for all rows of a list."""
    tree: Tree = {}
    for place, name in enumerate(names):
        *path, last = name.split(".")
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node[last] = place
    return tree


def _filled(tree: Tree, values: Sequence[Any]) -> dict[str, Any]:
    return {
        name: values[part] if isinstance(part, int) else _filled(part, values)
        for name, part in tree.items()
    }


def _person(value: Any) -> Any:
    """A member by the name he or she goes by."""
    if not isinstance(value, dict) or "full_name" not in value:
        return value
    if value["number"] is None:
        return None
    local_part = (value["email"] or "").partition("@")[0]
    return {
        "number": value["number"],
        "name": value["full_name"] or value["username"] or local_part,
    }
