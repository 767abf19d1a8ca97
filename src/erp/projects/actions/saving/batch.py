"""Saving a batch: everything is read, then decided, then written; one refusal writes nothing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from erp.audit.actions import record
from erp.kernel.workspace import Workspace
from erp.organizations.actions.placing import Placed
from erp.organizations.models import Organization
from erp.projects.actions.saving.assignees import Assignees
from erp.projects.actions.saving.ledger import Ledger, Names, Wanted
from erp.projects.actions.saving.members import judge_members, read_members, write_members
from erp.projects.actions.saving.projects import Projects, read_projects
from erp.projects.actions.saving.tasks import Tasks, find_my_tasks, find_projects_of, read_tasks
from erp.projects.actions.states import states_to_use
from erp.projects.actions.telling import tell_assigned_many
from erp.projects.models import Project, Task
from erp.projects.schemas.saving import Counts, SavedOut, SavingIn, Section


@dataclass(frozen=True, slots=True)
class Known:
    """What the batch names and is here already; `mine` are the tasks that may be written."""

    members: Names[Placed]
    projects: Names[Project]
    tasks: Names[Task]
    mine: set[UUID] | None


async def save_all(work: Workspace, given: SavingIn) -> SavedOut:
    """Members, projects, tasks, parents and assignees, in this order.

    Raises `BatchRefused` with what became of each item.
    """
    known, ledger = await _read_known(work, given), Ledger()
    projects = Projects(work, known.projects, known.members, ledger)
    tasks = Tasks(work, known.tasks, known.projects, await states_to_use(work), ledger)
    assignees = Assignees(work, known.tasks, known.members, ledger)

    placed = judge_members(work, given.members, known.members, ledger)
    await projects.judge(given.projects)
    await tasks.judge(given.tasks, known.mine)
    await assignees.judge(given.assignees, known.mine)
    ledger.ensure_accepted()

    await write_members(work, placed)
    await projects.write()
    await tasks.write()
    await assignees.write()
    await tell_assigned_many(work, assignees.added())
    counts = ledger.counted()
    await _note(work, counts)
    await work.session.flush()  # the answer shows the versions
    return ledger.told(counts)


async def _read_known(work: Workspace, given: SavingIn) -> Known:
    """Members, projects, tasks: each kind in one statement, locked in the order of the house."""
    doing = [item.member for item in given.assignees]
    leading = [item.lead for item in given.projects]
    members = await read_members(work, given.members, [*leading, *doing])
    parents = [item.parent for item in given.tasks]
    wanted = Wanted.by([*given.tasks, *parents, *(item.task for item in given.assignees)])
    homes = await find_projects_of(work, wanted)
    places = [item.project for item in given.tasks]
    projects = await read_projects(work, given.projects, places, homes)
    tasks = await read_tasks(work, wanted)
    return Known(members, projects, tasks, await find_my_tasks(work, tasks))


async def _note(work: Workspace, counts: dict[Section, Counts]) -> None:
    """One line for the whole, besides those of its changes."""
    sums = {
        section: {outcome: count for outcome, count in each.model_dump().items() if count}
        for section, each in counts.items()
    }
    organization: Any = await work.session.get_one(Organization, work.organization_id)
    record(work, "projects.batch_saved", organization, changes={"items": [None, sums]})
