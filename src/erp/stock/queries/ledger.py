"""Lists of postings, and one posting with its lines."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_

from erp.kernel.paging import Listing, fetch_all, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.stock.models import StockMove, StockPosting
from erp.stock.queries.naming import (
    PRODUCT,
    Columns,
    by_member,
    goals,
    nested,
    of_location,
    origins,
    with_ends,
    with_member,
    with_product,
)
from erp.stock.schemas.postings import PostingQuery

COSTS = "products:costs"
_postings, _moves = StockPosting.__table__, StockMove.__table__
reversals = _postings.alias("reversals")

_reversal = and_(
    reversals.c.organization_id == _postings.c.organization_id,
    reversals.c.reverses_id == _postings.c.id,
)
_told = with_member(_postings.outerjoin(reversals, _reversal), _postings, "posted_by")
_POSTING: Columns = {
    **{
        name: _postings.c[name]
        for name in (
            *("id", "kind", "effective_at", "posted_at", "reference", "reason"),
            *("subject_kind", "subject_id", "reverses_id"),
        )
    },
    "reversed_by_id": reversals.c.id,
    **by_member("posted_by"),
}
_mine = and_(
    _moves.c.organization_id == _postings.c.organization_id, _moves.c.posting_id == _postings.c.id
)
_any_line = _moves.alias("any_line")
_here = or_(
    _any_line.c.from_location_id == given("location"),
    _any_line.c.to_location_id == given("location"),
)


def _postings_with(condition: Any) -> Any:
    """The postings among whose lines there is such a one."""
    ids = _any_line.select().with_only_columns(_any_line.c.posting_id)
    mine = _any_line.c.organization_id == given("organization")
    return _postings.c.id.in_(ids.where(mine, condition))


def _arrange_row(flat: dict[str, Any]) -> dict[str, Any]:
    row = nested(flat)
    first = row.pop("first")
    is_there = first["quantity"] is not None
    row["first_line"] = first | {"product": row.pop("product")} if is_there else None
    row.pop("product", None)
    return row


_all_lines = _moves.alias("all_lines")
_lines_of = (
    _all_lines.select()
    .with_only_columns(func.count())
    .where(
        _all_lines.c.organization_id == _postings.c.organization_id,
        _all_lines.c.posting_id == _postings.c.id,
    )
    .scalar_subquery()
)
_first = and_(_mine, _moves.c.line == 1)
POSTINGS = Listing(
    table=_postings,
    source=with_ends(
        with_product(_told.outerjoin(_moves, _first), _moves, if_any=True), _moves, if_any=True
    ),
    columns={
        **_POSTING,
        "line_count": _lines_of,
        **PRODUCT,
        "first.quantity": _moves.c.quantity,
        "first.from_code": origins.c.code,
        "first.to_code": goals.c.code,
    },
    sorts={"effective_at": _postings.c.effective_at},
    filters={
        "kind": _postings.c.kind == given("kind"),
        "posted_by": _postings.c.posted_by == given("posted_by"),
        "reference": _postings.c.reference == given("reference"),
        "begin": _postings.c.effective_at >= given("begin"),
        "end": _postings.c.effective_at < given("end"),
        "product": _postings_with(_any_line.c.product_id == given("product")),
        "location": _postings_with(_here),
    },
    arrange=_arrange_row,
)


async def list_postings(work: Workspace, query: PostingQuery) -> bytes:
    """One page of postings, the newest first."""
    return await fetch_page(work, POSTINGS, query)


POSTING = Listing(table=_postings, source=_told, columns=_POSTING, sorts={}, arrange=nested)
_MOVE: Columns = {
    "line": _moves.c.line,
    "effective_at": _moves.c.effective_at,
    **PRODUCT,
    "quantity": _moves.c.quantity,
    **of_location("from_location", origins),
    **of_location("to_location", goals),
    "unit_cost": _moves.c.unit_cost,
}
MOVES = Listing(
    table=_moves,
    source=with_ends(with_product(_moves, _moves), _moves),
    columns=_MOVE,
    sorts={"line": _moves.c.line},
    filters={"posting": _moves.c.posting_id == given("posting")},
    arrange=nested,
)


async def read_posting(work: Workspace, posting_id: UUID) -> dict[str, Any]:
    """One posting with its lines, ready for JSON. Raises `NotFound`."""
    posting = await fetch_one(work, POSTING, posting_id)
    unseen = frozenset() if work.can(COSTS) else frozenset({"unit_cost"})
    lines = await fetch_all(work, MOVES, without=unseen, posting=posting_id)
    return posting | {"lines": lines}
