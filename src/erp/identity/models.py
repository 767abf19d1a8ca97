"""Users, their sessions and what guards them. Rules about one record stand on the record."""

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
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
from erp.kernel.crypto import canonical
from erp.kernel.schema import Base, Key, Versioned, fold, local, new_id, one_of, reference

COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")
MARKS = " !@#$%^&*().,?-_+="
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
PASSPHRASE = 15
PRODUCT_NAMES = ("clouderp", "erplite")
REPEAT_WINDOW = timedelta(seconds=20)


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
        return self.full_name or self.username or (self.email or "").partition("@")[0] or "?"

    @property
    def email_verified(self) -> bool:
        """Whether the address was proved."""
        return self.email_verified_at is not None

    def name_by(self, email: str | None, username: str | None) -> None:
        """Set what the user signs in with, and the folded forms that must be unique."""
        self.email, self.email_key = email, fold(email) if email else None
        self.username, self.username_key = username, fold(username) if username else None

    def set_password(self, password_hash: str, at: datetime) -> None:
        """Keep an argon2id hash; the account can sign in with it from now on."""
        self.password_hash, self.password_scheme = password_hash, "argon2id"
        self.password_changed_at, self.password_disabled_at = at, None
        self.must_change_password = False

    def ensure_proved_address(self) -> None:
        """An address that was never proved must be, where verification is on."""
        if self.email and self.email_verified_at is None:
            raise EmailNotVerified

    def ensure_may_sign_in(self) -> None:
        """Asked only after the right password, so that strangers learn nothing."""
        if not self.is_active:
            raise AccountDisabled
        if self.must_change_password or self.password_disabled_at:
            raise PasswordResetRequired


def find_weaknesses(
    password: str, *, composition: bool, personal: tuple[str | None, ...]
) -> list[tuple[str, str]]:
    """Why the password is too weak, as codes and sentences; empty if it is strong enough.

    8 to 256 characters after NFKC; an uppercase letter and a digit below 15 characters (waived
    from there, as NIST SP 800-63B asks); no word of the person, the company or the product in it.
    """
    password, found = canonical(password), []
    if len(password) < SHORTEST_PASSWORD:
        found.append(("too_short", f"Use at least {SHORTEST_PASSWORD} characters"))
    if len(password) > LONGEST_PASSWORD:
        found.append(("too_long", f"Use at most {LONGEST_PASSWORD} characters"))
    if composition and len(password) < PASSPHRASE:
        if not any(mark.isupper() for mark in password):
            found.append(("needs_uppercase", "Add an uppercase letter, or use 15 characters"))
        if not any(mark.isdigit() for mark in password):
            found.append(("needs_digit", "Add a digit, or use 15 characters"))
    if is_common(password):
        found.append(("too_common", "This is one of the passwords that are tried first"))
    if _names_somebody(fold(password), personal):
        found.append(("contains_personal", "Leave your name, address and company out of it"))
    return found


def is_common(password: str) -> bool:
    """Whether it is among the 16,290 commonest of 8 and more characters, marks around it aside.

    The list joins those of zxcvbn (MIT) and Django (BSD, by Royce Williams).
    """
    folded = fold(password)
    return folded in _common_passwords() or folded.strip(MARKS) in _common_passwords()


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(COMMON_PASSWORDS.read_text(encoding="utf-8").split("\n"))


def _names_somebody(password: str, personal: tuple[str | None, ...]) -> bool:
    words = {word for given in personal if given for word in re.findall(r"[^\W_]+", fold(given))}
    letters = "".join(re.findall(r"[^\W_]+", password))
    return any(len(word) >= 4 and word in password for word in words) or any(
        name in letters for name in PRODUCT_NAMES
    )


def words_of_address(email: str) -> str:
    """What tells an address: all but the last label, so that `com` and `info` are no words."""
    return email.rpartition(".")[0]


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
        if gen == self.gen:
            return True  # this session does not rotate
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


class SecurityEvent(Base):
    """What happened around sign-in and access: written once, never changed."""

    __tablename__ = "security_events"
    __table_args__ = local(
        one_of("actor_kind", "user", "api_key", "job", "anonymous"),
        Index(None, "organization_id", "at"),
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
