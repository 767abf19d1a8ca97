"""A tour of every route that needs a permission: one call each, with ids left open.

A new route belongs here; `test_tenancy.py` fails until it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from tests.making import (
    Person,
    make_address,
    make_colleague,
    make_customer,
    make_product,
)

ADDRESS = {"kind": "shipping", "lines": "1 Main Street", "country": "DE"}


@dataclass(frozen=True)
class Call:
    """A call; names in braces, in the path and in the body, stand for ids."""

    method: str
    path: str
    body: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def names(self) -> list[str]:
        """The ids it needs."""
        text = self.path + repr(self.body)
        return [name for name in IDS if f"{{{name}}}" in text]

    async def send(self, person: Person, ids: dict[str, str], **headers: str) -> Any:
        """Make the call."""
        path = self.path.format_map(ids | {"kind": "product"})
        return await person.client.request(
            self.method, path, json=_filled(self.body, ids), headers=headers
        )


IDS = (
    *("customer_id", "contact_id", "address_id", "product_id", "unit_id", "target_id"),
    *("member_id", "invitation_id"),
)


def _filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return body.format_map(ids) if isinstance(body, str) else body


def _batch(name: str, created: dict[str, str]) -> dict[str, Any]:
    return {
        "items": [
            {"op": "create", "data": {"name": "New", **created}},
            {"op": "change", "id": f"{{{name}}}", "data": {"name": "Changed"}},
            {"op": "archive", "id": f"{{{name}}}"},
            {"op": "restore", "id": f"{{{name}}}"},
        ]
    }


CUSTOMER = "/api/customers/{customer_id}"
CONTACT = CUSTOMER + "/contacts/{contact_id}"
ADDRESS_OF = CUSTOMER + "/addresses/{address_id}"
PRODUCT = "/api/products/{product_id}"
MEMBER = "/api/members/{member_id}"
CALLS = (
    Call("GET", "/api/customers"),
    Call("POST", "/api/customers", {"name": "New"}),
    Call("POST", "/api/customers/batch", _batch("customer_id", {})),
    Call("GET", CUSTOMER),
    Call("PATCH", CUSTOMER, {"name": "Patched", "email": "patched@example.com"}),
    Call("POST", CUSTOMER + "/archive"),
    Call("POST", CUSTOMER + "/restore"),
    Call("GET", CUSTOMER + "/contacts"),
    Call("POST", CUSTOMER + "/contacts", {"name": "New"}),
    Call("PATCH", CONTACT, {"name": "Patched"}),
    Call("DELETE", CONTACT),
    Call("GET", CUSTOMER + "/addresses"),
    Call("POST", CUSTOMER + "/addresses", ADDRESS),
    Call("PATCH", ADDRESS_OF, {"lines": "Patched"}),
    Call("DELETE", ADDRESS_OF),
    Call("DELETE", CUSTOMER),
    Call("GET", "/api/products"),
    Call("GET", "/api/units"),
    Call("POST", "/api/products", {"name": "New", "unit_id": "{unit_id}"}),
    Call("POST", "/api/products/batch", _batch("product_id", {"unit_id": "{unit_id}"})),
    Call("GET", PRODUCT),
    Call("PATCH", PRODUCT, {"name": "Patched", "unit_id": "{unit_id}"}),
    Call("POST", PRODUCT + "/archive"),
    Call("POST", PRODUCT + "/restore"),
    Call("GET", "/api/audit/{kind}/{target_id}"),
    Call("DELETE", PRODUCT),
    Call("GET", "/api/members"),
    Call("PATCH", MEMBER, {"role": "manager"}),
    Call("DELETE", MEMBER),
    Call("GET", "/api/invitations"),
    Call("POST", "/api/invitations", {"email": "invited@example.com", "role": "user"}),
    Call("DELETE", "/api/invitations/{invitation_id}"),
    Call("GET", "/api/organization"),
    Call("PATCH", "/api/organization", {"name": "Patched"}),
)


async def make_everything(app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    customer = await make_customer(person)
    path = f"/api/customers/{customer['id']}"
    contact = (await person.client.post(f"{path}/contacts", json={"name": "Jo"})).json()
    address = (await person.client.post(f"{path}/addresses", json=ADDRESS)).json()
    product = await make_product(person, cost_price="1")
    colleague = await make_colleague(app, person)
    await colleague.client.aclose()
    body = {"email": make_address(), "role": "user"}
    invitation = (await person.client.post("/api/invitations", json=body)).json()
    members = (await person.client.get("/api/members")).json()["items"]
    return {
        "customer_id": customer["id"],
        "contact_id": contact["id"],
        "address_id": address["id"],
        "product_id": product["id"],
        "unit_id": product["unit_id"],
        "target_id": product["id"],
        "member_id": next(each["id"] for each in members if not each["is_me"]),
        "invitation_id": invitation["id"],
    }
