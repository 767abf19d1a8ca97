"""`erp directory-sandbox`: a company directory for trying out sign-in, with known passwords."""

import secrets
from dataclasses import dataclass
from typing import Any, Literal

import uvicorn
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "sandbox-service-token"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class SandboxPerson:
    """Somebody the directory knows."""

    account_id: str
    username: str
    password: str
    full_name: str
    role: str
    state: Literal["active", "locked", "expired"] = "active"

    @property
    def email(self) -> str:
        """The address at the account's company."""
        return f"{self.username}@{self.account_id}.example.com"

    @property
    def guid(self) -> str:
        """What never changes about the person."""
        return f"guid-{self.account_id}-{self.username}"


PEOPLE = (
    SandboxPerson("northwind", "ada", "Ada-Sandbox-1", "Ada Lovelace", "lead"),
    SandboxPerson("northwind", "grace", "Grace-Sandbox-1", "Grace Hopper", "developer"),
    SandboxPerson("northwind", "linus", "Linus-Sandbox-1", "Linus Locked", "developer", "locked"),
    SandboxPerson("northwind", "otto", "Otto-Sandbox-1", "Otto Old", "developer", "expired"),
    SandboxPerson("globex", "hank", "Hank-Sandbox-1", "Hank Scorpio", "lead"),
)
PROJECTS: dict[str, list[dict[str, Any]]] = {
    "northwind": [
        {
            "id": 101,
            "code": "WEB",
            "name": "New web shop",
            "status": "active",
            "start_date": "2026-09-01",
            "end_date": "2027-03-31",
            "members": [
                {"guid": "guid-northwind-ada", "username": "ada"},
                {"guid": "guid-northwind-grace", "username": "grace"},
            ],
        },
        {"id": 102, "code": "WMS", "name": "Warehouse move", "status": "planned"},
    ],
    "globex": [{"id": 201, "name": "Volcano lair", "members": []}],
}


class _Asked(BaseModel):
    account_id: str
    username: str
    password: str


def make_sandbox() -> Starlette:
    """The directory as an ASGI application: `POST /ace/login` and `GET /ace/projects`."""
    return Starlette(
        routes=[
            Route("/ace/login", _log_in, methods=["POST"]),
            Route("/ace/projects", _list_projects, methods=["GET"]),
        ]
    )


async def _log_in(request: Request) -> Response:
    try:
        asked = _Asked.model_validate_json(await request.body())
    except ValidationError:
        return _no(400, "MALFORMED")
    if asked.account_id not in PROJECTS:
        return _no(404, "INVALID_ACCOUNT_ID")
    person = next((each for each in PEOPLE if _is(each, asked)), None)
    return _no(401, "INVALID_CREDENTIALS") if person is None else _answer(person, asked.password)


def _answer(person: SandboxPerson, password: str) -> Response:
    if person.state == "locked":
        return _no(423, "ACCOUNT_LOCKED")
    if not secrets.compare_digest(person.password.encode(), password.encode()):
        return _no(401, "INVALID_CREDENTIALS")
    if person.state == "expired":
        return _no(403, "PASSWORD_EXPIRED")
    return JSONResponse(
        {
            "guid": person.guid,
            "user_id": PEOPLE.index(person) + 1,
            "username": person.username,
            "account_id": person.account_id,
            "email": person.email,
            "full_name": person.full_name,
            "role": person.role,
        }
    )


def _is(person: SandboxPerson, asked: _Asked) -> bool:
    return (person.account_id, person.username) == (asked.account_id, asked.username.lower())


async def _list_projects(request: Request) -> Response:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return _no(401, "INVALID_TOKEN")
    found = PROJECTS.get(request.query_params.get("account_id", ""))
    return _no(404, "INVALID_ACCOUNT_ID") if found is None else JSONResponse({"projects": found})


def _no(status: int, code: str) -> Response:
    return JSONResponse({"error_code": code}, status)


def run_sandbox(port: int) -> None:
    """Play the directory on this machine until stopped."""
    uvicorn.run(make_sandbox(), host=HOST, port=port, log_level="warning")


def describe_sandbox(port: int) -> str:
    """How to set the product up for it, and who is in it."""
    people = "\n".join(
        f"  {each.account_id:10} {each.username:6} {each.password:16} {each.role:10} {each.state}"
        for each in PEOPLE
    )
    return f"""A company directory for trying out, on this machine alone. Restart the product with:

ENVIRONMENT=local
ACE_API_URL=http://{HOST}:{port}/ace/login
ACE_API_TOKEN={TOKEN}

Then, as an administrator: connect an account (POST /api/directory-connections), link your own
person of that account (POST /api/auth/identities), and enable the connection.

  account    name   password         role       state
{people}

Press Ctrl+C to stop."""
