"""The journal of a task: lines written with the change, and the notes people add."""

from typing import Any
from uuid import UUID

from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.projects.models import Task, TaskLog, TaskState


def journal(work: Workspace, task_id: UUID, kind: str, **told: Any) -> TaskLog:
    """Add a line to the task's journal in this transaction."""
    line = TaskLog(id=new_id(), task_id=task_id, kind=kind, member_id=work.member_id, **told)
    line.at = work.now()
    return work.add(line)


def journal_move(
    work: Workspace, task: Task, before: TaskState | None, after: TaskState
) -> TaskLog:
    """Note that the task went from one state to another, or began in one."""
    told: dict[str, Any] = {"to_state_id": after.id, "to_state": after.name}
    if before is not None:
        told |= {"from_state_id": before.id, "from_state": before.name}
    return journal(work, task.id, "created" if before is None else "moved", **told)
