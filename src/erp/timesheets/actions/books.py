"""The books of hours, held still while something is written: first the closing, then members."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from erp.kernel.errors import wrong_field
from erp.kernel.jobs import insert_into
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.timesheets.errors import EntryLocked
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.weeks import LOCKED, TimeClosing, Timesheet, closing_id


@dataclass(frozen=True, slots=True)
class Books:
    """What may be written: the closing cannot move and the members' hours are this caller's."""

    work: Workspace
    closing: TimeClosing

    async def find_lock(self, member_id: UUID, day: date) -> str | None:
        """Why nothing of this day may change, if it may not."""
        if self.closing.holds(day):
            return "period_closed"
        weeks = self.work.select(Timesheet).where(Timesheet.member_id == member_id)
        weeks = weeks.where(Timesheet.starts_on <= day, Timesheet.ends_on >= day)
        week = (await self.work.session.scalars(weeks.where(Timesheet.state.in_(LOCKED)))).first()
        return f"week_{week.state}" if week else None

    async def ensure_open(self, member_id: UUID, day: date) -> None:
        """Raises `EntryLocked` naming why the day cannot change."""
        if why := await self.find_lock(member_id, day):
            raise EntryLocked(why=why, day=day)

    async def ensure_free(self, entry: TimeEntry) -> None:
        """Raises `EntryLocked` for an entry that must stay as it is."""
        entry.ensure_not_billed()
        await self.ensure_open(entry.member_id, entry.work_date)


async def open_books(work: Workspace, members: Iterable[UUID]) -> Books:
    """Hold the closing (shared with other writers) and the members (alone), in this order.

    Every path that writes hours begins here. The locks are statements of their own, so that what
    is read afterwards includes everything they waited for.
    """
    closing = await _share_closing(work)
    await lock_members(work, members)
    return Books(work, closing)


async def lock_members(work: Workspace, members: Iterable[UUID]) -> None:
    """Hold the members against other writers of their hours, in the order of their ids."""
    for member_id in sorted(set(members)):
        await work.get(Member, member_id, lock=True)


async def _share_closing(work: Workspace) -> TimeClosing:
    known = work.select(TimeClosing).where(TimeClosing.id == closing_id(work.organization_id))
    if not (found := await work.share(known)):
        await make_closing(work)
        found = await work.share(known)
    return found[0]


async def make_closing(work: Workspace) -> None:
    """The one row that is locked where periods are closed, unless it is there already."""
    now = work.now()
    row = {
        "organization_id": work.organization_id,
        "id": closing_id(work.organization_id),
        "closed_until": None,
        "created_by": work.member_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    insert = insert_into(work.session, TimeClosing).values(row)
    await work.session.execute(insert.on_conflict_do_nothing())


async def member_to_write(work: Workspace, member_id: UUID | None) -> UUID:
    """Whose hours are meant: one's own, or a colleague's for those who write for all."""
    if member_id is None or member_id == work.member_id:
        return work.member_id
    if not work.sees_all("time:write") or await work.find(Member, member_id) is None:
        raise wrong_field("/member_id", "unknown_member", "There is no such member")
    return member_id
