"""What the cells of a row say, by what their columns hold."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from erp.kernel.errors import FieldError, ValidationFailed
from erp.kernel.fields import FIRST_DAY, LAST_DAY
from erp.kernel.schema import bare
from erp.kernel.tables import unquoted
from erp.transfer.schemas.imports import Format, Holds

BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'\u2019")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SWAPPED = str.maketrans(".,", ",.")
FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "x", "ja", "j", "wahr"), True),
    **dict.fromkeys(("false", "no", "n", "0", "nein", "falsch"), False),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file, with the number that spreadsheets show."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Field:
    """What a column may hold, and what people call it."""

    name: str
    called: tuple[str, ...] = ()
    holds: Holds = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field with its place in the row, and what stands in for an empty cell."""

    field: Field
    column: int | None
    value: str | None

    def text_in(self, line: Line, form: Format | None) -> str | None:
        """What the row says of the field; None if nothing."""
        found = "" if self.column is None else line.cells[self.column]
        if form is not None:
            found = unquoted(found)
        return found if found.strip() else self.value


class Unclear(Exception):
    """The cell says something else than its field holds."""


def read_line(plan: list[Mapped], line: Line, form: Format | None) -> dict[str, Any]:
    """The values of a row that are given. Raises `ValidationFailed` naming every wrong cell."""
    values: dict[str, Any] = {}
    faults: list[FieldError] = []
    for each in plan:
        text = each.text_in(line, form)
        if text is None:
            continue
        name = each.field.name
        try:
            values[name] = READERS[each.field.holds](text, each.field, form or Format())
        except Unclear as unclear:
            code, detail = unclear.args
            faults.append(FieldError(f"/{name}", code, detail))
    if faults:
        raise ValidationFailed(errors=tuple(faults))
    return values


def _read_text(text: str, _field: Field, _form: Format) -> str:
    return text


def _read_decimal(text: str, _field: Field, form: Format) -> str:
    """Groups of thousands may be parted by blanks, apostrophes or the other sign."""
    plain = text.translate(BLANKS)
    if form.decimal == "comma":
        plain = plain.translate(SWAPPED)
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not NUMBER.fullmatch(plain):
        raise Unclear("decimal_expected", f"This is not a number with a decimal {form.decimal}")
    return plain


def _read_whole(text: str, field: Field, form: Format) -> int:
    plain = _read_decimal(text, field, form)
    whole, _, rest = plain.partition(".")
    if rest.strip("0") or len(whole) > 15:
        raise Unclear("int_expected", "This is not a whole number")
    return int(whole)


def _read_flag(text: str, _field: Field, _form: Format) -> bool:
    found = FLAGS.get(text.strip().casefold())
    if found is None:
        raise Unclear("bool_expected", "Say yes or no")
    return found


def _read_word(text: str, field: Field, _form: Format) -> str:
    found = field.words.get(bare(text) or "")
    if found is None:
        allowed = ", ".join(dict.fromkeys(field.words.values()))
        raise Unclear("word_unknown", f"Say one of {allowed}")
    return found


def _read_day(text: str, _field: Field, form: Format) -> str:
    if PLAIN_DAY.fullmatch(text.strip()):
        return _ensure_day(text.strip())
    parts = re.split(r"[./-]", text.strip())
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        raise Unclear("day_expected", "This is not a day")
    day = dict(zip(form.days, parts, strict=True))
    if len(day["y"]) != 4:
        raise Unclear("day_expected", "Years have four digits")
    return _ensure_day(f"{day['y']}-{day['m']:>02}-{day['d']:>02}")


def _ensure_day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unclear("day_expected", "This is not a day") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unclear("out_of_range", f"Must lie between {FIRST_DAY} and {LAST_DAY}")
    return text


READERS: dict[str, Callable[[str, Field, Format], Any]] = {
    "text": _read_text,
    "decimal": _read_decimal,
    "whole": _read_whole,
    "flag": _read_flag,
    "word": _read_word,
    "day": _read_day,
}
