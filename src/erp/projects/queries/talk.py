"""Reading the journal of a task and what was said about it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_

from erp.identity.models import User
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.queries import name_people, person
from erp.organizations.schemas import PersonOut
from erp.projects.models import Comment, Project, Task, TaskLog
from erp.projects.queries.tasks import READ
from erp.projects.schemas.talk import CommentQuery, JournalQuery, LogQuery

MENTION = re.compile(r"(?<![\w@])@([1-9][0-9]{0,8})\b")
_logs, _comments = TaskLog.__table__.c, Comment.__table__.c
_tasks, _projects = Task.__table__.c, Project.__table__.c


async def _name_writers(work: Workspace, rows: list[dict[str, Any]]) -> None:
    ids = [row[name] for row in rows for name in ("member_id", "assignee_id")]
    people = await name_people(work, [each and UUID(str(each)) for each in ids])
    for row in rows:
        for name in ("member", "assignee"):
            member_id = row.pop(f"{name}_id")
            row[name] = people[UUID(str(member_id))].model_dump() if member_id else None


LOGS = Listing(
    table=TaskLog.__table__,
    columns={
        name: _logs[name]
        for name in (
            "id",
            "kind",
            "at",
            "member_id",
            "assignee_id",
            "from_state",
            "to_state",
            "percent",
            "text",
        )
    },
    sorts={"at": _logs.id},
    filters={"task_id": _logs.task_id == given("task_id")},
    attach=_name_writers,
)


def _name_task(flat: dict[str, Any]) -> dict[str, Any]:
    task = {name: flat.pop(f"task.{name}") for name in ("id", "number", "title")}
    return {**flat, "task": task | {"key": f"{flat.pop('project.code')}-{task['number']}"}}


_task_of_line = and_(_tasks.organization_id == _logs.organization_id, _tasks.id == _logs.task_id)
_project_of_task = and_(
    _projects.organization_id == _tasks.organization_id, _projects.id == _tasks.project_id
)
# Every line has its task; outer joins keep the lines first, whose index has the list's order.
JOURNAL = replace(
    LOGS,
    source=TaskLog.__table__.outerjoin(Task.__table__, _task_of_line).outerjoin(
        Project.__table__, _project_of_task
    ),
    columns={
        **LOGS.columns,
        "task.id": _tasks.id,
        "task.number": _tasks.number,
        "task.title": _tasks.title,
        "project.code": _projects.code,
    },
    filters={
        "task": _logs.task_id == given("task"),
        "project": _tasks.project_id == given("project"),
        "member": _logs.member_id == given("member"),
        "kind": _logs.kind == given("kind"),
        "from_day": _logs.at >= given("begins"),
        "to_day": _logs.at < given("ends"),
        "mine": _logs.member_id == given("mine"),
    },
    arrange=_name_task,
)


def numbers_mentioned(text: str) -> set[int]:
    """The numbers of the members that the text mentions as `@12`."""
    return {int(number) for number in MENTION.findall(text)}


async def people_mentioned(work: Workspace, texts: Iterable[str]) -> dict[int, PersonOut]:
    """The members that the texts mention, by number."""
    numbers = set().union(*(numbers_mentioned(text) for text in texts))
    if not numbers:
        return {}
    query = work.select(Member).where(Member.number.in_(numbers))
    query = query.join(User, User.id == Member.user_id)
    found = await work.session.execute(query.add_columns(User))
    return {member.number: person(member, user) for member, user in found}


async def _name_authors(work: Workspace, rows: list[dict[str, Any]]) -> None:
    people = await name_people(work, [UUID(str(row["author_id"])) for row in rows])
    mentioned = await people_mentioned(work, [row["text"] for row in rows])
    for row in rows:
        row["author"] = people[UUID(str(row.pop("author_id")))].model_dump()
        numbers = sorted(numbers_mentioned(row["text"]) & mentioned.keys())
        row["mentions"] = [mentioned[number].model_dump() for number in numbers]


COMMENTS = Listing(
    table=Comment.__table__,
    columns={
        "id": _comments.id,
        "task_id": _comments.task_id,
        "author_id": _comments.created_by,
        "text": _comments.text,
        "edited_at": _comments.edited_at,
        "version": _comments.version,
        "created_at": _comments.created_at,
        "updated_at": _comments.updated_at,
    },
    sorts={"created_at": _comments.id},
    filters={"task_id": _comments.task_id == given("task_id")},
    attach=_name_authors,
)


async def list_logs(work: Workspace, task_id: UUID, query: LogQuery) -> bytes:
    """One page of the task's journal as JSON. Raises `NotFound`."""
    await work.get(Task, task_id)
    return await fetch_page(work, LOGS, query, task_id=task_id)


async def list_journal(work: Workspace, query: JournalQuery) -> bytes:
    """One page of the journals of all tasks as JSON."""
    return await fetch_page(work, JOURNAL, query, **bounds_meant(work, query))


def bounds_meant(work: Workspace, query: JournalQuery) -> dict[str, Any]:
    """The query's days as instants where the organization is, and how far the member sees."""
    first, last = query.day_from, query.day_to
    return {
        "from_day": True if first else None,
        "begins": work.begin_of(first) if first else None,
        "to_day": True if last else None,
        "ends": work.begin_of(last + timedelta(days=1)) if last else None,
        "mine": None if work.sees_all(READ) else work.member_id,
    }


async def read_log(work: Workspace, log_id: UUID) -> dict[str, Any]:
    """One line of a journal."""
    return await fetch_one(work, LOGS, log_id)


async def list_comments(work: Workspace, task_id: UUID, query: CommentQuery) -> bytes:
    """One page of the task's comments as JSON. Raises `NotFound`."""
    await work.get(Task, task_id)
    return await fetch_page(work, COMMENTS, query, task_id=task_id)


async def read_comment(work: Workspace, comment_id: UUID) -> dict[str, Any]:
    """One comment with its author and those it mentions. Raises `NotFound`."""
    return await fetch_one(work, COMMENTS, comment_id)
