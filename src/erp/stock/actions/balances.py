"""The one function that writes balances, under locks in one order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, tuple_, update

from erp.kernel.errors import Conflict, FieldError
from erp.kernel.fields import plain_decimal
from erp.kernel.jobs import insert_into
from erp.kernel.schema import Scaled, new_id
from erp.kernel.workspace import Workspace
from erp.stock.errors import NotEnoughStock
from erp.stock.models import StockBalance
from erp.stock.schemas.naming import PlaceOut

Key = tuple[UUID, UUID]
ZERO = Decimal(0)
_balances = StockBalance.__table__.c


@dataclass(slots=True)
class Change:
    """What a balance gains or loses, and which fields of the request want it."""

    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    pointers: list[str] = field(default_factory=list)


def _guarded() -> Any:
    """Built once. Whatever was read before: the row itself must still cover the change."""
    on_hand = _balances.on_hand + bindparam("more", type_=Scaled())
    reserved = _balances.reserved + bindparam("kept", type_=Scaled())
    return (
        update(cast("Table", StockBalance.__table__))
        .where(_balances.organization_id == bindparam("organization"))
        .where(_balances.product_id == bindparam("product"))
        .where(_balances.location_id == bindparam("location"))
        .where(on_hand >= reserved, reserved >= bindparam("nothing", type_=Scaled()))
        .values(on_hand=on_hand, reserved=reserved)
    )


_GUARDED = _guarded()


async def change_balances(work: Workspace, changes: Mapping[Key, Change]) -> list[PlaceOut]:
    """Apply the changes, summed per product and location. Raises `NotEnoughStock`.

    Nothing else in the product writes balances; `erp doctor --repair` alone sets them anew.
    """
    before = await lock_balances(work, changes)
    _ensure_enough(before, changes)
    rows = [
        {
            "organization": work.organization_id,
            "product": product_id,
            "location": location_id,
            "more": change.on_hand,
            "kept": change.reserved,
            "nothing": ZERO,
        }
        for (product_id, location_id), change in changes.items()
    ]
    if rows:
        result: Any = await work.session.execute(_GUARDED, rows)
        if result.rowcount != len(rows):
            raise Conflict("A balance changed while it was locked")
    return [_after(before[key], change) for key, change in changes.items()]


async def lock_balances(work: Workspace, keys: Iterable[Key]) -> dict[Key, StockBalance]:
    """The balances by product and location, in whose order they are locked; made if missing."""
    wanted = sorted(keys)
    if not wanted:
        return {}
    query = work.select(StockBalance)
    query = query.where(tuple_(StockBalance.product_id, StockBalance.location_id).in_(wanted))
    query = query.order_by(StockBalance.product_id, StockBalance.location_id)
    found = _by_key(await work.lock(query))
    missing = [key for key in wanted if key not in found]
    if missing:
        await _make(work, missing)
        found = _by_key(await work.lock(query))
    return found


def _by_key(balances: Iterable[StockBalance]) -> dict[Key, StockBalance]:
    return {(each.product_id, each.location_id): each for each in balances}


async def _make(work: Workspace, keys: Iterable[Key]) -> None:
    rows = [
        {
            "organization_id": work.organization_id,
            "id": new_id(),
            "product_id": product_id,
            "location_id": location_id,
            "on_hand": ZERO,
            "reserved": ZERO,
        }
        for product_id, location_id in keys
    ]
    insert = insert_into(work.session, StockBalance).values(rows).on_conflict_do_nothing()
    await work.session.execute(insert)


def _ensure_enough(before: Mapping[Key, StockBalance], changes: Mapping[Key, Change]) -> None:
    short, errors = [], []
    for key, change in changes.items():
        available = before[key].on_hand - before[key].reserved - min(change.reserved, ZERO)
        wanted = max(change.reserved, ZERO) - change.on_hand
        if wanted <= available:
            continue
        figures = {"wanted": plain_decimal(wanted), "available": plain_decimal(available)}
        short.append({"product_id": key[0], "location_id": key[1], **figures})
        said = f"Only {figures['available']} are available"
        errors += [FieldError(each, NotEnoughStock.code(), said) for each in change.pointers]
    if short:
        raise NotEnoughStock(errors=tuple(errors), short=short)


def _after(before: StockBalance, change: Change) -> PlaceOut:
    on_hand, reserved = before.on_hand + change.on_hand, before.reserved + change.reserved
    return PlaceOut(
        product_id=before.product_id,
        location_id=before.location_id,
        on_hand=on_hand,
        reserved=reserved,
        available=on_hand - reserved,
    )
