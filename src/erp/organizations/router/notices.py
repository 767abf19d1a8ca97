"""One's own notices."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations import queries
from erp.organizations.access import CREATING, READING, may
from erp.organizations.actions import notices
from erp.organizations.models import Notice
from erp.organizations.schemas.notices import (
    AllReadOut,
    NoticeOut,
    NoticePage,
    NoticeQuery,
    SnoozeIn,
)

router = room_router("notices", "/api/notices")
Mine = Annotated[Workspace, may("notices:read")]


@also_as_files(router)
@router.get("", response_model=NoticePage, responses=refuses(*READING))
async def list_notices(work: Mine, query: Annotated[NoticeQuery, Query()]) -> Response:
    """One's own notices, the newest first; snoozed ones come back by themselves."""
    return page(await queries.list_notices(work, query))


@router.post("/read-all", response_model=AllReadOut, responses=refuses(*CREATING))
async def read_all(work: Mine) -> AllReadOut:
    """Mark every notice of one's own that shows as read."""
    return AllReadOut(read=await notices.read_all_notices(work))


@router.post("/{notice_id}/read", response_model=NoticeOut, responses=refuses(*CREATING))
async def read(work: Mine, notice_id: UUID) -> NoticeOut:
    """Mark a notice of one's own as read."""
    return _shown(await notices.read_notice(work, notice_id))


@router.post("/{notice_id}/snooze", response_model=NoticeOut, responses=refuses(*CREATING))
async def snooze(work: Mine, notice_id: UUID, body: SnoozeIn) -> NoticeOut:
    """Hide a notice of one's own until then."""
    return _shown(await notices.snooze_notice(work, notice_id, body.until))


def _shown(notice: Notice) -> NoticeOut:
    told = {name: getattr(notice, name) for name in NoticeOut.model_fields if name != "values"}
    return NoticeOut(values=notice.params, **told)
