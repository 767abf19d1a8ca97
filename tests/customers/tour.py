"""The tour's calls of customers."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, batch_of, listed
from tests.making import Person, make_customer

ADDRESS = {"kind": "shipping", "lines": "1 Main Street", "country": "DE"}
CUSTOMER = "/api/customers/{customer_id}"
CONTACT = CUSTOMER + "/contacts/{contact_id}"
ADDRESS_OF = CUSTOMER + "/addresses/{address_id}"
CALLS = (
    *listed("/api/customers"),
    Call("POST", "/api/customers", {"name": "New"}),
    Call("POST", "/api/customers/batch", batch_of("customer_id", {})),
    Call("GET", "/api/customers/duplicates", query="name=New&email=a@b.c&phone=1&vat_id=1"),
    *listed("/api/customer-merges"),
    Call("POST", "/api/customer-merges/{merge_id}/undo"),
    Call("POST", CUSTOMER + "/merge", {"absorbed_id": "{absorbed_id}"}, "dry_run=true"),
    Call("GET", CUSTOMER),
    Call("PATCH", CUSTOMER, {"name": "Patched", "email": "patched@example.com"}),
    Call("POST", CUSTOMER + "/archive"),
    Call("POST", CUSTOMER + "/restore"),
    *listed(CUSTOMER + "/contacts"),
    Call("POST", CUSTOMER + "/contacts", {"name": "New"}),
    Call("PATCH", CONTACT, {"name": "Patched"}),
    Call("DELETE", CONTACT),
    *listed(CUSTOMER + "/addresses"),
    Call("POST", CUSTOMER + "/addresses", ADDRESS),
    Call("PATCH", ADDRESS_OF, {"lines": "Patched"}),
    Call("DELETE", ADDRESS_OF),
    Call("DELETE", CUSTOMER),
)


async def make_records(_app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    customer = await make_customer(person)
    path = f"/api/customers/{customer['id']}"
    contact = (await person.client.post(f"{path}/contacts", json={"name": "Jo"})).json()
    address = (await person.client.post(f"{path}/addresses", json=ADDRESS)).json()
    absorbed, survivor, extra = [await make_customer(person) for _ in range(3)]
    merge = await person.client.post(
        f"/api/customers/{survivor['id']}/merge", json={"absorbed_id": extra["id"]}
    )
    return {
        "absorbed_id": absorbed["id"],
        "merge_id": merge.json()["id"],
        "customer_id": customer["id"],
        "contact_id": contact["id"],
        "address_id": address["id"],
    }
