"""Looking after mails and jobs: trying them again, and sending oneself a test."""

from uuid import UUID

from sqlalchemy import or_, update

from erp.identity.actions.desk import Visitor
from erp.identity.actions.events import note_event
from erp.identity.models import User
from erp.kernel.jobs import OutboxRow
from erp.kernel.mail import send_mail
from erp.kernel.workspace import Workspace
from erp.organizations.errors import JobRunning, NoAddress
from erp.organizations.models import Organization
from erp.organizations.queries import why_not_again


async def resend(work: Workspace, row_id: UUID, visitor: Visitor) -> OutboxRow:
    """Let the worker try it anew, now and with all its attempts.

    Raises `NotFound`, `JobRunning`, `JobDone` for other work than mails, and `MailWiped`.
    """
    row = await work.get(OutboxRow, row_id)
    state = "waiting" if row.done_at is None else "done"
    if refusal := why_not_again(row.kind, row.payload, state):
        raise refusal
    now = work.now()
    is_free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now)
    statement = (
        update(OutboxRow)
        .where(OutboxRow.organization_id == work.organization_id, OutboxRow.id == row_id)
        .where(OutboxRow.attempts == row.attempts, is_free)
        .values(run_at=now, attempts=0, lease_until=None, last_error=None)
        .values(done_at=None, dead_at=None)
        .returning(OutboxRow)
        .execution_options(populate_existing=True)
    )
    again = (await work.session.scalars(statement)).one_or_none()
    if again is None:  # a runner has it, or had it since it was read
        raise JobRunning
    work.session.info["enqueued"] = True
    noted = note_event(work.session, "mail.resent", visitor, user_id=work.user_id)
    noted.subject_kind, noted.subject_id = "outbox_row", row_id
    return again


async def send_test(work: Workspace) -> str:
    """Promise a mail to oneself that tells whether mails arrive. Raises `NoAddress`."""
    user = await work.session.get_one(User, work.user_id)
    if user.email is None:
        raise NoAddress
    organization = await work.session.get_one(Organization, work.organization_id)
    values = {"name": user.display_name, "organization": organization.name}
    template, home = "organizations/test", work.organization_id
    await send_mail(work.session, template, user.email, user.locale, values, organization_id=home)
    return user.email
