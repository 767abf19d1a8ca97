"""Every list as a file too: CSV and XLSX with the same filters, all rows, in bounded memory.

A room declares it with one line above the list's route. The list's own function is read page by
page within one snapshot of the data and spooled to a temporary file, so that a fault is still a
problem and a slow client holds no connection (docs/decisions/0025).
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from erp.kernel.db import SNAPSHOT
from erp.kernel.errors import Conflict
from erp.kernel.http import refuses
from erp.kernel.tables import Column, CsvTable, Table, XlsxTable, columns_of
from erp.kernel.workspace import Workspace

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Rows = list[dict[str, Any]]
ROWS_AT_ONCE = 500
KEPT_IN_MEMORY = 1 << 20
CHUNK = 1 << 16


class TooManyRows(Conflict):
    """A sheet cannot hold that many rows; narrow the list down, or take CSV."""


class CsvOptions(BaseModel):
    """How the CSV is written."""

    model_config = ConfigDict(extra="forbid")

    bom: Annotated[
        bool, Field(description="Begin with a byte order mark, as some spreadsheets want it")
    ] = False
    decimal: Annotated[
        Literal["point", "comma"],
        Field(description="The decimal sign; with `comma`, semicolons part the fields"),
    ] = "point"

    def open(self, file: Any, _work: Workspace) -> Table:
        """A table to be written into the file."""
        return CsvTable(file, has_mark=self.bom, has_comma=self.decimal == "comma")


class XlsxOptions(BaseModel):
    """How the sheet is written: instants in the time zone of the organization."""

    model_config = ConfigDict(extra="forbid")

    def open(self, file: Any, work: Workspace) -> Table:
        """A table to be written into the file."""
        return XlsxTable(file, ZoneInfo(work.time_zone))


class CsvFile(StreamingResponse):
    """A list as text (RFC 4180)."""

    media_type = "text/csv"


class XlsxFile(StreamingResponse):
    """A list as a sheet (ISO/IEC 29500)."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


FILES: tuple[tuple[str, type[BaseModel], type[StreamingResponse]], ...] = (
    ("csv", CsvOptions, CsvFile),
    ("xlsx", XlsxOptions, XlsxFile),
)


def also_as_files(router: APIRouter) -> Callable[[Endpoint], Endpoint]:
    """Above the route of a list: the same as `.csv` and `.xlsx`, with the list's mark and filters.

    A field of its rows that is left out for want of a permission must have a default.
    """

    def add(endpoint: Endpoint) -> Endpoint:
        listed = cast("APIRoute", router.routes.pop())
        for ending, options, answer in FILES:
            router.add_api_route(
                f"{listed.path.removeprefix(router.prefix)}.{ending}",
                _exporting(listed, ending, options, answer),
                methods=["GET"],
                response_class=answer,
                responses={**listed.responses, **refuses(TooManyRows)},
                dependencies=[SNAPSHOT],
            )
        router.routes.append(listed)  # last: an id in its path would take `id.csv` as well
        return endpoint

    return add


def _exporting(
    listed: APIRoute, ending: str, options: type[BaseModel], answer: type[StreamingResponse]
) -> Callable[..., Any]:
    """A route that takes what the list takes but for paging, and what the kind of file takes."""
    taken = dict(inspect.signature(listed.endpoint).parameters)
    is_paged = "query" in taken
    model = _whole(_query_of(taken["query"]), options) if is_paged else options
    taken["query"] = inspect.Parameter(
        "query", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[model, Query()]
    )

    async def export(**given: Any) -> StreamingResponse:
        query, work = given.pop("query"), given["work"]
        pages = _pages(listed.endpoint, given, query if is_paged else None)
        file = await _spool(query, work, pages, listed.response_model)
        named = f"{listed.name.removeprefix('list_').replace('_', '-')}-{work.today()}.{ending}"
        headers = {
            "Content-Disposition": f'attachment; filename="{named}"',
            "Content-Length": str(file.tell()),
        }
        return answer(_chunks(file), headers=headers)

    export.__signature__ = inspect.Signature([*taken.values()])  # type: ignore[attr-defined]
    export.__name__ = f"{listed.name}_{ending}"
    export.__doc__ = f"The whole list as {ending.upper()}: the same filters, all rows."
    return export


def _query_of(parameter: inspect.Parameter) -> type[BaseModel]:
    model: type[BaseModel] = parameter.annotation.__origin__  # of Annotated[Model, Query()]
    return model


def _refuse_paging(_value: object) -> object:
    raise PydanticCustomError("unknown_parameter", "A file holds all rows")


_Unasked = (BeforeValidator(_refuse_paging), Query(include_in_schema=False))


def _whole(query: type[BaseModel], options: type[BaseModel]) -> type[BaseModel]:
    """The list's query with the options instead of paging."""
    paging: dict[str, Any] = {
        "limit": (Annotated[int, *_Unasked], ROWS_AT_ONCE),
        "cursor": (Annotated[str | None, *_Unasked], None),
        "offset": (Annotated[int, *_Unasked], 0),
        "count": (Annotated[str | None, *_Unasked], None),
    }
    name = query.__name__ + options.__name__.removesuffix("Options")
    made: type[BaseModel] = create_model(name, __base__=(query, options), **paging)
    return made


async def _pages(
    read: Callable[..., Any], given: dict[str, Any], query: BaseModel | None
) -> AsyncIterator[Rows]:
    if query is None:
        yield _content(await read(**given))["items"]
        return
    cursor: str | None = None
    while True:
        asked = query.model_copy(update={"cursor": cursor})
        page = _content(await read(**given, query=asked))
        yield page["items"]
        if (cursor := page["next_cursor"]) is None:
            return


def _content(answer: Any) -> dict[str, Any]:
    """What the list's route would have sent."""
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json")
    content: dict[str, Any] = orjson.loads(answer.body)
    return content


async def _spool(
    options: Any, work: Workspace, pages: AsyncIterator[Rows], shown: type[BaseModel]
) -> SpooledTemporaryFile[bytes]:
    file = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115  closed when it was sent
    table = options.open(file, work)
    try:
        await _fill(table, pages, columns_of(shown))
        await asyncio.to_thread(table.end)
    except BaseException:
        with suppress(Exception):  # sheets keep their rows in a file of their own until then
            table.end()
        file.close()
        raise
    return file


async def _fill(table: Table, pages: AsyncIterator[Rows], columns: list[Column]) -> None:
    """Write page by page in a thread, so that the loop answers others meanwhile."""
    rows = 0
    async for items in pages:
        if not rows:
            columns = [each for each in columns if each.stands_in(items)]
            table.begin(columns)
        rows += len(items)
        if rows > table.most:
            raise TooManyRows
        await asyncio.to_thread(table.write, columns, items)


def _chunks(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk
