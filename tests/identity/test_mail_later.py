"""Requests promise mails and never speak to the mail server, whatever it is like."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from erp.app import create_app
from erp.migrations.upgrade import migrate
from erp.worker import Worker
from tests.identity.making import newest_sealed
from tests.making import PASSWORD, make_address, make_client, make_settings

pytestmark = pytest.mark.anyio

NEXT = "Another-Horse-8"
GREETINGS = {"slow": None, "refusing": b"554 No service\r\n", "flaky": b""}


@dataclass
class PostOffice:
    """A mail server that is never of use, and counts who knocks."""

    manner: str = "down"
    knocks: int = 0
    talks: list[asyncio.StreamWriter] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say nothing at all, refuse, or hang up."""
        self.knocks += 1
        self.talks.append(writer)
        greeting = GREETINGS[self.manner]
        if greeting is None:
            await reader.read()
        else:
            writer.write(greeting)
        writer.close()

    @asynccontextmanager
    async def at(self, place: socket.socket) -> AsyncIterator[None]:
        """Open at the place; `down` leaves the door shut."""
        if self.manner == "down":
            yield
            return
        async with await asyncio.start_server(self.talk, sock=place.dup()):
            yield
            for writer in self.talks:
                writer.close()


@pytest.fixture
def place() -> socket.socket:
    """A port of this machine, taken, where nobody listens yet."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken


@pytest.fixture
async def product(empty_url, place) -> AsyncIterator[FastAPI]:
    """A process of its own outbox whose mail server is at the place."""
    migrate(empty_url)
    host, port = place.getsockname()
    smtp = {"smtp_host": host, "smtp_port": port, "smtp_tls": "off"}
    url = SecretStr(empty_url.render_as_string(hide_password=False))
    app = create_app(make_settings(database_url=url, email_verification="required", **smtp))
    app.state.health.schema_is_ready = True
    yield app
    await app.state.database.dispose()
    app.state.desk.passwords.close()


async def walk(app: FastAPI) -> list[int]:
    """Every call that leads to a mail; the statuses."""
    client, email = make_client(app), make_address()
    account = {"email": email, "password": PASSWORD, "full_name": "Ada"}
    pending = await client.post("/api/auth/register", json=account)
    code = (await newest_sealed(app, "identity/verify_email", email))["code"]
    token = {"registration_token": pending.json()["registration_token"]}
    calls = [
        ("resend-otp", token),
        ("verify-email", {"email": email, "otp": code, **token}),
        ("register", account),
        ("forgot-password", {"email": email}),
        ("forgot-password", {"email": make_address()}),
        ("login", {"email": email, "password": "Wrong-Horse-7"}),
        ("login", {"email": email, "password": PASSWORD}),
    ]
    answers = [pending]
    answers += [await client.post(f"/api/auth/{path}", json=body) for path, body in calls]
    client.headers["Authorization"] = f"Bearer {answers[-1].json()['access_token']}"
    changed = {"current_password": PASSWORD, "new_password": NEXT}
    answers += [
        await client.post("/api/users/me/email", json={"email": make_address()}),
        await client.post("/api/invitations", json={"email": make_address(), "role": "user"}),
        await client.post("/api/auth/change-password", json=changed),
    ]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("manner", ["down", "slow", "refusing", "flaky"])
async def test_no_request_waits_for_a_mail_server(product, place, manner, monkeypatch):
    office = PostOffice(manner)
    monkeypatch.setattr("erp.kernel.mail.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("erp.kernel.mail.TOTAL_SECONDS", 0.4)

    async with office.at(place):
        statuses = await walk(product)
        knocks_of_requests = office.knocks
        worker = Worker(product.state.database, product.state.settings)
        await worker.run_once()

    assert statuses == [
        202,
        202,
        200,
        429,
        202,
        202,
        401,
        200,
        202,
        201,
        200,
    ]  # one sign-up a minute
    assert knocks_of_requests == 0
    assert (office.knocks > 0) == (manner != "down")
