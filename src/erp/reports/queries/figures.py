"""A figure and its rows run the same query: what is added up is what a list would list."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select

from erp.kernel.paging import Listing
from erp.kernel.workspace import Workspace
from erp.reports.schemas.tasks import Figure


def select_listed(
    work: Workspace,
    listing: Listing,
    values: Mapping[str, Any],
    *columns: ColumnElement[Any],
) -> Select[Any]:
    """Columns of every row that `fetch_page` would list with these values."""
    source: Any = listing.table if listing.source is None else listing.source
    mine = listing.table.c.organization_id == work.organization_id
    wanted = [where for name, where in listing.filters.items() if values.get(name) is not None]
    query: Select[Any] = source.select().with_only_columns(*columns).where(mine, *wanted)
    return query.params({**values, "organization": work.organization_id})


def figure(value: int | None, path: str, **query: object) -> Figure:
    """A sum beside the list of its rows; parameters that are None are left out."""
    given = {name: each for name, each in query.items() if each is not None}
    return Figure(value=int(value or 0), rows=f"{path}?{urlencode(given)}" if given else path)
