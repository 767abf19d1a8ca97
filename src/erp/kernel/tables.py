"""Rows as a table in a file: CSV and XLSX, with numbers as numbers and no formulas.

A text that a spreadsheet would run, because it begins with one of `= + - @`, a tab or a return,
gets an apostrophe (OWASP, CSV injection); in XLSX that is the cell's own `quotePrefix`. A text that
looks as if it had got one gets one too, so that taking one off always gives the text again.
"""

import csv
import io
import types
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import IO, Annotated, Any, ClassVar, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import orjson
import xlsxwriter  # type: ignore[import-untyped]
from pydantic import BaseModel

Kind = Literal["text", "number", "word", "instant", "day"]
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, "word"),  # before int, which it is a kind of
    (int, "number"),
    (Decimal, "number"),
    (float, "number"),
    (datetime, "instant"),  # before date, likewise
    (date, "day"),
)
LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its value lies in a row, and what it is."""

    path: tuple[str, ...]
    kind: Kind
    is_optional: bool

    @property
    def name(self) -> str:
        """The name of the field, as in JSON; parts of parts with a dot."""
        return ".".join(self.path)

    def stands_in(self, rows: Sequence[dict[str, Any]]) -> bool:
        """Whether the member sees it: what is hidden is left out of the rows."""
        return not self.is_optional or any(self.path[0] in row for row in rows)

    def value_in(self, row: dict[str, Any]) -> Any:
        """The cell's value: None, a word, a number or a text; structures are JSON."""
        value: Any = row
        for name in self.path:
            value = None if value is None else value.get(name)
        return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


@cache
def columns_of(shown: type[BaseModel]) -> list[Column]:
    """The columns of a list by what its `items` are declared to be."""
    [row] = get_args(shown.model_fields["items"].annotation)
    return list(_columns(row, ()))


def _columns(row: type[BaseModel], path: tuple[str, ...]) -> Iterator[Column]:
    for name, field in row.model_fields.items():
        base = _base_of(field.annotation)
        if isinstance(base, type) and issubclass(base, BaseModel):
            yield from _columns(base, (*path, name))
        else:
            kinds = [kind for known, kind in KINDS if base is known]
            kind: Kind = kinds[0] if kinds else "text"
            yield Column((*path, name), kind, is_optional=not (path or field.is_required()))


def _base_of(annotation: Any) -> Any:
    """What the value is, past `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return _base_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return _base_of(kinds[0]) if len(kinds) == 1 else annotation
    return annotation


class Table(ABC):
    """A table that is written row by row into a file of bytes."""

    most: ClassVar[float] = float("inf")

    @abstractmethod
    def begin(self, columns: Sequence[Column]) -> None:
        """Write the names of the columns."""

    @abstractmethod
    def write(self, columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> None:
        """Write rows below those before."""

    @abstractmethod
    def end(self) -> None:
        """Complete the file and stand at its end."""


class CsvTable(Table):
    """CSV in UTF-8 with lines that end as RFC 4180 says."""

    def __init__(self, file: IO[bytes], *, has_mark: bool, has_comma: bool) -> None:
        """With a decimal comma, semicolons part the fields, as spreadsheets expect it then."""
        self.text = io.TextIOWrapper(file, "utf-8-sig" if has_mark else "utf-8", newline="")
        self.lines = csv.writer(self.text, delimiter=";" if has_comma else ",")
        self.has_comma = has_comma

    def begin(self, columns: Sequence[Column]) -> None:
        """One line of names."""
        self.lines.writerow([each.name for each in columns])

    def write(self, columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> None:
        """One line a row."""
        self.lines.writerows(
            [self._cell(each.kind, each.value_in(row)) for each in columns] for row in rows
        )

    def end(self) -> None:
        """Hand the file back."""
        self.text.flush()
        self.text.detach()

    def _cell(self, kind: Kind, value: Any) -> str:
        if value is None:
            return ""
        if kind == "number":
            return str(value).replace(".", ",") if self.has_comma else str(value)
        if kind == "word":
            return "true" if value else "false"
        text = str(value)
        return f"'{text}" if _looks_quoted(text) else text


def _looks_quoted(text: str) -> bool:
    return text.lstrip("'").startswith(STARTS_FORMULA)


def unquoted(text: str) -> str:
    """The text of a cell of a CSV file without the apostrophe that kept it from being run."""
    return text[1:] if text.startswith("'") and _looks_quoted(text) else text


class XlsxTable(Table):
    """One sheet; each row leaves memory when the next begins."""

    most = 1_048_575  # the rows of a sheet, but for the names

    def __init__(self, file: IO[bytes], zone: ZoneInfo) -> None:
        """Sheets know no time zones: instants are shown in this one."""
        self.book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self.sheet = self.book.add_worksheet()
        self.zone = zone
        self.row = 0
        self.bold = self.book.add_format({"bold": True})
        self.quoted = self.book.add_format({"quote_prefix": True})
        self.instant = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})

    def begin(self, columns: Sequence[Column]) -> None:
        """The names, which stay in sight."""
        self.sheet.freeze_panes(1, 0)
        for place, each in enumerate(columns):
            self.sheet.write_string(0, place, each.name, self.bold)

    def write(self, columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> None:
        """Rows of typed cells."""
        for row in rows:
            self.row += 1
            for place, each in enumerate(columns):
                value = each.value_in(row)
                if value is not None:
                    self._put(place, each.kind, value)

    def end(self) -> None:
        """Pack the sheet into the file."""
        self.book.close()

    def _put(self, place: int, kind: Kind, value: Any) -> None:
        if kind == "number":
            self.sheet.write_number(self.row, place, float(value))
        elif kind == "word":
            self.sheet.write_boolean(self.row, place, bool(value))
        elif kind == "instant":
            moment = datetime.fromisoformat(value).astimezone(self.zone).replace(tzinfo=None)
            self.sheet.write_datetime(self.row, place, moment, self.instant)
        elif kind == "day":
            self.sheet.write_datetime(self.row, place, date.fromisoformat(value), self.day)
        else:
            text = str(value)[:LONGEST_CELL]
            quoted = self.quoted if text.startswith(STARTS_FORMULA) else None
            self.sheet.write_string(self.row, place, text, quoted)
