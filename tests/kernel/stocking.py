"""Many products at once, by SQL: lists need more rows than clients want to post."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import insert

from erp.kernel.schema import fold, new_id, plain
from erp.products.models import Product
from tests.making import Person, make_product, writing_all

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def stock(app: FastAPI, person: Person, *products: dict[str, Any]) -> list[str]:
    """Products of the person's organization with these columns; returns their ids in order."""
    first = await make_product(person, name="Pattern")
    me = (await person.client.get("/api/auth/me")).json()
    shared = {
        "organization_id": UUID(me["organization"]["id"]),
        "unit_id": UUID(first["unit_id"]),
        "kind": "goods",
        "currency": "EUR",
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
        "version": 1,
    }
    rows = [
        shared | _completed(number, columns) for number, columns in enumerate(products, start=1001)
    ]
    async with writing_all(app) as session:
        await session.execute(insert(Product.__table__), rows)
    await person.client.delete(f"/api/products/{first['id']}")
    return [str(row["id"]) for row in rows]


def _completed(number: int, columns: dict[str, Any]) -> dict[str, Any]:
    name, sku = columns.get("name", f"Thing {number}"), columns.get("sku")
    return {
        "id": new_id(),
        "number": number,
        "sku": sku,
        "sku_key": fold(sku) if sku else None,
        "name": name,
        "name_key": plain(name),
        "search_key": plain(f"{name} {sku or ''} {number}"),
        "sale_price": Decimal(columns.get("sale_price", "1")),
    } | {key: columns[key] for key in ("kind", "updated_at", "archived_at") if key in columns}
