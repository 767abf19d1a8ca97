"""Days and weeks where the organization is; clock changes make days of 23 or 25 hours."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

WeekStart = Literal["monday", "sunday", "saturday"]
FIRST_WEEKDAY = {"monday": 0, "saturday": 5, "sunday": 6}
DAY = timedelta(days=1)


def whole_second(moment: datetime) -> datetime:
    """The instant in UTC without its fraction: entries know whole seconds only."""
    return moment.astimezone(UTC).replace(microsecond=0)


def seconds_between(start: datetime, end: datetime) -> int:
    """Elapsed seconds, right across clock changes because both are instants."""
    return int((end - start).total_seconds())


def day_of(moment: datetime, zone: str) -> date:
    """The local date of an instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def begin_of(day: date, zone: str) -> datetime:
    """The first instant of a local day; where clocks skip midnight, the one they skip to."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def length_of(day: date, zone: str) -> int:
    """The real length of a local day in seconds: 23 to 25 hours."""
    return seconds_between(begin_of(day, zone), begin_of(day + DAY, zone))


def week_of(day: date, week_start: str) -> date:
    """The first day of the week in which the day lies."""
    return day - timedelta(days=(day.weekday() - FIRST_WEEKDAY[week_start]) % 7)


def days_of_week(starts_on: date) -> list[date]:
    """The seven days from the first."""
    return [starts_on + timedelta(days=number) for number in range(7)]


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
