"""Who may what: the table, and every route against it."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from erp.organizations.access import OWN, PERMISSIONS, permissions_of
from erp.web.docs import marks_of
from tests.identity.making import claims_of
from tests.making import Person, make_product, sign_up
from tests.organizations.making import join, set_member, set_organization

pytestmark = pytest.mark.anyio

EVERYBODY = {
    *("customers:read", "customers:write", "products:read", "products:write", "history:read"),
    *("stock:read", "stock:move", "stock:count", "notices:read"),
    *("time:read", "time:write", "organization:read"),
    *("keys:read", "keys:write"),
    *("projects:read", "projects:write", "tasks:read", "tasks:write", "comments:write"),
    "projects:sync",
}
MANAGERS = {
    *("customers:merge", "products:costs", "stock:close", "members:read"),
    *("members:place", "reports:money", "imports:run"),
    *("time:approve", "time:close", "rates:read", "rates:write"),
}
ADMINS = {
    *("members:invite", "members:write", "organization:write"),
    *("directory:read", "directory:write"),
    *("audit:read", "outbox:read", "outbox:resend"),
}
TABLE = {
    "user": EVERYBODY,
    "manager": EVERYBODY | MANAGERS,
    "admin": EVERYBODY | MANAGERS | ADMINS,
}
WRITES = {"customers:write", "products:write", "stock:move", "stock:count", "projects:write"}
MATRIX = Path(__file__).with_name("matrix.txt")
SOME = "01890a5d-ac96-774b-bcce-b302099a8057"


def calls(app: FastAPI) -> list[tuple[str, str, str]]:
    """Method, path and permission of every call that needs one."""
    return [
        (method, re.sub(r"\{[^}]+\}", SOME, route.path), marks_of(route)[0])
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
        if ":" in marks_of(route)[0]
    ]


async def member_of(app: FastAPI, host: Person, role: str) -> Person:
    """Somebody else at work in the host's organization."""
    person = await sign_up(app)
    person.client.headers["X-Organization"] = await join(app, person, host, role)
    return person


def test_the_table_is_that_of_the_design():
    assert {role: set(found) for role, found in PERMISSIONS.items()} == TABLE


@pytest.mark.parametrize("role", ["user", "manager", "admin"])
def test_only_users_lose_writing_when_managers_keep_the_books(role: str):
    kept = TABLE[role] - WRITES if role == "user" else TABLE[role]

    assert permissions_of(role, "everyone") == TABLE[role]
    assert permissions_of(role, "managers") == kept


def printed(app: FastAPI) -> str:
    """Every call, its mark and who may, one line each."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    lines = [
        (route.path, method, (mark := marks_of(route)[0]), *_who_may(mark))
        for route in routes
        for method in route.methods
    ]
    return "".join(
        f"{method:6} {path:58} {mark:16} {who}\n" for path, method, mark, who in sorted(lines)
    )


def _who_may(mark: str) -> list[str]:
    if ":" not in mark:
        return ["everybody" if mark == "public" else "signed in"]
    return [", ".join(role for role in TABLE if mark in PERMISSIONS[role])]


def test_the_matrix_of_routes_and_roles_is_the_reviewed_one(app: FastAPI):
    """Review each change of this file; write it anew with `printed`."""
    assert printed(app) == MATRIX.read_text()


@pytest.mark.parametrize("role", ["guest", "owner", ""])
def test_an_unknown_role_is_no_role(role: str):
    with pytest.raises(KeyError):
        permissions_of(role, "everyone")


@pytest.mark.parametrize("writers", ["everyone", "managers"])
@pytest.mark.parametrize("role", ["user", "manager", "admin"])
async def test_every_route_follows_the_table(app: FastAPI, person: Person, role: str, writers: str):
    worker = await member_of(app, person, role)
    await set_organization(app, person, writers=writers)
    allowed = permissions_of(role, writers)
    wrong = []

    for method, path, permission in calls(app):
        answer = await worker.client.request(method, path, json={})
        is_refused = answer.status_code == 403
        if is_refused is (permission in allowed):
            wrong.append((method, path, permission, answer.status_code))
        if is_refused:
            body = answer.json()
            assert (body["code"], body["permission"]) == ("not_allowed", permission)

    assert wrong == []
    assert len(calls(app)) > 20


async def test_nobody_passes_without_signing_in(app: FastAPI, client):
    answers = {
        (method, path): (await client.request(method, path, json={})).status_code
        for method, path, _permission in calls(app)
    }

    assert set(answers.values()) == {401}


async def test_a_change_of_role_acts_at_once(app: FastAPI, person: Person):
    product = await make_product(person, cost_price="5")
    worker = await member_of(app, person, "manager")
    path = f"/api/products/{product['id']}"
    as_manager = await worker.client.get(path)
    await set_member(app, worker, person, role="user")

    as_user = await worker.client.get(path)

    assert as_manager.json()["cost_price"] == "5"
    assert "cost_price" not in as_user.json()


async def test_the_setting_acts_at_once_and_leaves_reading(app: FastAPI, person: Person):
    worker = await member_of(app, person, "user")
    body = {"name": "Chair", "sale_price": "1"}
    before = await worker.client.post("/api/products", json=body)
    await set_organization(app, person, writers="managers")

    after = await worker.client.post("/api/products", json=body)
    reading = await worker.client.get("/api/products")

    assert [before.status_code, after.status_code, reading.status_code] == [201, 403, 200]
    assert after.headers["content-type"] == "application/problem+json"
    assert after.headers["www-authenticate"] == (
        'Bearer realm="erp", error="insufficient_scope", scope="products:write"'
    )


async def test_the_matrix_is_printed_from_the_table_that_decides(app: FastAPI, person: Person):
    worker = await member_of(app, person, "user")
    before = (await worker.client.get("/api/roles")).json()
    await set_organization(app, person, writers="managers")

    after = (await worker.client.get("/api/roles")).json()

    assert before["permissions"] == sorted(set().union(*TABLE.values()))
    assert {each["role"]: set(each["permissions"]) for each in before["roles"]} == TABLE
    assert set(after["roles"][0]["permissions"]) == TABLE["user"] - WRITES
    assert {each["role"]: set(each["own"]) for each in after["roles"]} == OWN


async def test_me_and_switching_tell_the_rights_of_the_place(app: FastAPI, person: Person):
    await set_organization(app, person, writers="managers")
    worker = await member_of(app, person, "user")
    body = {"organization": person.organization["slug"]}

    me = (await worker.client.get("/api/auth/me")).json()
    switched = (await worker.client.post("/api/auth/switch-organization", json=body)).json()

    readable = sorted(EVERYBODY - WRITES)
    assert me["permissions"] == switched["permissions"] == readable
    assert (me["member"]["role"], me["member"]["number"]) == ("user", 2)


async def test_rights_in_one_place_are_none_in_another(app: FastAPI, person: Person):
    await set_organization(app, person, writers="managers")
    worker = await member_of(app, person, "user")
    at_home = {"X-Organization": worker.organization["slug"]}

    there = await worker.client.post("/api/customers", json={"name": "Acme"})
    home = await worker.client.post("/api/customers", json={"name": "Acme"}, headers=at_home)

    assert (there.status_code, home.status_code) == (403, 201)


async def test_tokens_hold_neither_role_nor_organization(person: Person):
    for name in ("access_token", "refresh_token"):
        claims = claims_of(person.tokens[name])
        assert {"role", "organization", "organization_id", "permissions", "email"}.isdisjoint(
            claims
        )
