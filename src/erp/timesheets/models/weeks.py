"""Weeks with their approval, what a member should work, and until when the books are closed."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from erp.kernel.errors import Conflict
from erp.kernel.schema import Base, TenantOwned, one_of, owned, refers_to, sorted_by, unique
from erp.stock.errors import ClosingMovesBack
from erp.timesheets.errors import WrongState

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Completeness = Literal["free", "extra", "full", "short", "empty", "ahead"]
FREE = ("open", "rejected", "reopened")
LOCKED = ("submitted", "approved")
# From which states a verb leads, and to which.
STEPS = {
    "submit": (FREE, "submitted"),
    "withdraw": (("submitted",), "open"),
    "approve": (("submitted",), "approved"),
    "reject": (("submitted",), "rejected"),
    "reopen": (("approved",), "reopened"),
}


def steps_from(state: str) -> list[str]:
    """The verbs that lead on from a state."""
    return [verb for verb, (before, _after) in STEPS.items() if state in before]


class Timesheet(TenantOwned, Base):
    """A member's week: open, submitted, approved; rejected and reopened weeks are open again."""

    __tablename__ = "timesheets"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("members", "member_id"),
        refers_to("members", "decided_by"),
        unique("member_id", "starts_on", says=Conflict),
        one_of("state", *FREE, *LOCKED),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        sorted_by("starts_on", "id"),
        sorted_by("state", "starts_on", "id", name="ix_timesheets_state"),
    )

    member_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str]
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    @property
    def is_locked(self) -> bool:
        """Whether its entries must stay as they are."""
        return self.state in LOCKED

    def begin(self, member_id: UUID, starts_on: date) -> None:
        """A week nobody has submitted yet."""
        self.member_id, self.state = member_id, "open"
        self.starts_on, self.ends_on = starts_on, starts_on + timedelta(days=6)
        self.submitted_at = self.decided_by = self.decided_at = self.reason = None

    def step(self, verb: str) -> None:
        """Go the way of the verb. Raises `WrongState` naming the present one."""
        before, after = STEPS[verb]
        if self.state not in before:
            raise WrongState(state=self.state)
        self.state = after

    def submit(self, at: datetime) -> None:
        """Hand it in; what was decided before counts no more."""
        self.step("submit")
        self.submitted_at = at
        self.decided_by = self.decided_at = self.reason = None

    def decide(self, verb: str, by: UUID, at: datetime, reason: str | None) -> None:
        """Approve, reject or reopen."""
        self.step(verb)
        self.decided_by, self.decided_at, self.reason = by, at, reason


class WorkSchedule(TenantOwned, Base):
    """The seconds a member should work on each weekday, from a day until the next schedule."""

    __tablename__ = "work_schedules"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("members", "member_id"),
        unique("member_id", "valid_from", says=Conflict, name="uq_work_schedules_from"),
        *(CheckConstraint(f"{day} BETWEEN 0 AND 86400", name=day) for day in WEEKDAYS),
    )

    member_id: Mapped[UUID]
    valid_from: Mapped[date]
    monday: Mapped[int]
    tuesday: Mapped[int]
    wednesday: Mapped[int]
    thursday: Mapped[int]
    friday: Mapped[int]
    saturday: Mapped[int]
    sunday: Mapped[int]

    def write(self, values: dict[str, Any]) -> None:
        """Take the seconds of each weekday."""
        for name, value in values.items():
            setattr(self, name, value)

    def seconds_on(self, day: date) -> int:
        """What is expected on a day."""
        seconds: int = getattr(self, WEEKDAYS[day.weekday()])
        return seconds


def expected_on(schedules: Iterable[WorkSchedule], day: date) -> int:
    """The seconds due on a day by the latest schedule that has begun; none are due without one."""
    begun = [each for each in schedules if each.valid_from <= day]
    return max(begun, key=lambda each: each.valid_from).seconds_on(day) if begun else 0


def completeness_of(expected: int, booked: int, *, is_ahead: bool) -> Completeness:
    """How a day stands: nothing due and nothing booked is free, a future gap is no gap yet."""
    if not expected:
        return "extra" if booked else "free"
    if booked >= expected:
        return "full"
    if is_ahead:
        return "ahead"
    return "short" if booked else "empty"


class TimeClosing(TenantOwned, Base):
    """Until which day the organization's hours are closed; one row, made on first use."""

    __tablename__ = "time_closings"
    __table_args__ = owned(refers_to("members", "created_by"))

    closed_until: Mapped[date | None]

    def close(self, until: date, reason: str | None) -> None:
        """Close up to a day. Raises `ClosingMovesBack` for an earlier day without a reason."""
        moves_back = self.closed_until is not None and until < self.closed_until
        if moves_back and not reason:
            raise ClosingMovesBack(closed_until=self.closed_until)
        self.closed_until = until

    def holds(self, day: date) -> bool:
        """Whether the day is closed."""
        return self.closed_until is not None and day <= self.closed_until


def closing_id(organization_id: UUID) -> UUID:
    """The id of the one closing is known before its row is made."""
    return uuid5(organization_id, "time_closing")
