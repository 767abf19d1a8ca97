"""Who is to do the tasks of a batch."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import and_

from erp.audit.actions import record
from erp.kernel.batch import Outcome
from erp.kernel.errors import NotAllowed, wrong_field
from erp.kernel.workspace import Workspace
from erp.organizations.actions.placing import Placed
from erp.organizations.models import Member
from erp.projects.actions.assigning import WRITE
from erp.projects.actions.journal import journal
from erp.projects.actions.saving.ledger import Ledger, Names
from erp.projects.models import Task, TaskAssignee
from erp.projects.schemas.saving import AssigneeItem


@dataclass(slots=True)
class Circle:
    """The people of one task, before the batch and after it."""

    before: dict[UUID, tuple[TaskAssignee, Member]] = field(default_factory=dict)
    added: dict[UUID, Member] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)

    def set(self, member: Member, *, assigned: bool) -> Outcome:
        """Add the member or let him or her go."""
        is_in = (member.id in self.before or member.id in self.added) and member.id not in self.gone
        if is_in == assigned:
            return "skipped"
        if not assigned:
            if self.added.pop(member.id, None) is None:
                self.gone.add(member.id)
            return "changed"
        if member.id in self.gone:
            self.gone.discard(member.id)
            return "changed"
        if member.status != "active":
            raise wrong_field("/member", "unknown_member", "Nobody with this id works here")
        self.added[member.id] = member
        return "created"

    def numbers(self) -> list[list[int]]:
        """The members by number, before and after."""
        before = {member.id: member for _, member in self.before.values()}
        after = {key: each for key, each in (before | self.added).items() if key not in self.gone}
        return [sorted(each.number for each in people.values()) for people in (before, after)]


class Assignees:
    """Judges the assignees of a batch."""

    def __init__(
        self, work: Workspace, tasks: Names[Task], members: Names[Placed], ledger: Ledger
    ) -> None:
        """Tasks and members as the items name them."""
        self.work, self.tasks, self.members, self.ledger = work, tasks, members, ledger
        self.circles: dict[UUID, Circle] = {}
        self.touched: dict[UUID, Task] = {}

    async def judge(self, items: list[AssigneeItem], mine: set[UUID] | None) -> None:
        """Decide in memory; `mine` are the known tasks that may be written, None for all."""
        if not items:
            return
        await self._read_circles()
        for index, item in enumerate(items):
            with self.ledger.judging("assignees", index):
                task = self.tasks.named(item.task, "/task")
                placed = self.members.named(item.member, "/member")
                circle = self.circles.setdefault(task.id, Circle())
                outcome = circle.set(placed.member, assigned=item.assigned)
                if outcome != "skipped":
                    is_known = task.id in self.tasks.by_id
                    if is_known and mine is not None and task.id not in mine:
                        raise NotAllowed(permission=WRITE)
                    self.touched[task.id] = task
                self.ledger.note("assignees", index, outcome, task)

    def added(self) -> list[UUID]:
        """Every member who was given a task, once for each."""
        return [each for circle in self.circles.values() for each in circle.added]

    async def write(self) -> None:
        """Write who came and who went; what was known before gets a new version."""
        for task_id, task in self.touched.items():
            circle = self.circles[task_id]
            if not circle.added and not circle.gone:
                continue
            self._write_circle(task, circle)
            if task_id in self.tasks.by_id:
                task.updated_at = self.work.now()
        for task_id in self.touched:
            for member_id in self.circles[task_id].gone:
                await self.work.session.delete(self.circles[task_id].before[member_id][0])

    def _write_circle(self, task: Task, circle: Circle) -> None:
        kind = "task.assigned" if circle.added else "task.unassigned"
        told: dict[str, Any] = {"assignees": circle.numbers()}
        record(self.work, kind, task, changes=told)
        for member_id in circle.added:
            self.work.add(TaskAssignee(task_id=task.id, member_id=member_id))
            journal(self.work, task.id, "assigned", assignee_id=member_id)
        for member_id in circle.gone:
            journal(self.work, task.id, "unassigned", assignee_id=member_id)

    async def _read_circles(self) -> None:
        same = and_(
            TaskAssignee.organization_id == Member.organization_id,
            TaskAssignee.member_id == Member.id,
        )
        query = self.work.select(TaskAssignee).join(Member, same)
        query = query.where(TaskAssignee.task_id.in_(list(self.tasks.by_id)))
        for assignee, member in await self.work.session.execute(query.add_columns(Member)):
            circle = self.circles.setdefault(assignee.task_id, Circle())
            circle.before[member.id] = (assignee, member)
