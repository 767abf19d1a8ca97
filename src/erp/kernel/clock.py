"""The one place that asks what time it is, so that tests can hold the hands."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant in UTC, with microseconds."""
    return datetime.now(UTC)
