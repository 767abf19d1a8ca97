"""What is on hand of a product over all storage."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from erp.kernel.workspace import Workspace
from erp.stock.models import StockBalance
from erp.stock.queries.sums import total


async def sum_on_hand(
    work: Workspace, product_ids: Collection[UUID] | None = None
) -> dict[UUID, Decimal]:
    """The totals by product, of these or of all; what never moved is left out."""
    query = work.select(StockBalance).group_by(StockBalance.product_id)
    if product_ids is not None:
        query = query.where(StockBalance.product_id.in_(product_ids))
    rows = query.with_only_columns(StockBalance.product_id, total(StockBalance.on_hand))
    return {row[0]: row[1] for row in await work.session.execute(rows)}
