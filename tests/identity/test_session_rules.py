"""What one session row decides by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from erp.identity.models import SessionRow

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def make_row(**over) -> SessionRow:
    values = {
        "gen": 5,
        "confirmed_gen": 5,
        "rotated_at": NOON,
        "idle_expires_at": NOON + 100 * SECOND,
        "absolute_expires_at": NOON + 200 * SECOND,
        "revoked_at": None,
    }
    return SessionRow(**values | over)


@pytest.mark.parametrize(
    ("gen", "confirmed", "after", "taken"),
    [
        (4, 5, 0, True),
        (4, 5, 20, True),
        (4, 5, 21, False),
        (4, 4, 21, True),
        (4, 4, 86_400, True),
        (3, 5, 0, False),
        (3, 4, 0, False),
        (0, 0, 0, False),
    ],
)
def test_the_direct_parent_is_taken_for_20_seconds_or_until_its_successor_was_used(
    gen: int, confirmed: int, after: int, taken
):
    row = make_row(confirmed_gen=confirmed)

    assert row.takes_again(gen, NOON + after * SECOND) is taken


@pytest.mark.parametrize(
    ("over", "after", "live"),
    [
        ({}, 99, True),
        ({}, 100, False),
        ({"idle_expires_at": NOON + 999 * SECOND}, 199, True),
        ({"idle_expires_at": NOON + 999 * SECOND}, 200, False),
        ({"revoked_at": NOON}, 0, False),
    ],
)
def test_a_session_lives_until_its_first_end(over: dict, after: int, live):
    assert make_row(**over).is_live(NOON + after * SECOND) is live
