"""All that one member is to do."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from erp.kernel.paging import fetch_all
from erp.kernel.workspace import Workspace
from erp.projects.models import Task
from erp.projects.queries.tasks import READ, TASKS, add_assignees

AT_ONCE = 1000  # how many ids a statement is given

WORK_LIST = replace(
    TASKS,
    columns={name: each for name, each in TASKS.columns.items() if name != "overdue"}
    | {"description": Task.__table__.c.description},
    sorts={"due_on": TASKS.sorts["due_on"]},
)


async def list_tasks_of(work: Workspace, member_id: UUID) -> list[dict[str, Any]]:
    """Every task a member is to do, by the day it is due; not those of archived projects."""
    own: dict[str, Any] = {} if work.sees_all(READ) else {"mine": work.member_id}
    rows = await fetch_all(work, WORK_LIST, assignee=member_id, in_live_project=True, **own)
    for start in range(0, len(rows), AT_ONCE):
        await add_assignees(work, rows[start : start + AT_ONCE])
    return rows
