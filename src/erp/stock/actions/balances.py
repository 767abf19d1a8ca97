"""The one function that writes balances, under locks in one order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Table,
    Update,
    bindparam,
    literal_column,
    type_coerce,
    update,
)

from erp.kernel.errors import Conflict, FieldError
from erp.kernel.fields import plain_decimal
from erp.kernel.jobs import insert_into
from erp.kernel.reading import write_many
from erp.kernel.schema import Scaled, new_id
from erp.kernel.workspace import Workspace
from erp.stock.errors import NotEnoughStock
from erp.stock.models import StockBalance
from erp.stock.queries.locking import lock_balances_of

Key = tuple[UUID, UUID]
Place = dict[str, Any]  # a `PlaceOut`, ready for JSON
ZERO = Decimal(0)
_balances = StockBalance.__table__.c


@dataclass(slots=True)
class Change:
    """What a balance gains or loses, and which fields of the request want it."""

    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    pointers: list[str] = field(default_factory=list)


def _guarded() -> Update:
    """Built once. Whatever was read before: the row itself must still cover the change."""
    on_hand = _balances.on_hand + bindparam("more", type_=Scaled())
    reserved = _balances.reserved + bindparam("kept", type_=Scaled())
    return (
        update(cast("Table", StockBalance.__table__))
        .where(_balances.organization_id == bindparam("organization"))
        .where(_balances.product_id == bindparam("product"))
        .where(_balances.location_id == bindparam("location"))
        .where(on_hand >= reserved, type_coerce(reserved, BigInteger) >= literal_column("0"))
        .values(on_hand=on_hand, reserved=reserved)
    )


_GUARDED = _guarded()


async def change_balances(work: Workspace, changes: Mapping[Key, Change]) -> list[Place]:
    """Apply the changes, summed per product and location. Raises `NotEnoughStock`.

    Nothing else in the product writes balances; `erp doctor --repair` alone sets them anew.
    """
    before = await lock_balances(work, changes)
    _ensure_enough(before, changes)
    rows = [
        {
            "product": product_id,
            "location": location_id,
            "more": change.on_hand,
            "kept": change.reserved,
        }
        for (product_id, location_id), change in changes.items()
    ]
    shared = {"organization": work.organization_id}
    if rows and await write_many(work.session, _GUARDED, rows, shared) != len(rows):
        raise Conflict("A balance changed while it was locked")
    return [_after(before[key], change) for key, change in changes.items()]


async def lock_balances(work: Workspace, keys: Iterable[Key]) -> dict[Key, Any]:
    """The balances by product and location, in whose order they are locked; made if missing."""
    wanted = sorted(keys)
    found = await _lock(work, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        await _make(work, missing)
        found = await _lock(work, wanted)
    return {key: found[key] for key in wanted}


async def _lock(work: Workspace, keys: Sequence[Key]) -> dict[Key, Any]:
    """These, and whatever else lies of the same products at the same locations."""
    products, locations = ({key[n] for key in keys} for n in (0, 1))
    rows = await lock_balances_of(work, products, locations)
    return {(row.product_id, row.location_id): row for row in rows}


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


def _ensure_enough(before: Mapping[Key, Any], changes: Mapping[Key, Change]) -> None:
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


def _after(before: Any, change: Change) -> Place:
    on_hand, reserved = before.on_hand + change.on_hand, before.reserved + change.reserved
    return {
        "product_id": before.product_id,
        "location_id": before.location_id,
        "on_hand": plain_decimal(on_hand),
        "reserved": plain_decimal(reserved),
        "available": plain_decimal(on_hand - reserved),
    }
