"""The tasks of a batch: read and locked together, judged one by one, written together."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func

from erp.audit.actions import record
from erp.kernel.batch import Outcome
from erp.kernel.errors import NotAllowed, Stale, wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import take_numbers_of
from erp.projects.actions.assigning import WRITE
from erp.projects.actions.family import Family, read_family
from erp.projects.actions.journal import journal_move
from erp.projects.actions.saving.ledger import (
    Ledger,
    Names,
    Wanted,
    changes_sent,
    external_key,
    external_values,
)
from erp.projects.actions.states import state_named
from erp.projects.actions.tasks import told_of, told_of_new
from erp.projects.errors import ProjectFixed, SubtasksOpen, TaskBlocked
from erp.projects.models import STEP, Project, Task, TaskAssignee, TaskState
from erp.projects.schemas.saving import TaskItem

PLACES = ("project", "parent", "state_id", "group")


@dataclass(frozen=True, slots=True)
class Meant:
    """An item and the task it is about."""

    index: int
    item: TaskItem
    task: Task
    is_new: bool


async def find_projects_of(work: Workspace, wanted: Wanted) -> set[UUID]:
    """The projects of the tasks that are named: those are locked before the tasks."""
    if not wanted.ids and not wanted.keys:
        return set()
    query = work.select(Task).where(wanted.matches(Task))
    return set(await work.session.scalars(query.with_only_columns(Task.project_id)))


async def read_tasks(work: Workspace, wanted: Wanted) -> Names[Task]:
    """Every task that the batch names, locked in the order of their ids."""
    names = Names[Task]()
    if wanted.ids or wanted.keys:
        query = work.select(Task).where(wanted.matches(Task)).order_by(Task.id)
        for task in await work.lock(query):
            names.know(task, external_key(task))
    return names


async def find_my_tasks(work: Workspace, names: Names[Task]) -> set[UUID] | None:
    """The tasks the member may write; None for all of them."""
    if work.sees_all(WRITE):
        return None
    assigned = work.select(TaskAssignee).where(
        TaskAssignee.member_id == work.member_id, TaskAssignee.task_id.in_(list(names.by_id))
    )
    mine = set(await work.session.scalars(assigned.with_only_columns(TaskAssignee.task_id)))
    return mine | {each.id for each in names.by_id.values() if each.created_by == work.member_id}


class Tasks:
    """Judges the tasks of a batch."""

    def __init__(
        self,
        work: Workspace,
        names: Names[Task],
        projects: Names[Project],
        states: dict[UUID, TaskState],
        ledger: Ledger,
    ) -> None:
        """Tasks and projects as the items name them, and the states tasks can be in."""
        self.work, self.names, self.projects = work, names, projects
        self.states, self.ledger = states, ledger
        self.meant: list[Meant] = []
        self.finishing: list[Meant] = []
        self.family = Family()
        self.mine: set[UUID] | None = set()
        self.last: dict[tuple[UUID, UUID], int] = {}

    async def judge(self, items: list[TaskItem], mine: set[UUID] | None) -> None:
        """Make and change tasks in memory; what is refused is noted in the ledger.

        `mine` are the known tasks that the member may write, None for all.
        """
        if not items:
            return
        self.mine = mine
        await self._read_around()
        for index, item in enumerate(items):
            with self.ledger.judging("tasks", index):
                known = self.names.find(item)
                task = known or self._make(item)
                self.names.take(item, task)
                self.meant.append(Meant(index, item, task, is_new=known is None))
        for each in self.meant:
            with self.ledger.judging("tasks", each.index):
                outcome = self._settle(each)
                self.ledger.note("tasks", each.index, outcome, each.task)
        await self._judge_finishing()

    async def write(self) -> None:
        """Write the new tasks with their numbers, parents before their subtasks."""
        work = self.work
        made = [each.task for each in self.meant if each.is_new]
        counts: dict[str, int] = defaultdict(int)
        for task in made:
            counts[f"task:{task.project_id}"] += 1
        taken = await take_numbers_of(work.session, work.organization_id, counts)
        series = {name: iter(numbers) for name, numbers in taken.items()}
        for task in made:
            task.number = next(series[f"task:{task.project_id}"])
            project, state = self.projects.by_id[task.project_id], self.states[task.state_id]
            record(work, "task.created", task, changes=told_of_new(task, project, state))
            journal_move(work, task, None, state)
        await work.insert_all(sorted(made, key=lambda task: self.family.depth_of(task.id)))

    async def _read_around(self) -> None:
        """What the tasks stand among, in a few statements."""
        known = list(self.projects.by_id)
        self.family = await read_family(self.work, *known)
        columns = self.work.select(Task).where(Task.project_id.in_(known))
        columns = columns.group_by(Task.project_id, Task.state_id)
        counted = columns.with_only_columns(Task.project_id, Task.state_id, func.max(Task.position))
        for project_id, state_id, position in await self.work.session.execute(counted):
            self.last[project_id, state_id] = position

    def _make(self, item: TaskItem) -> Task:
        for name in ("project", "title"):
            if name not in item.model_fields_set:
                raise wrong_field(f"/{name}", "missing", "A new task needs project and title")
        project = self.projects.named(item.project, "/project")
        project.ensure_open()
        task = Task(id=new_id(), project_id=project.id, priority="none", number=0)
        task.write(dict(external_values(item)) | changes_sent(item, but=PLACES))
        self._enter(task, self._state_of(item) or state_named(self.states, None))
        self.projects.by_id[project.id] = project
        return task

    def _settle(self, each: Meant) -> Outcome:
        """Give the task its parent, and a known one its new values."""
        item, task = each.item, each.task
        version, before = task.version, self.states[task.state_id]
        if not each.is_new:
            self._rewrite(task, item)
        self._put_below(task, item)
        state = self.states[task.state_id]
        is_moved = not each.is_new and state.id != before.id
        if state.group == "completed" and (each.is_new or is_moved):
            self.finishing.append(each)
        if each.is_new:
            return "created"
        told = told_of(task)
        if not told and not is_moved:
            return "skipped"
        self._ensure_may_change(task, item, version)
        if told:
            record(self.work, "task.changed", task, changes=told)
        if is_moved:
            names = {"state": [before.name, state.name]}
            record(self.work, "task.moved", task, changes=names)
            journal_move(self.work, task, before, state)
        return "changed"

    def _rewrite(self, task: Task, item: TaskItem) -> None:
        if item.project is not None:
            project = self.projects.named(item.project, "/project")
            if project.id != task.project_id:
                raise ProjectFixed
        task.write(changes_sent(item, but=PLACES))
        state = self._state_of(item)
        if state is not None and state.id != task.state_id:
            self._enter(task, state)

    def _put_below(self, task: Task, item: TaskItem) -> None:
        if "parent" not in item.model_fields_set:
            return
        parent_id = None
        if item.parent is not None:
            parent = self.names.named(item.parent, "/parent")
            if parent.project_id != task.project_id:
                raise wrong_field("/parent", "unknown_task", "It belongs to another project")
            parent_id = parent.id
        if parent_id == self.family.parents.get(task.id):
            return
        if parent_id is not None:
            self.family.ensure_below(task.id, parent_id)
        self.family.put_below(task.id, parent_id)
        task.parent_id = parent_id

    def _state_of(self, item: TaskItem) -> TaskState | None:
        """The state an item names by id, or as the first of a group."""
        if item.state_id is not None:
            return state_named(self.states, item.state_id)
        if item.group is None:
            return None
        found = [state for state in self.states.values() if state.group == item.group]
        if not found:
            raise wrong_field("/group", "unknown_state", "There is no state of this group")
        return next((state for state in found if state.is_default), found[0])

    def _enter(self, task: Task, state: TaskState) -> None:
        column = (task.project_id, state.id)
        self.last[column] = self.last.get(column, 0) + STEP
        task.enter(state, self.last[column], self.work.now())

    def _ensure_may_change(self, task: Task, item: TaskItem, version: int) -> None:
        if self.mine is not None and task.id not in self.mine:
            raise NotAllowed(permission=WRITE)
        if item.version is not None and item.version != version:
            raise Stale

    async def _judge_finishing(self) -> None:
        """What is completed has finished predecessors and subtasks when all is written."""
        if not self.finishing:
            return
        below = {each.task.id: self.family.below(each.task.id) for each in self.finishing}
        awaited = {
            each.task.id: self.family.awaited.get(each.task.id, set()) for each in self.finishing
        }
        open_ids = await self._open_among(set().union(*below.values(), *awaited.values()))
        for each in self.finishing:
            with self.ledger.judging("tasks", each.index):
                if not open_ids.isdisjoint(below[each.task.id]):
                    raise SubtasksOpen
                if not open_ids.isdisjoint(awaited[each.task.id]):
                    raise TaskBlocked

    async def _open_among(self, ids: set[UUID]) -> set[UUID]:
        """Which of the tasks are not finished, as they will be after the batch."""
        here = {each.task.id: each.task.state_id for each in self.meant}
        here |= {task.id: task.state_id for task in self.names.by_id.values()}
        query = self.work.select(Task).where(Task.id.in_(ids - here.keys()))
        there = await self.work.session.execute(query.with_only_columns(Task.id, Task.state_id))
        here |= {task_id: state_id for task_id, state_id in there}  # noqa: C416  rows, not pairs
        return {each for each in ids if not self.states[here[each]].is_finished}
