"""Mails and jobs of the organization: what waits, what failed, and trying again."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.identity.access import FromVisitor
from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations import queries
from erp.organizations.access import CREATING, READING, may
from erp.organizations.actions import outbox
from erp.organizations.errors import JobDone, JobRunning, MailWiped, NoAddress
from erp.organizations.schemas.outbox import OutboxPage, OutboxQuery, OutboxRowOut, TestMailOut

router = room_router("organizations", "/api/outbox")
Reading = Annotated[Workspace, may("outbox:read")]
Resending = Annotated[Workspace, may("outbox:resend")]


@also_as_files(router)
@router.get("", response_model=OutboxPage, responses=refuses(*READING))
async def list_outbox(work: Reading, query: Annotated[OutboxQuery, Query()]) -> Response:
    """The organization's mails and jobs, the newest first; done ones are kept for a week."""
    return page(await queries.list_outbox(work, query))


@router.post(
    "/test", response_model=TestMailOut, status_code=202, responses=refuses(*CREATING, NoAddress)
)
async def send_test_mail(work: Resending) -> TestMailOut:
    """Send oneself a mail, to see whether mails arrive."""
    return TestMailOut(to=await outbox.send_test(work))


@router.post(
    "/{outbox_id}/resend",
    response_model=OutboxRowOut,
    responses=refuses(*CREATING, JobDone, JobRunning, MailWiped),
)
async def resend(work: Resending, outbox_id: UUID, visitor: FromVisitor) -> OutboxRowOut:
    """Try it again at once: what failed for good, what waits, or a mail that got lost."""
    return queries.show_job(await outbox.resend(work, outbox_id, visitor))
