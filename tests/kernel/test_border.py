"""What holds for every request: problems, request ids, security headers, methods, failures."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Response

from erp.app import create_app
from erp.kernel.db import RequestSession
from erp.kernel.errors import Conflict, FieldError
from erp.kernel.settings import read_settings
from tests.kernel.conftest import boxes_in, hang, put
from tests.making import Person, make_client, make_product

pytestmark = pytest.mark.anyio

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"

SHOP = "https://shop.example"
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
TRACE = "secret-inside-the-program"


async def fail() -> None:
    raise RuntimeError(TRACE)


async def fail_after_writing(session: RequestSession) -> None:
    await put(session, 1)
    raise RuntimeError(TRACE)


async def blame_two_fields() -> None:
    errors = (FieldError("/lines/0/price", "out_of_range", "Too much"), FieldError("?q", "x", "y"))
    raise Conflict("This cannot be.", errors=errors, retry_after=7, current={"id": UUID(int=1)})


def assert_is_problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    """The one shape of every refusal (RFC 9457)."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body.keys() >= PROBLEM_MEMBERS
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"/api/docs/problems#{code}"
    assert body["instance"] == answer.request.url.path
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    return body


async def test_every_kind_of_refusal_has_one_shape(person: Person, client: AsyncClient) -> None:
    product = await make_product(person, sku="A-1")
    path = f"/api/products/{product['id']}"

    assert_is_problem(await client.get(path), 401, "not_signed_in")
    assert_is_problem(await person.client.get(f"/api/products/{uuid4()}"), 404, "not_found")
    assert_is_problem(await person.client.get("/api/products/7"), 404, "not_found")
    assert_is_problem(await person.client.get("/api/nothing"), 404, "no_such_path")
    assert_is_problem(await person.client.put(path, json={}), 405, "method_not_allowed")
    assert_is_problem(
        await person.client.post("/api/products", json={"name": "B", "sku": "A-1"}),
        409,
        "sku_taken",
    )
    assert_is_problem(
        await person.client.patch(path, json={}, headers={"If-Match": '"9"'}), 412, "stale"
    )
    assert_is_problem(
        await person.client.patch(path, json={}, headers={"If-Match": "x"}), 400, "malformed"
    )
    assert_is_problem(await person.client.post("/api/products", json={}), 422, "validation_failed")


async def test_a_refusal_names_its_fields_and_carries_what_it_knows(spare: FastAPI) -> None:
    hang(spare, "POST", "/blame", blame_two_fields)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/blame")

    body = assert_is_problem(answer, 409, "conflict")
    assert answer.headers["retry-after"] == "7"
    assert body["current"] == {"id": str(UUID(int=1))}
    assert body["errors"] == [
        {"pointer": "/lines/0/price", "code": "out_of_range", "detail": "Too much"},
        {"pointer": "?q", "code": "x", "detail": "y"},
    ]


async def test_wrong_fields_are_named_by_pointers(person: Person) -> None:
    batch = {
        "items": [
            {"op": "create", "data": {"name": "A"}},
            {"op": "create", "data": {"sale_price": 5, "a/b~c": 1}},
        ]
    }

    answer = await person.client.post("/api/products/batch", json=batch)

    body = assert_is_problem(answer, 422, "validation_failed")
    assert {(each["pointer"], each["code"]) for each in body["errors"]} == {
        ("/items/1/data/name", "missing"),
        ("/items/1/data/sale_price", "decimal_expected"),
        ("/items/1/data/a~1b~0c", "extra_forbidden"),
    }


async def test_a_well_formed_request_id_is_kept(client: AsyncClient) -> None:
    sent = "Ab3-" + "x" * 60

    answers = [
        await client.get(path, headers={"X-Request-ID": sent})
        for path in ("/health/live", "/api/products")
    ]

    assert [answer.headers["x-request-id"] for answer in answers] == [sent, sent]
    assert answers[1].json()["request_id"] == sent


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"short",
        b"x" * 65,
        b"has blanks in it",
        b"semi;colon-here",
        b"caf\xe9-caf\xe9-caf\xe9",
        b"<script>alert(1)</script>",
    ],
)
async def test_any_other_request_id_is_replaced(client: AsyncClient, sent: bytes) -> None:
    answer = await client.get("/api/products", headers=[(b"x-request-id", sent)])

    made = answer.headers["x-request-id"]
    assert UUID(made).version == 7
    assert answer.json()["request_id"] == made


async def test_each_answer_has_one_request_id_of_its_own(client: AsyncClient) -> None:
    answers = [await client.get("/health/live") for _ in range(3)]

    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    assert all(len(answer.headers.get_list("x-request-id")) == 1 for answer in answers)


async def test_security_headers_stand_on_every_kind_of_answer(
    person: Person, spare: FastAPI
) -> None:
    hang(spare, "GET", "/fail", fail)
    product = await make_product(person)
    path = f"/api/products/{product['id']}"
    ask = person.client.request
    async with make_client(spare) as client:
        broken = await client.get("/api/spare/fail")
        spare.state.health.schema_is_ready = False
        starting = await client.get("/api/products")

    answers = [
        await ask("GET", "/api/products"),
        await ask("POST", "/api/products", json={"name": "New"}),
        await ask("DELETE", path),
        await ask("GET", path),
        await ask("POST", "/api/products", json={}),
        await ask("PUT", "/api/products"),
        await ask("GET", "/api/nothing"),
        await ask("GET", "/assets/nothing.js"),
        await ask("GET", "/health"),
        await ask("GET", "/health/live"),
        await ask("GET", "/api/openapi.json"),
        await ask("GET", "/api/auth/options"),
        await ask("POST", "/api/products", content=b"{"),
        broken,
        starting,
    ]

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 201, 204, 404, 422, 405, 404, 404, 200, 200, 200, 200, 415, 500, 503]
    for answer in answers:
        assert answer.headers.items() >= SECURITY.items(), answer
        assert answer.headers["content-security-policy"] == API_POLICY, answer
        assert answer.headers["cache-control"] == "no-store", answer
        assert "x-app-version" in answer.headers
        assert "strict-transport-security" not in answer.headers  # plain http here
        assert all(len(answer.headers.get_list(name)) == 1 for name in answer.headers)


@pytest.mark.parametrize("path", ["/", "/acme/customers", "/api/docs"])
async def test_pages_have_a_policy_of_their_own(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)

    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert answer.headers.items() >= SECURITY.items()
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"script-src[^;]*unsafe", policy)
    assert len(answer.headers.get_list("content-security-policy")) == 1


async def test_https_is_demanded_for_a_year_where_it_is_spoken() -> None:
    secret = "kP3-x9Qm_Zt7Lw2Rv8Yb5Nc1Hd6Jf4Gs0"
    given = {"SECRET_KEY": secret, "PUBLIC_BASE_URL": "https://erp.example.com"}
    app = create_app(read_settings(given))

    async with make_client(app) as client:
        answer = await client.get("/health/live")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/products", "GET, POST"),
        ("DELETE", "/api/products", "GET, POST"),
        ("OPTIONS", "/api/products", "GET, POST"),
        ("TRACE", "/api/products", "GET, POST"),
        ("BREW", "/api/products", "GET, POST"),
        ("POST", f"/api/products/{NOBODY}", "DELETE, GET, PATCH"),
        ("GET", f"/api/products/{NOBODY}/archive", "POST"),
        ("GET", "/api/auth/login", "POST"),
        ("POST", "/health/live", "GET"),
        ("TRACE", "/health", "GET"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    client: AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await client.request(method, path)

    assert_is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "TRACE"])
async def test_an_unknown_address_is_no_other_ones(client: AsyncClient, method: str) -> None:
    for path in ("/api/nothing", "/api", "/api/products/", "/api/productsx", "/API/products/1/2"):
        answer = await client.request(method, path)

        assert answer.status_code == 404 or (method, path) == ("GET", "/API/products/1/2"), path


async def test_a_failure_says_nothing_but_where_to_look(spare: FastAPI) -> None:
    hang(spare, "POST", "/fail", fail_after_writing)

    async with make_client(spare) as client:
        answer = await client.post("/api/spare/fail", headers={"Origin": SHOP})

    body = assert_is_problem(answer, 500, "server_fault")
    assert TRACE not in answer.text
    assert "RuntimeError" not in answer.text
    assert "errors" in body
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert await boxes_in(spare.state.database) == []


async def test_nul_in_a_query_is_refused(person: Person) -> None:
    answer = await person.client.get("/api/products?q=a%00b")

    assert_is_problem(answer, 400, "malformed")
