"""The trail of changes, and the seals on both trails."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import (
    Base,
    Owned,
    local,
    one_of,
    owned,
    refers_to,
    sorted_by,
    unique,
)


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


class AuditSeal(Base):
    """A link of an organization's chain: the hash of one change and of the seal before it."""

    __tablename__ = "audit_seals"
    __table_args__ = owned(
        refers_to("audit_log", "audit_id"), unique("audit_id", says=Conflict), append_only=True
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audit_id: Mapped[UUID]
    hash: Mapped[str]
    sealed_at: Mapped[datetime]


class SecuritySeal(Base):
    """A link of the one chain of security events; the event of the first link may be pruned."""

    __tablename__ = "security_seals"
    __table_args__ = local(UniqueConstraint("event_id", info={"says": Conflict}), append_only=True)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[UUID]  # plain: events go after 400 days, the last of their seals stays
    hash: Mapped[str]
    sealed_at: Mapped[datetime]
