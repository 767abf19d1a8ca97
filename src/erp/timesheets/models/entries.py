"""Time entries: by the clock, or an amount on a day."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import FieldError
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    TenantOwned,
    fold,
    new_id,
    one_of,
    owned,
    plain,
    refers_to,
    refers_within,
    sorted_by,
    unique,
)
from erp.timesheets.errors import (
    EndBeforeStart,
    EntryLocked,
    EntryTooLong,
    TimeInFuture,
    TimerRunning,
)
from erp.timesheets.models.days import begin_of, day_of, seconds_between, whole_second
from erp.timesheets.models.intervals import SECOND, SKEW, Span
from erp.timesheets.models.notes import read_tags

LONGEST_BY_HAND = timedelta(hours=24)
DOUBTFUL = timedelta(hours=16)
SOURCES = ("entry", "member_project", "project", "member", "organization")
COPIED = (
    *("member_id", "project_id", "task_id", "activity", "note", "search_key", "billable"),
    *("bill_rate", "bill_source", "cost_rate", "cost_source", "currency"),
)
CLOCK = "kind = 'clock' AND started_at IS NOT NULL AND (ended_at IS NULL) = (seconds IS NULL)"
AMOUNT = "kind = 'amount' AND started_at IS NULL AND ended_at IS NULL AND seconds IS NOT NULL"
RUNNING = "kind = 'clock' AND ended_at IS NULL"


class TimeEntry(TenantOwned, Base):
    """Time a member spent: `[started_at, ended_at)` by the clock, or seconds on a day.

    `begins_at` places it among the others: its start, or the begin of its day. `work_date` is the
    local date of the start in `time_zone`; both are stored, so that no later setting shifts them.
    """

    __tablename__ = "time_entries"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("members", "member_id"),
        refers_to("projects", "project_id"),
        refers_within("tasks", "project_id", "task_id", name="fk_time_entries_task"),
        unique("member_id", says=TimerRunning, where=RUNNING, name="uq_time_entries_running"),
        one_of("kind", "clock", "amount"),
        one_of("bill_source", *SOURCES),
        one_of("cost_source", *SOURCES),
        CheckConstraint(f"({CLOCK}) OR ({AMOUNT})", name="shape"),
        CheckConstraint("ended_at > started_at", name="order"),
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("bill_rate >= 0 AND cost_rate >= 0", name="rates"),
        sorted_by("begins_at", "id"),
        sorted_by("updated_at", "id"),
        sorted_by("member_id", "begins_at", "id", name="ix_time_entries_member"),
        sorted_by("member_id", "work_date", name="ix_time_entries_day"),
        sorted_by("project_id", "begins_at", "id", name="ix_time_entries_project"),
        sorted_by("task_id"),
    )

    member_id: Mapped[UUID]
    project_id: Mapped[UUID]
    task_id: Mapped[UUID | None]
    kind: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seconds: Mapped[int | None]
    begins_at: Mapped[datetime]
    work_date: Mapped[date]
    time_zone: Mapped[str]
    activity: Mapped[str | None]
    note: Mapped[str | None]
    search_key: Mapped[str] = mapped_column(Key)
    billable: Mapped[bool]
    bill_rate: Mapped[Decimal | None]
    bill_source: Mapped[str | None]
    cost_rate: Mapped[Decimal | None]
    cost_source: Mapped[str | None]
    currency: Mapped[str | None]
    needs_review: Mapped[bool] = mapped_column(default=False)
    billed_at: Mapped[datetime | None]

    @property
    def is_running(self) -> bool:
        """A clock entry without an end."""
        return self.kind == "clock" and self.ended_at is None

    @property
    def span(self) -> Span:
        """When it was, for clock entries."""
        if self.started_at is None:
            raise TypeError("an amount has no span")
        return Span(self.started_at, self.ended_at)

    def clock(self, span: Span, zone: str) -> None:
        """Stand at this time; without an end it runs."""
        start, end = span.start, span.end
        if start != self.started_at or self.time_zone is None:
            self.work_date, self.time_zone = day_of(start, zone), zone
        self.kind, self.started_at, self.ended_at, self.begins_at = "clock", start, end, start
        self.seconds = seconds_between(start, end) if end else None

    def amount(self, day: date, seconds: int, zone: str) -> None:
        """So many seconds on this day."""
        self.kind, self.started_at, self.ended_at = "amount", None, None
        if day != self.work_date or self.time_zone is None:
            self.work_date, self.time_zone, self.begins_at = day, zone, begin_of(day, zone)
        self.seconds = seconds

    def describe(self, values: dict[str, Any]) -> None:
        """Take what is not about time, and keep what is derived from it true."""
        for name, value in values.items():
            setattr(self, name, value)
        self.search_key = plain(f"{self.activity or ''} {self.note or ''}")

    def take_rate(self, kind: str, rate: Decimal | None, source: str | None) -> None:
        """Keep a copy of the rate that was found, so that later rates change nothing here."""
        setattr(self, f"{kind}_rate", rate)
        setattr(self, f"{kind}_source", source)

    def rest(self) -> "TimeEntry":
        """Another entry about the same, for the time after a cut."""
        twin = TimeEntry(id=new_id(), needs_review=False)
        for name in COPIED:
            setattr(twin, name, getattr(self, name))
        return twin

    def tag_rows(self) -> list["TimeEntryTag"]:
        """New rows for the tags of the note."""
        return [
            TimeEntryTag(entry_id=self.id, name=name, value=value, value_key=fold(value))
            for name, value in read_tags(self.note)
        ]

    def ensure_not_billed(self) -> None:
        """Raises `EntryLocked`: once billed, only the note may change, with a reason."""
        if self.billed_at is not None:
            raise EntryLocked(why="billed", entry_id=self.id)


class TimeEntryTag(Owned, Base):
    """A tag that was read off the note of an entry."""

    __tablename__ = "time_entry_tags"
    __table_args__ = owned(
        refers_to("time_entries", "entry_id", part_of=True),
        sorted_by("entry_id"),
        sorted_by("name", "value_key", "entry_id", name="ix_time_entry_tags_name"),
    )

    entry_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Key)
    value: Mapped[str]
    value_key: Mapped[str] = mapped_column(Key)


def stop_at(start: datetime, now: datetime) -> datetime:
    """When a timer ends that is stopped now; in the very second of its start it counts one."""
    return max(whole_second(now), start + SECOND)


def by_hand(start: datetime, end: datetime | None, now: datetime) -> Span:
    """A span somebody typed in, in whole seconds; what a fast clock put ahead is stored as now.

    Raises `TimeInFuture`, `EndBeforeStart`, `EntryTooLong`.
    """
    begun = passed(start, now, "/started_at")
    if end is None:
        return Span(begun, None)
    if end <= start:
        raise EndBeforeStart
    ended = max(passed(end, now, "/ended_at"), begun + SECOND)
    if ended - begun > LONGEST_BY_HAND:
        raise EntryTooLong
    return Span(begun, ended)


def passed(moment: datetime, now: datetime, pointer: str) -> datetime:
    """The instant as a whole second; up to a minute ahead is now. Raises `TimeInFuture`."""
    if moment > now + SKEW:
        blamed = FieldError(pointer, TimeInFuture.code(), TimeInFuture.sentence())
        raise TimeInFuture(errors=(blamed,))
    return whole_second(min(moment, now))


def is_doubtful(span: Span) -> bool:
    """Longer than anybody works: somebody forgot to stop, so it is stored and looked at again."""
    return span.end is not None and span.end - span.start > DOUBTFUL
