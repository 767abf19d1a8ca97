"""Telling members what they should know: written with the change, put into words by the UI."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.models import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a notice says: `code` names the text, `params` fill it in, about the `subject`.

    A second notice with the same `dedupe_key` is dropped. What tells of somebody's act never goes
    to that member; a state of things (`is_state`) also concerns whoever brought it about.
    """

    kind: str
    code: str
    params: Mapping[str, Any]
    subject: tuple[str, UUID] | None = None
    dedupe_key: str | None = None
    is_state: bool = False


async def notify(work: Workspace, told: Told, member_ids: Iterable[UUID]) -> None:
    """Write the notice for each of these members, in the transaction of what it tells."""
    kind, subject_id = told.subject or (None, None)
    rows = [
        {
            "organization_id": work.organization_id,
            "id": new_id(),
            "member_id": member_id,
            "kind": told.kind,
            "code": told.code,
            "params": dict(told.params),
            "subject_kind": kind,
            "subject_id": subject_id,
            "dedupe_key": told.dedupe_key,
            "created_at": work.now(),
        }
        for member_id in dict.fromkeys(member_ids)
        if told.is_state or member_id != work.author_id
    ]
    if rows:
        insert = insert_into(work.session, Notice).values(rows).on_conflict_do_nothing()
        await work.session.execute(insert)


async def read_notice(work: Workspace, notice_id: UUID) -> Notice:
    """One's own notice, read now; a colleague's does not exist."""
    notice = await _lock_own(work, notice_id)
    notice.read_at = notice.read_at or work.now()
    await work.session.flush()  # written before it is shown
    return notice


async def snooze_notice(work: Workspace, notice_id: UUID, until: datetime) -> Notice:
    """Hide one's own notice until then, unread."""
    if until <= work.now():
        raise wrong_field("/until", "in_past", "This moment is over")
    notice = await _lock_own(work, notice_id)
    notice.snoozed_until, notice.read_at = until, None
    await work.session.flush()  # written before it is shown
    return notice


async def read_all_notices(work: Workspace) -> int:
    """Every notice of one's own that shows now is read; how many there were."""
    mine = update(Notice).where(Notice.organization_id == work.organization_id)
    mine = mine.where(Notice.member_id == work.member_id, Notice.read_at.is_(None))
    shown = Notice.snoozed_until.is_(None) | (Notice.snoozed_until <= work.now())
    statement = mine.where(shown).values(read_at=work.now())
    result: Any = await work.session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)


async def _lock_own(work: Workspace, notice_id: UUID) -> Notice:
    notice = await work.get(Notice, notice_id, lock=True)
    if notice.member_id != work.member_id:
        raise NotFound
    return notice
