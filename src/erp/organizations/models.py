"""Organizations and their members, number series and remembered answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    Versioned,
    new_id,
    one_of,
    owned,
    reference,
    refers_to,
    sorted_by,
    unique,
)
from erp.kernel.walls import OWN_ROWS
from erp.organizations.errors import MemberExists, SlugTaken

# fmt: off
RESERVED_SLUGS = frozenset((
    "admin", "api", "assets", "compat", "docs", "docs-assets", "forgot", "health", "invite",
    "login", "me", "new", "reset", "signup", "verify",
))
# fmt: on


class Organization(Versioned, Base):
    """A company that keeps its books here."""

    __tablename__ = "organizations"
    __table_args__ = reference(
        UniqueConstraint("slug", info={"says": SlugTaken}),
        one_of("status", "active", "suspended"),
        one_of("week_start", "monday", "sunday", "saturday"),
        one_of("writers", "everyone", "managers"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str]
    name: Mapped[str]
    status: Mapped[str] = mapped_column(default="active")
    currency: Mapped[str]
    time_zone: Mapped[str]
    week_start: Mapped[str] = mapped_column(default="monday")
    writers: Mapped[str] = mapped_column(default="everyone")
    require_mfa: Mapped[bool] = mapped_column(default=False)


class Member(Owned, Versioned, Base):
    """A user at work in an organization, with a number people can say."""

    __tablename__ = "members"
    __table_args__ = owned(
        unique("number", says=Conflict),
        unique("user_id", says=MemberExists),
        one_of("role", "admin", "manager", "user"),
        one_of("status", "active", "invited", "suspended", "removed"),
        Index(None, "user_id"),
        admits=(OWN_ROWS,),
    )

    number: Mapped[int]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    role_by_directory: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="active")


class Placeholder(Owned, Base):
    """Tells of a member that other systems named: nobody can sign in as such a user.

    It stays when the person is linked with an account later, so that the other system's
    identifier keeps leading to the same member.
    """

    __tablename__ = "placeholders"
    __table_args__ = owned(
        refers_to("members", "member_id"),
        unique("member_id", says=Conflict),
        unique("external_source", "external_id", says=Conflict, name="uq_placeholders_external"),
    )

    member_id: Mapped[UUID]
    external_source: Mapped[str | None]
    external_id: Mapped[str | None]
    created_at: Mapped[datetime]


class Invitation(Owned, Base):
    """A link that was mailed, for somebody to become a member."""

    __tablename__ = "invitations"
    __table_args__ = owned(
        refers_to("members", "invited_by"),
        one_of("role", "admin", "manager", "user"),
        sorted_by("email_key"),
    )

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(Key)
    role: Mapped[str]
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def is_open(self, now: datetime) -> bool:
        """Neither accepted, withdrawn nor too old."""
        ended = self.accepted_at is not None or self.revoked_at is not None
        return not ended and self.expires_at > now


class Notice(Owned, Base):
    """Something a member should know: a code and its values, which the UI puts into words."""

    __tablename__ = "notices"
    __table_args__ = owned(
        refers_to("members", "member_id"),
        unique("member_id", "dedupe_key", says=Conflict, name="uq_notices_dedupe_key"),
        sorted_by("member_id", "id", name="ix_notices_member"),
    )

    member_id: Mapped[UUID]
    kind: Mapped[str]
    code: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    dedupe_key: Mapped[str | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]


class Counter(Base):
    """The last number given in a series; `year` is 0 where the series has none."""

    __tablename__ = "counters"
    __table_args__ = owned()

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]


class SettingPin(Owned, Base):
    """A setting that cannot change any more, because a room has come to depend on its value."""

    __tablename__ = "setting_pins"
    __table_args__ = owned(
        unique("setting", says=Conflict),
        one_of("setting", "currency", "time_zone", "week_start", "writers"),
    )

    setting: Mapped[str]
    pinned_at: Mapped[datetime]


class IdempotencyKey(Owned, Base):
    """A creating request and its first answer, kept for a day."""

    __tablename__ = "idempotency_keys"
    __table_args__ = owned(unique("principal", "key", says=Conflict), Index(None, "expires_at"))

    principal: Mapped[UUID]
    key: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]
    body_sha256: Mapped[str]
    http_status: Mapped[int | None]
    response: Mapped[str | None]
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
