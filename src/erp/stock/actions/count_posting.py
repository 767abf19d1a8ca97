"""Posting a count: what was seen, less the balance of that very instant."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import tuple_

from erp.audit.actions import record
from erp.kernel.fields import plain_decimal
from erp.kernel.workspace import Workspace
from erp.organizations.actions.notices import Told, notify
from erp.stock.actions.balances import Key, lock_balances
from erp.stock.actions.closing import ensure_open
from erp.stock.actions.counting import lock_draft
from erp.stock.actions.ends import check_storage
from erp.stock.actions.goods import share_moved_goods
from erp.stock.actions.locations import share_locations
from erp.stock.actions.low import lock_rules, note_low
from erp.stock.actions.posting import Entry, Move, Posted, write_entry
from erp.stock.actions.reserving import free_expired
from erp.stock.errors import CountBelowReserved, CountEmpty
from erp.stock.models import (
    StockCount,
    StockReservation,
    standard_location_id,
)
from erp.stock.queries.figures import Figures, list_figures
from erp.stock.schemas.counts import CountPostIn

ZERO = Decimal(0)


async def post_count(
    work: Workspace, count_id: UUID, given: CountPostIn
) -> tuple[StockCount, Posted]:
    """Make the balances what was seen. Raises `CountBelowReserved`, `PeriodClosed` and more.

    Goods may come and go meanwhile: each line is compared with the balance at its own instant.
    """
    await ensure_open(work, [])  # the closing is locked before the count
    count = await lock_draft(work, count_id)
    lines = await list_figures(work, count)
    if not lines:
        raise CountEmpty
    await ensure_open(work, [each.line.counted_at for each in lines])
    await _check_goods(work, count, lines)
    rules = await lock_rules(work, [each.line.product_id for each in lines])
    keys = [(each.line.product_id, count.location_id) for each in lines]
    await free_expired(work, keys)
    held = await _lock_reservations(work, keys) if given.cut_reservations else []
    balances = await lock_balances(work, keys)
    lines = await list_figures(work, count)  # as they stand under the locks
    freed = await _make_room(work, lines, balances, held)
    posted = await write_entry(work, _entry_of(work, count, lines, given), freed)
    count.state, count.posting_id = "posted", posted.posting.id
    record(work, "stock.counted", count, reason=given.reason)
    await work.session.flush()  # the answer shows the version
    await note_low(work, rules)
    return count, posted


async def _check_goods(work: Workspace, count: StockCount, lines: Sequence[Figures]) -> None:
    adjustment = standard_location_id(work.organization_id, "adjustment")
    known = await share_locations(work, [count.location_id, adjustment])
    check_storage(known, count.location_id, "")
    # of what was never moved and not found there is nothing to move
    found = {each.line.product_id: each.line.counted for each in lines if each.line.counted}
    goods = await share_moved_goods(work, dict.fromkeys(found, ""))
    for product_id, counted in found.items():
        goods[product_id].ensure_countable(counted, "")


async def _lock_reservations(work: Workspace, keys: Sequence[Key]) -> list[StockReservation]:
    place = tuple_(StockReservation.product_id, StockReservation.location_id)
    query = work.select(StockReservation).where(StockReservation.state == "active")
    return await work.lock(query.where(place.in_(sorted(keys))).order_by(StockReservation.id))


async def _make_room(
    work: Workspace,
    lines: Sequence[Figures],
    balances: Mapping[Key, Any],
    held: Sequence[StockReservation],
) -> dict[Key, Decimal]:
    """Cut the youngest of the locked reservations where less is there than is reserved."""
    freed: dict[Key, Decimal] = {}
    below = []
    for each in lines:
        line = each.line
        balance = next(found for key, found in balances.items() if key[0] == line.product_id)
        left, place = balance.on_hand + each.difference(), (line.product_id, balance.location_id)
        missing = balance.reserved - max(left, ZERO)
        mine = [one for one in held if one.product_id == line.product_id]
        if left < 0 or (missing > 0 and not mine):
            below.append(_told_below(each, left, balance))
        elif missing > 0:
            freed[place] = missing
            await _cut(work, mine, missing)
    if below:
        raise CountBelowReserved(below=below)
    return freed


def _told_below(each: Figures, left: Decimal, balance: Any) -> dict[str, object]:
    return {
        "product_id": each.line.product_id,
        "location_id": balance.location_id,
        "on_hand": plain_decimal(left),
        "reserved": plain_decimal(balance.reserved),
    }


async def _cut(work: Workspace, held: Sequence[StockReservation], missing: Decimal) -> None:
    for reservation in reversed(held):
        taken = min(missing, reservation.quantity)
        if taken == 0:
            return
        missing -= taken
        await _tell_owner(work, reservation, taken)
        if taken == reservation.quantity:
            reservation.state = "released"
        else:
            reservation.quantity -= taken
        record(work, "stock.released", reservation, reason="count")


async def _tell_owner(work: Workspace, reservation: StockReservation, taken: Decimal) -> None:
    params = {
        "product_id": str(reservation.product_id),
        "taken": plain_decimal(taken),
        "left": plain_decimal(reservation.quantity - taken),
        "note": reservation.note,
    }
    told = Told(
        kind="reservation_cut",
        code="reservation_cut",
        params=params,
        subject=("stock_reservation", reservation.id),
    )
    await notify(work, told, [reservation.created_by] if reservation.created_by else [])


def _entry_of(
    work: Workspace, count: StockCount, lines: Sequence[Figures], given: CountPostIn
) -> Entry:
    adjustment = standard_location_id(work.organization_id, "adjustment")
    moves = []
    for each in lines:
        found, here = each.difference(), count.location_id
        ends: tuple[UUID, UUID] = (adjustment, here) if found > 0 else (here, adjustment)
        if found:
            line = each.line
            moves.append(Move(line.product_id, *ends, abs(found), line.counted_at))
    return Entry(
        kind="count",
        effective_at=max(each.line.counted_at for each in lines),
        moves=moves,
        reference=given.reference,
        reason=given.reason,
    )
