"""The tour's calls of stock."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, listed
from tests.making import Person
from tests.stock.making import (
    count_line,
    line,
    location_of,
    make_count,
    make_location,
    make_posting,
    make_reservation,
    make_stocked,
)

STOCK = "/api/stock"
POSTING = STOCK + "/postings/{posting_id}"
RESERVATION = STOCK + "/reservations/{reservation_id}"
COUNT = STOCK + "/counts/{count_id}"
LOCATION = STOCK + "/locations/{location_id}"
GOODS = {"product_id": "{product}", "quantity": "1"}
CALLS = (
    *listed(STOCK),
    Call("GET", STOCK + "/explain", query="product={product}&location={place_id}"),
    *listed(STOCK + "/postings"),
    Call(
        "POST",
        STOCK + "/postings",
        {"kind": "receipt", "lines": [GOODS | {"to_location_id": "{place_id}"}]},
    ),
    Call("GET", POSTING),
    Call("POST", POSTING + "/reverse", {"reason": "Wrong"}),
    *listed(STOCK + "/reservations"),
    Call("POST", STOCK + "/reservations", GOODS | {"location_id": "{place_id}"}),
    Call("POST", RESERVATION + "/release"),
    *listed(STOCK + "/counts"),
    Call("POST", STOCK + "/counts", {"location_id": "{place_id}"}),
    Call("GET", COUNT),
    Call("PUT", COUNT + "/lines/{product}", {"counted": "3"}),
    Call("DELETE", COUNT + "/lines/{product}"),
    Call("POST", COUNT + "/post", {}, query="dry_run=true"),
    Call("POST", COUNT + "/cancel"),
    *listed(STOCK + "/locations"),
    Call("POST", STOCK + "/locations", {"code": "NEW", "name": "New"}),
    Call("PATCH", LOCATION, {"name": "Patched"}),
    Call("POST", LOCATION + "/archive"),
    Call("PUT", STOCK + "/rules/{product}", {"minimum": "2"}),
    Call("GET", STOCK + "/proof"),
    Call("POST", STOCK + "/proof"),
    Call("GET", STOCK + "/close"),
    Call("POST", STOCK + "/close", {"until": "2026-01-01"}),
)


async def make_records(_app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    stocked, other = await make_stocked(person), await make_stocked(person)
    posting = await make_posting(person, "receipt", line(stocked, "1"))
    reservation = await make_reservation(person, stocked, "2")
    count = await make_count(person, (other, "3"))
    await count_line(person, count, stocked, "7")
    location = await make_location(person, "EMPTY")
    return {
        "product": stocked["id"],
        "place_id": (await location_of(person))["id"],
        "posting_id": posting["id"],
        "reservation_id": reservation["id"],
        "count_id": count["id"],
        "location_id": location["id"],
    }
