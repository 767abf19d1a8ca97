"""The tour's calls of products, and of their history."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, batch_of, listed
from tests.making import Person, make_product

PRODUCT = "/api/products/{product_id}"
CALLS = (
    *listed("/api/products"),
    *listed("/api/units"),
    Call("POST", "/api/products", {"name": "New", "unit_id": "{unit_id}"}),
    Call("POST", "/api/products/batch", batch_of("product_id", {"unit_id": "{unit_id}"})),
    Call("GET", PRODUCT),
    Call("PATCH", PRODUCT, {"name": "Patched", "unit_id": "{unit_id}"}),
    Call("POST", PRODUCT + "/archive"),
    Call("POST", PRODUCT + "/restore"),
    *listed("/api/audit/{kind}/{target_id}"),
    Call("DELETE", PRODUCT),
)


async def make_records(_app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    product = await make_product(person, cost_price="1")
    return {
        "product_id": product["id"],
        "unit_id": product["unit_id"],
        "target_id": product["id"],
    }
