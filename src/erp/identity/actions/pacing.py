"""The pace of the API in general: requests per minute of one person or key, in this process alone.

It guards against loops and floods, not against guessing, so it is in memory and fails open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from uuid import UUID

from erp.identity.errors import TooManyRequests

MOST_KNOWN = 20_000


@dataclass
class Pace:
    """A bucket of `burst` requests for each subject, refilled with `per_minute`; 0 is no limit."""

    per_minute: int
    burst: int
    clock: Callable[[], float] = monotonic
    _left: dict[UUID, tuple[float, float]] = field(default_factory=dict)

    def keep(self, subject: UUID) -> None:
        """Count one request. Raises `TooManyRequests`, which counts nothing."""
        if not self.per_minute:
            return
        now, per_second = self.clock(), self.per_minute / 60
        left, since = self._left.get(subject, (float(self.burst), now))
        left = min(self.burst, left + (now - since) * per_second)
        if left < 1:
            raise TooManyRequests(retry_after=ceil((1 - left) / per_second))
        if len(self._left) >= MOST_KNOWN:
            self._left.clear()  # a moment without limits is cheaper than memory without end
        self._left[subject] = (left - 1, now)
