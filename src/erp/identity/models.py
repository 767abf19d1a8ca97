"""Users, their sessions and what guards them. Rules about one record stand on the record."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.identity.errors import (
    AccountDisabled,
    EmailNotVerified,
    EmailTaken,
    PasswordResetRequired,
    UsernameTaken,
)
from erp.kernel.passwords import Hashed
from erp.kernel.schema import Base, Key, Versioned, fold, local, new_id, one_of, reference

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
PASSPHRASE = 15
REPEAT_WINDOW = timedelta(seconds=20)


def display_name(full_name: str | None, username: str | None, email: str | None) -> str:
    """What other people see of a user with these names."""
    return full_name or username or (email or "").partition("@")[0] or "?"


class User(Versioned, Base):
    """A person, or a directory's account, that may belong to several organizations."""

    __tablename__ = "users"
    __table_args__ = reference(
        UniqueConstraint("email_key", info={"says": EmailTaken}),
        UniqueConstraint("username_key", info={"says": UsernameTaken}),
        CheckConstraint("password_hash IS NULL OR password_scheme IS NOT NULL", name="scheme"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(Key)
    email_verified_at: Mapped[datetime | None]
    username: Mapped[str | None]
    username_key: Mapped[str | None] = mapped_column(Key)
    password_hash: Mapped[str | None]
    password_scheme: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_disabled_at: Mapped[datetime | None]
    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    locale: Mapped[str | None]
    time_zone: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    disabled_reason: Mapped[str | None]
    is_platform_admin: Mapped[bool] = mapped_column(default=False)
    last_login_at: Mapped[datetime | None]

    @property
    def display_name(self) -> str:
        """What other people see."""
        return display_name(self.full_name, self.username, self.email)

    @property
    def email_verified(self) -> bool:
        """Whether the address was proved."""
        return self.email_verified_at is not None

    def name_by(self, email: str | None, username: str | None) -> None:
        """Set what the user signs in with, and the folded forms that must be unique."""
        self.email, self.email_key = email, fold(email) if email else None
        self.username, self.username_key = username, fold(username) if username else None

    @property
    def hashed(self) -> Hashed | None:
        """The stored hash beside its scheme, if there is a password."""
        if self.password_hash is None:
            return None
        return Hashed(self.password_hash, self.password_scheme or "")

    def set_password(self, hashed: Hashed, at: datetime) -> None:
        """Keep the hash, chosen here or taken over; the account can sign in with it from now on."""
        self.password_hash, self.password_scheme = hashed
        self.password_changed_at, self.password_disabled_at = at, None
        self.must_change_password = False

    def ensure_proved_address(self) -> None:
        """An address that was never proved must be, where verification is on."""
        if self.email and self.email_verified_at is None:
            raise EmailNotVerified

    def hand_password(self, hashed: Hashed, at: datetime) -> None:
        """Keep a hash whose password somebody else knows, so that it must be changed."""
        self.set_password(hashed, at)
        self.must_change_password = True

    def ensure_may_sign_in(self, now: datetime, handed_passwords: timedelta) -> None:
        """Asked only after the right password, so that strangers learn nothing.

        A handed-out password counts for so long after it was set.
        """
        if not self.is_active:
            raise AccountDisabled
        handed_until = (self.password_changed_at or self.created_at) + handed_passwords
        is_handed = self.must_change_password and now >= handed_until
        if is_handed or self.password_disabled_at:
            raise PasswordResetRequired


class SessionRow(Base):
    """One sign-in on one device. The row decides; tokens are envelopes."""

    __tablename__ = "sessions"
    __table_args__ = local(
        one_of("auth_method", "password", "directory", "oidc", "passkey"),
        Index(None, "user_id", "revoked_at"),
        Index(None, "absolute_expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[UUID | None]
    auth_method: Mapped[str]
    amr: Mapped[str]
    gen: Mapped[int] = mapped_column(default=0)
    confirmed_gen: Mapped[int] = mapped_column(default=0)
    rotates: Mapped[bool] = mapped_column(default=True)
    remember: Mapped[bool]
    sec_hash: Mapped[str]
    rotated_at: Mapped[datetime]
    auth_time: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_expires_at: Mapped[datetime]
    absolute_expires_at: Mapped[datetime]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    device_label: Mapped[str | None]
    client: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]

    def is_live(self, now: datetime) -> bool:
        """Neither revoked nor past one of its ends."""
        ended = self.revoked_at is not None
        return not ended and self.idle_expires_at > now and self.absolute_expires_at > now

    def takes_again(self, gen: int, now: datetime) -> bool:
        """Whether a token that does not advance the session still gets the present generation.

        The direct parent does for 20 s, which serves parallel tabs, and as long as nobody used
        its successor, whose answer was lost then.
        """
        was_lost = self.confirmed_gen < self.gen
        return gen == self.gen - 1 and (was_lost or now - self.rotated_at <= REPEAT_WINDOW)


class OneTimeToken(Base):
    """A link that works once; only its SHA-256 is kept."""

    __tablename__ = "one_time_tokens"
    __table_args__ = local(one_of("purpose", "password_reset", "invitation", "email_change"))

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Registration(Base):
    """A sign-up whose address is not proved yet; the user is born by the code."""

    __tablename__ = "registrations"
    __table_args__ = local(Index(None, "email_key"), Index(None, "expires_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(Key)
    username: Mapped[str | None]
    full_name: Mapped[str | None]
    organization_name: Mapped[str | None]
    locale: Mapped[str | None]
    password_hash: Mapped[str]
    password_scheme: Mapped[str]
    binding_hash: Mapped[str] = mapped_column(unique=True)
    ip: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]


class Challenge(Base):
    """A one-time code that was mailed; only a keyed digest of it is kept."""

    __tablename__ = "challenges"
    __table_args__ = local(
        one_of("purpose", "verify_email", "change_email", "mfa_email"),
        CheckConstraint("(registration_id IS NULL) <> (user_id IS NULL)", name="whose"),
        Index(None, "registration_id"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str]
    registration_id: Mapped[UUID | None]  # plain: local tables refer to reference tables alone
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    destination: Mapped[str]
    code_mac: Mapped[str]
    attempts: Mapped[int]
    max_attempts: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class Throttle(Base):
    """A bucket of attempts; times are epoch seconds."""

    __tablename__ = "throttles"
    __table_args__ = local()

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[int]
    count: Mapped[int]
    blocked_until: Mapped[int]


class ApiKey(Base):
    """By what a program works for a member of one organization; its secret is not kept."""

    __tablename__ = "api_keys"
    __table_args__ = local(
        UniqueConstraint("prefix"),
        Index(None, "organization_id", "user_id"),
        Index(None, "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID]  # plain: local tables refer to reference tables alone
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[str]
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_used_ip: Mapped[str | None]
    revoked_at: Mapped[datetime | None]


class SecurityEvent(Base):
    """What happened around sign-in and access: written once, never changed."""

    __tablename__ = "security_events"
    __table_args__ = local(
        one_of("actor_kind", "user", "api_key", "job", "anonymous"),
        Index(None, "organization_id", "id"),
        append_only=True,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    organization_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    event: Mapped[str]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    outcome: Mapped[str]
    reason_code: Mapped[str | None]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    request_id: Mapped[str | None]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
