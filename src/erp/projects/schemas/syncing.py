"""What crosses the border about taking projects over from a company directory."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import Input, InstantOut, Output
from erp.organizations.schemas import PersonOut

Op = Literal["create", "change", "archive", "skip"]


class SyncItem(Output):
    """What happens to one project. `changes` tell `[old, new]` by field.

    `added` are members who come into the team, `unknown` the directory's names for people who
    have not signed in through it yet. `note` says why a project is left alone.
    """

    op: Op
    project_id: UUID
    external_source: str
    external_id: str
    code: str
    name: str
    version: int | None
    changes: dict[str, list[Any]]
    added: list[PersonOut]
    unknown: list[str]
    note: Literal["unchanged", "archived", "kept"] | None


class SyncPlanOut(Output):
    """What a synchronization would change, good until `expires_at`."""

    id: UUID
    state: Literal["planned", "applied", "expired"]
    counts: dict[Op, int]
    items: list[SyncItem]
    expires_at: InstantOut
    applied_at: InstantOut | None
    version: int
    created_at: InstantOut


class SyncApplyIn(Input):
    """The plan that was looked at."""

    plan_id: Annotated[UUID, Field(description="`id` of the preview")]
