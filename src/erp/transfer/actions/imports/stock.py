"""Opening figures by file: what lay where when the books were opened."""

from datetime import date
from typing import Any
from uuid import UUID

from erp.kernel.errors import wrong_field
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.stock.actions.locations import make_standard_locations
from erp.stock.actions.posting import post
from erp.stock.actions.reversing import reverse
from erp.stock.models import STORAGE, Location
from erp.stock.schemas.postings import LineIn, PostingIn, ReversalIn
from erp.transfer.actions.imports.cells import Field
from erp.transfer.actions.imports.judging import Kind, Run, Verdict
from erp.transfer.queries.imports import find_product_id

# fmt: off
FIELDS = (
    Field("sku", ("artikelnummer", "artikelnr", "artnr", "itemnumber", "itemno", "code",
                  "productsku"), is_key=True),
    Field("number", ("nummer", "nr", "no", "produktnummer", "productnumber"), "whole", is_key=True),
    Field("quantity", ("menge", "bestand", "anfangsbestand", "lagerbestand", "stock", "onhand",
                       "qty", "stuckzahl"), "decimal", is_required=True),
    Field("location", ("lagerort", "lager", "warehouse", "locationcode", "platz")),
    Field("unit_cost", ("einstandspreis", "einkaufspreis", "cost", "ekpreis", "ek"), "decimal"),
    Field("reference", ("referenz", "beleg", "belegnummer")),
    Field("day", ("date", "datum", "stichtag", "tag"), "day"),
)
# fmt: on
NAMES = {"product_id": "sku", "to_location_id": "location", "effective_at": "day"}


async def take_opening(run: Run, values: dict[str, Any]) -> Verdict:
    """An opening posting; a row that says nothing is there is skipped."""
    quantity = values.get("quantity")
    if quantity is not None and not quantity.strip("0."):
        return Verdict(outcome="skip")
    line: dict[str, Any] = {"product_id": await _find_product(run.work, values)}
    if "location" in values:
        line["to_location_id"] = await _find_location(run, values["location"])
    line |= {name: values[name] for name in ("quantity", "unit_cost") if name in values}
    given = {"kind": "opening", "lines": [LineIn(**line)], "reference": values.get("reference")}
    if "day" in values:
        given["effective_at"] = run.work.begin_of(date.fromisoformat(values["day"]))
    posted = await post(run.work, PostingIn(**given))
    return Verdict(outcome="create", target_id=posted.posting.id)


async def undo_opening(work: Workspace, row: Any) -> None:
    """Raises `AlreadyReversed`, or `NotEnoughStock` if goods were moved on."""
    await reverse(work, row.target_id, ReversalIn())


async def _find_product(work: Workspace, values: dict[str, Any]) -> UUID:
    sku, number = values.get("sku"), values.get("number")
    if sku is None and number is None:
        raise wrong_field("/sku", "missing", "Name the product by its SKU or its number")
    found = await find_product_id(work, sku, number)
    if found is None:
        pointer = "/sku" if sku else "/number"
        raise wrong_field(pointer, "unknown_product", "There is no such product")
    return found


async def _find_location(run: Run, code: str) -> UUID:
    if not run.known:
        await make_standard_locations(run.work)
        query = run.work.select(Location).where(Location.kind == STORAGE)
        run.known.update({fold(x.code): x.id for x in await run.work.session.scalars(query)})
    found = run.known.get(fold(code))
    if found is None:
        raise wrong_field("/location", "unknown_location", "There is no such location")
    return found


STOCK = Kind(
    permission="stock:move", fields=FIELDS, take=take_opening, undo=undo_opening, names=NAMES
)
