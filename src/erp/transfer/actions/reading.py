"""Values of older systems, made exact; whatever changes on the way is told."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from erp.kernel.errors import wrong_field
from erp.kernel.fields import plain_decimal
from erp.transfer.actions.run import Run
from erp.transfer.sources import OldRow

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
