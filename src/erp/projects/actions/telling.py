"""Telling members what concerns them about tasks; never about their own acts."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from erp.kernel.workspace import Workspace
from erp.organizations.actions.notices import Told, notify
from erp.organizations.queries import name_people
from erp.projects.models import Comment, Project, Task, TaskAssignee
from erp.projects.queries.talk import people_mentioned


async def tell_assigned(work: Workspace, task: Task, member_ids: Iterable[UUID]) -> None:
    """Somebody made these members do the task."""
    others = [each for each in member_ids if each != work.member_id]
    if others:
        params = await _about(work, task)
        told = Told(
            kind="task_assigned", code="task_assigned", params=params, subject=("task", task.id)
        )
        await notify(work, told, others)


async def tell_assigned_many(work: Workspace, member_ids: Iterable[UUID]) -> None:
    """Somebody assigned tasks in one batch: one notice each, with the number of tasks."""
    counts = Counter(each for each in member_ids if each != work.member_id)
    alike: dict[int, list[UUID]] = defaultdict(list)
    for member_id, count in counts.items():
        alike[count].append(member_id)
    for count, members in alike.items():
        params = {"count": count, "by": await _me(work)}
        told = Told(kind="task_assigned", code="tasks_assigned", params=params)
        await notify(work, told, members)


async def tell_comment(work: Workspace, comment: Comment) -> None:
    """Whom the comment mentions is told so; assignees and creator hear of it otherwise."""
    mentioned = await tell_mentioned(work, comment)
    task = await work.get(Task, comment.task_id)
    doing = work.select(TaskAssignee).where(TaskAssignee.task_id == task.id)
    concerned = [
        *await work.session.scalars(doing.with_only_columns(TaskAssignee.member_id)),
        *([task.created_by] if task.created_by else []),
    ]
    others = [each for each in concerned if each not in {work.member_id, *mentioned}]
    if others:
        params = await _about(work, task)
        told = Told(
            kind="task_comment", code="task_comment", params=params, subject=("task", task.id)
        )
        await notify(work, told, others)


async def tell_mentioned(work: Workspace, comment: Comment) -> set[UUID]:
    """Tell the members whom the comment mentions, each once however often it is edited."""
    people = await people_mentioned(work, [comment.text])
    mentioned = {each.id for each in people.values()}
    if mentioned - {work.member_id}:
        told = Told(
            kind="mention",
            code="mention",
            params=await _about(work, await work.get(Task, comment.task_id)),
            subject=("task", comment.task_id),
            dedupe_key=f"mention:{comment.id}",
        )
        await notify(work, told, sorted(mentioned))
    return mentioned


async def _about(work: Workspace, task: Task) -> dict[str, Any]:
    project = await work.get(Project, task.project_id)
    key = f"{project.code}-{task.number}"
    return {"task": {"key": key, "title": task.title}, "by": await _me(work)}


async def _me(work: Workspace) -> dict[str, Any]:
    me = (await name_people(work, [work.member_id]))[work.member_id]
    return {"number": me.number, "name": me.name}
