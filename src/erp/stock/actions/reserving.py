"""Keeping goods for somebody: reserved, released, used up, or cut by a count."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import and_, or_, tuple_

from erp.audit.actions import record
from erp.kernel.errors import wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.stock.actions.balances import Change, Key, change_balances, lock_balances
from erp.stock.actions.ends import check_storage
from erp.stock.actions.goods import find_goods
from erp.stock.actions.locations import share_locations
from erp.stock.actions.low import lock_rules, note_low
from erp.stock.errors import ReservationEnded
from erp.stock.models import StockReservation
from erp.stock.schemas.reservations import ReservationIn

Subject = tuple[str, UUID]


async def reserve(
    work: Workspace, given: ReservationIn, subject: Subject | None = None
) -> StockReservation:
    """Keep goods that are available. Raises `NotEnoughStock`, `ProductNotStocked`.

    The rooms above name the `subject` the goods are kept for.
    """
    if given.expires_at is not None and given.expires_at <= work.now():
        raise wrong_field("/expires_at", "in_past", "This moment is over")
    known = await share_locations(work, [given.location_id] if given.location_id else [])
    location = check_storage(known, given.location_id, "/location_id")
    goods = await find_goods(work, {given.product_id: "/product_id"})
    goods[given.product_id].ensure_countable(given.quantity, "/quantity")
    rules = await lock_rules(work, [given.product_id])
    key = (given.product_id, location.id)
    await free_expired(work, [key])
    change = Change(reserved=given.quantity, pointers=["/quantity"])
    await change_balances(work, {key: change})
    reservation = _make(work, given, location.id, subject)
    await work.session.flush()  # the answer shows the version
    await note_low(work, rules)
    return reservation


def _make(
    work: Workspace, given: ReservationIn, location_id: UUID, subject: Subject | None
) -> StockReservation:
    kind, subject_id = subject or (None, None)
    values = given.model_dump() | {"location_id": location_id}
    reservation = StockReservation(
        id=new_id(), state="active", subject_kind=kind, subject_id=subject_id, **values
    )
    work.add(reservation)
    record(work, "stock.reserved", reservation)
    return reservation


async def release(work: Workspace, reservation_id: UUID) -> StockReservation:
    """Keep the goods no longer. Raises `ReservationEnded`."""
    product_id = (await work.get(StockReservation, reservation_id)).product_id
    rules = await lock_rules(work, [product_id])
    reservation = await work.get(StockReservation, reservation_id, lock=True)
    ensure_active(reservation)
    await give_back(work, [reservation])
    await work.session.flush()  # the answer shows the version
    await note_low(work, rules)
    return reservation


def ensure_active(reservation: StockReservation) -> None:
    """Raises `ReservationEnded`."""
    if reservation.state != "active":
        raise ReservationEnded(state=reservation.state)


async def free_expired(
    work: Workspace, keys: Collection[Key], named: Collection[UUID] = ()
) -> dict[UUID, StockReservation]:
    """Release what has expired at these places, so that nobody is refused for it.

    The named reservations are locked with them, in one order, and handed out.
    """
    place = tuple_(StockReservation.product_id, StockReservation.location_id)
    is_over = and_(
        StockReservation.state == "active",
        place.in_(sorted(keys)),
        StockReservation.expires_at <= work.now(),
    )
    wanted = or_(is_over, StockReservation.id.in_(named)) if named else is_over
    query = work.select(StockReservation).where(wanted).order_by(StockReservation.id)
    found = {each.id: each for each in await work.lock(query)}
    expired = [each for each in found.values() if each.id not in named]
    if expired:
        await lock_balances(work, keys)  # all of them, or the order of locks would be lost
        await give_back(work, expired)
    return {each: found[each] for each in named if each in found}


async def give_back(work: Workspace, reservations: Iterable[StockReservation]) -> None:
    """Release locked reservations, and free their goods."""
    changes: dict[Key, Change] = {}
    for each in reservations:
        each.state = "released"
        record(work, "stock.released", each)
        change = changes.setdefault((each.product_id, each.location_id), Change())
        change.reserved -= each.quantity
    await change_balances(work, changes)


async def release_all_expired(work: Workspace) -> int:
    """Release every reservation of the organization whose time is over; at how many places."""
    query = work.select(StockReservation).where(StockReservation.state == "active")
    query = query.where(StockReservation.expires_at <= work.now())
    columns = (StockReservation.product_id, StockReservation.location_id)
    found = await work.session.execute(query.with_only_columns(*columns).distinct())
    keys = [(product_id, location_id) for product_id, location_id in found]
    if not keys:
        return 0
    rules = await lock_rules(work, [product_id for product_id, _ in keys])
    await free_expired(work, keys)
    await work.session.flush()  # the figures of the rules are read from the balances
    await note_low(work, rules)
    return len(keys)
