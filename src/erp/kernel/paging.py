"""Lists: declared columns, sorts and filters; one `fetch_page` that reads columns, not entities.

A room declares a `Listing` once. Its statements are built once per shape and cached, and rows go
from the driver to JSON bytes without entities in between (docs/performance.md says why).
"""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.reading import read_raw
from erp.kernel.schema import Id, Instant, Scaled, plain, unscaled
from erp.kernel.workspace import Workspace

AnySelect = Select[*tuple[Any, ...]]
Encode = Callable[[Sequence[Any]], dict[str, Any]]
EXACT_COUNT = 10_000
WORDS = 6


class PageQuery(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200, description="Rows per page")] = 50
    cursor: Annotated[
        str | None, Field(max_length=2000, description="`next_cursor` of the page before")
    ] = None
    offset: Annotated[
        int, Field(ge=0, le=10_000, description="Rows to skip; not with a cursor")
    ] = 0
    count: Annotated[
        Literal["true", "exact"] | None,
        Field(description="`true` adds `total`, exact to 10,000; `exact` counts to the end"),
    ] = None
    q: Annotated[str | None, Field(max_length=200, description="Words that must occur")] = None


class ArchivingQuery(PageQuery):
    """A list whose records can be archived."""

    archived: Annotated[bool, Field(description="Archived records instead of live ones")] = False


class Page(BaseModel):
    """One page of a list; `total` and `total_is_capped` stand only where a count was asked for."""

    limit: int
    next_cursor: str | None
    total: int | None = None
    total_is_capped: bool | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Listing:
    """What a list shows and how it can be asked.

    `sorts` maps the public word to an expression that is never null. `filters` maps a field of
    the room's query to a condition with `given(name)` in it. `search` is a column of folded text.
    `arrange` turns a flat row into what clients see, where that differs. `attach` adds to a page's
    rows what needs a statement of its own, one for all of them.
    """

    table: FromClause
    columns: Mapping[str, ColumnElement[Any]]
    sorts: Mapping[str, ColumnElement[Any]]
    filters: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    search: ColumnElement[str] | None = None
    source: FromClause | None = None
    arrange: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    attach: Callable[[Workspace, list[dict[str, Any]]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What one request asks of a listing, without its values: the key of the statement cache."""

    sort: str
    filters: tuple[str, ...]
    words: int
    archived: bool | None
    is_continued: bool
    without: frozenset[str]


def given(name: str) -> BindParameter[Any]:
    """The value of a filter, filled in at each request."""
    return bindparam(name)


async def fetch_page(
    work: Workspace,
    listing: Listing,
    query: PageQuery,
    *,
    without: frozenset[str] = frozenset(),
    **fixed: object,
) -> bytes:
    """One page as JSON bytes: `{items, limit, next_cursor}`, and the total if it was asked for.

    `without` names columns the member may not see; `fixed` fills filters that are not the client's,
    and what columns compare with, such as the present day.
    """
    words = plain(query.q or "").split()[:WORDS]
    values = {name: getattr(query, name, None) for name in listing.filters} | fixed
    shape = Shape(
        sort=getattr(query, "sort", next(iter(listing.sorts))),
        filters=tuple(name for name in listing.filters if values[name] is not None),
        words=len(words),
        archived=getattr(query, "archived", None),
        is_continued=query.cursor is not None,
        without=without,
    )
    parameters = fixed | {name: values[name] for name in shape.filters}
    parameters |= {f"word_{index}": _pattern(word) for index, word in enumerate(words)}
    parameters["organization"] = work.organization_id
    page = await _read_rows(work, listing, query, shape, parameters)
    if query.count:
        page |= await _count(work, listing, shape, parameters, exact=query.count == "exact")
    return orjson.dumps(page, option=orjson.OPT_UTC_Z)


async def fetch_one(
    work: Workspace,
    listing: Listing,
    record_id: UUID,
    *,
    without: frozenset[str] = frozenset(),
    **fixed: object,
) -> dict[str, Any]:
    """One record by its listing's columns, ready for JSON. Raises `NotFound`."""
    statement, encode = _record_statement(listing, without)
    key = fixed | {"organization": work.organization_id, "id": record_id}
    found = await read_raw(work.session, statement, key)
    if not found:
        raise NotFound
    shown = [encode(found[0])]
    if listing.attach:
        await listing.attach(work, shown)
    return shown[0]


async def _read_rows(
    work: Workspace, listing: Listing, query: PageQuery, shape: Shape, parameters: dict[str, Any]
) -> dict[str, Any]:
    bounds = {"rows": query.limit + 1, "skipped": query.offset}
    if query.cursor is not None:
        bounds |= _read_cursor(query.cursor, shape.sort, listing)
    statement, encode = _page_statement(listing, shape)
    found = await read_raw(work.session, statement, parameters | bounds)
    rows = found[: query.limit]
    more = len(found) > query.limit
    items = [encode(row) for row in rows]
    if listing.attach and items:
        await listing.attach(work, items)
    return {
        "items": items,
        "limit": query.limit,
        "next_cursor": make_cursor(shape.sort, rows[-1][-2], rows[-1][-1]) if more else None,
    }


async def _count(
    work: Workspace, listing: Listing, shape: Shape, parameters: dict[str, Any], *, exact: bool
) -> dict[str, Any]:
    [[total]] = await read_raw(work.session, _count_statement(listing, shape, exact), parameters)
    is_capped = not exact and total > EXACT_COUNT
    return {"total": EXACT_COUNT if is_capped else total, "total_is_capped": is_capped}


@lru_cache(maxsize=1024)
def _record_statement(listing: Listing, without: frozenset[str]) -> tuple[AnySelect, Encode]:
    shown = {name: each for name, each in listing.columns.items() if name not in without}
    shape = Shape("id", (), 0, None, is_continued=False, without=without)
    record = _filtered(_select_raw([*shown.values()]), listing, shape)
    return record.where(listing.table.c.id == bindparam("id")), _encoder(listing, shown)


def _select_raw(columns: Sequence[ColumnElement[Any]]) -> AnySelect:
    """The columns as the driver hands them out."""
    return select(
        *(type_coerce(column, NullType()).label(f"c{n}") for n, column in enumerate(columns))
    )


@lru_cache(maxsize=2048)
def _page_statement(listing: Listing, shape: Shape) -> tuple[AnySelect, Encode]:
    shown = {name: each for name, each in listing.columns.items() if name not in shape.without}
    order, ident = listing.sorts[shape.sort.removeprefix("-")], listing.table.c.id
    falls = shape.sort.startswith("-")
    statement = _filtered(_select_raw([*shown.values(), order, ident]), listing, shape)
    if shape.is_continued:
        place = tuple_(order, ident)
        after = tuple_(bindparam("last", type_=NullType()), bindparam("last_id", type_=NullType()))
        statement = statement.where(place < after if falls else place > after)
    else:
        statement = statement.offset(bindparam("skipped"))
    by = (ident,) if order is ident else (order, ident)
    ordered = [each.desc() if falls else each.asc() for each in by]
    return statement.order_by(*ordered).limit(bindparam("rows")), _encoder(listing, shown)


@lru_cache(maxsize=1024)
def _count_statement(listing: Listing, shape: Shape, exact: bool) -> AnySelect:  # noqa: FBT001
    ones: AnySelect = select(literal_column("1").label("one"))
    matching = _filtered(ones, listing, shape)
    if not exact:
        matching = matching.limit(EXACT_COUNT + 1)
    return select(func.count()).select_from(matching.subquery())


def _filtered(statement: AnySelect, listing: Listing, shape: Shape) -> AnySelect:
    table = listing.table
    source = table if listing.source is None else listing.source
    statement = statement.select_from(source)
    statement = statement.where(table.c.organization_id == bindparam("organization"))
    statement = statement.where(*(listing.filters[name] for name in shape.filters))
    if shape.archived is not None:
        archived_at = table.c.archived_at
        statement = statement.where(
            archived_at.is_not(None) if shape.archived else archived_at.is_(None)
        )
    if listing.search is not None:
        for number in range(shape.words):
            word: BindParameter[str] = bindparam(f"word_{number}")
            statement = statement.where(listing.search.like(word, escape="\\"))
    return statement


def _encoder(listing: Listing, shown: Mapping[str, ColumnElement[Any]]) -> Encode:
    """From a driver's row to what JSON can hold; instants and ids are ready as they come."""
    names = tuple(shown)
    special = [
        (name, convert)
        for name, column in shown.items()
        for kind, convert in CONVERTERS
        if isinstance(column.type, kind)
    ]

    def encode(row: Sequence[Any]) -> dict[str, Any]:
        item = dict(zip(names, row, strict=False))
        for name, convert in special:
            if item[name] is not None:
                item[name] = convert(item[name])
        return listing.arrange(item) if listing.arrange else item

    return encode


def _from_json(value: Any) -> Any:
    """SQLite keeps JSON as text, PostgreSQL's driver has read it already."""
    return orjson.loads(value) if isinstance(value, str) else value


CONVERTERS: tuple[tuple[type[TypeEngine[Any] | TypeDecorator[Any]], Callable[[Any], Any]], ...] = (
    (Scaled, unscaled),
    (Boolean, bool),
    (JSON, _from_json),
)


def _pattern(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def make_cursor(sort: str, value: Any, last_id: UUID | str) -> str:
    """Where a list goes on after the row with this value and id."""
    shown = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(orjson.dumps([sort, shown, str(last_id)])).decode().rstrip("=")


def _read_cursor(cursor: str, sort: str, listing: Listing) -> dict[str, Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, last, last_id = orjson.loads(base64.urlsafe_b64decode(padded))
        _ensure_fits(listing.sorts[made_for.removeprefix("-")].type, last)
        if made_for == sort:
            return {"last": last, "last_id": str(UUID(last_id))}
    except (ValueError, TypeError, AttributeError, KeyError):
        pass
    raise wrong_field("?cursor", "cursor_invalid", "Use next_cursor with the same sort")


def _ensure_fits(kind: TypeEngine[Any], last: Any) -> None:
    """A cursor may be made up: what the database could not compare is refused here."""
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
