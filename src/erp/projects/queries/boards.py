"""The board of a project: its columns with their counts and first cards."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, not_

from erp.kernel.cursors import Place, make_cursor
from erp.kernel.workspace import Workspace
from erp.projects.models import Project, Task, TaskAssignee
from erp.projects.queries.states import list_states
from erp.projects.queries.tasks import SOURCE, TASKS, add_assignees, arrange, member_meant
from erp.projects.schemas.tasks import BoardQuery


async def read_board(work: Workspace, project_id: UUID, query: BoardQuery) -> dict[str, Any]:
    """The whole board in a few statements, however many tasks there are. Raises `NotFound`."""
    project = await work.get(Project, project_id)
    shown = [Task.project_id == project_id, *_assigned(work, query)]
    totals = await _count_by_state(work, shown)
    cards = await _first_cards(work, shown, query.limit)
    columns = [
        {
            "state": {"id": state.id, "name": state.name, "group": state.group},
            "is_default": state.is_default,
            "total": totals.get(state.id, 0),
            "tasks": (tasks := [card for card in cards if card["state"]["id"] == state.id]),
            "next_cursor": _cursor(tasks) if len(tasks) < totals.get(state.id, 0) else None,
        }
        for state in await list_states(work)
    ]
    named = {name: getattr(project, name) for name in ("id", "number", "code", "name")}
    return {"project": named, "columns": columns}


def _assigned(work: Workspace, query: BoardQuery) -> list[ColumnElement[bool]]:
    somebody = exists().where(
        TaskAssignee.organization_id == Task.organization_id, TaskAssignee.task_id == Task.id
    )
    if query.assignee == "nobody":
        return [not_(somebody)]
    member_id = member_meant(work, query.assignee)
    return [] if member_id is None else [somebody.where(TaskAssignee.member_id == member_id)]


async def _count_by_state(work: Workspace, shown: list[ColumnElement[bool]]) -> dict[UUID, int]:
    query = work.select(Task).where(*shown).with_only_columns(Task.state_id, func.count())
    found = await work.session.execute(query.group_by(Task.state_id))
    return {state_id: count for state_id, count in found}  # noqa: C416  rows are no pairs to mypy


async def _first_cards(
    work: Workspace, shown: list[ColumnElement[bool]], limit: int
) -> list[dict[str, Any]]:
    """So many cards of each column, in their order, as the list of tasks shows them."""
    place = func.row_number().over(partition_by=Task.state_id, order_by=(Task.position, Task.id))
    placed = work.select(Task).where(*shown).with_only_columns(Task.id, place.label("place"))
    first = placed.subquery()
    columns = [column.label(name) for name, column in TASKS.columns.items()]
    source = SOURCE.join(first, first.c.id == Task.__table__.c.id)
    query = work.select(Task).with_only_columns(*columns).select_from(source)
    query = query.where(first.c.place <= limit)
    found = await work.session.execute(
        query.order_by(Task.position, Task.id), {"today": work.today()}
    )
    rows = [arrange(dict(row)) for row in found.mappings()]
    if rows:
        await add_assignees(work, rows)
    return rows


def _cursor(tasks: list[dict[str, Any]]) -> str | None:
    """Where the list of the column's tasks, sorted by position, goes on."""
    if not tasks:
        return None
    return make_cursor("position", Place(tasks[-1]["position"], tasks[-1]["id"], None))
