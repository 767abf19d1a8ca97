"""Makers for tests of directory sign-in: an application that asks a stranger or the sandbox."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx2
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from erp.cli.sandbox import TOKEN, make_sandbox
from erp.identity.directory.models import DirectoryConnection
from erp.organizations.models import Member
from tests.identity.making import another_app, rows
from tests.making import Person, make_address, make_client

THERE = "Known-There-1"


def make_account() -> str:
    """An account id nobody has yet."""
    return "acme-" + make_address().partition("@")[0]


@asynccontextmanager
async def asking(app: FastAPI, address: str, **over: Any) -> AsyncIterator[FastAPI]:
    """A process of the product whose directory is at the address."""
    token = SecretStr(TOKEN)
    async with another_app(app, ace_api_url=address, ace_api_token=token, **over) as product:
        yield product


async def connect(app: FastAPI, person: Person, account_id: str, **over: Any) -> UUID:
    """A connection of the person's organization, enabled unless told otherwise."""
    values: dict[str, Any] = {
        "organization_id": UUID(person.organization["id"]),
        "provider": "ace",
        "endpoint": "ace",
        "enabled": True,
        "jit_provision": True,
        "role_map": {},
        "allowed_domains": [],
    }
    connection = DirectoryConnection(**values | over)
    connection.name_account(account_id)
    async with app.state.database.writing() as session:
        session.add(connection)
    return connection.id


@asynccontextmanager
async def sandbox_at_work() -> AsyncIterator[str]:
    """The product's own sandbox on a free port; the address of its sign-in."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_sandbox(), log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/ace/login"
    finally:
        server.should_exit = True
        await serving


def make_somebody() -> dict[str, Any]:
    """What a directory says about somebody nobody has seen yet."""
    address = make_address()
    return {
        "guid": f"guid-{address}",
        "user_id": 7,
        "username": "ada",
        "email": address,
        "full_name": "Ada Lovelace",
        "role": "developer",
    }


async def log_in_there(
    app: FastAPI,
    account_id: str,
    *,
    client: httpx2.AsyncClient | None = None,
    path: str = "/api/auth/login/directory",
    headers: dict[str, str] | None = None,
    **over: Any,
) -> httpx2.Response:
    """Somebody types account id, user name and password; fields that are None are left out."""
    body = {"account_id": account_id, "username": "ada", "password": THERE} | over
    sent = {name: value for name, value in body.items() if value is not None}
    return await (client or make_client(app)).post(path, json=sent, headers=headers)


def home_of(person: Person) -> UUID:
    return UUID(person.organization["id"])


async def member_of(app: FastAPI, host: Person, user_id: str) -> Member:
    """The user's place in the host's organization."""
    mine = (Member.organization_id == home_of(host), Member.user_id == UUID(user_id))
    [member] = await rows(app, Member, *mine)
    found: Member = member
    return found
