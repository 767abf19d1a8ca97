"""The tour's calls of products, and of their history."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI

from tests.architecture.calling import Call, batch_of, listed
from tests.making import Person, make_product

PRODUCT = "/api/products/{product_id}"
UNIT = "/api/units/{unit_id}"
CATEGORY = "/api/categories/{category_id}"
CALLS = (
    *listed("/api/products"),
    Call("GET", "/api/products/duplicates", query="name=New&sku=A&barcode=1"),
    *listed("/api/units"),
    Call("POST", "/api/units", {"code": "box", "name": "Box"}),
    Call("PATCH", UNIT, {"name": "Patched"}),
    Call("DELETE", UNIT),
    *listed("/api/categories"),
    Call("POST", "/api/categories", {"name": "New"}),
    Call("PATCH", CATEGORY, {"name": "Patched"}),
    Call("DELETE", "/api/categories/{category_id}"),
    Call("POST", "/api/products", {"name": "New", "unit_id": "{used_unit_id}"}),
    Call("POST", "/api/products/batch", batch_of("product_id", {"unit_id": "{used_unit_id}"})),
    Call("GET", PRODUCT),
    Call("PATCH", PRODUCT, {"name": "Patched", "unit_id": "{used_unit_id}"}),
    Call("POST", PRODUCT + "/archive"),
    Call("POST", PRODUCT + "/restore"),
    *listed("/api/audit/{kind}/{target_id}"),
    *(replace(call, query="since=2020-01-01T00:00:00Z") for call in listed("/api/deletions")),
    Call("DELETE", PRODUCT),
)


async def make_records(_app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    product = await make_product(person, cost_price="1")
    spare = (await person.client.post("/api/units", json={"code": "tin", "name": "Tin"})).json()
    category = (await person.client.post("/api/categories", json={"name": "Tools"})).json()
    return {
        "unit_id": spare["id"],
        "category_id": category["id"],
        "product_id": product["id"],
        "used_unit_id": product["unit_id"],
        "target_id": product["id"],
    }
