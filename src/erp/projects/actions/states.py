"""The columns of the board. One is the default; an unstarted and a completed one must exist."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import wrong_field
from erp.kernel.jobs import insert_into
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.projects.errors import StateInUse, StateNeeded
from erp.projects.models import (
    STANDARD_STATES,
    Task,
    TaskLog,
    TaskState,
    standard_state_id,
)
from erp.projects.queries.states import find_states
from erp.projects.schemas.projects import StateEdit, StateIn, StateOut

NEEDED = frozenset({"unstarted", "completed"})


async def states_to_use(work: Workspace) -> dict[UUID, TaskState]:
    """Every state by its id. The standard ones become rows with their first use."""
    found = await find_states(work)
    if not found:
        await _make_standard_states(work)
        found = await find_states(work)
    return {state.id: state for state in found}


def state_named(states: dict[UUID, TaskState], state_id: UUID | None) -> TaskState:
    """The state with this id, or the default one. Raises a fault of `/state_id`."""
    if state_id is None:
        return next(state for state in states.values() if state.is_default)
    if state_id not in states:
        raise wrong_field("/state_id", "unknown_state", "There is no such state")
    return states[state_id]


async def create_state(work: Workspace, given: StateIn) -> TaskState:
    """A new state, at the end of the board. Raises `StateNameTaken`."""
    states = await _lock_states(work)
    state = TaskState(id=new_id(), name=given.name, name_key=fold(given.name), is_default=False)
    state.group, state.position = given.group, len(states)
    if given.is_default:
        await _take_default(work, state, states)
    work.add(state)
    record(work, "task_state.created", state)
    await work.session.flush()  # the answer shows the version
    return state


async def change_state(
    work: Workspace, state_id: UUID, edit: StateEdit, version: int | None
) -> TaskState:
    """Change what was sent. Raises `Stale`, `StateNameTaken`, `StateNeeded`, `StateInUse`."""
    states = await _lock_states(work)
    state = await _chosen(work, state_id, version)
    values = edit.changes()
    if values.get("group", state.group) != state.group and await _is_used(work, state):
        raise StateInUse
    position = values.pop("position", None)
    is_default = values.pop("is_default", state.is_default)
    for name, value in values.items():
        setattr(state, name, value)
    state.name_key = fold(state.name)
    if is_default and not state.is_default:
        await _take_default(work, state, states)
    if position is not None:
        _place(state, states, position)
    _ensure_enough(states)
    if changes_of(state):
        record(work, "task_state.changed", state)
        await work.session.flush()  # the answer shows the version
    return state


async def delete_state(
    work: Workspace, state_id: UUID, replace_by: UUID | None, version: int | None
) -> None:
    """Remove a state; `replace_by` takes its tasks. Raises `StateInUse`, `StateNeeded`."""
    states = await _lock_states(work)
    state = await _chosen(work, state_id, version)
    rest = [each for each in states if each.id != state.id]
    if state.is_default:
        raise StateNeeded
    _ensure_enough(rest)
    if replace_by is not None:
        await _replace(work, state, _successor(state, rest, replace_by))
    elif await _is_used(work, state):
        raise StateInUse
    for position, each in enumerate(rest):
        each.position = position
    record(work, "task_state.deleted", state, changes={"name": [state.name, None]})
    await work.session.delete(state)


async def _lock_states(work: Workspace) -> list[TaskState]:
    """Every state, in the order of the board, locked so that what is needed cannot go meanwhile."""
    await states_to_use(work)
    locked = await work.lock(work.select(TaskState).order_by(TaskState.id))
    return sorted(locked, key=lambda state: (state.position, state.id))


async def _chosen(work: Workspace, state_id: UUID, version: int | None) -> TaskState:
    state = await work.get(TaskState, state_id, lock=True)
    shown = StateOut.model_validate(state).model_dump(mode="json")
    await ensure_unchanged(work, state, version, lambda: shown)
    return state


async def _take_default(work: Workspace, state: TaskState, states: list[TaskState]) -> None:
    for other in states:
        other.is_default = False
    await work.session.flush()  # there is only one default at any moment
    state.is_default = True


def _place(state: TaskState, states: list[TaskState], position: int) -> None:
    order = [each for each in states if each.id != state.id]
    order.insert(position, state)
    for place, each in enumerate(order):
        each.position = place


def _ensure_enough(states: list[TaskState]) -> None:
    """Raises `StateNeeded`; the default is where new work begins, so it must be open."""
    default_is_open = any(each.is_default and not each.is_finished for each in states)
    if not default_is_open or not {each.group for each in states} >= NEEDED:
        raise StateNeeded


async def _is_used(work: Workspace, state: TaskState) -> bool:
    query = work.select(Task).where(Task.state_id == state.id).limit(1)
    return await work.session.scalar(query.with_only_columns(Task.id)) is not None


def _successor(state: TaskState, rest: list[TaskState], replace_by: UUID) -> TaskState:
    """The state that takes the tasks: finished work stays finished, open work stays open."""
    chosen = next((each for each in rest if each.id == replace_by), None)
    if chosen is None:
        raise wrong_field("?replace_by", "unknown_state", "There is no such other state")
    if chosen.group != state.group and (chosen.is_finished or state.is_finished):
        raise wrong_field("?replace_by", "other_group", "It must mean as much: open or finished")
    return chosen


async def _replace(work: Workspace, state: TaskState, successor: TaskState) -> None:
    """Put the tasks behind those of the other column."""
    moved = work.select(Task).where(Task.state_id == state.id).with_only_columns(Task.id)
    journal = [_moved(work, each, state, successor) for each in await work.session.scalars(moved)]
    if not journal:
        return
    last = work.select(Task).where(Task.state_id == successor.id)
    offset = await work.session.scalar(last.with_only_columns(func.max(Task.position))) or 0
    await work.session.execute(
        update(Task)
        .where(Task.organization_id == work.organization_id, Task.state_id == state.id)
        .values(
            state_id=successor.id,
            position=Task.position + offset,
            version=Task.version + 1,
            updated_at=work.now(),
        )
    )
    await work.session.execute(insert(TaskLog), journal)


def _moved(
    work: Workspace, task_id: UUID, state: TaskState, successor: TaskState
) -> dict[str, Any]:
    return {
        "organization_id": work.organization_id,
        "id": new_id(),
        "task_id": task_id,
        "kind": "moved",
        "member_id": work.member_id,
        "at": work.now(),
        "from_state_id": state.id,
        "from_state": state.name,
        "to_state_id": successor.id,
        "to_state": successor.name,
    }


async def _make_standard_states(work: Workspace) -> None:
    now = work.now()
    rows = [
        {
            "organization_id": work.organization_id,
            "id": standard_state_id(work.organization_id, state.group),
            "name": state.name,
            "name_key": fold(state.name),
            "group": state.group,
            "position": position,
            "is_default": state.is_default,
            "created_by": work.member_id,
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        for position, state in enumerate(STANDARD_STATES)
    ]
    insert = insert_into(work.session, TaskState).values(rows).on_conflict_do_nothing()
    await work.session.execute(insert)
