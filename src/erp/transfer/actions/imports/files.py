"""Files as rows of texts: CSV in its many habits, and the values of XLSX sheets."""

import base64
import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook  # type: ignore[import-untyped]

from erp.kernel.fields import plain_decimal
from erp.transfer.actions.imports.cells import Line
from erp.transfer.errors import FileUnreadable, ImportTooLong
from erp.transfer.schemas.imports import Format

# In the order in which they win where two part the names alike: names hold commas now and then.
DELIMITERS = {"semicolon": ";", "tab": "\t", "pipe": "|", "comma": ","}
MOST_COLUMNS = 200
LONGEST_CELL = 32_767
UNPACKED = 200 * 1024 * 1024  # of a sheet; honest ones pack ten to one
PACKED_RATIO = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """The names of the columns, and the rows that hold anything, as spreadsheets count them."""

    columns: list[str]
    lines: list[Line]


def is_workbook(data: bytes) -> bool:
    """Whether the file is a sheet (XLSX); everything else is text."""
    return data.startswith(b"PK\x03\x04")


def pack(data: bytes) -> str:
    """The file as text that every database keeps."""
    return base64.b64encode(zlib.compress(data, 6)).decode()


def unpack(content: str) -> bytes:
    """The file again."""
    return zlib.decompress(base64.b64decode(content))


def read_csv(data: bytes, form: Format, most: int) -> Sheet:
    """The rows of a CSV file. Raises `FileUnreadable`, `ImportTooLong`."""
    encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise FileUnreadable(f"The file is not written in {form.encoding}") from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[form.delimiter])
    try:
        return _sheet(lines, most)
    except csv.Error as error:
        raise FileUnreadable(f"Line {lines.line_num} of the file: {error}") from None


def read_workbook(data: bytes, most: int) -> Sheet:
    """The values of the first sheet. Raises `FileUnreadable`, `ImportTooLong`."""
    _ensure_honest(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            return _sheet(_texts(sheet.iter_rows(values_only=True)), most)
        finally:
            book.close()
    except (ParseError, zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError):
        raise FileUnreadable("This is not a sheet that can be read; save it as CSV") from None


def _ensure_honest(data: bytes) -> None:
    """A small file must not unfold to gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        raise FileUnreadable("This is not a sheet that can be read; save it as CSV") from None
    if unpacked > min(UNPACKED, PACKED_RATIO * len(data)):
        raise FileUnreadable("The sheet unfolds to more than can be read")


def _texts(rows: Iterable[Iterable[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_text(value) for value in row]


def _text(value: Any) -> str:
    """A value of a sheet; sheets keep fifteen digits of a number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain_decimal(Decimal(f"{value:.15g}"))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _sheet(rows: Iterable[list[str]], most: int) -> Sheet:
    found = iter(rows)
    columns = [name.strip() for name in next(found, [])]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise FileUnreadable("The first row must name the columns")
    if len(columns) > MOST_COLUMNS:
        raise FileUnreadable(f"The file has more than {MOST_COLUMNS} columns")
    lines: list[Line] = []
    for number, cells in enumerate(found, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(lines) == most:
            raise ImportTooLong(most=most)
        lines.append(Line(number, _fitted(cells, len(columns), number)))
    if not lines:
        raise FileUnreadable("There are no rows below the names of the columns")
    return Sheet(columns, lines)


def _fitted(cells: list[str], width: int, number: int) -> list[str]:
    """As many cells as columns; empty ones at the end may be more or fewer."""
    if any("\0" in cell or len(cell) > LONGEST_CELL for cell in cells):
        raise FileUnreadable(f"Row {number} holds what is no text")
    if any(cell.strip() for cell in cells[width:]):
        raise FileUnreadable(f"Row {number} has more cells than there are columns")
    return cells[:width] + [""] * (width - len(cells))
