"""Small makers of test data: valid by default, one call each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from httpx2 import ASGITransport
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk
from erp.kernel.db import Database
from erp.kernel.settings import Settings
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.access import OWN, permissions_of
from erp.organizations.models import Member
from erp.organizations.numbering import take_number
from tests.postgres import PostgresServer, find_or_start

PASSWORD = "Correct-Horse-7"
SECRET = "k3y-for-the-suite-0123456789-abcdefghijkl"
_numbers = count(1)


@dataclass
class MovableClock:
    """The real time, moved by an offset; also callable like `utc_now`."""

    offset: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, **by: float) -> None:
        self.offset += timedelta(**by)


@dataclass
class Person:
    """Somebody signed in by bearer tokens, with a client that says so."""

    client: httpx2.AsyncClient
    email: str
    password: str
    tokens: dict[str, Any]
    organization: dict[str, Any]


def make_settings(**over: Any) -> Settings:
    """Settings for tests: cheap hashes, no worker, one trusted proxy."""
    values: dict[str, Any] = {
        "environment": "test",
        "secret_key": SECRET,
        "password_memory_kib": 8,
        "password_time_cost": 1,
        "embedded_worker": "off",
        "nightly_backups": "off",
        "compat_apis": ["cloud-erp", "medicalcare", "inventory-manager", "task-hub", "logger"],
        "trusted_proxies": ["127.0.0.0/8"],
        "public_base_url": "http://erp.test",
        "log_level": "ERROR",
        "api_requests_per_minute": 0,
        "ace_api_url": "https://127.0.0.1:9/ace/login",  # where nobody listens
    }
    return Settings.model_validate(values | over)


def make_address() -> str:
    """An e-mail address nobody has yet."""
    return f"person{next(_numbers)}.{datetime.now(UTC):%H%M%S%f}@example.com"


def make_ip() -> str:
    """An IPv4 address of this caller alone, so that throttles do not meet."""
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def make_client(app: FastAPI, **headers: str) -> httpx2.AsyncClient:
    """A client of its own address that speaks to the application without a socket."""
    transport = ASGITransport(app=app, client=("127.0.0.1", 50_000))
    sent = {"X-Forwarded-For": make_ip(), **headers}
    return httpx2.AsyncClient(transport=transport, base_url="http://erp.test", headers=sent)


async def sign_up(app: FastAPI, **over: Any) -> Person:
    """A new person with an organization, signed in by bearer tokens."""
    client = make_client(app)
    body = {"email": make_address(), "password": PASSWORD, "full_name": "Ada Lovelace"} | over
    answer = await client.post("/api/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    tokens = answer.json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return Person(client, body["email"], body["password"], tokens, tokens["organizations"][0])


async def make_product(person: Person, **over: Any) -> dict[str, Any]:
    """A product of the person's organization."""
    body = {"name": f"Product {next(_numbers)}", "sale_price": "9.99"} | over
    answer = await person.client.post("/api/products", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def make_customer(person: Person, **over: Any) -> dict[str, Any]:
    """A customer of the person's organization."""
    body = {"name": f"Customer {next(_numbers)}"} | over
    answer = await person.client.post("/api/customers", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def make_colleague(app: FastAPI, person: Person, role: str = "user") -> Person:
    """Another member of the person's organization, with a client that works in it."""
    colleague = await sign_up(app, full_name="Carl Colleague")
    home = UUID(person.organization["id"])
    async with writing_all(app) as session:
        number = await take_number(session, home, "member")
        user_id = UUID(colleague.tokens["user"]["id"])
        session.add(Member(organization_id=home, number=number, user_id=user_id, role=role))
    colleague.client.headers["X-Organization"] = person.organization["slug"]
    return colleague


@asynccontextmanager
async def unwalled(app: FastAPI) -> AsyncIterator[Database]:
    """The product's database with nothing held back, to look at rows of anybody."""
    database: Database = app.state.database
    if database.is_sqlite:
        yield database
        return
    server = find_or_start()
    assert isinstance(server, PostgresServer)
    url = make_url(server.url(str(database.url.database)))
    database = Database(url, 1, database.clock)
    yield database
    await database.dispose()


@asynccontextmanager
async def reading_all(app: FastAPI) -> AsyncIterator[AsyncSession]:
    """A transaction that sees the rows of every organization."""
    async with unwalled(app) as database, database.reading() as session:
        yield session


@asynccontextmanager
async def writing_all(app: FastAPI) -> AsyncIterator[AsyncSession]:
    """A transaction that may change the rows of every organization."""
    async with unwalled(app) as database, database.writing() as session:
        yield session


@asynccontextmanager
async def workspace_of(app: FastAPI, person: Person) -> AsyncIterator[Workspace]:
    """The person at work, in a writing transaction that commits at the end."""
    me = (await person.client.get("/api/auth/me")).json()
    desk: Desk = app.state.desk
    async with desk.database.writing() as session:
        await admit(session, organization_id=UUID(me["organization"]["id"]))
        yield Workspace(
            session=session,
            organization_id=UUID(me["organization"]["id"]),
            member_id=UUID(me["member"]["id"]),
            user_id=UUID(me["user"]["id"]),
            session_id=UUID(me["session"]["id"]),
            permissions=permissions_of(me["member"]["role"], "everyone"),
            currency="EUR",
            time_zone="UTC",
            request_id="test",
            own=OWN[me["member"]["role"]],
        )
