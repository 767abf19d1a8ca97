"""An error in the ledger is not erased: its mirror is posted, once."""

from uuid import UUID

from erp.audit.actions import record
from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.stock.actions.closing import ensure_may_date, ensure_open
from erp.stock.actions.goods import refused_at
from erp.stock.actions.locations import share_locations
from erp.stock.actions.low import lock_rules, note_low
from erp.stock.actions.posting import COUNT, Entry, Move, Posted, told, write_entry
from erp.stock.actions.reserving import free_expired
from erp.stock.errors import AlreadyReversed, ReversalIsFinal, WrongLocations
from erp.stock.models import StockMove, StockPosting, fixed_location_ids
from erp.stock.schemas.postings import ReversalIn


async def reverse(work: Workspace, posting_id: UUID, given: ReversalIn) -> Posted:
    """Post the mirror of a posting. Raises `AlreadyReversed`, `NotEnoughStock`, `PeriodClosed`.

    Two who try at once: the database knows one reversal per posting.
    """
    posting = await work.get(StockPosting, posting_id)
    await _ensure_may(work, posting)
    moment = given.effective_at or work.now()
    ensure_may_date(work, moment, "/effective_at")
    if moment < posting.effective_at:
        raise wrong_field("/effective_at", "before_posting", "The posting took effect later")
    await ensure_open(work, [moment])
    query = work.select(StockMove).where(StockMove.posting_id == posting.id)
    moves = [
        Move(each.product_id, each.to_location_id, each.from_location_id, each.quantity, moment)
        for each in await work.session.scalars(query.order_by(StockMove.line))
    ]
    await _ensure_places(work, moves)
    rules = await lock_rules(work, {move.product_id for move in moves})
    fixed = fixed_location_ids(work.organization_id)
    leaving = {(move.product_id, move.from_id) for move in moves if move.from_id not in fixed}
    await free_expired(work, leaving)
    entry = Entry(
        kind="reversal",
        effective_at=moment,
        moves=moves,
        reference=posting.reference,
        reason=given.reason,
        reverses_id=posting.id,
    )
    posted = await write_entry(work, entry)
    record(work, "stock.reversed", posting, changes=told(posted.posting), reason=given.reason)
    await note_low(work, rules)
    return posted


async def _ensure_may(work: Workspace, posting: StockPosting) -> None:
    if posting.kind == "count":
        work.ensure_can(COUNT)
    if posting.reverses_id is not None:
        raise ReversalIsFinal
    earlier = work.select(StockPosting).where(StockPosting.reverses_id == posting.id)
    found = await work.session.scalar(earlier)
    if found is not None:
        raise AlreadyReversed(reversed_by_id=found.id)


async def _ensure_places(work: Workspace, moves: list[Move]) -> None:
    """Goods do not go back to where nothing is kept any more."""
    known = await share_locations(
        work, {end for move in moves for end in (move.from_id, move.to_id)}
    )
    for move in moves:
        if known[move.to_id].archived_at is not None:
            raise refused_at("", WrongLocations, "The location they came from is archived")
