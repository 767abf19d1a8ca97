"""The states tasks can be in."""

from erp.kernel.workspace import Workspace
from erp.projects.models import STANDARD_STATES, TaskState, standard_state_id
from erp.projects.schemas.projects import StateOut


async def find_states(work: Workspace) -> list[TaskState]:
    """The states that are rows, in the order of the board; none before first use."""
    query = work.select(TaskState).order_by(TaskState.position, TaskState.id)
    return list(await work.session.scalars(query))


async def list_states(work: Workspace) -> list[StateOut]:
    """The states of the organization; before first use, those it will start with."""
    if stored := await find_states(work):
        return [StateOut.model_validate(state) for state in stored]
    return [
        StateOut(
            id=standard_state_id(work.organization_id, state.group),
            position=position,
            version=1,
            **state._asdict(),
        )
        for position, state in enumerate(STANDARD_STATES)
    ]
