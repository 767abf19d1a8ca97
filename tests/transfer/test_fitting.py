"""Hours that never overlap afterwards and lose no second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from erp.timesheets.models.intervals import Span
from erp.transfer.actions.fitting import OldTime, fit
from erp.transfer.sources import OldRow

BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12)


def old_times(found: list[tuple[int, int]]) -> list[OldTime]:
    times = []
    for number, (start, length) in enumerate(found):
        begun = BEGIN + timedelta(minutes=start)
        span = Span(begun, begun + timedelta(minutes=length))
        times.append(OldTime(OldRow("time_entries", number, {"id": str(number)}), span))
    return times


def minutes_of(spans: list[Span]) -> set[int]:
    """Every minute in which somebody worked."""
    return {
        minute
        for span in spans
        for minute in range(
            int((span.start - BEGIN).total_seconds()) // 60,
            int((span.end - BEGIN).total_seconds()) // 60,
        )
    }


@given(spans)
def test_what_fits_overlaps_nowhere_and_covers_the_same_minutes(found):
    times = old_times(found)

    fitted = list(fit(times))

    kept = [each.span for each in fitted if each.within is None]
    assert all(a.end <= b.start for a, b in pairwise(kept))
    assert minutes_of(kept) == minutes_of([each.span for each in times])
    assert {each.row.key for each in fitted} == {each.row.key for each in times}


@given(spans)
def test_what_already_fits_is_left_alone(found):
    fitted = [each for each in fit(old_times(found)) if each.within is None]

    again = list(fit([OldTime(each.row, each.span) for each in fitted]))

    assert [(each.span, each.change) for each in again] == [(each.span, "") for each in fitted]


@given(spans, st.integers(0, 60), st.integers(0, 60))
def test_one_timer_runs_at_most_and_it_is_the_last(found, first, second):
    running = [
        OldTime(OldRow("time_entries", 90 + number, {}), Span(BEGIN + timedelta(minutes=at), None))
        for number, at in enumerate((first, second))
    ]

    kept = [each.span for each in fit(old_times(found) + running) if each.within is None]

    assert all(span.end is not None for span in kept[:-1])
