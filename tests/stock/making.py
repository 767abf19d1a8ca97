"""Makers for tests of stock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from erp.organizations.access import PERMISSIONS, permissions_of
from tests.making import Person, make_product


async def post(person: Person, kind: str, *lines: dict[str, Any], **over: Any) -> Any:
    """Try a posting; the answer."""
    dry_run = {"dry_run": "true"} if over.pop("dry_run", False) else {}
    body = {"kind": kind, "lines": list(lines), **over}
    return await person.client.post("/api/stock/postings", json=body, params=dry_run)


def line(product: dict[str, Any], quantity: str, **over: Any) -> dict[str, Any]:
    """A line of a posting."""
    return {"product_id": product["id"], "quantity": quantity, **over}


async def make_posting(person: Person, kind: str, *lines: dict[str, Any], **over: Any) -> Any:
    """A posting that was made."""
    answer = await post(person, kind, *lines, **over)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_stocked(person: Person, quantity: str = "10", **over: Any) -> dict[str, Any]:
    """A product of which so much was received."""
    product = await make_product(person, **over)
    await make_posting(person, "receipt", line(product, quantity))
    return product


async def make_location(person: Person, code: str, **over: Any) -> dict[str, Any]:
    """A storage location."""
    body = {"code": code, "name": f"Storage {code}", **over}
    answer = await person.client.post("/api/stock/locations", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def location_of(person: Person, kind: str = "storage") -> dict[str, Any]:
    """The default storage, or one of the fixed ends."""
    answer = await person.client.get("/api/stock/locations")
    found = [each for each in answer.json()["items"] if each["kind"] == kind]
    chosen: dict[str, Any] = next((each for each in found if each["is_default"]), found[0])
    return chosen


async def stock_of(person: Person, product: dict[str, Any], **query: Any) -> dict[str, Any]:
    """The product's row in the list of stock."""
    params = {"product": product["id"], **query}
    answer = await person.client.get("/api/stock", params=params)
    assert answer.status_code == 200, answer.text
    [row] = answer.json()["items"]
    found: dict[str, Any] = row
    return found


async def on_hand(person: Person, product: dict[str, Any], **query: Any) -> str:
    """What is on hand of the product."""
    figure: str = (await stock_of(person, product, **query))["on_hand"]
    return figure


async def reserve(person: Person, product: dict[str, Any], quantity: str, **over: Any) -> Any:
    """Try to reserve; the answer."""
    body = {"product_id": product["id"], "quantity": quantity, **over}
    return await person.client.post("/api/stock/reservations", json=body)


async def make_reservation(
    person: Person, product: dict[str, Any], quantity: str, **over: Any
) -> dict[str, Any]:
    """Goods that were reserved."""
    answer = await reserve(person, product, quantity, **over)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def make_count(person: Person, *lines: tuple[dict[str, Any], str], **over: Any) -> Any:
    """A draft in which these products were counted."""
    answer = await person.client.post("/api/stock/counts", json=over)
    assert answer.status_code == 201, answer.text
    count = answer.json()
    for product, counted in lines:
        await count_line(person, count, product, counted)
    return count


async def count_line(
    person: Person, count: dict[str, Any], product: dict[str, Any], counted: str, **over: Any
) -> Any:
    """Note what was seen of a product."""
    path = f"/api/stock/counts/{count['id']}/lines/{product['id']}"
    answer = await person.client.put(path, json={"counted": counted, **over})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post_count(person: Person, count: dict[str, Any], **over: Any) -> Any:
    """Try to post the count; the answer."""
    return await person.client.post(f"/api/stock/counts/{count['id']}/post", json=over)


async def ensure_proven(person: Person) -> dict[str, Any]:
    """A proof that all is right."""
    answer = await person.client.post("/api/stock/proof")
    assert answer.status_code == 201, answer.text
    proof: dict[str, Any] = answer.json()
    assert proof["ok"], proof
    return proof


@contextmanager
def without_right(role: str, permission: str) -> Iterator[None]:
    """The role lacks the permission within the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PERMISSIONS, role, PERMISSIONS[role] - {permission})
        permissions_of.cache_clear()
        yield
    permissions_of.cache_clear()
