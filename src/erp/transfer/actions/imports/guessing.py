"""How a file is probably meant: its encoding, its signs, and what its columns hold."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

from erp.kernel.schema import bare
from erp.transfer.actions.imports.cells import Field
from erp.transfer.actions.imports.files import DELIMITERS, Sheet
from erp.transfer.schemas.imports import Format, Holds, Rule

SAMPLE = 1 << 16
SAMPLE_ROWS = 200
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WITH_COMMA = re.compile(r"-?[0-9]{1,3}(\.?[0-9]{3})*,[0-9]+")
WITH_POINT = re.compile(r"-?[0-9]{1,3}(,?[0-9]{3})*\.[0-9]+")
DAY = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-][0-9]{4}")


def guess_format(data: bytes) -> Format:
    """The encoding, and the sign between fields that gives the most columns."""
    encoding = _guess_encoding(data)
    head = data[:SAMPLE].decode(encoding, "replace")
    widths = {name: _width(head, sign) for name, sign in DELIMITERS.items()}
    delimiter = max(widths, key=widths.__getitem__) if max(widths.values()) > 1 else "comma"
    return Format.model_validate({"encoding": encoding, "delimiter": delimiter})


def _guess_encoding(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _width(head: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), []))
    except csv.Error:  # the reading that follows names the place
        return 0


def guess_mapping(fields: Sequence[Field], columns: Sequence[str]) -> dict[str, Rule]:
    """Which column each field is, by its name or by what people call it; each column once."""
    by_name: dict[str | None, int] = {}
    for place, column in enumerate(columns):
        by_name.setdefault(bare(column), place)
    mapping: dict[str, Rule] = {}
    for field in fields:
        names = [name for name in (bare(field.name), *field.called) if name in by_name]
        if names:
            mapping[field.name] = Rule(column=by_name.pop(names[0]))
    return mapping


def guess_signs(
    form: Format, sheet: Sheet, fields: Sequence[Field], mapping: dict[str, Rule]
) -> Format:
    """The decimal sign and the order of days, by what the columns of numbers and days hold."""
    numbers = _cells_of("decimal", sheet, fields, mapping)
    days = _cells_of("day", sheet, fields, mapping)
    signs = {"decimal": _guess_decimal(numbers, form), "days": _guess_days(days)}
    return form.model_copy(update=signs)


def _cells_of(
    holds: Holds, sheet: Sheet, fields: Sequence[Field], mapping: dict[str, Rule]
) -> list[str]:
    rules = [mapping.get(field.name) for field in fields if field.holds == holds]
    places = [rule.column for rule in rules if rule and rule.column is not None]
    return [line.cells[n].strip() for line in sheet.lines[:SAMPLE_ROWS] for n in places]


def _guess_decimal(cells: Sequence[str], form: Format) -> str:
    commas = sum(bool(WITH_COMMA.fullmatch(cell)) for cell in cells)
    points = sum(bool(WITH_POINT.fullmatch(cell)) for cell in cells)
    is_comma = commas > points or (commas == points and form.delimiter == "semicolon")
    return "comma" if is_comma else "point"


def _guess_days(cells: Iterable[str]) -> str:
    found = [match for cell in cells if (match := DAY.fullmatch(cell))]
    if not found:
        return "ymd"
    return "mdy" if any(int(each[2]) > 12 for each in found) else "dmy"
