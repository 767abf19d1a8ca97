"""A tour of every route of the dialects that wants a token: one call each, with ids left open.

`test_walk.py` fails until a new route is named here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from fastapi import FastAPI

from tests.architecture.calling import Call
from tests.compat.speaking import front_end
from tests.identity.directories import connect, make_account
from tests.making import PASSWORD, Person, make_address
from tests.projects.making import make_project, make_task, me
from tests.projects.tour import QuietDirectory

Ids = dict[str, str]
DOCUMENTATION = frozenset({"GET /docs", "GET /openapi.json"})


async def make_nothing(_app: FastAPI, _person: Person, _ahead: int) -> Ids:
    """Some dialects name no record by an id."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Tour:
    """What anybody may call, and the calls that need the mark beside them.

    `make_records` makes one record of each kind; with `ahead` that many others before, so that
    numbers of two organizations do not meet.
    """

    public: frozenset[str]
    marked: dict[str, tuple[Call, ...]]
    make_records: Callable[[FastAPI, Person, int], Awaitable[Ids]] = make_nothing

    def calls(self, dialect: str) -> list[tuple[str, Call]]:
        """Every call with its mark, by the address that the process knows."""
        return [
            (mark, replace(call, path=f"/compat/{dialect}{call.path}"))
            for mark, calls in self.marked.items()
            for call in calls
        ]


CLOUD_ERP = Tour(
    public=frozenset(
        {
            *("GET /health", "POST /auth/register", "POST /auth/login"),
            *("GET /users/test", "GET /organizations/test", "GET /products/test"),
        }
    ),
    marked={
        "signed_in": (Call("GET", "/auth/me"), Call("GET", "/organizations")),
        "members:read": (Call("GET", "/users"),),
        "products:read": (Call("GET", "/products"),),
    },
)
MEDICALCARE = Tour(
    public=frozenset(
        {
            *("GET /", "GET /health", "POST /auth/signup", "POST /auth/verify-otp"),
            *("POST /auth/login", "POST /auth/forgot-password", "POST /auth/reset-password"),
        }
    ),
    marked={
        "signed_in": (
            Call("GET", "/auth/user/profile"),
            Call("PATCH", "/auth/user/profile", {"full_name": "Patched"}),
        ),
    },
)


async def make_hub_records(app: FastAPI, person: Person, _ahead: int) -> Ids:
    """A project with a task, and a directory that lists a project."""
    task = await make_task(person, await make_project(person))
    app.state.desk.directories["quiet"] = QuietDirectory()
    await connect(app, person, make_account(), endpoint="quiet")
    return {"user_id": (await me(person))["id"], "hub_task_id": task["id"]}


TASK_HUB = Tour(
    public=frozenset({"POST /user/login", "POST /auth/login", "PATCH /auth/refresh"}),
    marked={
        "tasks:read": (
            Call("GET", "/tasks/{user_id}"),
            Call("GET", "/reports/tasks"),
            Call("GET", "/reports/task-logs"),
            Call("GET", "/reports/users/{user_id}"),
        ),
        "tasks:write": (Call("POST", "/data/save", {"projects": [{"id": "1", "name": "New"}]}),),
        "projects:sync": (Call("POST", "/projects/fetch-projects"),),
    },
    make_records=make_hub_records,
)

PRODUCT, CUSTOMER, USER = (
    f"/api/{room}/{{{name}}}"
    for room, name in (
        ("products", "product_id"),
        ("customers", "customer_id"),
        ("users", "user_id"),
    )
)


def _new_user() -> dict[str, str]:
    address = make_address()
    return {"username": address.partition("@")[0], "email": address, "password": PASSWORD}


async def make_numbered(app: FastAPI, person: Person, ahead: int) -> Ids:
    """A product, a customer and a user; their ids are numbers."""
    made: Ids = {}
    async with front_end(app, "inventory-manager", person) as front:
        for _ in range(ahead + 1):
            for room, name, body in (
                ("products", "product_id", {"name": "Lamp", "price": 9.5, "stock": 2}),
                ("customers", "customer_id", {"name": "Acme", "email": make_address()}),
                ("users", "user_id", _new_user()),
            ):
                answer = await front.post(f"/api/{room}", json=body)
                assert answer.status_code == 201, answer.text
                made[name] = str(answer.json()["id"])
    return made


INVENTORY_MANAGER = Tour(
    public=frozenset(
        {
            *("GET /", "GET /api/health", "GET /api/docs"),
            *("POST /api/auth/login", "POST /api/auth/logout"),
        }
    ),
    marked={
        "organization:read": (Call("GET", "/api/auth/me"),),
        "products:read": (Call("GET", "/api/products"), Call("GET", PRODUCT)),
        "products:write": (
            Call("POST", "/api/products", {"name": "New", "price": 1}),
            Call("PUT", PRODUCT, {"name": "Put", "stock": 5, "category": "Put"}),
            Call("DELETE", PRODUCT),
        ),
        "customers:read": (Call("GET", "/api/customers"), Call("GET", CUSTOMER)),
        "customers:write": (
            Call("POST", "/api/customers", {"name": "New", "email": "new@example.com"}),
            Call("PUT", CUSTOMER, {"name": "Put", "address": "Put"}),
            Call("DELETE", CUSTOMER),
        ),
        "members:read": (Call("GET", "/api/users"), Call("GET", USER)),
        "members:write": (
            Call("POST", "/api/users", _new_user()),
            Call("PUT", USER, {"full_name": "Put", "role": "manager"}),
            Call("DELETE", USER),
        ),
    },
    make_records=make_numbered,
)
ENTRY = "/api/time-entries/{entry_id}"
START, END = "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z"


async def make_entry(app: FastAPI, person: Person, _ahead: int) -> Ids:
    """Time of the person."""
    async with front_end(app, "logger", person) as front:
        body = {"project_code": "WEB", "start_utc": START, "end_utc": END}
        answer = await front.post("/api/time-entries/", json=body)
        assert answer.status_code == 201, answer.text
        return {"entry_id": answer.json()["id"]}


LOGGER = Tour(
    public=frozenset(
        {
            *("GET /healthz", "POST /api/auth/register", "POST /api/auth/login"),
            # what they want instead is in test_logger.py
            *("POST /api/auth/refresh", "POST /api/auth/logout", "POST /api/auth/revoke_all"),
        }
    ),
    marked={
        "signed_in": (Call("GET", "/api/auth/me"),),
        "time:read": (Call("GET", "/api/time-entries/"), Call("GET", ENTRY)),
        "time:write": (
            Call("POST", "/api/time-entries/", {"project_code": "NEW", "start_utc": END}),
            Call("PATCH", ENTRY, {"activity": "Patched", "project_code": "OTHER"}),
            Call("DELETE", ENTRY),
        ),
    },
    make_records=make_entry,
)
TOURS: dict[str, Tour] = {
    "cloud-erp": CLOUD_ERP,
    "medicalcare": MEDICALCARE,
    "task-hub": TASK_HUB,
    "inventory-manager": INVENTORY_MANAGER,
    "logger": LOGGER,
}
