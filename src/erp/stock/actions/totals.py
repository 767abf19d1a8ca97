"""Saying how much there is of a product, for those who know one figure and no locations."""

from decimal import Decimal
from uuid import UUID

from erp.audit.actions import record
from erp.kernel.workspace import Workspace
from erp.products.models import Product
from erp.stock.actions.balances import lock_balances
from erp.stock.actions.closing import ensure_open
from erp.stock.actions.goods import share_moved_goods
from erp.stock.actions.locations import share_locations
from erp.stock.actions.low import lock_rules, note_low
from erp.stock.actions.posting import COUNT, Entry, Move, told, write_entry
from erp.stock.actions.reserving import free_expired
from erp.stock.models import StockBalance, standard_location_id

MOVE = "stock:move"


async def set_total(
    work: Workspace, product_id: UUID, wanted: int, reference: str | None = None
) -> None:
    """Make the product's total over all storage the wanted one, at the default location.

    The first figure of a product is an opening, every other one a count. A total whose whole part
    is the wanted one moves nothing. Raises `NotEnoughStock` where other locations or reservations
    hold more, `ProductNotStocked`, `PeriodClosed`, `NotAllowed`.
    """
    moment = work.now()
    await ensure_open(work, [moment])
    default = await _find_default(work)
    # alone on the product: nobody moves it to a place that is not looked at below
    is_new = (await work.get(Product, product_id, lock=True)).first_moved_at is None
    if is_new and wanted == 0:
        return
    await share_moved_goods(work, {product_id: "/stock"})
    rules = await lock_rules(work, [product_id])
    held = await _lock_total(work, product_id, default)
    if held // 1 == wanted:
        return
    work.ensure_can(MOVE if is_new else COUNT)
    other = standard_location_id(work.organization_id, "opening" if is_new else "adjustment")
    ends = (other, default) if wanted > held else (default, other)
    move = Move(product_id, *ends, abs(wanted - held), moment, "/stock")
    kind = "opening" if is_new else "count"
    entry = Entry(kind=kind, effective_at=moment, moves=[move], reference=reference)
    posted = await write_entry(work, entry)
    record(work, "stock.posted", posted.posting, changes=told(posted.posting))
    await note_low(work, rules)


async def _find_default(work: Workspace) -> UUID:
    known = await share_locations(work, [])
    default: UUID = next(each.id for each in known.values() if each.is_default)
    return default


async def _lock_total(work: Workspace, product_id: UUID, default: UUID) -> Decimal:
    """What lies at every location together, which stays so until the end."""
    query = work.select(StockBalance).where(StockBalance.product_id == product_id)
    places = set(await work.session.scalars(query.with_only_columns(StockBalance.location_id)))
    keys = [(product_id, place) for place in places | {default}]
    await free_expired(work, keys)
    balances = await lock_balances(work, keys)
    return sum((each.on_hand for each in balances.values()), Decimal(0))
