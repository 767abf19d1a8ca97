"""Rows as lines of JSON: ids, decimals, days and instants as exact texts, whatever the database."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Table, Text

from erp.audit.actions import as_json
from erp.kernel.schema import Id, Instant, Key, Scaled, scaled

LARGEST = 2**63

READERS: dict[type, tuple[type, Callable[[Any], Any]]] = {
    Id: (str, UUID),
    Instant: (str, datetime.fromisoformat),
    Scaled: (str, Decimal),
    Date: (str, date.fromisoformat),
    Key: (str, str),
    Text: (str, str),
    BigInteger: (int, int),
    Boolean: (bool, bool),
    JSON: (object, lambda value: value),
}


def write_line(row: Mapping[str, Any]) -> bytes:
    """The row as one line."""
    told = {name: as_json(value) for name, value in row.items()}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.encode() + b"\n"


def read_line(table: Table, columns: list[str], line: bytes) -> dict[str, Any]:
    """The row that a line tells. Raises `ValueError` for what `write_line` would not have written.

    What may be empty and what refers to what, the database decides.
    """
    given = json.loads(line)
    if not isinstance(given, dict) or list(given) != columns:
        raise ValueError("it does not have the columns of the table")
    return {name: _read_value(table.c[name], value) for name, value in given.items()}


def _read_value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    kind, read = READERS[type(column.type)]
    try:
        found = read(value) if kind in (type(value), object) else None
        is_exact = found is not None and as_json(found) == value and _fits(found)
    except (ValueError, ArithmeticError):  # what a decimal is not, is told as arithmetic
        is_exact = False
    if not is_exact:
        raise ValueError(f"{column.name} is not written as it should be")
    return found


def _fits(value: Any) -> bool:
    """Whether both databases can hold the number."""
    number = scaled(value) if isinstance(value, Decimal) else value
    return not isinstance(number, int) or -LARGEST <= number < LARGEST
