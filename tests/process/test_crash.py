"""What was answered 201 is there, though the server is killed in the middle."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import httpx2
import pytest
from sqlalchemy import URL

from tests.process.running import Running, serving, settings_for, sign_in_at, sign_up_at

pytestmark = pytest.mark.anyio

CREATES = 200
CONNECTIONS = 25
ANSWERS_BEFORE_THE_KILL = 60


def request_for(number: int) -> dict[str, Any]:
    """Headers and body of one create, the same each time it is tried."""
    body = {"name": f"Product {number}", "sku": f"P-{number}", "sale_price": "9.99"}
    return {"json": body, "headers": {"Idempotency-Key": f"create-{number}"}}


async def create_until_killed(server: Running, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Post products over many connections and kill the server after some answers.

    Gives the products whose 201 arrived, before the kill or after it.
    """
    answered: list[dict[str, Any]] = []
    numbers = iter(range(CREATES))

    async def create(client: httpx2.AsyncClient) -> None:
        for number in numbers:
            answer = await client.post("/api/products", **request_for(number))
            assert answer.status_code == 201, answer.text
            answered.append(answer.json())
            if len(answered) == ANSWERS_BEFORE_THE_KILL:
                server.process.kill()

    async with httpx2.AsyncClient(base_url=server.base_url, headers=headers) as client:
        creators = [create(client) for _ in range(CONNECTIONS)]
        ends = await asyncio.gather(*creators, return_exceptions=True)
    unexpected = [end for end in ends if not isinstance(end, httpx2.TransportError)]
    assert unexpected == []
    return answered


def list_products(server: Running) -> dict[str, dict[str, Any]]:
    """Every product by its id."""
    with server.client(**sign_in_at(server)) as client:
        page = client.get("/api/products", params={"limit": 200}).json()
    return {product["id"]: product for product in page["items"]}


def ensure_sound(url: URL) -> None:
    """SQLite itself says whether the file is whole."""
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(url.database or "") as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        connection.close()
        assert (found, broken) == ([("ok",)], [])


async def test_every_answered_create_survives_a_kill(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url)
    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        answered = await create_until_killed(server, sign_in_at(server))
        server.process.wait()
    ensure_sound(empty_url)

    with serving(tmp_path, settings) as server:
        found = list_products(server)

    assert ANSWERS_BEFORE_THE_KILL <= len(answered) < CREATES
    assert [product for product in answered if product["id"] not in found] == []
    for product in answered:
        assert found[product["id"]]["sku"] == product["sku"]
    ensure_numbered_without_gaps(found)


def ensure_numbered_without_gaps(products: dict[str, dict[str, Any]]) -> None:
    """Each product got a number in the transaction that made it, so none is missing or double."""
    numbers = sorted(product["number"] for product in products.values())
    assert numbers == list(range(1, len(products) + 1))


async def test_repeating_every_create_after_a_kill_makes_each_product_once(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url)
    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        answered = await create_until_killed(server, sign_in_at(server))
        server.process.wait()

    with serving(tmp_path, settings) as server, server.client(**sign_in_at(server)) as client:
        for number in range(CREATES):
            answer = client.post("/api/products", **request_for(number))
            assert answer.status_code == 201, answer.text
        found = list_products(server)

    assert sorted(product["sku"] for product in found.values()) == sorted(
        f"P-{number}" for number in range(CREATES)
    )
    assert {product["id"] for product in answered} <= set(found)
