"""Why is it 7? Every line that made a figure, with a running balance that ends at it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, or_

from erp.kernel.workspace import Workspace
from erp.stock.models import Location, StockBalance, StockMove, StockPosting
from erp.stock.queries.naming import (
    by_member,
    goals,
    name_product,
    nested,
    of_location,
    origins,
    with_ends,
    with_member,
)
from erp.stock.queries.sums import gained_at, gained_in_storage, total
from erp.stock.schemas.balances import ExplainOut, ExplainQuery

_moves, _postings = StockMove.__table__, StockPosting.__table__
COLUMNS = {
    "id": _moves.c.id,
    "effective_at": _moves.c.effective_at,
    "posted_at": _postings.c.posted_at,
    "posting_id": _moves.c.posting_id,
    "kind": _postings.c.kind,
    "line": _moves.c.line,
    **of_location("from_location", origins),
    **of_location("to_location", goals),
    **by_member("posted_by"),
    "reference": _postings.c.reference,
    "reason": _postings.c.reason,
    "subject_kind": _postings.c.subject_kind,
    "subject_id": _postings.c.subject_id,
    "reverses_id": _postings.c.reverses_id,
}


async def explain(work: Workspace, query: ExplainQuery) -> ExplainOut:
    """The figure of a product, at one location or in all storage. Raises `NotFound`."""
    named = await name_product(work, query.product)
    location = await work.get(Location, query.location) if query.location else None
    gain = gained_at([query.location]) if query.location else gained_in_storage(work)
    moves = work.select(StockMove).where(StockMove.product_id == query.product)
    if query.location is not None:
        ends = (StockMove.from_location_id, StockMove.to_location_id)
        moves = moves.where(or_(*(end == query.location for end in ends)))
    every = await _sum(work, moves, gain)
    closing = every if query.end is None else await _sum(work, _before(moves, query.end), gain)
    lines = await _list_lines(work, moves, gain, query)
    is_whole = len(lines) <= query.limit
    lines = lines[: query.limit]
    opening = _run(lines, closing)
    on_hand = await _on_hand(work, query)
    return ExplainOut.model_validate(
        {
            "product": named,
            "location": location,
            "opening": opening,
            "lines": lines[::-1],
            "closing": closing,
            "is_whole": is_whole,
            "on_hand": on_hand,
            "agrees": every == on_hand,
        },
        from_attributes=True,
    )


def _before(moves: Select[StockMove], moment: datetime) -> Select[StockMove]:
    return moves.where(StockMove.effective_at < moment)


async def _sum(work: Workspace, moves: Select[StockMove], gain: ColumnElement[Decimal]) -> Decimal:
    return await work.session.scalar(moves.with_only_columns(total(gain))) or Decimal(0)


async def _list_lines(
    work: Workspace,
    moves: Select[StockMove],
    gain: ColumnElement[Decimal],
    query: ExplainQuery,
) -> list[dict[str, Any]]:
    """The newest lines of the period first, one more than was asked for."""
    source = with_ends(_moves.join(_postings, _same_posting()), _moves)
    if query.begin is not None:
        moves = moves.where(StockMove.effective_at >= query.begin)
    if query.end is not None:
        moves = _before(moves, query.end)
    shown = [column.label(name) for name, column in COLUMNS.items()]
    rows = moves.with_only_columns(*shown, gain.label("change"))
    rows = rows.select_from(with_member(source, _postings, "posted_by"))
    rows = rows.order_by(_moves.c.effective_at.desc(), _moves.c.id.desc())
    found = await work.session.execute(rows.limit(query.limit + 1))
    return [nested(dict(row)) for row in found.mappings()]


def _same_posting() -> ColumnElement[bool]:
    here = _postings.c.organization_id == _moves.c.organization_id
    return here & (_postings.c.id == _moves.c.posting_id)


def _run(lines: list[dict[str, Any]], closing: Decimal) -> Decimal:
    """Give each line, newest first, the figure after it; what was there before them all."""
    balance = closing
    for line in lines:
        line.pop("id")
        line["balance"] = balance
        balance -= line["change"]
    return balance


async def _on_hand(work: Workspace, query: ExplainQuery) -> Decimal:
    balances = work.select(StockBalance).where(StockBalance.product_id == query.product)
    if query.location is not None:
        balances = balances.where(StockBalance.location_id == query.location)
    figure = balances.with_only_columns(total(StockBalance.on_hand))
    return await work.session.scalar(figure) or Decimal(0)
