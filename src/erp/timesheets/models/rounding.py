"""Billing rules: worked seconds stay as they are, billable ones are computed beside them."""

from typing import Literal

Direction = Literal["up", "nearest", "down"]


def rounded(seconds: int, step: int, direction: str) -> int:
    """The seconds in whole steps; a half step counts up where the nearest is wanted."""
    added = {"up": step - 1, "nearest": step // 2, "down": 0}[direction]
    return (seconds + added) // step * step
