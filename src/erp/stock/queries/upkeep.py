"""The locations of an organization, and what is closed."""

from erp.kernel.workspace import Workspace
from erp.stock.models import (
    STANDARD_LOCATIONS,
    STORAGE,
    Location,
    StockClosing,
    standard_location_id,
)
from erp.stock.schemas.locations import LocationOut
from erp.stock.schemas.upkeep import ClosingOut


async def list_locations(work: Workspace) -> list[LocationOut]:
    """Every location, storage first; before first use, those it will start with."""
    query = work.select(Location).order_by(Location.kind != STORAGE, Location.code_key)
    stored = list(await work.session.scalars(query))
    if stored:
        return [LocationOut.model_validate(each) for each in stored]
    return [
        LocationOut(
            id=standard_location_id(work.organization_id, each.kind),
            is_default=each.kind == STORAGE,
            version=1,
            archived_at=None,
            **each._asdict(),
        )
        for each in sorted(STANDARD_LOCATIONS, key=lambda one: (one.kind != STORAGE, one.code))
    ]


async def read_closing(work: Workspace) -> ClosingOut:
    """The last closed day; null while nothing is closed."""
    closing = await work.session.scalar(work.select(StockClosing))
    if closing is None:
        return ClosingOut(closed_until=None, reason=None)
    return ClosingOut.model_validate(closing)
