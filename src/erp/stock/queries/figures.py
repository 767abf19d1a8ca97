"""What was expected where something was counted."""

from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_

from erp.kernel.workspace import Workspace
from erp.stock.models import StockBalance, StockCount, StockCountLine, StockMove
from erp.stock.queries.sums import gained_at, total


class Figures(NamedTuple):
    """A counted line, what moved since, and what the count's own posting moved."""

    line: StockCountLine
    on_hand: Decimal
    since: Decimal
    own: Decimal

    def expected(self) -> Decimal:
        """The balance at the instant of counting: that of today less what moved since.

        Of a posted count it is what was expected before it was posted.
        """
        return self.on_hand - self.since - self.own

    def difference(self) -> Decimal:
        """What the count found too much, or missed."""
        return self.line.counted - self.expected()


async def list_figures(
    work: Workspace, count: StockCount, product_id: UUID | None = None
) -> list[Figures]:
    """The lines of the count, or one of them, beside the ledger, in the order of products."""
    at_place = and_(
        StockBalance.organization_id == StockCountLine.organization_id,
        StockBalance.product_id == StockCountLine.product_id,
        StockBalance.location_id == count.location_id,
    )
    query = work.select(StockCountLine).where(StockCountLine.count_id == count.id)
    if product_id is not None:
        query = query.where(StockCountLine.product_id == product_id)
    query = query.outerjoin(StockBalance, at_place).order_by(StockCountLine.product_id)
    moved = work.select(StockMove).where(StockMove.product_id == StockCountLine.product_id)
    gained = moved.with_only_columns(total(gained_at([count.location_id])))
    since = gained.where(StockMove.effective_at > StockCountLine.counted_at)
    own = gained.where(
        StockMove.posting_id == count.posting_id,
        StockMove.effective_at <= StockCountLine.counted_at,
    )
    figures: tuple[Any, ...] = (
        StockBalance.on_hand,
        since.scalar_subquery(),
        own.scalar_subquery(),
    )
    rows: Any = query.add_columns(*figures).execution_options(populate_existing=True)
    found = await work.session.execute(rows)
    return [Figures(line, on_hand or Decimal(0), since, own) for line, on_hand, since, own in found]
