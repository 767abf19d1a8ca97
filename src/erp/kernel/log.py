"""Structured logs: JSON in production, readable at a terminal, secrets masked at any depth."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson
import structlog

SECRET = re.compile(r"password|otp|token|secret|authorization|cookie|csrf|api_key", re.IGNORECASE)
NOISY = ("uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "alembic", "asyncio")


def set_up_logs(level: str, form: str) -> None:
    """Route the product's and every library's log lines through one chain to standard output."""
    as_json = form == "json" or (form == "auto" and not sys.stdout.isatty())
    structlog.configure(
        processors=[*_chain(), _render_json if as_json else _render_text],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        handlers=[_Forward()], level=max(logging.WARNING, logging.getLevelName(level)), force=True
    )
    for name in NOISY:
        logging.getLogger(name).handlers.clear()


def mask(value: Any) -> Any:
    """The value without what secret-looking keys hold, at any depth."""
    if isinstance(value, Mapping):
        return {
            key: "***" if SECRET.search(str(key)) else mask(kept) for key, kept in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask(kept) for kept in value]
    return value


def _chain() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        lambda _logger, _method, event: mask(event),
    ]


def _render_json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(event, default=str)


def _render_text(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    trace = event.pop("exception", "")
    head = f"{event.pop('timestamp')[11:19]} {event.pop('level'):7} {_one_line(event.pop('event'))}"
    rest = " ".join(f"{key}={_one_line(value)}" for key, value in event.items())
    return f"{head} {rest}{chr(10) if trace else ''}{trace}".encode("utf-8", "backslashreplace")


def _one_line(value: object) -> str:
    return str(value).encode("unicode_escape").decode("ascii")


class _Forward(logging.Handler):
    """Hands the lines of libraries to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        """Forward one line."""
        logger = structlog.get_logger()
        logger.log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )
