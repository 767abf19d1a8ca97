"""Pages of other origins: listed ones may read answers, others get no word of CORS."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from erp.kernel.errors import Conflict, DatabaseBusy
from tests.kernel.conftest import hang
from tests.making import make_client

pytestmark = pytest.mark.anyio

LISTED = "https://shop.example"
OTHERS = [
    "https://evil.example",
    "http://shop.example",
    "https://shop.example.evil.example",
    "https://shop.example:444",
    "null",
    "*",
    "https://sub.shop.example",
    "HTTPS://SHOP.EXAMPLE",
]


def routes(app: FastAPI) -> list[str]:
    """Routes that answer with 200, 409, 422, 500 and 503; 401 and 404 come by themselves."""

    async def succeed() -> dict[str, bool]:
        return {"ok": True}

    async def conflict() -> None:
        raise Conflict

    async def validate(limit: int) -> int:
        return limit

    async def fail() -> None:
        raise RuntimeError

    async def busy() -> None:
        raise DatabaseBusy(retry_after=1)

    for route in (succeed, conflict, validate, fail, busy):
        hang(app, "GET", f"/{route.__name__}", route)
    names = ("succeed", "conflict", "validate", "fail", "busy", "nothing")
    return [*(f"/api/spare/{name}" for name in names), "/health/live"]


async def test_a_listed_origin_may_read_every_kind_of_answer(spare: FastAPI) -> None:
    paths = routes(spare)

    async with make_client(spare, Origin=LISTED) as client:
        answers = [await client.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [200, 409, 422, 500, 503, 404, 200]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == LISTED
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "origin" in answer.headers["vary"].lower()
        exposed = answer.headers["access-control-expose-headers"]
        assert {"X-Request-ID", "ETag", "Location", "Retry-After"} <= set(exposed.split(", "))


@pytest.mark.parametrize("origin", OTHERS)
async def test_no_other_origin_may_read_any_answer(spare: FastAPI, origin: str) -> None:
    paths = routes(spare)

    async with make_client(spare, Origin=origin) as client:
        answers = [await client.get(path) for path in paths]

    assert all("access-control-allow-origin" not in answer.headers for answer in answers)


async def test_without_an_origin_there_is_no_star(spare: FastAPI) -> None:
    paths = routes(spare)

    async with make_client(spare) as client:
        answers = [await client.get(path) for path in paths]

    assert all("access-control-allow-origin" not in answer.headers for answer in answers)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_listed_origin_is_promised_what_the_api_needs(spare: FastAPI, method: str) -> None:
    wanted = "authorization, content-type, x-csrf-token, x-organization, if-match, idempotency-key"
    headers = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": wanted}

    async with make_client(spare, Origin=LISTED) as client:
        answer = await client.options("/api/products", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert method in answer.headers["access-control-allow-methods"]
    assert set(wanted.split(", ")) <= set(
        answer.headers["access-control-allow-headers"].lower().split(", ")
    )


@pytest.mark.parametrize("origin", OTHERS)
async def test_another_origin_is_promised_nothing(spare: FastAPI, origin: str) -> None:
    headers = {"Access-Control-Request-Method": "POST"}

    async with make_client(spare, Origin=origin) as client:
        answer = await client.options("/api/products", headers=headers)

    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


async def test_a_method_or_header_of_no_use_is_not_promised(spare: FastAPI) -> None:
    async with make_client(spare, Origin=LISTED) as client:
        method = await client.options(
            "/api/products", headers={"Access-Control-Request-Method": "TRACE"}
        )
        header = await client.options(
            "/api/products",
            headers={
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "x-evil",
            },
        )

    assert (method.status_code, header.status_code) == (400, 400)


async def test_without_listed_origins_nobody_is_allowed(app: FastAPI) -> None:
    async with make_client(app, Origin=LISTED) as client:
        answer = await client.get("/health/live")

    assert "access-control-allow-origin" not in answer.headers
