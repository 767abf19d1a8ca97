"""Rules about one record, without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.stock.errors import ClosingMovesBack
from erp.timesheets.errors import EndBeforeStart, EntryTooLong, TimeInFuture, WrongState
from erp.timesheets.models.entries import TimeEntry, by_hand, is_doubtful, stop_at
from erp.timesheets.models.intervals import Span
from erp.timesheets.models.rates import Rate, billable_seconds, find_rate, scope_key, scopes_of
from erp.timesheets.models.rounding import rounded
from erp.timesheets.models.weeks import STEPS, TimeClosing, Timesheet

NOW = datetime(2026, 3, 2, 12, 0, 0, 700_000, tzinfo=UTC)
FLAT = NOW.replace(microsecond=0)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
ANNA, BEN = UUID(int=1), UUID(int=2)
SHOP, SITE = UUID(int=3), UUID(int=4)


def test_times_by_hand_are_whole_seconds():
    start = datetime(2026, 3, 2, 9, 0, 0, 999_000, tzinfo=UTC)

    assert by_hand(start, NOW, NOW) == Span(start.replace(microsecond=0), FLAT)


@pytest.mark.parametrize("ahead", [1, 30, 60])
def test_up_to_a_minute_ahead_is_now(ahead):
    moment = NOW + timedelta(seconds=ahead)

    assert by_hand(NOW - HOUR, moment, NOW).end == FLAT
    assert by_hand(moment, None, NOW).start == FLAT
    assert by_hand(moment - SECOND, moment, NOW) == Span(FLAT, FLAT + SECOND)


def test_more_than_a_minute_ahead_is_the_future():
    late = NOW + timedelta(seconds=61)

    with pytest.raises(TimeInFuture) as ended:
        by_hand(NOW - HOUR, late, NOW)
    with pytest.raises(TimeInFuture) as started:
        by_hand(late, None, NOW)

    assert [each.pointer for each in ended.value.errors] == ["/ended_at"]
    assert [each.pointer for each in started.value.errors] == ["/started_at"]


def test_an_end_comes_after_the_start_and_within_a_day():
    with pytest.raises(EndBeforeStart):
        by_hand(NOW - HOUR, NOW - HOUR, NOW)
    with pytest.raises(EntryTooLong):
        by_hand(NOW - 24 * HOUR - SECOND, NOW, NOW)

    assert by_hand(FLAT - 24 * HOUR, FLAT, NOW).start == FLAT - 24 * HOUR


def test_a_stop_in_the_second_of_the_start_counts_one():
    assert stop_at(FLAT, NOW) == FLAT + SECOND
    assert stop_at(FLAT + SECOND, NOW) == FLAT + 2 * SECOND
    assert stop_at(FLAT - HOUR, NOW) == FLAT


def test_more_than_sixteen_hours_are_doubtful():
    assert not is_doubtful(Span(FLAT - 16 * HOUR, FLAT))
    assert is_doubtful(Span(FLAT - 16 * HOUR, FLAT + SECOND))
    assert not is_doubtful(Span(FLAT - 99 * HOUR, None))


def test_an_entry_keeps_the_day_and_zone_of_its_start():
    entry = TimeEntry()
    start = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)

    entry.clock(Span(start, start + 3 * HOUR), "Europe/Berlin")
    entry.clock(Span(start, start + 4 * HOUR), "America/Chicago")

    assert (entry.work_date, entry.time_zone) == (date(2026, 3, 29), "Europe/Berlin")
    assert entry.seconds == 4 * 3600


def test_an_entry_that_moves_gets_the_day_of_its_new_start():
    entry = TimeEntry()
    entry.clock(Span(FLAT, FLAT + HOUR), "Europe/Berlin")

    entry.clock(Span(FLAT - 24 * HOUR, FLAT - 23 * HOUR), "America/Chicago")

    assert (entry.work_date, entry.time_zone) == (date(2026, 3, 1), "America/Chicago")
    assert entry.begins_at == entry.started_at == FLAT - 24 * HOUR


def test_an_amount_begins_with_its_day():
    entry = TimeEntry()

    entry.amount(date(2026, 3, 29), 3600, "Europe/Berlin")

    assert entry.begins_at == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert (entry.started_at, entry.ended_at, entry.is_running) == (None, None, False)


@given(st.integers(0, 10**6), st.sampled_from([60, 300, 360, 900, 3600, 61]))
def test_rounding_stays_within_a_step(seconds, step):
    up, nearest, down = (rounded(seconds, step, way) for way in ("up", "nearest", "down"))

    assert down <= seconds <= up < seconds + step
    assert up % step == nearest % step == down % step == 0
    assert abs(nearest - seconds) * 2 <= step
    assert seconds % step or up == nearest == down == seconds


def test_half_a_step_counts_up():
    assert [rounded(each, 900, "nearest") for each in (449, 450)] == [0, 900]


def test_an_entry_counts_by_its_rule():
    assert billable_seconds(61, 900, "up", "entry") == 900
    assert billable_seconds(61, None, None, None) == 61
    assert billable_seconds(61, 900, "up", "day") is None
    assert billable_seconds(None, 900, "up", "entry") is None


def rate(value, member=None, project=None, since=date(2026, 1, 1), kind="bill"):
    return Rate(
        kind=kind,
        scope_key=scope_key(member, project),
        rate=Decimal(value),
        currency="EUR",
        valid_from=since,
    )


def found(rates, day=date(2026, 3, 2)):
    priced = find_rate(rates, "bill", scopes_of(ANNA, SHOP), day)
    return priced and (priced.source, priced.rate)


def test_the_narrowest_scope_wins():
    ladder = [rate(1), rate(2, ANNA), rate(3, None, SHOP), rate(4, ANNA, SHOP)]
    strange = [rate(8, BEN, SHOP), rate(9, ANNA, SITE), rate(7, ANNA, SHOP, kind="cost")]

    sources = [found([*strange, *ladder[:count]]) for count in range(5)]

    assert sources == [
        None,
        ("organization", 1),
        ("member", 2),
        ("project", 3),
        ("member_project", 4),
    ]


def test_a_rate_holds_from_its_day_until_the_next():
    rates = [rate(1), rate(2, since=date(2026, 3, 2)), rate(3, since=date(2026, 3, 3))]

    assert found(rates, date(2025, 12, 31)) is None
    assert found(rates, date(2026, 3, 1)) == ("organization", 1)
    assert found(rates, date(2026, 3, 2)) == ("organization", 2)


@pytest.mark.parametrize("state", ["open", "submitted", "approved", "rejected", "reopened"])
@pytest.mark.parametrize("verb", STEPS)
def test_a_week_goes_only_the_ways_there_are(verb, state):
    week = Timesheet()
    week.begin(ANNA, date(2026, 3, 2))
    week.state = state
    before, after = STEPS[verb]

    if state in before:
        week.step(verb)
        assert week.state == after
    else:
        with pytest.raises(WrongState) as refused:
            week.step(verb)
        assert refused.value.members == {"state": state}
        assert week.state == state


def test_a_closing_moves_back_only_with_a_reason():
    closing = TimeClosing()
    closing.close(date(2026, 2, 28), None)

    with pytest.raises(ClosingMovesBack):
        closing.close(date(2026, 1, 31), None)

    assert closing.holds(date(2026, 2, 28))
    assert not closing.holds(date(2026, 3, 1))
    closing.close(date(2026, 1, 31), "A late correction")
    assert not closing.holds(date(2026, 2, 1))
