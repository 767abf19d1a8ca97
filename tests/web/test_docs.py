"""The API's own description."""

import re

import pytest

from erp.kernel.errors import Refusal
from erp.kernel.http import status_of
from erp.web.docs import every_refusal
from erp.web.pages import STATIC, read_assets

pytestmark = pytest.mark.anyio


async def test_the_documentation_needs_no_other_host(client):
    answer = await client.get("/api/docs")

    addresses = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", answer.text)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "/api/openapi.json" in addresses
    assert [address for address in addresses if not re.match(r"/\w", address)] == []
    assert "://" not in answer.text


async def test_the_documentation_allows_scripts_of_this_answer_only(client):
    answers = [await client.get("/api/docs") for _ in range(2)]

    policies = [answer.headers["Content-Security-Policy"] for answer in answers]
    nonces = [re.search(r"'nonce-([\w-]{20,})'", policy)[1] for policy in policies]
    assert nonces[0] != nonces[1]
    for nonce, answer in zip(nonces, answers, strict=True):
        assert f'nonce="{nonce}"' in answer.text
    assert "default-src 'none'" in policies[0]
    assert "unsafe-eval" not in policies[0]
    assert "script-src 'self' 'nonce-" in policies[0]


@pytest.mark.skipif(not STATIC.is_dir(), reason="the UI is not built")
async def test_what_the_documentation_loads_is_part_of_the_build(client):
    page = (await client.get("/api/docs")).text

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert len(loaded) == 2
    assert [path for path in loaded if path not in read_assets()] == []
    for path in loaded:
        assert (await client.get(path)).status_code == 200


async def test_the_description_is_served_as_json(client):
    answer = await client.get("/api/openapi.json")

    document = answer.json()
    assert answer.status_code == 200
    assert document["openapi"].startswith("3.1")
    assert "/api/products/{product_id}" in document["paths"]


async def test_every_problem_code_is_explained_at_the_address_problems_name(client):
    answer = await client.get("/api/docs/problems")
    problem = (await client.get("/api/products")).json()

    page = answer.text
    assert answer.status_code == 200
    assert [r.code() for r in every_refusal(Refusal) if f'id="{r.code()}"' not in page] == []
    assert problem["type"] == f"/api/docs/problems#{problem['code']}"


async def test_every_code_the_description_names_is_explained(client):
    document = (await client.get("/api/openapi.json")).json()

    named = {
        code
        for path in document["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for part in answer.get("content", {})
        .get("application/problem+json", {})
        .get("schema", {})
        .get("allOf", [])
        for code in part.get("properties", {}).get("code", {}).get("enum", [])
    }

    assert len(named) > 10
    assert named <= {refusal.code() for refusal in every_refusal(Refusal)}


async def test_the_description_says_how_to_sign_in_and_what_it_takes(client):
    document = (await client.get("/api/openapi.json")).json()

    operation = document["paths"]["/api/products"]["post"]
    assert set(document["components"]["securitySchemes"]) >= {"bearer", "cookie"}
    assert operation["security"] == [{"bearer": []}, {"cookie": []}, {"password": []}]
    assert operation["x-permission"] == "products:write"
    assert "X-Organization" in [each["name"] for each in operation["parameters"]]
    assert "security" not in document["paths"]["/api/auth/login"]["post"]


def test_every_refusal_has_a_status():
    statuses = {status_of(refusal) for refusal in every_refusal(Refusal)}

    assert statuses <= {400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 502, 503, 504}
