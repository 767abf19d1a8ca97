"""What crosses the border about imports by file."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from erp.kernel.fields import ABSENT, Edit, Input, InstantOut, Output, Text
from erp.kernel.paging import Page, PageQuery

Kind = Literal["products", "customers", "stock"]
State = Literal["uploaded", "mapped", "checked", "applied", "undone", "discarded"]
Outcome = Literal["create", "change", "skip", "error"]
Holds = Literal["text", "decimal", "whole", "flag", "day", "word"]
FileName = Annotated[str, Text(200)]


class Format(Input):
    """How a CSV file is written; days stand in the order year, month and day, or another."""

    encoding: Literal["utf-8", "utf-16", "windows-1252", "iso-8859-15"] = "utf-8"
    delimiter: Literal["comma", "semicolon", "tab", "pipe"] = "comma"
    decimal: Literal["point", "comma"] = "point"
    days: Literal["ymd", "dmy", "mdy"] = "ymd"


class Rule(Input):
    """Where a field comes from: a column, counted from 0, or a `value` in place of empty cells.

    Without a column the value holds for every row.
    """

    column: Annotated[int, Field(ge=0, le=999)] | None = None
    value: Annotated[str, Text(5000, lines=True)] | None = None


class UploadQuery(BaseModel):
    """What is in the file, and what it is called."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: FileName = "import"


class ImportEdit(Edit):
    """How the file is to be read; it must be checked again then.

    `mapping` is taken as a whole: what it does not name is left out.
    """

    format: Format = ABSENT
    mapping: Annotated[dict[str, Rule], Field(max_length=50)] = ABSENT


class FieldOut(Output):
    """What a column may hold."""

    name: str
    holds: Holds
    is_required: bool
    is_key: bool


class CountsOut(Output):
    """How many rows create, change and change nothing, and how many are wrong."""

    create: int = 0
    change: int = 0
    skip: int = 0
    error: int = 0


class EarlierOut(Output):
    """An import of the same file."""

    id: UUID
    state: State
    created_at: InstantOut


class ImportOut(Output):
    """An import by file. `format` is null for sheets; `earlier` had the very same file."""

    id: UUID
    kind: Kind
    state: State
    file_name: str
    digest: str
    format: Format | None
    columns: list[str]
    fields: list[FieldOut]
    mapping: dict[str, Rule]
    row_count: int
    counts: CountsOut | None
    earlier: EarlierOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    applied_at: InstantOut | None
    undone_at: InstantOut | None


class ImportRow(Output):
    """An import in a list."""

    id: UUID
    kind: Kind
    state: State
    file_name: str
    row_count: int
    version: int
    created_at: InstantOut
    applied_at: InstantOut | None
    undone_at: InstantOut | None


class ImportPage(Page):
    """Imports, newest first."""

    items: list[ImportRow]


class ImportQuery(PageQuery):
    """How to list imports."""

    sort: Literal["created_at", "-created_at"] = "-created_at"
    kind: Kind | None = None
    state: State | None = None


class RowError(Output):
    """Why a row is refused: the field, the name of its column, and what is wrong."""

    field: str | None
    column: str | None
    code: str
    detail: str


class LineOut(Output):
    """A row of the file; `changes` holds `[before, after]` by field."""

    line: int
    cells: list[str]
    outcome: Literal["unchecked", Outcome]
    target_id: UUID | None
    changes: dict[str, list[Any]]
    errors: list[RowError]


class LinePage(Page):
    """Rows of a file, in their order."""

    items: list[LineOut]


class LineQuery(PageQuery):
    """Which rows of a file to list."""

    sort: Literal["line", "-line"] = "line"
    outcome: Outcome | None = None
