"""What people say about a task: notes in its journal, and comments."""

from datetime import datetime
from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import NotAllowed
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.projects.actions.journal import journal
from erp.projects.actions.tasks import lock_task
from erp.projects.actions.telling import tell_comment, tell_mentioned
from erp.projects.models import Comment, Task, TaskLog
from erp.projects.queries.talk import read_comment
from erp.projects.schemas.talk import CommentEdit, CommentIn, LogIn

COMMENT = "comments:write"


async def add_log(work: Workspace, task_id: UUID, given: LogIn) -> TaskLog:
    """A note, or how far the task is; it stays as it is written."""
    task = await lock_task(work, task_id)
    kind = "note" if given.percent is None else "progress"
    line = journal(work, task.id, kind, percent=given.percent, text=given.text)
    await work.session.flush()  # the answer reads the line
    return line


async def keep_log(
    work: Workspace, task: Task, given: LogIn, member_id: UUID, at: datetime
) -> TaskLog:
    """A line that somebody wrote elsewhere, at that time."""
    kind = "note" if given.percent is None else "progress"
    line = journal(work, task.id, kind, percent=given.percent, text=given.text)
    line.member_id, line.at = member_id, at
    await work.session.flush()  # what is wrong with it is said of its row
    return line


async def add_comment(work: Workspace, task_id: UUID, given: CommentIn) -> Comment:
    """Say something about the task."""
    task = await work.get(Task, task_id)
    comment = work.add(Comment(id=new_id(), task_id=task.id, text=given.text))
    record(work, "comment.created", comment)
    await tell_comment(work, comment)
    await work.session.flush()  # the answer reads the comment
    return comment


async def change_comment(
    work: Workspace, comment_id: UUID, edit: CommentEdit, version: int | None
) -> Comment:
    """Say it better. Raises `Stale`, `NotAllowed` for what somebody else said."""
    comment = await _lock_comment(work, comment_id, version)
    for name, value in edit.changes().items():
        setattr(comment, name, value)
    if changes_of(comment):
        record(work, "comment.changed", comment)
        comment.edited_at = work.now()
        await tell_mentioned(work, comment)
        await work.session.flush()  # the answer shows the version
    return comment


async def delete_comment(work: Workspace, comment_id: UUID, version: int | None) -> None:
    """Take it back. Raises `Stale`, `NotAllowed` for what somebody else said."""
    comment = await _lock_comment(work, comment_id, version)
    record(work, "comment.deleted", comment, changes={"text": [comment.text, None]})
    await work.session.delete(comment)


async def _lock_comment(work: Workspace, comment_id: UUID, version: int | None) -> Comment:
    comment = await work.get(Comment, comment_id, lock=True)
    if not work.sees_all(COMMENT) and comment.created_by != work.member_id:
        raise NotAllowed("You may change what you said yourself", permission=COMMENT)
    if version is not None and comment.version != version:
        shown = await read_comment(work, comment_id)
        await ensure_unchanged(work, comment, version, lambda: shown)
    return comment
