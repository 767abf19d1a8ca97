"""Balances beside what they are derived from, and what earlier proofs said."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, literal, type_coerce, union_all

from erp.audit.actions import as_json
from erp.kernel.fields import plain_decimal
from erp.kernel.paging import Listing, fetch_one
from erp.kernel.schema import Owned, Scaled
from erp.kernel.workspace import Workspace
from erp.products.models import Product, Unit
from erp.stock.models import (
    Location,
    StockBalance,
    StockMove,
    StockProof,
    StockReservation,
    fixed_location_ids,
)
from erp.stock.queries.naming import by_member, nested, with_member
from erp.stock.queries.sums import total

M = TypeVar("M", bound=Owned)
AT_A_TIME = 200  # products whose moves are summed in one statement


class Place(NamedTuple):
    """A product at a storage location: its balance, and what moves and reservations make of it."""

    product_id: UUID
    location_id: UUID
    moved: Decimal
    held: Decimal
    on_hand: Decimal
    reserved: Decimal

    def is_right(self) -> bool:
        """Whether the balance is what it is derived from."""
        return (self.on_hand, self.reserved) == (self.moved, self.held)


async def iterate_places(work: Workspace) -> AsyncIterator[list[Place]]:
    """Every place in the order of products and locations, some hundred products at a time.

    Each part is one statement, so that it sees moves and balances of the same instant.
    """
    last = UUID(int=0)
    while True:
        goods = work.select(Product).where(Product.id > last, Product.kind == "goods")
        query = goods.with_only_columns(Product.id).order_by(Product.id)
        ids = list(await work.session.scalars(query.limit(AT_A_TIME)))
        if not ids:
            return
        yield await list_places(work, ids)
        last = ids[-1]


async def list_places(work: Workspace, product_ids: Sequence[UUID]) -> list[Place]:
    """The places of these products."""
    parts = union_all(*_parts(work, product_ids)).subquery()
    key = (parts.c.product_id, parts.c.location_id)
    figures = (parts.c.moved, parts.c.held, parts.c.on_hand, parts.c.reserved)
    query = parts.select().with_only_columns(*key, *map(total, figures)).group_by(*key)
    return [Place(*row) for row in await work.session.execute(query.order_by(*key))]


def _parts(work: Workspace, product_ids: Sequence[UUID]) -> list[Any]:
    fixed = fixed_location_ids(work.organization_id)
    moves = work.select(StockMove).where(StockMove.product_id.in_(product_ids))
    lost = type_coerce(-type_coerce(StockMove.quantity, BigInteger), Scaled())
    arrived, left = StockMove.to_location_id, StockMove.from_location_id
    balances = work.select(StockBalance).where(StockBalance.product_id.in_(product_ids))
    held = work.select(StockReservation).where(StockReservation.state == "active")
    held = held.where(StockReservation.product_id.in_(product_ids))
    return [
        moves.where(arrived.not_in(fixed)).with_only_columns(
            StockMove.product_id, arrived.label("location_id"), *_row(moved=StockMove.quantity)
        ),
        moves.where(left.not_in(fixed)).with_only_columns(
            StockMove.product_id, left.label("location_id"), *_row(moved=lost)
        ),
        balances.with_only_columns(
            StockBalance.product_id,
            StockBalance.location_id,
            *_row(on_hand=StockBalance.on_hand, reserved=StockBalance.reserved),
        ),
        held.with_only_columns(
            StockReservation.product_id,
            StockReservation.location_id,
            *_row(held=StockReservation.quantity),
        ),
    ]


def _row(**given: ColumnElement[Decimal] | Any) -> list[ColumnElement[Decimal]]:
    """The four figures of a part, 0 where it has none."""
    nothing = literal(Decimal(0), Scaled())
    return [
        given.get(name, nothing).label(name) for name in ("moved", "held", "on_hand", "reserved")
    ]


_proofs = StockProof.__table__
PROOF = Listing(
    table=_proofs,
    source=with_member(_proofs, _proofs, "made_by"),
    columns={
        **{name: _proofs.c[name] for name in ("id", "at", "rows", "digest", "ok", "differences")},
        **by_member("made_by"),
    },
    sorts={},
    arrange=nested,
)


async def find_last_proof(work: Workspace) -> dict[str, Any] | None:
    """The last proof, ready for JSON."""
    newest = work.select(StockProof).with_only_columns(StockProof.id)
    newest = newest.order_by(StockProof.id.desc()).limit(1)
    proof_id = await work.session.scalar(newest)
    return None if proof_id is None else await read_proof(work, proof_id)


async def read_proof(work: Workspace, proof_id: UUID) -> dict[str, Any]:
    """One proof, ready for JSON. Raises `NotFound`."""
    return await fetch_one(work, PROOF, proof_id)


async def name_places(work: Workspace, places: Sequence[Place]) -> list[dict[str, Any]]:
    """The places that are wrong, by the names people know, one row for each wrong figure."""
    products = await _find_all(work, Product, {place.product_id for place in places})
    units = await _find_all(work, Unit, {each.unit_id for each in products.values()})
    locations = await _find_all(work, Location, {place.location_id for place in places})
    return [
        {
            "product": _named(products[place.product_id], units),
            "location": _shown(locations[place.location_id], "id", "code", "name", "kind"),
            "what": what,
            "balance": plain_decimal(balance),
            "derived": plain_decimal(derived),
        }
        for place in places
        for what, balance, derived in (
            ("on_hand", place.on_hand, place.moved),
            ("reserved", place.reserved, place.held),
        )
        if balance != derived
    ]


async def _find_all(work: Workspace, model: type[M], ids: set[UUID]) -> dict[UUID, M]:
    found = await work.session.scalars(work.select(model).where(model.id.in_(ids)))
    return {each.id: each for each in found}


def _named(product: Product, units: dict[UUID, Unit]) -> dict[str, Any]:
    unit = _shown(units[product.unit_id], "code", "decimals")
    return _shown(product, "id", "number", "sku", "name") | {"unit": unit}


def _shown(record: Owned, *names: str) -> dict[str, Any]:
    return {name: as_json(getattr(record, name)) for name in names}
