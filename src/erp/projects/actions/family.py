"""What stands above, below and before a task. The project is locked while this is looked at."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.projects.errors import TaskCycle, TooDeep
from erp.projects.models import Task, TaskDependency

DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Family:
    """Parents and dependencies of all tasks of a project, and the walks over them."""

    parents: dict[UUID, UUID] = field(default_factory=dict)
    awaited: Mapping[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    children: Mapping[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def put_below(self, task_id: UUID, parent_id: UUID | None) -> None:
        """The task stands below that parent from now on, or below none."""
        if task_id in self.parents:
            self.children[self.parents.pop(task_id)].discard(task_id)
        if parent_id is not None:
            self.parents[task_id] = parent_id
            self.children[parent_id].add(task_id)

    def ensure_below(self, task_id: UUID, parent_id: UUID) -> None:
        """Raises `TaskCycle`, `TooDeep` if the task cannot stand there."""
        if self.waits_for(task_id, parent_id):
            raise TaskCycle
        if self.depth_of(parent_id) + 1 + self._height_of(task_id) > DEEPEST:
            raise TooDeep

    def waits_for(self, task_id: UUID, other_id: UUID) -> bool:
        """Whether the other must be finished first, as subtask or dependency, at any distance."""
        seen, waiting = {task_id}, [task_id]
        while waiting:
            each = waiting.pop()
            if each == other_id:
                return True
            near = self.awaited.get(each, set()) | self.children.get(each, set())
            waiting += near - seen
            seen |= near
        return False

    def below(self, task_id: UUID) -> list[UUID]:
        """Every subtask at any depth, the nearest first."""
        found = list(self.children.get(task_id, ()))
        for each in found:
            found += self.children.get(each, ())
        return found

    def depth_of(self, task_id: UUID) -> int:
        """How many tasks stand above it."""
        depth = 0
        while task_id in self.parents:
            task_id, depth = self.parents[task_id], depth + 1
        return depth

    def _height_of(self, task_id: UUID) -> int:
        below = self.children.get(task_id, set())
        return max((1 + self._height_of(each) for each in below), default=0)


async def read_family(work: Workspace, *project_ids: UUID) -> Family:
    """The relations within the projects, in two statements."""
    family = Family()
    below = work.select(Task).where(Task.project_id.in_(project_ids), Task.parent_id.is_not(None))
    for task_id, parent_id in await work.session.execute(
        below.with_only_columns(Task.id, Task.parent_id)
    ):
        family.put_below(task_id, parent_id)
    edges = work.select(TaskDependency).where(TaskDependency.project_id.in_(project_ids))
    for task_id, other_id in await work.session.execute(
        edges.with_only_columns(TaskDependency.task_id, TaskDependency.depends_on_id)
    ):
        family.awaited[task_id].add(other_id)
    return family


async def ensure_parent(work: Workspace, task: Task, parent_id: UUID) -> None:
    """Raises a fault of `/parent_id`, `TaskCycle` or `TooDeep`."""
    parent = await work.find(Task, parent_id)
    if parent is None or parent.project_id != task.project_id:
        raise wrong_field("/parent_id", "unknown_task", "There is no such task in this project")
    (await read_family(work, task.project_id)).ensure_below(task.id, parent_id)
