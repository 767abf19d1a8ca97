"""A tour of every route of the dialects that wants a token: one call each, with ids left open.

`test_walk.py` fails until a new route is named here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from fastapi import FastAPI

from tests.architecture.calling import Call
from tests.identity.directories import connect, make_account
from tests.making import Person
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
TOURS: dict[str, Tour] = {
    "cloud-erp": CLOUD_ERP,
    "medicalcare": MEDICALCARE,
    "task-hub": TASK_HUB,
}
