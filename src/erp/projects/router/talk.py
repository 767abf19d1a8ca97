"""The journal of a task and its comments over HTTP."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.projects.actions import talk as actions
from erp.projects.queries import talk as queries
from erp.projects.schemas.talk import (
    CommentEdit,
    CommentIn,
    CommentOut,
    CommentPage,
    CommentQuery,
    JournalPage,
    JournalQuery,
    LogIn,
    LogOut,
    LogPage,
    LogQuery,
)

router = room_router("tasks", "/api")
Reading = Annotated[Workspace, may("tasks:read")]
Writing = Annotated[Workspace, may("tasks:write")]
Commenting = Annotated[Workspace, may("comments:write")]


@also_as_files(router)
@router.get("/task-logs", response_model=JournalPage, responses=refuses(*READING))
async def list_journal(work: Reading, query: Annotated[JournalQuery, Query()]) -> Response:
    """The journals of all tasks, newest first."""
    return page(await queries.list_journal(work, query))


@also_as_files(router)
@router.get("/tasks/{task_id}/logs", response_model=LogPage, responses=refuses(*READING))
async def list_logs(work: Reading, task_id: UUID, query: Annotated[LogQuery, Query()]) -> Response:
    """The journal of one task, newest first."""
    return page(await queries.list_logs(work, task_id, query))


@router.post(
    "/tasks/{task_id}/logs", status_code=201, response_model=LogOut, responses=refuses(*CREATING)
)
async def add_log(work: Writing, task_id: UUID, body: LogIn) -> Response:
    """Add a note or how far the task is; lines of the journal are never edited."""
    line = await actions.add_log(work, task_id, body)
    shown = orjson.dumps(await queries.read_log(work, line.id), option=orjson.OPT_UTC_Z)
    return Response(shown, 201, media_type="application/json")


@also_as_files(router)
@router.get("/tasks/{task_id}/comments", response_model=CommentPage, responses=refuses(*READING))
async def list_comments(
    work: Reading, task_id: UUID, query: Annotated[CommentQuery, Query()]
) -> Response:
    """What was said about one task, the oldest first."""
    return page(await queries.list_comments(work, task_id, query))


@router.post(
    "/tasks/{task_id}/comments",
    status_code=201,
    response_model=CommentOut,
    responses=refuses(*CREATING),
)
async def add_comment(work: Commenting, task_id: UUID, body: CommentIn) -> Response:
    """Say something about the task; `@12` mentions member 12."""
    comment = await actions.add_comment(work, task_id, body)
    shown = await queries.read_comment(work, comment.id)
    return answer_shown(shown, made_at=f"/api/comments/{comment.id}")


@router.patch("/comments/{comment_id}", response_model=CommentOut, responses=refuses(*CHANGING))
async def change_comment(
    work: Commenting, comment_id: UUID, body: CommentEdit, version: ReadVersion
) -> Response:
    """Change what was said; it is marked as edited."""
    comment = await actions.change_comment(work, comment_id, body, version)
    return answer_shown(await queries.read_comment(work, comment.id))


@router.delete("/comments/{comment_id}", status_code=204, responses=refuses(*CHANGING))
async def delete_comment(work: Commenting, comment_id: UUID, version: ReadVersion) -> None:
    """Take back what was said."""
    await actions.delete_comment(work, comment_id, version)
