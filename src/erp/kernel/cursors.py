"""Where a page ended, as clients carry it: opaque, and refused when it was made up."""

import base64
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Date, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

from erp.kernel.errors import wrong_field
from erp.kernel.schema import Id, Instant, Scaled


class Place(NamedTuple):
    """The last row of a page; for a feed also when its first page was read."""

    last: Any
    last_id: str
    begun: datetime | None


def make_cursor(sort: str, place: Place) -> str:
    """The place as text for an address."""
    shown = place.last.isoformat() if isinstance(place.last, date) else place.last
    told = [sort, shown, place.last_id]
    if place.begun is not None:
        told.append(place.begun.isoformat())
    return base64.urlsafe_b64encode(orjson.dumps(told)).decode().rstrip("=")


def read_cursor(
    cursor: str, sort: str, kind: TypeEngine[Any] | TypeDecorator[Any], *, is_feed: bool
) -> Place:
    """The place; raises `ValidationFailed` for another sort, a feed, or what we did not make."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, last, last_id, *begun = orjson.loads(base64.urlsafe_b64decode(padded))
        _ensure_fits(kind, last)
        if made_for == sort and len(begun) == is_feed:
            return Place(last, str(UUID(last_id)), _moment(begun[0]) if begun else None)
    except (ValueError, TypeError, AttributeError):
        pass
    raise wrong_field("?cursor", "cursor_invalid", "Use next_cursor with the same sort")


def _moment(told: str) -> datetime:
    """An instant far enough from the ends of time to be reckoned with."""
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None or not 2000 < moment.year < 9000:
        raise ValueError(told)
    return moment


def _ensure_fits(kind: TypeEngine[Any] | TypeDecorator[Any], last: Any) -> None:
    """What the database could not compare is refused here."""
    if isinstance(kind, Instant):
        datetime.fromisoformat(last)
    elif isinstance(kind, Date):
        date.fromisoformat(last)
    elif isinstance(kind, Id):
        UUID(last)
    elif isinstance(kind, Scaled | Integer):
        if type(last) is not int or abs(last) >= 2**63:
            raise ValueError(last)
    elif not isinstance(last, str) or "\0" in last:
        raise ValueError(last)
