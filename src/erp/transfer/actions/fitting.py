"""Hours of older systems, made to fit: nobody works twice at the same time."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from erp.timesheets.models.entries import LONGEST_BY_HAND
from erp.timesheets.models.intervals import Span
from erp.transfer.sources import OldRow

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OldTime:
    """When an old entry was. `change` says what had to be changed for it to fit.

    With `within` nothing of it is left: its time lies in that of the other row.
    """

    row: OldRow
    span: Span
    change: str = ""
    within: OldRow | None = None


def fit(times: Iterable[OldTime]) -> Iterator[OldTime]:
    """One person's entries by their start, shortened where they meet; no tracked second is lost.

    A running one ends where another begins after it, a long one after a day, and what begins
    before the end of another begins there.
    """
    ordered = sorted(times, key=lambda each: (each.span.start, each.span.end or FOREVER))
    starts = [each.span.start for each in ordered]
    placed: list[OldTime] = []
    for each in ordered:
        if each.span.end is not None and each.span.end <= each.span.start:
            yield each  # its own fault, which the room names
            continue
        later = bisect_right(starts, each.span.start)
        fitted = _ended(each, starts[later] if later < len(starts) else None)
        reached = (placed[-1].span.end or FOREVER) if placed else fitted.span.start
        if placed and (fitted.span.end or FOREVER) <= reached:
            yield _within(each, placed)
            continue
        if fitted.span.start < reached:
            fitted = _moved(fitted, reached, f"entry {placed[-1].row.key} ends then")
        placed.append(fitted)
        yield fitted


def _within(each: OldTime, placed: list[OldTime]) -> OldTime:
    """What holds the time at which it began holds it all, or its neighbors do."""
    before = bisect_right(placed, each.span.start, key=lambda other: other.span.start)
    holder = placed[max(before - 1, 0)].row
    return replace(each, change=f"lies within entry {holder.key}", within=holder)


def _ended(each: OldTime, following: datetime | None) -> OldTime:
    """Not running while another begins, and not longer than a day."""
    start, end = each.span.start, each.span.end
    if end is None and following is not None:
        each, end = _shortened(each, following, "another begins then"), following
    if end is not None and end - start > LONGEST_BY_HAND:
        each = _shortened(each, start + LONGEST_BY_HAND, "an entry has 24 hours at most")
    return each


def _shortened(each: OldTime, end: datetime, why: str) -> OldTime:
    return replace(each, span=Span(each.span.start, end), change=f"ends {_said(end)}: {why}")


def _moved(each: OldTime, start: datetime, why: str) -> OldTime:
    change = "; ".join(filter(None, (each.change, f"begins {_said(start)}: {why}")))
    return replace(each, span=Span(start, each.span.end), change=change)


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
