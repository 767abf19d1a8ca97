"""Projects, their teams, and plans to take projects over from a directory."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict, wrong_field
from erp.kernel.fields import from_minor, to_minor
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    TenantOwned,
    fold,
    one_of,
    owned,
    plain,
    refers_to,
    sorted_by,
    unique,
)
from erp.projects.errors import ExternalIdTaken, ProjectArchived, ProjectCodeTaken


def external() -> tuple[Any, ...]:
    """What a record that came from another system is known by there, once."""
    both = "(external_source IS NULL) = (external_id IS NULL)"
    return (CheckConstraint(both, name="external"),)


class Project(TenantOwned, Base):
    """Work with a name, a team and an end, for a customer or for ourselves."""

    __tablename__ = "projects"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("members", "lead_id"),
        refers_to("customers", "customer_id"),
        unique("number", says=Conflict),
        unique("code_key", says=ProjectCodeTaken),
        unique("external_source", "external_id", says=ExternalIdTaken, name="uq_projects_external"),
        one_of("state", "planned", "active", "paused", "done"),
        CheckConstraint("due_on >= starts_on", name="dates"),
        CheckConstraint("budget_seconds >= 0 AND budget_minor >= 0", name="budget"),
        *external(),
        sorted_by("name_key", "id"),
        sorted_by("updated_at", "id"),
        sorted_by("customer_id"),
    )

    number: Mapped[int]
    code: Mapped[str]
    code_key: Mapped[str] = mapped_column(Key)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    customer_id: Mapped[UUID | None]
    state: Mapped[str]
    lead_id: Mapped[UUID | None]
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    billable: Mapped[bool]
    currency: Mapped[str]
    budget_seconds: Mapped[int | None]
    budget_minor: Mapped[int | None]
    external_source: Mapped[str | None]
    external_id: Mapped[str | None]
    archived_at: Mapped[datetime | None]

    @property
    def budget_amount(self) -> Decimal | None:
        """In the project's currency."""
        return None if self.budget_minor is None else from_minor(self.budget_minor, self.currency)

    def write(self, values: dict[str, Any]) -> None:
        """Take the values, and keep what is derived from them true."""
        given = dict(values)
        if "budget_amount" in given:
            self.budget_minor = self._in_minor_units(given.pop("budget_amount"))
        for name, value in given.items():
            setattr(self, name, value)
        ensure_in_order(self.starts_on, self.due_on)
        ensure_whole(self.external_source, self.external_id)
        self.code_key, self.name_key = fold(self.code), plain(self.name)
        self.search_key = plain(f"{self.code} {self.name} {self.number}")

    def ensure_open(self) -> None:
        """Raises `ProjectArchived`: it takes no new tasks and no hours."""
        if self.archived_at is not None:
            raise ProjectArchived

    def _in_minor_units(self, amount: Decimal | None) -> int | None:
        try:
            return None if amount is None else to_minor(amount, self.currency)
        except ValueError as error:
            raise wrong_field("/budget_amount", "decimal_expected", str(error)) from None


def ensure_in_order(starts_on: date | None, due_on: date | None) -> None:
    """Raises a fault of `/due_on` for an end before the beginning."""
    if starts_on is not None and due_on is not None and due_on < starts_on:
        raise wrong_field("/due_on", "due_before_start", "It cannot be due before it starts")


def ensure_whole(external_source: str | None, external_id: str | None) -> None:
    """Raises a fault of `/external_id` unless both are named or neither."""
    if (external_source is None) != (external_id is None):
        raise wrong_field("/external_id", "incomplete", "Name the source and the identifier there")


class ProjectMember(Owned, Base):
    """Somebody in the team of a project."""

    __tablename__ = "project_members"
    __table_args__ = owned(
        refers_to("projects", "project_id", part_of=True),
        refers_to("members", "member_id"),
        unique("project_id", "member_id", says=Conflict, name="uq_project_members_once"),
        sorted_by("member_id"),
    )

    project_id: Mapped[UUID]
    member_id: Mapped[UUID]


class SyncPlan(TenantOwned, Base):
    """What a directory's projects would change here, as it was shown; good for a day.

    `items` tell create, change, archive or skip with old and new values and the versions seen.
    """

    __tablename__ = "sync_plans"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        one_of("state", "planned", "applied", "expired"),
        sorted_by("expires_at"),
    )

    source: Mapped[str]
    state: Mapped[str]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    expires_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
