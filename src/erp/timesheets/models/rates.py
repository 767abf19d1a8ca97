"""What an hour costs and brings, and how worked time becomes billable time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import Base, Key, TenantOwned, one_of, owned, refers_to, sorted_by, unique
from erp.timesheets.errors import RateTaken
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.rounding import rounded

RateKind = Literal["bill", "cost"]
KINDS: tuple[RateKind, ...] = ("bill", "cost")


def scope_key(member_id: UUID | None, project_id: UUID | None) -> str:
    """Whom and what a rate is for, as a text that can be unique."""
    return f"{member_id or '*'}:{project_id or '*'}"


def scopes_of(member_id: UUID, project_id: UUID) -> dict[str, str]:
    """The scopes that fit, the narrowest first."""
    return {
        "member_project": scope_key(member_id, project_id),
        "project": scope_key(None, project_id),
        "member": scope_key(member_id, None),
        "organization": scope_key(None, None),
    }


class Rate(TenantOwned, Base):
    """The price of an hour, billed or paid, from a day until the next rate of the same scope."""

    __tablename__ = "rates"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("members", "member_id"),
        refers_to("projects", "project_id"),
        unique("kind", "scope_key", "valid_from", says=RateTaken, name="uq_rates_scope"),
        one_of("kind", *KINDS),
        CheckConstraint("rate >= 0", name="rate"),
        sorted_by("valid_from", "id"),
    )

    kind: Mapped[str]
    member_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None]
    scope_key: Mapped[str] = mapped_column(Key)
    rate: Mapped[Decimal]
    currency: Mapped[str]
    valid_from: Mapped[date]


class BillingRule(TenantOwned, Base):
    """How worked seconds are rounded to billable ones, for a project or wherever none is set."""

    __tablename__ = "billing_rules"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("projects", "project_id"),
        unique("scope_key", says=Conflict),
        one_of("direction", "up", "nearest", "down"),
        one_of("applies_to", "entry", "day"),
        CheckConstraint("step BETWEEN 60 AND 3600", name="step"),
    )

    project_id: Mapped[UUID | None]
    scope_key: Mapped[str] = mapped_column(Key)
    step: Mapped[int]
    direction: Mapped[str]
    applies_to: Mapped[str]


@dataclass(frozen=True, slots=True)
class Priced:
    """A rate that was found, and at which scope."""

    rate: Decimal
    currency: str
    source: str


def find_rate(
    rates: Iterable[Rate], kind: RateKind, scopes: dict[str, str], day: date
) -> Priced | None:
    """The rate of the narrowest scope that has one on this day: the latest that has begun."""
    begun = [each for each in rates if each.kind == kind and each.valid_from <= day]
    for source, key in scopes.items():
        fitting = [each for each in begun if each.scope_key == key]
        if fitting:
            latest = max(fitting, key=lambda each: each.valid_from)
            return Priced(latest.rate, latest.currency, source)
    return None


def billable_seconds(
    seconds: int | None, step: int | None, direction: str | None, applies_to: str | None
) -> int | None:
    """What one entry counts for the bill; None where it still runs or whole days are rounded."""
    if seconds is None or applies_to == "day":
        return None
    return rounded(seconds, step, direction) if step and direction else seconds


def billable_total(entries: Iterable[TimeEntry], rules: Iterable[BillingRule]) -> int:
    """What one member's entries of one day count for the bill, each project by its own rule."""
    by_project = {rule.project_id: rule for rule in rules}
    seconds: dict[UUID, list[int]] = defaultdict(list)
    for entry in entries:
        if entry.billable and entry.seconds:
            seconds[entry.project_id].append(entry.seconds)
    return sum(
        _counted(each, by_project.get(project_id) or by_project.get(None))
        for project_id, each in seconds.items()
    )


def _counted(seconds: list[int], rule: BillingRule | None) -> int:
    if rule is None:
        return sum(seconds)
    parts = [sum(seconds)] if rule.applies_to == "day" else seconds
    return sum(rounded(part, rule.step, rule.direction) for part in parts)
