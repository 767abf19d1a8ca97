"""Days and weeks across clock changes and leap days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.timesheets.models.days import (
    begin_of,
    day_of,
    days_of_week,
    length_of,
    seconds_between,
    week_of,
    whole_second,
)

BERLIN, CHICAGO = "Europe/Berlin", "America/Chicago"
HOUR = 3600
zones = st.sampled_from([BERLIN, CHICAGO, "UTC", "Asia/Kolkata", "Pacific/Apia", "America/Havana"])
days = st.dates(date(1999, 12, 30), date(2040, 3, 2))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (CHICAGO, date(2026, 3, 8), 23),
        (CHICAGO, date(2026, 11, 1), 25),
        (BERLIN, date(2028, 2, 29), 24),
        ("America/Havana", date(2026, 3, 8), 23),  # midnight itself is skipped there
        ("UTC", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_it_really_is(zone, day, hours):
    assert length_of(day, zone) == hours * HOUR


@given(days, zones)
def test_days_follow_each_other_without_gap(day, zone):
    start, end = begin_of(day, zone), begin_of(day + timedelta(days=1), zone)

    assert seconds_between(start, end) == length_of(day, zone)
    assert day_of(end - timedelta(seconds=1), zone) <= day
    assert day_of(start, zone) >= day


@given(moments, zones)
def test_an_instant_lies_within_its_day(moment, zone):
    day = day_of(moment, zone)

    assert begin_of(day, zone) <= moment < begin_of(day + timedelta(days=1), zone)
    assert day == moment.astimezone(ZoneInfo(zone)).date()


@given(days, st.sampled_from(["monday", "sunday", "saturday"]))
def test_a_week_has_seven_days_and_its_day_is_one(day, start):
    first = week_of(day, start)

    assert day in days_of_week(first)
    assert f"{first:%A}".lower() == start
    assert {week_of(each, start) for each in days_of_week(first)} == {first}


@given(moments, st.sampled_from([BERLIN, CHICAGO]))
def test_seconds_do_not_depend_on_the_clock_on_the_wall(moment, zone):
    local = moment.astimezone(ZoneInfo(zone))

    assert whole_second(local) == moment.replace(microsecond=0)
    assert seconds_between(local, moment + timedelta(hours=30)) == 30 * HOUR
