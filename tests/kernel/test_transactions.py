"""One request, one transaction: committed before the answer leaves, or not at all."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from starlette.types import Message

from erp.kernel.db import Database, Interrupted, RequestSession
from erp.kernel.errors import Conflict, DatabaseBusy
from erp.products.models import Product
from tests.kernel.conftest import boxes_in, hang, put
from tests.making import Person, make_client, make_product, reading_all

pytestmark = pytest.mark.anyio


async def post_watching_the_answer(app: FastAPI, person: Person, seen: list[bool]) -> None:
    """Post a product; when the answer is on its way, look for the row on another connection."""
    body = json.dumps({"name": "Lamp"}).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    headers["authorization"] = person.client.headers["authorization"]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/api/products",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50_000),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            made = UUID(json.loads(message["body"])["id"])
            async with reading_all(app) as session:
                query = select(func.count()).where(Product.id == made)
                seen.append(await session.scalar(query) == 1)

    await app(scope, receive, send)


async def test_what_was_answered_is_committed(app: FastAPI, person: Person) -> None:
    seen: list[bool] = []

    for _ in range(200):
        await post_watching_the_answer(app, person, seen)

    assert seen == [True] * 200


async def test_a_refused_request_leaves_nothing_and_takes_no_number(person: Person) -> None:
    await make_product(person, sku="A-1")

    refused = await person.client.post("/api/products", json={"name": "Twin", "sku": "A-1"})
    after = await make_product(person)

    assert refused.status_code == 409
    assert after["number"] == 2


@pytest.mark.parametrize("failure", [Conflict(), ZeroDivisionError()])
async def test_a_failing_request_leaves_nothing(spare: FastAPI, failure: Exception) -> None:
    async def write_and_fail(session: RequestSession) -> None:
        await put(session, 1)
        raise failure

    hang(spare, "POST", "/fail", write_and_fail)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/fail")

    assert answer.status_code in (409, 500)
    assert await boxes_in(spare.state.database) == []


async def test_a_request_whose_client_left_leaves_nothing(small: Database) -> None:
    async def write_and_wait(box: int) -> None:
        async with small.writing() as session:
            await put(session, box)
            await asyncio.sleep(60)

    for _ in range(5):
        tasks = [asyncio.create_task(write_and_wait(box)) for box in (1, 2, 3)]
        await asyncio.sleep(0.03)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(2), small.writing() as session:
        await put(session, 4)

    assert await boxes_in(small) == [4]


async def test_a_get_cannot_write(small: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        async with small.reading() as session:
            await put(session, 1)

    async with small.writing() as session:  # the next writer on that connection can
        await put(session, 2)
    assert await boxes_in(small) == [2]


async def test_an_interrupted_request_is_tried_again_once(spare: FastAPI) -> None:
    attempts = count(1)

    async def interrupted_once(session: RequestSession, body: list[int]) -> dict[str, int]:
        attempt = next(attempts)
        await put(session, *body)
        if attempt == 1:
            raise Interrupted(is_repeatable=True)
        return {"attempt": attempt}

    hang(spare, "POST", "/once", interrupted_once)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/once", json=[7, 8])

    assert (answer.status_code, answer.json()) == (200, {"attempt": 2})
    assert await boxes_in(spare.state.database) == [7, 8]


@pytest.mark.parametrize(
    ("interruption", "tries"),
    [(Interrupted(is_repeatable=True), 2), (Interrupted(is_repeatable=False), 1)],
)
async def test_an_interruption_that_stays_is_answered_with_when_to_return(
    spare: FastAPI, interruption: Interrupted, tries: int
) -> None:
    attempts: list[None] = []

    async def interrupted(session: RequestSession) -> None:
        attempts.append(None)
        await put(session, 1)
        raise interruption

    hang(spare, "POST", "/always", interrupted)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/always")

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["code"] == "database_busy"
    assert len(attempts) == tries
    assert await boxes_in(spare.state.database) == []


async def test_whoever_waits_too_long_for_a_place_is_told_when_to_return(
    spare: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erp.kernel.db.WAIT_SECONDS", 0.05)
    database, may_end = spare.state.database, asyncio.Event()

    async def hold_a_place() -> None:
        async with database.writing() as session:
            await session.execute(text("SELECT 1"))
            await may_end.wait()

    async def write(session: RequestSession) -> None:
        await put(session, 1)

    hang(spare, "POST", "/write", write)
    holding = [asyncio.create_task(hold_a_place()) for _ in range(1 if database.is_sqlite else 2)]
    await asyncio.sleep(0.02)

    async with make_client(spare) as client:
        refused = await client.post("/api/spare/write")
        may_end.set()
        await asyncio.gather(*holding)
        served = await client.post("/api/spare/write")

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["code"] == DatabaseBusy.code()
    assert served.status_code == 200


async def test_places_are_given_in_the_order_of_asking(small: Database) -> None:
    served: list[int] = []

    async def write(number: int) -> None:
        async with small.writing() as session:
            served.append(number)  # at once: the databases' own pace is another matter
            await put(session, number)

    await asyncio.gather(*(write(number) for number in range(40)))

    assert sorted(served) == list(range(40))
    assert max(abs(place - number) for place, number in enumerate(served)) <= 2  # two at once
