"""Writing the ledger: every change of what is on hand is a posting with moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy import Table, insert, or_

from erp.audit.actions import as_json, record
from erp.kernel.errors import wrong_field
from erp.kernel.reading import write_many
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.stock.actions.balances import Change, Key, Place, change_balances, lock_balances
from erp.stock.actions.closing import ensure_may_date, ensure_open
from erp.stock.actions.ends import find_ends
from erp.stock.actions.goods import Goods, refused_at, share_moved_goods
from erp.stock.actions.low import lock_rules, note_low
from erp.stock.actions.reserving import Subject, ensure_active, free_expired
from erp.stock.errors import OpeningNotFirst
from erp.stock.models import StockMove, StockPosting, StockReservation, fixed_location_ids
from erp.stock.schemas.postings import LineIn, PostingIn

COUNT = "stock:count"
_INSERT_POSTING = insert(cast("Table", StockPosting.__table__))
_INSERT_MOVES = insert(cast("Table", StockMove.__table__))
NEW_GOODS = frozenset({"opening", "receipt"})  # an archived product takes none of these


@dataclass(frozen=True, slots=True)
class Move:
    """So much of a product from one location to another; `pointer` is its field in the request."""

    product_id: UUID
    from_id: UUID
    to_id: UUID
    quantity: Decimal
    effective_at: datetime
    pointer: str = ""
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be written: one posting and its moves."""

    kind: str
    effective_at: datetime
    moves: Sequence[Move]
    reference: str | None = None
    reason: str | None = None
    subject: Subject | None = None
    reverses_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting, and the balances it left."""

    posting: StockPosting
    after: list[Place]


async def post(work: Workspace, given: PostingIn, subject: Subject | None = None) -> Posted:
    """Write what happened. Raises `NotEnoughStock`, `PeriodClosed`, `ProductArchived` and more.

    The rooms above name the `subject` that goods moved for.
    """
    _ensure_may(work, given)
    moment = given.effective_at or work.now()
    ensure_may_date(work, moment, "/effective_at")
    await ensure_open(work, [moment])
    ends = await find_ends(work, given.kind, given.lines)
    moves = [
        Move(
            line.product_id,
            *each,
            line.quantity,
            moment,
            f"/lines/{number}/quantity",
            line.unit_cost,
        )
        for number, (line, each) in enumerate(zip(given.lines, ends, strict=True))
    ]
    await _check_goods(work, given)
    rules = await lock_rules(work, {move.product_id for move in moves})
    if given.kind == "opening":
        await _ensure_first(work, moves)
    freed = await _use_reservations(work, given.lines, moves)
    entry = Entry(
        kind=given.kind,
        effective_at=moment,
        moves=moves,
        reference=given.reference,
        reason=given.reason,
        subject=subject,
    )
    posted = await write_entry(work, entry, freed)
    record(work, "stock.posted", posted.posting, changes=told(posted.posting), reason=given.reason)
    await note_low(work, rules)
    return posted


def _ensure_may(work: Workspace, given: PostingIn) -> None:
    if given.kind == "count":
        work.ensure_can(COUNT)
    if any(line.unit_cost is not None for line in given.lines):
        work.ensure_can("products:costs")


async def _check_goods(work: Workspace, given: PostingIn) -> dict[UUID, Goods]:
    pointers = {
        line.product_id: f"/lines/{number}/product_id" for number, line in enumerate(given.lines)
    }
    goods = await share_moved_goods(work, pointers)
    for number, line in enumerate(given.lines):
        goods[line.product_id].ensure_countable(line.quantity, f"/lines/{number}/quantity")
        if given.kind in NEW_GOODS:
            goods[line.product_id].ensure_live(f"/lines/{number}/product_id")
    return goods


async def _ensure_first(work: Workspace, moves: Sequence[Move]) -> None:
    """An opening figure is no correction: that is what counts are for."""
    keys = [(move.product_id, move.to_id) for move in moves]
    await lock_balances(work, set(keys))  # two who open one place wait for each other
    products, places = ({key[n] for key in keys} for n in (0, 1))
    ends = (StockMove.from_location_id, StockMove.to_location_id)
    query = work.select(StockMove).where(StockMove.product_id.in_(products))
    query = query.where(or_(*(end.in_(places) for end in ends)))
    found = await work.session.execute(
        query.with_only_columns(StockMove.product_id, *ends).distinct()
    )
    moved = {(product_id, end) for product_id, *both in found for end in both}
    for move, key in zip(moves, keys, strict=True):
        if key in moved:
            raise refused_at(move.pointer, OpeningNotFirst)
        moved.add(key)


async def _use_reservations(
    work: Workspace, lines: Sequence[LineIn], moves: Sequence[Move]
) -> dict[Key, Decimal]:
    """Release what has expired where goods leave, use up what lines name: how much that frees."""
    fixed = fixed_location_ids(work.organization_id)
    keys = {(move.product_id, move.from_id) for move in moves if move.from_id not in fixed}
    named = [line.reservation_id for line in lines if line.reservation_id is not None]
    if not keys and not named:
        return {}
    found = await free_expired(work, keys, named)
    freed: dict[Key, Decimal] = {}
    for number, (line, move) in enumerate(zip(lines, moves, strict=True)):
        if line.reservation_id is not None:
            mine = found.pop(line.reservation_id, None)
            key = _consume(work, mine, move, f"/lines/{number}/reservation_id")
            freed[key] = freed.get(key, Decimal(0)) + (mine.quantity if mine else 0)
    return freed


def _consume(
    work: Workspace, reservation: StockReservation | None, move: Move, pointer: str
) -> Key:
    if reservation is None:
        raise wrong_field(pointer, "unknown_reservation", "There is no such reservation, or twice")
    ensure_active(reservation)
    key = (reservation.product_id, reservation.location_id)
    if key != (move.product_id, move.from_id):
        raise wrong_field(pointer, "other_goods", "Other goods are reserved there")
    reservation.state = "consumed"
    record(work, "stock.consumed", reservation)
    return key


async def write_entry(
    work: Workspace, entry: Entry, freed: Mapping[Key, Decimal] | None = None
) -> Posted:
    """The posting, its moves and the balances, under locks the caller has taken up to here."""
    after = await change_balances(work, _sum_up(work, entry.moves, freed or {}))
    kind, subject_id = entry.subject or (None, None)
    row = {
        "organization_id": work.organization_id,
        "id": new_id(),
        "kind": entry.kind,
        "effective_at": entry.effective_at,
        "posted_at": max(work.now(), entry.effective_at),
        "posted_by": work.author_id,
        "reference": entry.reference,
        "reason": entry.reason,
        "subject_kind": kind,
        "subject_id": subject_id,
        "reverses_id": entry.reverses_id,
    }
    await write_many(work.session, _INSERT_POSTING, [row])
    posting = StockPosting(**row)
    if entry.moves:
        shared = {"organization_id": work.organization_id, "posting_id": posting.id}
        await write_many(work.session, _INSERT_MOVES, _rows(entry.moves), shared)
    return Posted(posting, after)


def _sum_up(
    work: Workspace, moves: Sequence[Move], freed: Mapping[Key, Decimal]
) -> dict[Key, Change]:
    """What the moves do to each balance: two lines of one product are one change."""
    fixed = fixed_location_ids(work.organization_id)
    changes: dict[Key, Change] = {}
    for move in moves:
        for location_id, sign in ((move.from_id, -1), (move.to_id, 1)):
            if location_id not in fixed:
                change = changes.setdefault((move.product_id, location_id), Change())
                change.on_hand += sign * move.quantity
                change.pointers += [move.pointer] if sign < 0 and move.pointer else []
    for key, quantity in freed.items():
        changes.setdefault(key, Change()).reserved -= quantity
    return changes


def _rows(moves: Sequence[Move]) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(),
            "line": number,
            "effective_at": move.effective_at,
            "product_id": move.product_id,
            "from_location_id": move.from_id,
            "to_location_id": move.to_id,
            "quantity": move.quantity,
            "unit_cost": move.unit_cost,
        }
        for number, move in enumerate(moves, start=1)
    ]


def told(posting: StockPosting) -> dict[str, list[object]]:
    """What the history says of a posting; its lines stand in the ledger."""
    names = ("kind", "effective_at", "reference", "subject_kind", "subject_id")
    values = {name: getattr(posting, name) for name in names}
    return {name: [None, as_json(value)] for name, value in values.items() if value is not None}
