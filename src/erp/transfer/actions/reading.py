"""Values of older systems, made exact; whatever changes on the way is told."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeVar

from erp.kernel.errors import wrong_field
from erp.kernel.fields import plain_decimal
from erp.transfer.actions.run import Run
from erp.transfer.sources import OldRow

W = TypeVar("W", bound=str)
FOUR_PLACES = Decimal("0.0001")


def exact_price(run: Run, row: OldRow, found: object) -> str:
    """A price by its shortest text, half up to four decimals. Raises `ValidationFailed`."""
    text = "0" if found is None else str(found)
    try:
        price = Decimal(text)
        rounded = price.quantize(FOUR_PLACES, ROUND_HALF_UP)
    except InvalidOperation:
        raise wrong_field("/price", "decimal_expected", f"{text!r} is not a price") from None
    if rounded != price:
        run.notice(row, f"the price {text} was rounded to {plain_decimal(rounded)}")
    return plain_decimal(rounded)


def read_instant(row: OldRow, *names: str) -> datetime | None:
    """An instant; one that was kept without a zone was UTC. Raises `ValidationFailed`."""
    found = row.first(*names)
    if found is None:
        return None
    try:
        moment = found if isinstance(found, datetime) else datetime.fromisoformat(str(found))
    except ValueError:
        raise wrong_field(f"/{names[0]}", "instant_expected", f"{found!r} is no instant") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def read_day(row: OldRow, *names: str) -> date | None:
    """A day, also of what was kept as an instant. Raises `ValidationFailed`."""
    moment = read_instant(row, *names)
    return moment.date() if moment else None


def read_seconds(row: OldRow, hours: str, *more: str) -> int | None:
    """A length that was kept in hours, to the second. Raises `ValidationFailed`."""
    found = row.first(hours, *more)
    if found is None:
        return None
    try:
        return int((Decimal(str(found)) * 3600).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, OverflowError):
        raise wrong_field(f"/{hours}", "decimal_expected", f"{found!r} is no number") from None


def translated(run: Run, row: OldRow, name: str, words: Mapping[str, W], otherwise: W) -> W:
    """The product's word for what a column says; an unknown one is told."""
    found = row.first(name)
    if found is None:
        return otherwise
    plain = " ".join(str(found).lower().replace("_", " ").replace("-", " ").split())
    if plain not in words:
        run.notice(row, f"{name} {found} is not known here and becomes {otherwise}")
    return words.get(plain, otherwise)
