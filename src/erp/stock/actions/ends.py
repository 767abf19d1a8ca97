"""From where to where the lines of a posting go."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from erp.kernel.errors import Refusal, wrong_field
from erp.kernel.workspace import Workspace
from erp.stock.actions.goods import refused_at
from erp.stock.actions.locations import share_locations
from erp.stock.errors import WrongLocations
from erp.stock.models import STORAGE, standard_location_id
from erp.stock.schemas.naming import Kind
from erp.stock.schemas.postings import LineIn

Ends = tuple[UUID, UUID]
FROM, TO = "from_location_id", "to_location_id"
PATHS = {
    "opening": ("opening", STORAGE),
    "receipt": ("supplier", STORAGE),
    "issue": (STORAGE, "customer"),
    "return_in": ("customer", STORAGE),
    "return_out": (STORAGE, "supplier"),
    "transfer": (STORAGE, STORAGE),
}


async def find_ends(work: Workspace, kind: Kind, lines: Sequence[LineIn]) -> list[Ends]:
    """Where each line goes, checked against the kind. Raises `WrongLocations`."""
    paths = [_path_of(kind, number, line) for number, line in enumerate(lines)]
    named = {end for line in lines for end in (line.from_location_id, line.to_location_id) if end}
    fixed = {end for path in paths for end in path if end != STORAGE}
    fixed_ids = {standard_location_id(work.organization_id, kind) for kind in fixed}
    known = await share_locations(work, named | fixed_ids)
    found: dict[Any, Ends] = {}
    for number, (line, path) in enumerate(zip(lines, paths, strict=True)):
        way = (line.from_location_id, line.to_location_id)
        if way not in found:  # most lines of a posting go the same way
            found[way] = _resolve(work, known, number, line, path)
    return [found[line.from_location_id, line.to_location_id] for line in lines]


def _path_of(kind: Kind, number: int, line: LineIn) -> tuple[str, str]:
    """The kinds of its two ends; what is counted comes or goes by the end that is named."""
    if kind != "count":
        return PATHS[kind]
    if (line.from_location_id is None) == (line.to_location_id is None):
        raise wrong_locations(number, FROM, "Name the storage that goods are found or missed at")
    return ("adjustment", STORAGE) if line.from_location_id is None else (STORAGE, "adjustment")


def _resolve(
    work: Workspace, known: dict[UUID, Any], number: int, line: LineIn, path: tuple[str, str]
) -> Ends:
    default = next(each.id for each in known.values() if each.is_default)
    ends = []
    for field, kind in zip((FROM, TO), path, strict=True):
        fallback = default if kind == STORAGE else standard_location_id(work.organization_id, kind)
        end = known.get(getattr(line, field) or fallback)
        if end is None:
            raise wrong_field(
                f"/lines/{number}/{field}", "unknown_location", "There is no such one"
            )
        if end.kind != kind:
            raise wrong_locations(number, field, f"This end must be of the kind {kind}")
        if end.archived_at is not None:
            raise wrong_locations(number, field, "This location is archived")
        ends.append(end.id)
    if ends[0] == ends[1]:
        raise wrong_locations(number, TO, "Goods must go somewhere else")
    return ends[0], ends[1]


def check_storage(known: Mapping[UUID, Any], location_id: UUID | None, pointer: str) -> Any:
    """The storage location that is named, or the default. Raises `WrongLocations`."""
    default = next(each.id for each in known.values() if each.is_default)
    location = known.get(location_id or default)
    if location is None:
        raise wrong_field(pointer, "unknown_location", "There is no such location")
    if location.kind != STORAGE:
        raise refused_at(pointer, WrongLocations, "Goods are not kept there")
    if location.archived_at is not None:
        raise refused_at(pointer, WrongLocations, "This location is archived")
    return location


def wrong_locations(number: int, field: str, detail: str) -> Refusal:
    """A `WrongLocations` about one end of a line."""
    return refused_at(f"/lines/{number}/{field}", WrongLocations, detail)
