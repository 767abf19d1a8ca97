"""Whatever a client sends, each route that reads a body answers with a problem and a code."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.errors import Malformed
from erp.kernel.strict_json import read_json
from erp.web.docs import api_routes
from tests.making import Person, make_ip

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}
CANARY = "c4nary-0f-s3cret-worth"
MALFORMED: dict[str, bytes] = {
    "lone surrogate": b'{"name": "\\ud800"}',
    "lone surrogate as a name": b'{"\\udfff": 1}',
    "lone surrogate in bytes": b'{"name": "\xed\xa0\x80"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL as a name": b'{"a\\u0000b": 1}',
    "NUL in bytes": b'{"name": "a\x00b"}',
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": -Infinity}',
    "number beyond floats": b'{"name": 1e999}',
    "number of 5000 digits": b'{"name": ' + b"9" * 5000 + b"}",
    "float of 5000 digits": b'{"name": 0.' + b"9" * 5000 + b"}",
    "deep lists": b"[" * 100_000,
    "deep closed lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a name twice": b'{"name": "a", "name": "b"}',
    "a name twice further down": b'{"data": [{"name": "a", "na\\u006de": "b"}]}',
    "Latin-1": '{"name": "é"}'.encode("latin-1"),
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "half": b'{"name": "a"',
    "two": b"{} {}",
    "a comment": b'{"name": "a"} // hello',
    "single quotes": b"{'name': 'a'}",
    "a trailing comma": b'{"name": "a",}',
    "blanks": b"  ",
}
DEEP_BUT_READABLE = b'{"name": ' + b"[" * 900 + b'"\\u0041"' + b"]" * 900 + b"}"
SCALARS = [
    DEEP_BUT_READABLE,
    b"1",
    b'"x"',
    b"true",
    b"[]",
    b"[[]]",
    b"1.5",
    b"{}",
    b'{"": ""}',
    b"null",
]
FORMS = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/jsonp",
    "",
    "application/octet-stream",
]


def ways_in(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of each route that reads a body, with ids of nothing in the path."""
    return [
        (method, re.sub(r"{\w+}", lambda _: str(uuid4()), route.path))
        for route in api_routes(app)
        for method in sorted(route.methods & {"POST", "PATCH", "PUT"})
        if route.body_field is not None
    ]


async def knock(
    app: FastAPI, person: Person, content: Any, headers: dict[str, str]
) -> AsyncIterator[tuple[str, Response]]:
    """Send the same to every route; throttles count each call for another address."""
    for method, path in ways_in(app):
        sent = {"X-Forwarded-For": make_ip(), **headers}
        answer = await person.client.request(method, path, content=content, headers=sent)
        yield f"{method} {path}", answer


def what_is_wrong(answer: Response, *codes: str) -> str | None:
    """None for a well-formed problem with one of these codes."""
    if answer.headers.get("content-type") != "application/problem+json":
        return f"{answer.status_code} {answer.headers.get('content-type')}"
    body = answer.json()
    fits = body["status"] == answer.status_code and 400 <= answer.status_code < 500
    return None if fits and body["code"] in codes else f"{answer.status_code} {body['code']}"


async def test_every_route_with_a_body_is_visited(app: FastAPI) -> None:
    described = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }

    assert len(ways_in(app)) >= len(described) >= 14


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
async def test_malformed_json_is_refused_by_every_route(
    app: FastAPI, person: Person, content: bytes
) -> None:
    faults = {
        place: fault
        async for place, answer in knock(app, person, content, JSON)
        if (fault := what_is_wrong(answer, "malformed"))
    }

    assert faults == {}
    assert (await person.client.get("/api/products?count=exact")).json()["total"] == 0


@pytest.mark.parametrize("content", SCALARS, ids=lambda content: content[:9])
async def test_json_of_another_shape_never_fails(
    app: FastAPI, person: Person, content: bytes
) -> None:
    answers = {place: answer async for place, answer in knock(app, person, content, JSON)}

    assert {
        place: answer.status_code for place, answer in answers.items() if answer.status_code >= 500
    } == {}


@pytest.mark.parametrize("kind", FORMS)
async def test_other_content_types_are_refused_by_every_route(
    app: FastAPI, person: Person, kind: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}

    faults = {
        place: fault
        async for place, answer in knock(app, person, b'{"name": "Lamp"}', headers)
        if (fault := what_is_wrong(answer, "unsupported_media"))
    }

    assert faults == {}
    assert (await person.client.get("/api/products?count=exact")).json()["total"] == 0


async def test_a_body_over_the_limit_is_refused_by_every_route(
    app: FastAPI, person: Person
) -> None:
    content = b'{"name": "' + b"x" * app.state.settings.max_batch_bytes + b'"}'

    faults = {
        place: fault
        async for place, answer in knock(app, person, content, JSON)
        if (fault := what_is_wrong(answer, "too_large"))
    }

    assert faults == {}


async def test_a_body_that_does_not_tell_its_length_is_refused_when_it_grows(
    app: FastAPI, person: Person
) -> None:
    async def grow() -> AsyncIterator[bytes]:
        for _ in range(app.state.settings.max_batch_bytes // 65_536 + 1):
            yield b"x" * 65_536

    faults = {}
    for method, path in ways_in(app):
        answer = await person.client.request(method, path, content=grow(), headers=JSON)
        if fault := what_is_wrong(answer, "too_large"):
            faults[f"{method} {path}"] = fault

    assert faults == {}


async def test_a_body_just_within_the_limit_is_read(app: FastAPI, person: Person) -> None:
    blanks = b" " * (app.state.settings.max_body_bytes - 20)

    answer = await person.client.post(
        "/api/products", content=b'{"name": "Lamp"}' + blanks, headers=JSON
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/vnd.erp+json",
    ],
)
async def test_json_is_known_by_its_name(person: Person, kind: str) -> None:
    answer = await person.client.post(
        "/api/products", content=b'{"name": "Lamp"}', headers={"Content-Type": kind}
    )

    assert answer.status_code == 201


def bodies_with_canaries(app: FastAPI, method: str, route_path: str) -> Iterator[dict[str, Any]]:
    """The route's fields, one at a time, with the canary in places where it does not fit."""
    operation = app.openapi()["paths"].get(route_path, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = re.search(r"schemas/(\w+)", json.dumps(content))
    schemas = app.openapi()["components"]["schemas"]
    for field in schemas[named.group(1)].get("properties", {}) if named else ():
        for value in (
            CANARY,
            [CANARY],
            {CANARY: CANARY},
            {"op": CANARY},
            f"{CANARY}\u0007",
            f"{CANARY}@{CANARY}",
        ):
            yield {field: value, "strange": CANARY}


def told_beside_pointers(answer: Response) -> str:
    """The refusal without its pointers: those name the fields that were sent, keys of maps too."""
    problem = answer.json()
    for error in problem.get("errors", []):
        del error["pointer"]
    return json.dumps(problem)


async def test_a_refused_value_is_never_repeated(app: FastAPI, person: Person) -> None:
    told, asked = [], 0

    for route in api_routes(app):
        path = re.sub(r"{\w+}", lambda _: str(uuid4()), route.path)
        for method in route.methods & {"POST", "PATCH"}:
            for body in bodies_with_canaries(app, method, route.path):
                headers = {"X-Forwarded-For": make_ip()}
                answer = await person.client.request(method, path, json=body, headers=headers)
                asked += answer.status_code == 422
                if CANARY in told_beside_pointers(answer) or CANARY in str(answer.headers):
                    told.append((method, path, body))

    assert told == []
    assert asked > 150


async def test_a_refused_parameter_is_never_repeated(person: Person) -> None:
    for name in ("limit", "sort", "count", "cursor", "price_from", "unit_id", "kind", "number"):
        answer = await person.client.get("/api/products", params={name: CANARY})

        assert answer.status_code == 422
        assert CANARY not in answer.text


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), inner
            )
        ),
    )
)
def test_clear_json_is_read_as_it_was_written(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_malformed(content: bytes) -> None:
    try:
        read_json(content)
    except Malformed as refusal:
        assert refusal.detail  # noqa: PT017
