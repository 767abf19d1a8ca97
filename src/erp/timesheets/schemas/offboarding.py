"""Leaving."""

from uuid import UUID

from erp.kernel.fields import Input, Output


class OffboardIn(Input):
    """Who takes over the open tasks; without somebody they just lose the assignee."""

    reassign_to: UUID | None = None


class OffboardOut(Output):
    """What ended with the membership."""

    member_id: UUID
    stopped_entry_id: UUID | None
    reassigned_tasks: int
