"""The few ways the product says no.

A room subclasses a kind: the class name in snake_case is the stable `code` of the problem,
the first line of the docstring is its sentence. Only `kernel/http.py` knows status numbers.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a JSON pointer into the body (`/lines/0/price`) or `?name` of the query."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """The request cannot be answered. `pointer` names the field that is always to blame."""

    pointer: ClassVar[str | None] = None

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
        **members: Any,
    ) -> None:
        """`retry_after` is in seconds; `members` become extension members of the problem."""
        self.detail = detail or self.sentence()
        self.errors = errors or self._blame()
        self.retry_after = retry_after
        self.members = members
        super().__init__(self.detail)

    @classmethod
    def code(cls) -> str:
        """The stable word clients branch on: the class name in snake_case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def _blame(cls) -> tuple[FieldError, ...]:
        if cls.pointer is None:
            return ()
        return (FieldError(cls.pointer, cls.code(), cls.sentence()),)

    @classmethod
    def sentence(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]


class Malformed(Refusal):
    """The request could not be read."""


class NotSignedIn(Refusal):
    """Sign in to do this."""


class NotAllowed(Refusal):
    """Your role does not allow this."""


class NotFound(Refusal):
    """There is no such record."""


class NoSuchPath(NotFound):
    """There is nothing at this address."""


class MethodNotAllowed(Refusal):
    """This address does not know the method."""


class Conflict(Refusal):
    """The request does not fit the present state."""


class Stale(Refusal):
    """The record was changed meanwhile."""


class TooLarge(Refusal):
    """The request is too large."""


class UnsupportedMedia(Refusal):
    """Send JSON with the content type application/json."""


class Unacceptable(Refusal):
    """The request holds values that cannot be accepted."""


class TooMany(Refusal):
    """Too many requests; try again later."""


class Unavailable(Refusal):
    """The service cannot answer right now; try again."""


class UnusableAnswer(Unavailable):
    """Another service gave an answer that cannot be used."""


class Unreachable(Unavailable):
    """Another service cannot be reached right now; try again."""


class TimedOut(Unavailable):
    """Another service took too long to answer; try again."""


class ServerFault(Refusal):
    """Something went wrong on our side; the request id leads to its cause in the log."""


class ValidationFailed(Unacceptable):
    """Some values are missing or wrong."""


class InUse(Conflict):
    """Other records refer to this one."""


class UnknownReference(Unacceptable):
    """A record that this one refers to does not exist."""


class DatabaseBusy(Unavailable):
    """The database is busy or restarting; try again."""


class TookTooLong(Unavailable):
    """The change took longer than five minutes and was not kept; make smaller ones."""


class StillStarting(Unavailable):
    """The service is starting: its database is not ready yet."""


def wrong_field(pointer: str, code: str, detail: str) -> ValidationFailed:
    """A `ValidationFailed` about one field."""
    return ValidationFailed(errors=(FieldError(pointer, code, detail),))
