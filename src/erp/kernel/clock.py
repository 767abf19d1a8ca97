"""The one place that asks what time it is, so that tests can hold the hands; how it is written."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant in UTC, with microseconds."""
    return datetime.now(UTC)


def rfc3339(value: datetime) -> str:
    """The aware instant in UTC with microseconds and `Z`: texts of this form sort by time."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
