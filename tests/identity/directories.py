"""Makers for tests of directory sign-in: an application that asks a stranger or the sandbox."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from erp.cli.sandbox import TOKEN, make_sandbox
from erp.identity.directory.models import DirectoryConnection
from tests.identity.making import another_app
from tests.making import Person, make_address

PERSON = {
    "guid": "g-1",
    "user_id": 7,
    "username": "ada",
    "account_id": "acme",
    "email": "ada@acme.example.com",
    "full_name": "Ada Lovelace",
    "role": "developer",
}


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
