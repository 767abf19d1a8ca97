"""What a directory is to the product: somebody who says whose name and password these are.

Another kind of directory is one more class with a `name` and these calls, and its entry in
`open_desk`. Whoever asks holds no transaction meanwhile: an answer may take five seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from erp.identity.directory.models import DirectoryConnection
from erp.identity.errors import (
    AceAccountLocked,
    AcePasswordExpired,
    DirectoryBadResponse,
    DirectoryTimeout,
    DirectoryUnavailable,
    InvalidAccountId,
    InvalidCredentials,
)
from erp.kernel.errors import Refusal, TimedOut, Unreachable, UnusableAnswer

Code = Literal[
    "invalid_credentials",
    "invalid_account_id",
    "account_locked",
    "password_expired",
    "bad_response",
    "unavailable",
    "timeout",
]
REFUSALS: dict[Code, type[Refusal]] = {
    "invalid_credentials": InvalidCredentials,
    "invalid_account_id": InvalidAccountId,
    "account_locked": AceAccountLocked,
    "password_expired": AcePasswordExpired,
    "bad_response": DirectoryBadResponse,
    "unavailable": DirectoryUnavailable,
    "timeout": DirectoryTimeout,
}


class ProviderError(Exception):
    """The directory did not confirm; `retryable` means that it was not even asked."""

    def __init__(self, code: Code, *, retryable: bool = False, wait: int | None = None) -> None:
        """`wait` is how many seconds it will be left alone, if that is known."""
        super().__init__(code)
        self.code = code
        self.retryable = retryable
        self.wait = wait

    def refusal(self, *, uniform: bool = False) -> Refusal:
        """What the caller is told; `uniform` hides which accounts exist."""
        if uniform and self.code == "invalid_account_id":
            return InvalidCredentials()
        return REFUSALS[self.code](retry_after=self.wait)


@dataclass(frozen=True, slots=True)
class DirectoryCredentials:
    """What a person typed. The password is forwarded once and kept nowhere."""

    account_id: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Somebody a directory has vouched for; the key is provider, issuer and subject.

    `issuer` is the account as it is written, `user_id` what the directory calls the person besides.
    """

    provider: str
    issuer: str
    issuer_key: str
    subject: str
    username: str
    email: str | None
    email_verified: bool
    display_name: str | None
    groups: tuple[str, ...]
    user_id: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells the account from every other."""
        return self.provider, self.issuer_key, self.subject


@dataclass(frozen=True, slots=True)
class ProjectMember:
    """Somebody who works on a project, as the directory knows him or her."""

    subject: str
    username: str


@dataclass(frozen=True, slots=True)
class AccountProject:
    """A project of an account; `id` is the directory's and unique within the account."""

    account_id: str
    id: str
    code: str | None
    name: str
    status: str | None
    starts_on: date | None
    ends_on: date | None
    members: tuple[ProjectMember, ...]


class Provider(Protocol):
    """A kind of directory."""

    name: str

    async def authenticate(
        self, connection: DirectoryConnection, credentials: DirectoryCredentials
    ) -> ExternalIdentity:
        """Forward the password once. Raises `ProviderError`."""

    async def list_projects(self, connection: DirectoryConnection) -> list[AccountProject]:
        """The account's projects, with the product's own right to see them. Raises likewise."""

    def is_failing(self) -> bool:
        """Whether nothing came of the last calls, as far as this process knows."""


@contextmanager
def told_as_provider_errors() -> Iterator[None]:
    """Say in the words of directories what went wrong on the way."""
    try:
        yield
    except Unreachable as error:
        raise ProviderError("unavailable", retryable=True, wait=error.retry_after) from error
    except TimedOut as error:
        raise ProviderError("timeout") from error
    except UnusableAnswer as error:
        raise ProviderError("bad_response") from error
