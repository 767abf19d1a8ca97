"""Lists of counts, and one count with what was expected."""

from typing import Any
from uuid import UUID

from sqlalchemy import func

from erp.kernel.errors import NotFound
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.products.models import Product, Unit
from erp.stock.models import StockCount, StockCountLine
from erp.stock.queries.figures import Figures, list_figures
from erp.stock.queries.naming import by_member, nested, of_location, with_location, with_member
from erp.stock.schemas.counts import CountLineOut, CountQuery

_counts, _lines = StockCount.__table__, StockCountLine.__table__
_line_count = (
    _lines.select()
    .with_only_columns(func.count())
    .where(_lines.c.organization_id == _counts.c.organization_id, _lines.c.count_id == _counts.c.id)
    .scalar_subquery()
)

COUNTS = Listing(
    table=_counts,
    source=with_member(with_location(_counts, _counts), _counts, "created_by"),
    columns={
        **{
            name: _counts.c[name]
            for name in ("id", "state", "posting_id", "version", "created_at", "updated_at")
        },
        **of_location("location"),
        **by_member("started_by"),
        "line_count": _line_count,
    },
    sorts={"created_at": _counts.c.id},  # ids rise with time
    filters={
        "location": _counts.c.location_id == given("location"),
        "state": _counts.c.state == given("state"),
    },
    arrange=nested,
)


async def list_counts(work: Workspace, query: CountQuery) -> bytes:
    """One page of counts as JSON, the newest first."""
    return await fetch_page(work, COUNTS, query)


async def read_count(work: Workspace, count_id: UUID) -> dict[str, Any]:
    """One count with its lines, ready for JSON. Raises `NotFound`."""
    told = await fetch_one(work, COUNTS, count_id, without=frozenset({"line_count"}))
    count = await work.get(StockCount, count_id)
    lines = await _show(work, await list_figures(work, count))
    return told | {"lines": [line.model_dump(mode="json") for line in lines]}


async def read_line(work: Workspace, count_id: UUID, product_id: UUID) -> CountLineOut:
    """One line of a count. Raises `NotFound`."""
    count = await work.get(StockCount, count_id)
    figures = await list_figures(work, count, product_id)
    if not figures:
        raise NotFound
    return (await _show(work, figures))[0]


async def _show(work: Workspace, figures: list[Figures]) -> list[CountLineOut]:
    """The lines by the names of their products."""
    ids = [each.line.product_id for each in figures]
    query = work.select(Product).join(
        Unit,
        (Unit.organization_id == Product.organization_id) & (Unit.id == Product.unit_id),
    )
    named = {
        product.id: (product, unit)
        for product, unit in await work.session.execute(
            query.where(Product.id.in_(ids)).add_columns(Unit)
        )
    }
    shown = [_shown(each, *named[each.line.product_id]) for each in figures]
    return sorted(shown, key=lambda line: (line.product.name, line.product.number))


def _shown(each: Figures, product: Product, unit: Unit) -> CountLineOut:
    line = each.line
    named = {name: getattr(product, name) for name in ("id", "number", "sku", "name")}
    return CountLineOut.model_validate(
        {
            "product": {**named, "unit": {"code": unit.code, "decimals": unit.decimals}},
            "counted": line.counted,
            "counted_at": line.counted_at,
            "note": line.note,
            "expected": each.expected(),
            "difference": each.difference(),
        }
    )
