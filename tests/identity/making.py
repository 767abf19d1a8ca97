"""Makers for tests of sign-in: browsers, second applications, looks at the tables."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import select

from erp.app import create_app
from erp.identity.models import SecurityEvent, SessionRow, User
from erp.kernel.clock import utc_now
from erp.kernel.jobs import OutboxRow
from tests.making import (
    PASSWORD,
    Person,
    make_address,
    make_client,
    make_settings,
    reading_all,
    writing_all,
)

ORIGIN = "http://erp.test"


def make_browser(app: FastAPI, base_url: str = ORIGIN, **headers: str) -> httpx2.AsyncClient:
    """A browser on a page of our own; it keeps cookies."""
    browser = make_client(app, Origin=base_url, **headers)
    browser.base_url = base_url
    return browser


async def log_in(
    client: httpx2.AsyncClient, person: Person, headers: dict[str, str] | None = None, **over: Any
) -> httpx2.Response:
    """The person types e-mail address and password."""
    body = {"email": person.email, "password": person.password} | over
    named = {name: value for name, value in body.items() if value is not None}
    return await client.post("/api/auth/login", json=named, headers=headers)


async def open_browser(app: FastAPI, person: Person, **over: Any) -> httpx2.AsyncClient:
    """A browser in which the person is signed in, and that sends the CSRF token along."""
    browser = make_browser(app)
    answer = await log_in(browser, person, mode="cookie", **over)
    assert answer.status_code == 200, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return browser


async def sign_in_again(app: FastAPI, person: Person, **over: Any) -> Person:
    """The same person on another device, with tokens of its own."""
    client = make_client(app)
    answer = await log_in(client, person, **over)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return Person(client, person.email, person.password, tokens, person.organization)


async def refresh(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    """Exchange a refresh token, by the body alone."""
    return await client.post("/api/auth/refresh", json={"refresh_token": token})


@asynccontextmanager
async def another_app(app: FastAPI, **over: Any) -> AsyncIterator[FastAPI]:
    """A second process of the product on the same database, with other settings."""
    known = app.state.settings
    kept = {"database_url": known.database_url, "data_dir": known.data_dir}
    clock = over.pop("clock", utc_now)
    product = create_app(make_settings(**kept | over), clock)
    product.state.health.schema_is_ready = True
    try:
        yield product
    finally:
        await product.state.database.dispose()
        product.state.desk.passwords.close()


class Unable:
    """An argon2 library that verifies and has no memory left to hash."""

    def __init__(self, hasher):
        self.verify, self.check_needs_rehash = hasher.verify, hasher.check_needs_rehash

    def hash(self, _password):
        raise MemoryError


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def session_id_of(person: Person) -> UUID:
    return UUID(claims_of(person.tokens["access_token"])["sid"])


def user_id_of(person: Person) -> UUID:
    return UUID(person.tokens["user"]["id"])


async def session_of(app: FastAPI, session_id: UUID) -> SessionRow:
    """The row that decides about the session."""
    return (await rows(app, SessionRow, SessionRow.id == session_id))[0]


async def user_of(app: FastAPI, person: Person) -> User:
    return (await rows(app, User, User.id == user_id_of(person)))[0]


async def rows(app: FastAPI, model: Any, *where: Any) -> list[Any]:
    """Rows as they were committed."""
    async with reading_all(app) as session:
        return list(await session.scalars(select(model).where(*where)))


async def run(app: FastAPI, statement: Any) -> None:
    """One statement in a transaction of its own."""
    async with writing_all(app) as session:
        await session.execute(statement)


async def events_about(app: FastAPI, person: Person) -> list[str]:
    """What the trail says about the person, in order."""
    found = await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))
    return [event.event for event in sorted(found, key=lambda event: (event.at, event.id))]


async def mails_to(app: FastAPI, address: str) -> list[str]:
    """The templates of the mails that were promised to the address."""
    promised = await rows(app, OutboxRow, OutboxRow.kind == "mail.deliver")
    mine = [row for row in promised if row.payload["to"] == address]
    return [row.payload["template"] for row in sorted(mine, key=lambda row: row.id)]


async def newest_sealed(app: FastAPI, template: str, address: str) -> dict[str, Any]:
    """The code or link in the newest mail of this kind to the address, as its owner reads it."""
    promised = await rows(app, OutboxRow, OutboxRow.payload["to"].as_string() == address)
    mine = [row for row in promised if row.payload["template"] == template]
    newest = max(mine, key=lambda row: (row.created_at, row.id))
    return app.state.desk.keys.unseal(newest.payload["sealed"])


async def sign_up_by_code(app: FastAPI) -> Person:
    """A person whose address was proved by the mailed code, where verification is on."""
    client = make_client(app)
    given = {"email": make_address(), "password": PASSWORD, "full_name": "Vera Fied"}
    pending = await client.post("/api/auth/register", json=given)
    assert pending.status_code == 202, pending.text
    assert "debug_otp" not in pending.json()
    code = (await newest_sealed(app, "identity/verify_email", given["email"]))["code"]
    token = pending.json()["registration_token"]
    body = {"email": given["email"], "otp": code, "registration_token": token, "mode": "bearer"}
    answer = await client.post("/api/auth/verify-email", json=body)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return Person(client, given["email"], PASSWORD, tokens, tokens["organizations"][0])
