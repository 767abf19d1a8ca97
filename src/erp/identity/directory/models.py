"""Accounts at company directories, and the organizations that such a directory serves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from erp.identity.errors import DirectoryAccountTaken, DirectoryConnected, IdentityTaken
from erp.kernel.schema import Base, Key, Versioned, fold, local, new_id, one_of

PROVIDERS = ("ace",)


class Identity(Base):
    """A user's account at a directory. The e-mail address is remembered, and never a key."""

    __tablename__ = "identities"
    __table_args__ = local(
        UniqueConstraint("provider", "issuer_key", "subject", info={"says": IdentityTaken}),
        one_of("provider", *PROVIDERS),
        Index(None, "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    provider: Mapped[str]
    issuer_key: Mapped[str] = mapped_column(Key)
    subject: Mapped[str] = mapped_column(Key)
    username: Mapped[str]
    email_at_link: Mapped[str | None]
    claims: Mapped[dict[str, Any]] = mapped_column(JSON)
    linked_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]

    @property
    def account_id(self) -> str:
        """The account at the directory, as it is written."""
        return str(self.claims["account_id"])

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells the account from every other: provider, issuer and subject."""
        return self.provider, self.issuer_key, self.subject


class DirectoryConnection(Versioned, Base):
    """An account of a directory whose people may work in one organization.

    Several organizations may claim an account; only one of them can have it enabled.
    """

    __tablename__ = "directory_connections"
    __table_args__ = local(
        UniqueConstraint(
            "organization_id",
            "provider",
            "account_key",
            name="uq_directory_connections_account",
            info={"says": DirectoryConnected},
        ),
        Index(
            None,
            "provider",
            "account_key",
            unique=True,
            sqlite_where=text("enabled"),
            postgresql_where=text("enabled"),
            info={"says": DirectoryAccountTaken},
        ),
        one_of("provider", *PROVIDERS),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID]  # plain: local tables refer to reference tables alone
    provider: Mapped[str]
    endpoint: Mapped[str]
    account_id: Mapped[str]
    account_key: Mapped[str] = mapped_column(Key)
    enabled: Mapped[bool] = mapped_column(default=False)
    jit_provision: Mapped[bool] = mapped_column(default=True)
    role_map: Mapped[dict[str, str]] = mapped_column(JSON)
    allowed_domains: Mapped[list[str]] = mapped_column(JSON)

    def name_account(self, account_id: str) -> None:
        """Set the account, and the folded form by which sign-ins find it."""
        self.account_id, self.account_key = account_id, fold(account_id)

    def lets_join(self, email: str | None) -> bool:
        """Whether somebody with this address joins by signing in."""
        domain = (email or "").rpartition("@")[2].casefold()
        return self.jit_provision and (not self.allowed_domains or domain in self.allowed_domains)

    def role_for(self, groups: tuple[str, ...]) -> str:
        """The highest role that the map gives for the person's groups, else `user`."""
        given = {self.role_map[group] for group in groups if group in self.role_map}
        return next((role for role in ("admin", "manager") if role in given), "user")
