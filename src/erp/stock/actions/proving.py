"""The proof that balances are the sums of their moves, and how derived rows are mended."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from sqlalchemy import tuple_

from erp.audit.actions import record
from erp.kernel.fields import plain_decimal
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.actions.notices import Told, notify
from erp.organizations.queries import list_members_in
from erp.stock.actions.balances import Key, lock_balances
from erp.stock.actions.low import lock_rules, note_low
from erp.stock.models import StockBalance, StockProof
from erp.stock.queries.proofs import Place, iterate_places, list_places, name_places

MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at every balance found."""

    at: datetime
    rows: int
    digest: str
    wrong: int
    differences: list[dict[str, Any]]


async def prove(work: Workspace) -> StockProof:
    """Compare every balance with its moves and reservations, and keep what was seen."""
    return await keep_proof(work, await look(work))


async def look(work: Workspace, *, pace: float = 0.0) -> Seen:
    """Compare, and only read. After each part it rests `pace` times as long as that took."""
    at, digest, rows = work.now(), hashlib.sha256(), 0
    wrong: list[Place] = []
    begun = perf_counter()
    async for places in iterate_places(work):
        for place in places:
            figures = f"{plain_decimal(place.on_hand)} {plain_decimal(place.reserved)}"
            digest.update(f"{place.product_id} {place.location_id} {figures}\n".encode())
        rows += len(places)
        wrong += [place for place in places if not place.is_right()]
        await asyncio.sleep(pace * (perf_counter() - begun))  # others are served meanwhile
        begun = perf_counter()
    named = await name_places(work, wrong[:MOST_TOLD])
    return Seen(at, rows, digest.hexdigest(), len(wrong), named)


async def keep_proof(work: Workspace, seen: Seen) -> StockProof:
    """Keep what was seen; what is wrong is told to admins."""
    proof = StockProof(
        id=new_id(),
        at=seen.at,
        made_by=work.author_id,
        rows=seen.rows,
        digest=seen.digest,
        ok=not seen.wrong,
        differences=seen.differences,
    )
    work.add(proof)
    if seen.wrong:
        await _tell(work, proof, seen.wrong)
    await work.session.flush()  # the answer reads it
    return proof


async def _tell(work: Workspace, proof: StockProof, places: int) -> None:
    record(work, "stock.proof_failed", proof, changes={"differences": [0, places]})
    told = Told(
        kind="proof_failed",
        code="stock_proof_failed",
        params={"places": places},
        subject=("stock_proof", proof.id),
        is_state=True,
    )
    await notify(work, told, await list_members_in(work, ("admin",)))


async def find_wrong_places(work: Workspace) -> list[str]:
    """Every balance that is not what it is derived from, one line each."""
    wrong = await _list_wrong(work)
    return [
        f"product {told['product']['number']} {told['product']['name']} at "
        f"{told['location']['code']}: {told['what']} is {told['balance']}, not {told['derived']}"
        for told in await name_places(work, wrong)
    ]


async def _list_wrong(work: Workspace) -> list[Place]:
    return [
        place async for places in iterate_places(work) for place in places if not place.is_right()
    ]


async def repair_balances(work: Workspace) -> list[str]:
    """Set wrong balances to what moves and reservations say; what was done, one line each.

    Moves and reservations are never touched. Where more is reserved than is there, no balance
    can be right: that is left to people.
    """
    wrong = await _list_wrong(work)
    rules = await lock_rules(work, {place.product_id for place in wrong})
    keys: list[Key] = [(place.product_id, place.location_id) for place in wrong]
    await lock_balances(work, keys)  # what is missing is made
    balances = await _find_balances(work, keys)
    now = await list_places(work, sorted({place.product_id for place in wrong}))
    done = [
        _mend(work, balances[place.product_id, place.location_id], place)
        for place in now
        if (place.product_id, place.location_id) in balances
        if place.moved >= place.held >= 0
    ]
    await work.session.flush()  # the figures of the rules are read from the balances
    await note_low(work, rules)
    return done


async def _find_balances(work: Workspace, keys: list[Key]) -> dict[Key, StockBalance]:
    place = tuple_(StockBalance.product_id, StockBalance.location_id)
    query = work.select(StockBalance).where(place.in_(sorted(keys)))
    found = await work.session.scalars(query.execution_options(populate_existing=True))
    return {(each.product_id, each.location_id): each for each in found}


def _mend(work: Workspace, balance: StockBalance, place: Place) -> str:
    named = f"product {place.product_id} at location {place.location_id}"
    balance.on_hand, balance.reserved = place.moved, place.held
    record(work, "doctor.repaired", balance)
    return f"{named}: set to {place.moved:f} on hand, {place.held:f} reserved"
