"""JSON that means the same to everyone who reads it (RFC 8259 leaves some of it open)."""

import json
from typing import Any

from fastapi import Request

from erp.kernel.errors import Malformed

NUMBER_DIGITS = 400


class StrictRequest(Request):
    """A request whose JSON means the same to everyone who reads it."""

    async def json(self) -> Any:
        """The body. Raises `Malformed` for what JSON readers disagree about (RFC 8259)."""
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json


def read_json(body: bytes) -> Any:
    """Parse JSON, refusing NaN, repeated names, lone surrogates, NUL and endless numbers."""
    try:
        parsed = json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_short_int,
            parse_float=_short_float,
            object_pairs_hook=_distinct_names,
        )
        if b"\\u" in body:
            _ensure_texts_are_clean(parsed)
    except RecursionError:
        raise Malformed("The JSON is nested too deeply") from None
    except UnicodeError:
        raise Malformed("The body is not valid UTF-8") from None
    except ValueError as error:
        said = str(error) if isinstance(error, _Unclear) else "The body is not valid JSON"
        raise Malformed(said) from None
    return parsed


class _Unclear(ValueError):
    """JSON that readers understand differently."""


def _refuse_constant(name: str) -> None:
    raise _Unclear(f"{name} is not JSON")


def _short_int(digits: str) -> int:
    if len(digits) > NUMBER_DIGITS:
        raise _Unclear("A number has too many digits")
    return int(digits)


def _short_float(digits: str) -> float:
    number = float(digits)
    if len(digits) > NUMBER_DIGITS or number in (float("inf"), float("-inf")):
        raise _Unclear("A number is too large")
    return number


def _distinct_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise _Unclear("A name stands twice in one object")
    return read


def _ensure_texts_are_clean(value: Any) -> None:
    if isinstance(value, str):
        value.encode("utf-8")
        if "\0" in value:
            raise _Unclear("NUL is not allowed in texts")
    elif isinstance(value, list):
        for each in value:
            _ensure_texts_are_clean(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            _ensure_texts_are_clean(name)
            _ensure_texts_are_clean(each)
