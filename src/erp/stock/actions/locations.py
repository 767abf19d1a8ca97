"""Storage locations, and the fixed ends that every organization has."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.jobs import insert_into
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.stock.errors import LocationFixed, LocationNotEmpty
from erp.stock.models import (
    STANDARD_LOCATIONS,
    STORAGE,
    Location,
    StockBalance,
    standard_location_id,
    standard_location_ids,
)
from erp.stock.queries.locking import keep_locations
from erp.stock.schemas.locations import LocationEdit, LocationIn, LocationOut


async def create_location(work: Workspace, given: LocationIn) -> Location:
    """A new storage location. Raises `LocationCodeTaken`."""
    await make_standard_locations(work)
    if given.is_default:
        await _yield_default(work)
    location = Location(id=new_id(), kind=STORAGE)
    location.write(given.model_dump())
    work.add(location)
    record(work, "location.created", location)
    await work.session.flush()  # the answer shows the version
    return location


async def change_location(
    work: Workspace, location_id: UUID, edit: LocationEdit, version: int | None
) -> Location:
    """Change what was sent. Raises `Stale`, `LocationFixed`, `LocationCodeTaken`."""
    location = await _lock(work, location_id, version)
    if edit.changes().get("is_default") and not location.is_default:
        if location.archived_at is not None:
            raise LocationFixed("An archived location cannot be the default")
        await _yield_default(work)
    location.write(edit.changes())
    if changes_of(location):
        record(work, "location.changed", location)
        await work.session.flush()  # the answer shows the version
    return location


async def archive_location(work: Workspace, location_id: UUID, version: int | None) -> Location:
    """Use it no more. Raises `LocationNotEmpty`, and `LocationFixed` for the default."""
    location = await _lock(work, location_id, version)
    if location.is_default:
        raise LocationFixed("The default location cannot be archived; choose another one first")
    filled = work.select(StockBalance).where(StockBalance.location_id == location_id)
    filled = filled.where(StockBalance.on_hand > Decimal(0)).limit(1)
    if await work.session.scalar(filled) is not None:
        raise LocationNotEmpty
    if location.archived_at is None:
        location.archived_at = work.now()
        record(work, "location.archived", location)
        await work.session.flush()  # the answer shows the version
    return location


async def _lock(work: Workspace, location_id: UUID, version: int | None) -> Location:
    if location_id in standard_location_ids(work.organization_id):
        await make_standard_locations(work)  # it was shown before its first use
    location = await work.get(Location, location_id, lock=True)
    location.ensure_storage()
    shown = LocationOut.model_validate(location)
    await ensure_unchanged(work, location, version, lambda: shown.model_dump(mode="json"))
    return location


async def _yield_default(work: Workspace) -> None:
    """The present default makes place, at once: two would break the rule of the database."""
    for former in await work.lock(work.select(Location).where(Location.is_default)):
        former.is_default = False
        record(work, "location.changed", former)
    await work.session.flush()  # before another one becomes it


async def share_locations(work: Workspace, location_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """These locations, the default and nothing else; none is archived before the end."""
    wanted = set(location_ids)
    found = await keep_locations(work, wanted)
    if len(wanted - {each.id for each in found}) or not any(each.is_default for each in found):
        await make_standard_locations(work)
        found = await keep_locations(work, wanted)
    return {each.id: each for each in found}


async def make_standard_locations(work: Workspace) -> None:
    """The default storage and the fixed ends become rows with their first use."""
    now = work.now()
    shared = {
        "organization_id": work.organization_id,
        "created_by": work.author_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    rows = [
        {
            **each._asdict(),
            "id": standard_location_id(work.organization_id, each.kind),
            "code_key": fold(each.code),
            "is_default": each.kind == STORAGE,
            **shared,
        }
        for each in STANDARD_LOCATIONS
    ]
    insert = insert_into(work.session, Location).values(rows).on_conflict_do_nothing()
    await work.session.execute(insert)
