"""What crosses the border about locations."""

from typing import Annotated, Literal
from uuid import UUID

from erp.kernel.fields import ABSENT, Edit, Input, InstantOut, Output, Text
from erp.stock.schemas.naming import (
    LocationKind,
)


class LocationIn(Input):
    """A new storage location."""

    code: Annotated[str, Text(16)]
    name: Annotated[str, Text(100)]
    is_default: bool = False


class LocationEdit(Edit):
    """What changes about a storage location. `is_default` moves here from the one that had it."""

    code: Annotated[str, Text(16)] = ABSENT
    name: Annotated[str, Text(100)] = ABSENT
    is_default: Literal[True] = ABSENT


class LocationOut(Output):
    """A place goods are kept at, or a fixed end they come from and go to."""

    id: UUID
    code: str
    name: str
    kind: LocationKind
    is_default: bool
    version: int
    archived_at: InstantOut | None


class LocationsOut(Output):
    """Every location of the organization, storage first."""

    items: list[LocationOut]
