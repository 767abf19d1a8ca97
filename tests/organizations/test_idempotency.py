"""A creating request that is sent twice takes effect once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import func, select

from erp.app import create_app
from erp.kernel import db, sqlite
from erp.kernel.jobs import Job
from erp.kernel.schema import NO_ORGANIZATION
from erp.organizations.jobs import clean_up_outbox
from erp.organizations.models import IdempotencyKey
from tests.making import (
    MovableClock,
    Person,
    make_client,
    make_colleague,
    make_customer,
    make_product,
    reading_all,
    workspace_of,
)

pytestmark = pytest.mark.anyio

# PostgreSQL waits on the twin's row, SQLite on the write lock of whoever it is.
IN_FLIGHT = {"postgres": ("request_in_flight", 409), "sqlite": ("database_busy", 503)}
LAMP = {"name": "Lamp", "sku": "L-1"}


async def post(person: Person, key: str, path: str = "/api/products", **body: Any) -> Response:
    return await person.client.post(path, json=body or LAMP, headers={"Idempotency-Key": key})


async def total(person: Person, path: str = "/api/products") -> int:
    count: int = (await person.client.get(path, params={"count": "exact"})).json()["total"]
    return count


async def keys_like(app: FastAPI, key: str) -> int:
    query = select(func.count()).select_from(IdempotencyKey).where(IdempotencyKey.key == key)
    async with reading_all(app) as session:
        return await session.scalar(query) or 0


async def sign_in_again(person: Person) -> None:
    """Access tokens of before are over when the clock was moved."""
    body = {"email": person.email, "password": person.password}
    person.client.headers.pop("Authorization")
    answer = await person.client.post("/api/auth/login", json=body)
    person.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


async def test_a_repeated_request_gets_the_same_answer_and_has_one_effect(person: Person) -> None:
    key = str(uuid4())

    first, second = await post(person, key), await post(person, key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["location"] == second.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["content-type"] == "application/json"
    assert await total(person) == 1


async def test_an_answer_is_repeated_as_it_was_though_the_record_changed(person: Person) -> None:
    key = str(uuid4())
    first = await post(person, key)
    path = first.headers["location"]
    await person.client.patch(path, json={"name": "Other"})

    second = await post(person, key)

    assert second.json()["name"] == "Lamp"


async def test_the_key_of_another_request_is_refused(person: Person) -> None:
    key = str(uuid4())
    await post(person, key)

    other_body = await post(person, key, name="Chair")
    other_path = await post(person, key, "/api/customers", **LAMP)

    for answer in (other_body, other_path):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert (await total(person), await total(person, "/api/customers")) == (1, 0)


async def test_twenty_twins_at_once_have_one_effect_and_one_answer(person: Person) -> None:
    key = str(uuid4())

    answers = await asyncio.gather(*(post(person, key) for _ in range(20)))

    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert await total(person) == 1


async def test_twenty_requests_with_keys_of_their_own_all_have_effect(person: Person) -> None:
    bodies = [{"name": f"Chair {number}"} for number in range(20)]

    answers = await asyncio.gather(*(post(person, str(uuid4()), **body) for body in bodies))

    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1, 21))


async def test_a_refusal_leaves_no_key(app: FastAPI, person: Person) -> None:
    key = str(uuid4())
    holder = await make_product(person, sku="L-1")

    refused = await post(person, key)
    kept = await keys_like(app, key)
    await person.client.delete(f"/api/products/{holder['id']}")
    served = await post(person, key)

    assert (refused.status_code, kept) == (409, 0)
    assert (served.status_code, "idempotent-replayed" in served.headers) == (201, False)


async def test_a_malformed_request_leaves_no_key(app: FastAPI, person: Person) -> None:
    key = str(uuid4())

    invalid = await post(person, key, name="")
    malformed = await person.client.post(
        "/api/products",
        content=b"{",
        headers={"Idempotency-Key": key, "Content-Type": "application/json"},
    )

    assert (invalid.status_code, malformed.status_code) == (422, 400)
    assert await keys_like(app, key) == 0


async def test_another_organization_or_person_may_use_the_same_key(
    app: FastAPI, person: Person, other: Person
) -> None:
    key = str(uuid4())
    colleague = await make_colleague(app, person)

    answers = [
        await post(somebody, key, name=name)
        for somebody, name in ((person, "A"), (other, "B"), (colleague, "C"))
    ]

    assert [answer.json().get("name") for answer in answers] == ["A", "B", "C"]
    assert (await total(person), await total(other)) == (2, 1)


async def test_a_twin_that_still_runs_is_not_waited_for_endlessly(
    app: FastAPI, backend: str, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(db.CONNECTION, "options", "-c timezone=UTC -c lock_timeout=200ms")
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    second_process = create_app(app.state.settings)
    second_process.state.health.schema_is_ready = True
    headers = {"Authorization": person.client.headers["Authorization"], "Idempotency-Key": "same"}

    async with make_client(second_process, **headers) as client:
        async with workspace_of(app, person) as work:
            now = work.now()
            work.session.add(
                IdempotencyKey(
                    organization_id=work.organization_id,
                    principal=work.user_id,
                    key="same",
                    method="POST",
                    path="/api/products",
                    body_sha256="0" * 64,
                    created_at=now,
                    expires_at=now,
                )
            )
            await work.session.flush()
            meanwhile = await client.post("/api/products", json=LAMP)
            await work.session.rollback()
        afterwards = await client.post("/api/products", json=LAMP)
    await second_process.state.database.dispose()
    second_process.state.desk.passwords.close()

    code, status = IN_FLIGHT[backend]
    assert (meanwhile.json()["code"], meanwhile.status_code) == (code, status)
    assert int(meanwhile.headers["retry-after"]) > 0
    assert afterwards.status_code == 201


async def test_a_key_holds_for_a_day(app: FastAPI, person: Person, clock: MovableClock) -> None:
    key = str(uuid4())
    await post(person, key, name="Chair")

    clock.advance(hours=23, minutes=59)
    await sign_in_again(person)
    within = await post(person, key, name="Chair")
    clock.advance(minutes=2)
    after = await post(person, key, name="Table")

    assert within.headers["idempotent-replayed"] == "true"
    assert (after.status_code, after.json()["name"]) == (201, "Table")
    assert await keys_like(app, key) == 1


async def test_old_keys_are_cleaned_up(app: FastAPI, person: Person, clock: MovableClock) -> None:
    old, young = str(uuid4()), str(uuid4())
    await post(person, old, name="Chair")
    clock.advance(hours=25)
    await sign_in_again(person)
    await post(person, young, name="Table")

    async with app.state.database.writing() as session:
        job = Job(NO_ORGANIZATION, uuid4(), "organizations.clean_up", {}, 1, None)
        await clean_up_outbox(session, job)

    assert (await keys_like(app, old), await keys_like(app, young)) == (0, 1)


@pytest.mark.parametrize("path", ["/archive", "/restore"])
async def test_verbs_take_keys_too(person: Person, path: str) -> None:
    customer = await make_customer(person)
    key, path = str(uuid4()), f"/api/customers/{customer['id']}{path}"

    answers = [await person.client.post(path, headers={"Idempotency-Key": key}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_a_batch_takes_a_key(person: Person) -> None:
    key = str(uuid4())
    items = [{"op": "create", "data": {"name": f"Chair {number}"}} for number in range(3)]

    first = await post(person, key, "/api/products/batch", items=items)
    second = await post(person, key, "/api/products/batch", items=items)

    assert first.status_code == 200
    assert first.content == second.content
    assert await total(person) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "tab\there"])
async def test_a_key_that_is_none_is_refused(person: Person, key: str) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1"))]

    answer = await person.client.post("/api/products", json=LAMP, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#idempotency-key"
    assert await total(person) == 0


async def test_a_key_may_be_as_long_as_promised(person: Person) -> None:
    answers = [await post(person, "x" * 255) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert await total(person) == 1


async def test_reads_and_changes_ignore_keys(app: FastAPI, person: Person) -> None:
    key = str(uuid4())
    product = await make_product(person)
    path = f"/api/products/{product['id']}"

    for name in ("One", "Two"):
        headers = {"Idempotency-Key": key}
        answer = await person.client.patch(path, json={"name": name}, headers=headers)
        assert answer.json()["name"] == name
        await person.client.get(path, headers=headers)

    assert await keys_like(app, key) == 0
