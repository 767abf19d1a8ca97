"""Saving a batch: everything is read, then decided, then written; one refusal writes nothing."""

from typing import Any

from erp.audit.actions import record
from erp.kernel.workspace import Workspace
from erp.organizations.models import Organization
from erp.projects.actions.saving.assignees import Assignees
from erp.projects.actions.saving.ledger import Ledger, Wanted
from erp.projects.actions.saving.members import judge_members, read_members, write_members
from erp.projects.actions.saving.projects import Projects, read_projects
from erp.projects.actions.saving.tasks import Tasks, find_my_tasks, find_projects_of, read_tasks
from erp.projects.actions.states import states_to_use
from erp.projects.actions.telling import tell_assigned_many
from erp.projects.schemas.saving import Counts, SavedOut, SavingIn, Section


async def save_all(work: Workspace, given: SavingIn) -> SavedOut:
    """Members, projects, tasks, parents and assignees, in this order.

    Raises `BatchRefused` with what became of each item.
    """
    ledger = Ledger()
    leads = [item.lead for item in given.projects]
    doing = [item.member for item in given.assignees]
    members = await read_members(work, given.members, [*leads, *doing])
    parents = [item.parent for item in given.tasks]
    wanted = Wanted.by([*given.tasks, *parents, *(item.task for item in given.assignees)])
    homes = await find_projects_of(work, wanted)
    places = [item.project for item in given.tasks]
    known = await read_projects(work, given.projects, places, homes)
    tasks = await read_tasks(work, wanted)
    states = await states_to_use(work)

    mine = await find_my_tasks(work, tasks)

    placed = judge_members(work, given.members, members, ledger)
    projects = Projects(work, known, members, ledger)
    await projects.judge(given.projects)
    saving = Tasks(work, tasks, known, states, ledger)
    await saving.judge(given.tasks, mine)
    doers = Assignees(work, tasks, members, ledger)
    await doers.judge(given.assignees, mine)
    ledger.ensure_accepted()

    await write_members(work, placed)
    await projects.write()
    await saving.write()
    await doers.write()
    await tell_assigned_many(work, doers.added())
    counts = ledger.counted()
    await _note(work, counts)
    await work.session.flush()  # the answer shows the versions
    return ledger.told(counts)


async def _note(work: Workspace, counts: dict[Section, Counts]) -> None:
    """One line for the whole, besides those of its changes."""
    sums = {
        section: {outcome: count for outcome, count in each.model_dump().items() if count}
        for section, each in counts.items()
    }
    organization: Any = await work.session.get_one(Organization, work.organization_id)
    record(work, "projects.batch_saved", organization, changes={"items": [None, sums]})
