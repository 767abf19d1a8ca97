"""Half-open intervals and the ways out of an overlap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.timesheets.models.intervals import Span, find_fixes, moved_up

ZERO = datetime(2026, 3, 2, tzinfo=UTC)


def span(start, end=None):
    """Hours of a day, such as 9 to 10."""
    return Span(ZERO + timedelta(hours=start), None if end is None else ZERO + timedelta(hours=end))


@st.composite
def spans(draw):
    start = draw(st.integers(0, 40))
    length = draw(st.one_of(st.none(), st.integers(1, 20)))
    return span(start, None if length is None else start + length)


def seconds_in(each):
    """The hours of the span up to 100, as a set."""
    start = int((each.start - ZERO).total_seconds() // 3600)
    end = 100 if each.end is None else int((each.end - ZERO).total_seconds() // 3600)
    return set(range(start, end))


@given(spans(), spans())
def test_two_overlap_exactly_if_they_share_an_hour(mine, theirs):
    assert mine.overlaps(theirs) == bool(seconds_in(mine) & seconds_in(theirs))
    assert mine.overlaps(theirs) == theirs.overlaps(mine)


@given(spans(), st.lists(spans(), max_size=4))
def test_what_is_cut_out_is_gone_and_nothing_else(mine, others):
    left = mine.without(others)

    cut = set().union(*map(seconds_in, others))
    assert set().union(*map(seconds_in, left)) == seconds_in(mine) - cut
    assert sum(len(seconds_in(piece)) for piece in left) == len(seconds_in(mine) - cut)
    assert all(piece.end is None or piece.end > piece.start for piece in left)


@given(spans(), st.lists(spans(), min_size=1, max_size=4))
def test_a_fix_leaves_no_overlap_and_loses_no_entry(mine, others):
    theirs = [other for other in others if other.overlaps(mine)]

    for fix, left in find_fixes(mine, theirs).items():
        pieces = [piece for each in left for piece in each]
        kept = theirs if fix == "trim_mine" else [mine]
        assert not any(piece.overlaps(other) for piece in pieces for other in kept)
        assert all(left)


@pytest.mark.parametrize(
    ("mine", "theirs", "fixes"),
    [
        (span(9, 11), [span(10, 12)], {"trim_mine", "trim_theirs"}),
        (span(10, 12), [span(9, 11)], {"trim_mine", "trim_theirs"}),
        (span(10, 11), [span(9, 12)], {"split_theirs"}),
        (span(9, 12), [span(10, 11)], set()),
        (span(9, 12), [span(8, 10), span(11, 13)], {"trim_mine", "trim_theirs"}),
        (span(10, 11), [span(9)], {"split_theirs"}),
        (span(8, 10), [span(9)], {"trim_mine", "trim_theirs"}),
        (span(9), [span(8, 10)], {"trim_mine", "trim_theirs"}),
    ],
)
def test_the_fixes_that_fit_are_offered(mine, theirs, fixes):
    assert set(find_fixes(mine, theirs)) == fixes


@pytest.mark.parametrize(
    ("ahead", "moves"), [(-1, False), (0, False), (1, True), (60, True), (61, False)]
)
def test_a_start_moves_up_to_the_last_end_within_a_minute(ahead, moves):
    last = ZERO + timedelta(seconds=ahead)

    assert moved_up(ZERO, last) == (last if moves else ZERO)
    assert moved_up(ZERO, None) == ZERO
