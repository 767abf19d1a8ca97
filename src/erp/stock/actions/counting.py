"""Counting while goods come and go: a draft, filled shelf by shelf until it is posted."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from erp.audit.actions import record
from erp.kernel.errors import NotFound
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.products.models import Product
from erp.stock.actions.closing import ensure_may_date
from erp.stock.actions.ends import check_storage
from erp.stock.actions.goods import find_goods
from erp.stock.actions.locations import share_locations
from erp.stock.models import StockCount, StockCountLine
from erp.stock.schemas.counts import CountIn, CountLineIn


async def start_count(work: Workspace, given: CountIn) -> StockCount:
    """Begin to count a storage location. Raises `WrongLocations`."""
    known = await share_locations(work, [given.location_id] if given.location_id else [])
    location = check_storage(known, given.location_id, "/location_id")
    count = StockCount(id=new_id(), location_id=location.id, state="draft")
    work.add(count)
    record(work, "stock_count.started", count)
    await work.session.flush()  # the answer shows the version
    return count


async def write_line(work: Workspace, count_id: UUID, product_id: UUID, given: CountLineIn) -> None:
    """Note how much was seen, and when. Raises `CountEnded`, `ProductNotStocked`."""
    moment = given.counted_at or work.now()
    ensure_may_date(work, moment, "/counted_at")
    await lock_draft(work, count_id)
    await work.get(Product, product_id)
    goods = (await find_goods(work, {product_id: ""}))[product_id]
    goods.ensure_countable(given.counted, "/counted")
    seen = {"counted": given.counted, "counted_at": moment, "note": given.note}
    row = {
        "organization_id": work.organization_id,
        "id": new_id(),
        "count_id": count_id,
        "product_id": product_id,
        **seen,
    }
    insert = insert_into(work.session, StockCountLine).values(row)
    place = ["organization_id", "count_id", "product_id"]
    await work.session.execute(insert.on_conflict_do_update(index_elements=place, set_=seen))


async def remove_line(work: Workspace, count_id: UUID, product_id: UUID) -> None:
    """It was not counted after all. Raises `CountEnded`."""
    await lock_draft(work, count_id)
    mine = delete(StockCountLine).where(StockCountLine.organization_id == work.organization_id)
    mine = mine.where(StockCountLine.count_id == count_id, StockCountLine.product_id == product_id)
    result: Any = await work.session.execute(mine.execution_options(synchronize_session=False))
    if not result.rowcount:
        raise NotFound


async def cancel_count(work: Workspace, count_id: UUID) -> StockCount:
    """Give the count up. Raises `CountEnded`."""
    count = await lock_draft(work, count_id)
    count.state = "canceled"
    record(work, "stock_count.canceled", count)
    await work.session.flush()  # the answer shows the version
    return count


async def lock_draft(work: Workspace, count_id: UUID) -> StockCount:
    """The count, which nobody else writes or posts meanwhile. Raises `CountEnded`."""
    count = await work.get(StockCount, count_id, lock=True)
    count.ensure_draft()
    return count
