"""The trail of changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.schema import Base, Owned, one_of, owned, refers_to, sorted_by


class AuditRow(Owned, Base):
    """One change of one record: who, when, what, and the values before and after.

    `about_id` is the customer whose timeline tells of it.
    """

    __tablename__ = "audit_log"
    __table_args__ = owned(
        refers_to("members", "actor_id"),
        one_of("actor_kind", "member", "job"),
        sorted_by("target_kind", "target_id", "id", name="ix_audit_log_target"),
        sorted_by("about_id", "id"),
        sorted_by("at", "id", where="action LIKE '%.deleted'", name="ix_audit_log_deleted"),
        append_only=True,
    )

    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    action: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[UUID]
    about_id: Mapped[UUID | None]
    request_id: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
