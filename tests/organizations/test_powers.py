"""An administrator decides who works here, and never who somebody is."""

from __future__ import annotations

import re

import pytest

from erp.web.docs import api_routes, marks_of
from tests.identity.making import log_in, user_of
from tests.making import make_client, make_colleague

pytestmark = pytest.mark.anyio
PERSONAL = re.compile("password|verified|is_active|is_platform|username|user_id|organization_id")


@pytest.mark.parametrize(
    "edit",
    [
        {"password": "Chosen-Word-1"},
        {"password_hash": "x"},
        {"email": "mine@example.com"},
        {"username": "mine"},
        {"is_active": False},
        {"email_verified_at": "2026-01-01T00:00:00Z"},
        {"user_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
    ],
)
async def test_no_admin_changes_the_account_of_a_member(app, person, edit):
    colleague = await make_colleague(app, person)
    members = (await person.client.get("/api/members")).json()["items"]
    path = f"/api/members/{next(each['id'] for each in members if not each['is_me'])}"
    before = await user_of(app, colleague)

    answer = await person.client.patch(path, json=edit)

    after = await user_of(app, colleague)
    assert answer.status_code == 422
    assert (after.email, after.password_hash) == (before.email, before.password_hash)
    assert (await log_in(make_client(app), colleague)).status_code == 200


def test_no_body_that_a_permission_opens_names_what_makes_a_person(app):
    document = app.openapi()
    schemas = document["components"]["schemas"]

    named = {
        (method, route.path): fields
        for route in api_routes(app)
        if ":" in "".join(marks_of(route))
        for method, operation in document["paths"].get(route.path, {}).items()
        if (fields := fields_of(operation.get("requestBody"), schemas, set()))
    }

    assert len(named) > 30
    assert {
        (*call, field)
        for call, fields in named.items()
        for field in fields
        if PERSONAL.search(field)
    } == set()


def fields_of(node, schemas, seen) -> set[str]:
    """Every name a body may hold, at any depth."""
    if isinstance(node, list):
        return {name for each in node for name in fields_of(each, schemas, seen)}
    if not isinstance(node, dict):
        return set()
    name = node.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        return fields_of(schemas[name], schemas, seen | {name})
    inner = {found for each in node.values() for found in fields_of(each, schemas, seen)}
    return inner | set(node.get("properties", {}))
