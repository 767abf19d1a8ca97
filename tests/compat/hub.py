"""The old front end of the task hub, against the sandbox of the company directory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import delete, update

from erp.cli.sandbox import PEOPLE, SandboxPerson
from erp.identity.directory.models import DirectoryConnection, Identity
from erp.identity.models import Throttle, User
from tests.compat.speaking import make_front_end
from tests.identity.directories import connect
from tests.identity.making import run
from tests.making import Person

NAME = "task-hub"
ACCOUNT = "northwind"
BY_NAME = {each.username: each for each in PEOPLE}
ROLES = {"lead": "manager"}


@dataclass
class FrontEnd:
    """What an old front end keeps in its local storage, and how it calls."""

    client: httpx2.AsyncClient
    kept: dict[str, Any]

    async def get(self, path: str, **query: str) -> httpx2.Response:
        given = {key.rstrip("_"): value for key, value in query.items()}
        return await self.client.get(path, params=given)

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        return await self.client.post(path, json=body)

    async def refresh(self) -> httpx2.Response:
        """As it does on a 401: the one token it keeps, in the body."""
        return await self.client.patch(
            "/auth/refresh", json={"refresh_token": self.kept["refresh_token"]}
        )


async def serve_account(app: FastAPI, host: Person, account: str = ACCOUNT) -> None:
    """From now on the account belongs to the host's organization; nobody came in by it before.

    The people of the sandbox are the same for every test, and so are their counts of tries.
    """
    await run(app, delete(Throttle))
    of_account = DirectoryConnection.account_key == account
    await run(app, delete(DirectoryConnection).where(of_account))
    await run(app, delete(Identity).where(Identity.issuer_key == account))
    addresses = [each.email for each in PEOPLE if each.account_id == account]
    mine = update(User).where(User.email.in_(addresses))
    await run(app, mine.values(email=None, email_key=None))
    await connect(app, host, account, role_map=ROLES)


def login_of(somebody: SandboxPerson, **over: Any) -> dict[str, Any]:
    body = {
        "account_id": somebody.account_id,
        "username": somebody.username,
        "password": somebody.password,
    }
    return body | over


@asynccontextmanager
async def at_hub(app: FastAPI, username: str) -> AsyncIterator[FrontEnd]:
    """The front end of somebody of the sandbox, signed in."""
    async with make_front_end(app, NAME) as client:
        answer = await client.post("/user/login", json=login_of(BY_NAME[username]))
        assert answer.status_code == 200, answer.text
        kept = answer.json()["data"]
        client.headers["Authorization"] = f"Bearer {kept['access_token']}"
        yield FrontEnd(client, kept)


def assert_refused(answer: httpx2.Response, status: int, code: str) -> None:
    """The refusal has the documented shape, and says exactly this."""
    body = answer.json()
    assert (answer.status_code, body.get("error_code")) == (status, code), answer.text
    assert set(body) == {"error", "error_code", "message", "data"}
    assert body["error"] == code.replace("_", " ").title()


def data_of(answer: httpx2.Response) -> Any:
    """The data of a success, whose shape is the documented one."""
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert set(body) == {"success", "message", "data", "error"}
    assert (body["success"], body["error"]) == (True, None)
    return body["data"]
