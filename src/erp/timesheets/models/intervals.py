"""Half-open intervals `[start, end)`; without an end they reach to the end of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

SKEW = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
Fix = Literal["trim_mine", "trim_theirs", "split_theirs"]


@dataclass(frozen=True, slots=True)
class Span:
    """From the start up to, but without, the end."""

    start: datetime
    end: datetime | None

    def overlaps(self, other: "Span") -> bool:
        """Whether they share an instant; an end that equals a start is none."""
        return not self.ends_by(other.start) and not other.ends_by(self.start)

    def ends_by(self, moment: datetime) -> bool:
        """Whether nothing of it lies at or after the moment."""
        return self.end is not None and self.end <= moment

    def without(self, others: Iterable["Span"]) -> list["Span"]:
        """What is left of it, in order, once the others are cut out."""
        pieces = [self]
        for other in others:
            pieces = [piece for each in pieces for piece in each.cut(other)]
        return pieces

    def cut(self, other: "Span") -> list["Span"]:
        """What is left before and after the other."""
        if not self.overlaps(other):
            return [self]
        before = [Span(self.start, other.start)] if self.start < other.start else []
        goes_on = other.end is not None and not self.ends_by(other.end)
        return before + ([Span(other.end, self.end)] if goes_on and other.end else [])


def find_fixes(mine: Span, theirs: Sequence[Span]) -> dict[Fix, list[list[Span]]]:
    """The ways out of an overlap that lose no entry, and what each leaves.

    `trim_mine` leaves one piece of mine. Of each of theirs, `trim_theirs` leaves one piece, and
    `split_theirs` one or two, of which the second becomes an entry of its own.
    """
    own, left = mine.without(theirs), [each.cut(mine) for each in theirs]
    fixes: dict[Fix, list[list[Span]]] = {}
    if len(own) == 1:
        fixes["trim_mine"] = [own]
    if left and all(len(pieces) == 1 for pieces in left):
        fixes["trim_theirs"] = left
    elif left and all(left):
        fixes["split_theirs"] = left
    return fixes


def moved_up(start: datetime, last_end: datetime | None) -> datetime:
    """A start that a clock put a little before the last end is moved up to it."""
    if last_end is not None and start < last_end <= start + SKEW:
        return last_end
    return start
