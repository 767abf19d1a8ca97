"""Imports by file: lists, and what one import's rows say."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam
from sqlalchemy import select as columns_from  # noqa: TID251  ids of the organization's records

from erp.customers.models import Customer
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.reading import read_rows
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.products.models import Product
from erp.transfer.models import Import, ImportRow
from erp.transfer.schemas.imports import (
    CountsOut,
    EarlierOut,
    FieldOut,
    ImportOut,
    ImportQuery,
    LineQuery,
)

EARLIER = 20
_imports, _rows = (cast("Table", each.__table__).c for each in (Import, ImportRow))

IMPORTS = Listing(
    table=Import.__table__,
    columns={
        name: _imports[name]
        for name in (
            *("id", "kind", "state", "file_name", "row_count", "version"),
            *("created_at", "applied_at", "undone_at"),
        )
    },
    sorts={"created_at": _imports.created_at},
    filters={"kind": _imports.kind == given("kind"), "state": _imports.state == given("state")},
)
LINES = Listing(
    table=ImportRow.__table__,
    columns={
        name: _rows[name] for name in ("line", "cells", "outcome", "target_id", "changes", "errors")
    },
    sorts={"line": _rows.line},
    filters={
        "import_id": _rows.import_id == given("import_id"),
        "outcome": _rows.outcome == given("outcome"),
    },
)


async def list_imports(work: Workspace, query: ImportQuery) -> bytes:
    """One page of imports as JSON, newest first."""
    return await fetch_page(work, IMPORTS, query)


async def list_lines(work: Workspace, import_id: UUID, query: LineQuery) -> bytes:
    """One page of a file's rows as JSON. Raises `NotFound`."""
    await work.get(Import, import_id)
    return await fetch_page(work, LINES, query, import_id=import_id)


async def list_checked(work: Workspace, record: Import) -> list[Any]:
    """What the check noted of each row."""
    query = work.select(ImportRow).where(ImportRow.import_id == record.id)
    columns = (
        *(ImportRow.id, ImportRow.line, ImportRow.outcome),
        *(ImportRow.target_id, ImportRow.version, ImportRow.changes),
    )
    return list(await work.session.execute(query.with_only_columns(*columns)))


async def list_written(work: Workspace, record: Import) -> list[Any]:
    """The rows that made or changed something, the last one first."""
    query = work.select(ImportRow).where(ImportRow.import_id == record.id)
    query = query.where(ImportRow.outcome.in_(("create", "change")))
    columns = (
        *(ImportRow.line, ImportRow.outcome, ImportRow.target_id),
        *(ImportRow.version, ImportRow.before),
    )
    ordered = query.with_only_columns(*columns).order_by(ImportRow.line.desc())
    return list(await work.session.execute(ordered))


async def find_earlier(work: Workspace, kind: str) -> list[Import]:
    """The last imports of this kind whose columns somebody looked at, newest first."""
    query = work.select(Import).where(Import.kind == kind)
    query = query.where(Import.state.not_in(("uploaded", "discarded")))
    return list(await work.session.scalars(query.order_by(Import.id.desc()).limit(EARLIER)))


async def show_import(work: Workspace, record: Import, fields: Iterable[Any]) -> ImportOut:
    """The import as clients see it, with the fields that its columns may hold."""
    names = set(ImportOut.model_fields) - {"fields", "counts", "earlier"}
    return ImportOut(
        **{name: getattr(record, name) for name in names},
        fields=[FieldOut.model_validate(field) for field in fields],
        counts=CountsOut(**record.counts) if record.counts else None,
        earlier=await _find_twin(work, record),
    )


async def _find_twin(work: Workspace, record: Import) -> EarlierOut | None:
    """The last import of the very same file before this one."""
    query = work.select(Import).where(Import.kind == record.kind, Import.digest == record.digest)
    query = query.where(Import.id < record.id, Import.state != "discarded")
    found = (await work.session.scalars(query.order_by(Import.id.desc()).limit(1))).first()
    return EarlierOut.model_validate(found) if found else None


def _id_by(column: Any, *conditions: Any) -> Select[Any]:
    """Built once, since a file asks thousands of times."""
    table = column.class_.__table__.c
    mine = table.organization_id == bindparam("organization")
    return columns_from(table.id).where(mine, table[column.key] == bindparam("key"), *conditions)


_PRODUCT_BY_SKU, _PRODUCT_BY_NUMBER = _id_by(Product.sku_key), _id_by(Product.number)
_CUSTOMER_BY_NUMBER = _id_by(Customer.number)
_CUSTOMER_BY_EMAIL = _id_by(Customer.email_key, Customer.__table__.c.archived_at.is_(None))


async def _find_id(work: Workspace, query: Select[Any], key: object) -> UUID | None:
    given_key = {"organization": work.organization_id, "key": key}
    found = await read_rows(work.session, query, given_key)
    return found[0].id if found else None


async def find_product_id(work: Workspace, sku: str | None, number: int | None) -> UUID | None:
    """The product with this SKU; without one, that with this number."""
    if sku:
        return await _find_id(work, _PRODUCT_BY_SKU, fold(sku))
    return None if number is None else await _find_id(work, _PRODUCT_BY_NUMBER, number)


async def find_customer(work: Workspace, number: int | None, email: str | None) -> Customer | None:
    """The customer with this number, or else the live one with this address."""
    found = None if number is None else await _find_id(work, _CUSTOMER_BY_NUMBER, number)
    if found is None and email is not None:
        found = await _find_id(work, _CUSTOMER_BY_EMAIL, fold(email))
    return None if found is None else await work.get(Customer, found)
