"""Lists: declared columns, sorts and filters; one `fetch_page` that reads columns, not entities.

A room declares a `Listing` once. Its statements are built once per shape and cached, and rows go
from the driver to JSON bytes without entities in between (docs/performance.md says why).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    FromClause,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from erp.kernel.clock import rfc3339
from erp.kernel.cursors import Place, make_cursor, read_cursor
from erp.kernel.db import LONGEST_WRITE
from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.fields import InstantIn, InstantOut
from erp.kernel.reading import read_raw
from erp.kernel.schema import Scaled, plain, unscaled
from erp.kernel.workspace import Workspace

AnySelect = Select[*tuple[Any, ...]]
Encode = Callable[[Sequence[Any]], dict[str, Any]]
EXACT_COUNT = 10_000
FEED = "updated_at"
MOST_PARTS = 1_000_000
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


class FeedQuery(PageQuery):
    """A list that can also be followed: what changed since, in the order of the changes."""

    updated_since: Annotated[
        InstantIn | None,
        Field(
            description="Archived and live records changed since then, oldest change first; "
            "next time, send `next_since`. A record may come again, none is left out"
        ),
    ] = None


class ArchivingQuery(FeedQuery):
    """A list whose records can be archived."""

    archived: Annotated[bool, Field(description="Archived records instead of live ones")] = False


class Page(BaseModel):
    """One page of a list; what has a default stands only where it was asked for."""

    limit: int
    next_cursor: str | None
    total: int | None = None
    total_is_capped: bool | None = None
    next_since: InstantOut | None = None


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
    is_feed: bool
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
    since = _read_since(query)
    values = {name: getattr(query, name, None) for name in listing.filters} | fixed
    shape = Shape(
        sort=FEED if since else getattr(query, "sort", next(iter(listing.sorts))),
        filters=tuple(name for name in listing.filters if values[name] is not None),
        words=len(words),
        archived=_wanted_archived(query, is_feed=since is not None),
        is_continued=query.cursor is not None,
        is_feed=since is not None,
        without=without,
    )
    parameters = fixed | {name: values[name] for name in shape.filters}
    parameters |= {f"word_{index}": _pattern(word) for index, word in enumerate(words)}
    parameters |= {"organization": work.organization_id, "since": since}
    page = await _read_rows(work, listing, query, shape, parameters)
    if query.count:
        page |= await _count(work, listing, shape, parameters, exact=query.count == "exact")
    return orjson.dumps(page, option=orjson.OPT_UTC_Z)


def _read_since(query: PageQuery) -> datetime | None:
    since: datetime | None = getattr(query, "updated_since", None)
    if since is not None:
        for name in {"sort", "offset"} & query.model_fields_set:
            raise wrong_field(f"?{name}", "not_in_a_feed", "A feed has an order of its own")
    return since


def _wanted_archived(query: PageQuery, *, is_feed: bool) -> bool | None:
    """A feed tells of archiving, too, unless it was asked for one side alone."""
    if is_feed and "archived" not in query.model_fields_set:
        return None
    return getattr(query, "archived", None)


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


async def fetch_all(
    work: Workspace, listing: Listing, *, without: frozenset[str] = frozenset(), **fixed: object
) -> list[dict[str, Any]]:
    """Every row that the fixed filters leave, by the first sort: the parts of one record."""
    sort = next(iter(listing.sorts))
    shape = Shape(sort, tuple(fixed), 0, None, is_continued=False, is_feed=False, without=without)
    statement, encode = _page_statement(listing, shape)
    bounds = {"rows": MOST_PARTS, "skipped": 0, "organization": work.organization_id}
    return [encode(row) for row in await read_raw(work.session, statement, fixed | bounds)]


async def _read_rows(
    work: Workspace, listing: Listing, query: PageQuery, shape: Shape, parameters: dict[str, Any]
) -> dict[str, Any]:
    bounds: dict[str, Any] = {"rows": query.limit + 1, "skipped": query.offset}
    begun = work.now() if shape.is_feed else None  # before the statement: later commits come later
    if query.cursor is not None:
        kind = listing.sorts[shape.sort.removeprefix("-")].type
        place = read_cursor(query.cursor, shape.sort, kind, is_feed=shape.is_feed)
        bounds |= {"last": place.last, "last_id": place.last_id}
        begun = place.begun
    statement, encode = _page_statement(listing, shape)
    found = await read_raw(work.session, statement, parameters | bounds)
    rows = found[: query.limit]
    more = len(found) > query.limit
    items = [encode(row) for row in rows]
    if listing.attach and items:
        await listing.attach(work, items)
    last = Place(rows[-1][-2], str(rows[-1][-1]), begun) if more else None
    page = {
        "items": items,
        "limit": query.limit,
        "next_cursor": last and make_cursor(shape.sort, last),
    }
    return page | ({"next_since": rfc3339(begun - LONGEST_WRITE)} if begun else {})


async def _count(
    work: Workspace, listing: Listing, shape: Shape, parameters: dict[str, Any], *, exact: bool
) -> dict[str, Any]:
    [[total]] = await read_raw(work.session, _count_statement(listing, shape, exact), parameters)
    is_capped = not exact and total > EXACT_COUNT
    return {"total": EXACT_COUNT if is_capped else total, "total_is_capped": is_capped}


@lru_cache(maxsize=1024)
def _record_statement(listing: Listing, without: frozenset[str]) -> tuple[AnySelect, Encode]:
    shown = {name: each for name, each in listing.columns.items() if name not in without}
    shape = Shape("id", (), 0, None, is_continued=False, is_feed=False, without=without)
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
    if shape.is_feed:
        statement = statement.where(listing.sorts[FEED] >= bindparam("since"))
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
