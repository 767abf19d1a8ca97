"""The days of a report, where the organization is, and the periods they fall into."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.reports.schemas.tasks import Period
from erp.timesheets.models.days import week_of

DAY = timedelta(days=1)
USUAL = timedelta(days=29)
MOST_PERIODS = 100


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included, and the instants between which they lie."""

    first: date
    last: date
    begins: datetime
    ends: datetime


def days_meant(work: Workspace, first: date | None, last: date | None) -> Days:
    """The days that were asked for, else the 30 up to the last one or today.

    Raises a fault of `?to` for an end before the beginning.
    """
    last = last or max(work.today(), first or date.min)
    first = first or last - USUAL
    if last < first:
        raise wrong_field("?to", "out_of_range", "The last day lies before the first")
    return Days(first, last, work.begin_of(first), work.begin_of(last + DAY))


def periods_of(days: Days, period: Period, week_start: str) -> list[tuple[date, date]]:
    """The days, week by week for instance; the first and the last may be cut off.

    Raises a fault of `?period` for more than 100 of them.
    """
    found: list[tuple[date, date]] = []
    for each in _periods(days, period, week_start):
        if len(found) == MOST_PERIODS:
            raise wrong_field("?period", "out_of_range", f"At most {MOST_PERIODS} periods")
        found.append(each)
    return found


def _periods(days: Days, period: Period, week_start: str) -> Iterator[tuple[date, date]]:
    first = days.first
    while first <= days.last:
        last = min(_last_of(first, period, week_start), days.last)
        yield first, last
        first = last + DAY


def _last_of(day: date, period: Period, week_start: str) -> date:
    if period == "day":
        return day
    if period == "week":
        return week_of(day, week_start) + timedelta(days=6)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY
