"""Mails over SMTP: delivered once the server takes them, and never with a second header."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from erp.kernel import mail
from erp.kernel.db import Database
from erp.kernel.mail import send_mail
from erp.worker import PERIODIC, Worker
from tests.kernel.conftest import rows_in
from tests.making import MovableClock, make_settings

pytestmark = pytest.mark.anyio

WELCOME = ("identity/welcome", "ada@example.com", "en", {"name": "Ada"})


class Mailbox:
    """A handler that keeps mails, or answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.kept: list[tuple[Envelope, EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            parsed = message_from_bytes(content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.kept.append((envelope, parsed))
        return answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@asynccontextmanager
async def listening(mailbox: Mailbox, place: socket.socket) -> AsyncIterator[None]:
    """A real server at the place."""
    loop, talks = asyncio.get_running_loop(), list[SMTP]()

    def talk() -> SMTP:
        talks.append(SMTP(mailbox, hostname="mail.test", enable_SMTPUTF8=True, loop=loop))
        return talks[-1]

    async with await loop.create_server(talk, sock=place):
        yield
    for each in talks:
        if each.transport is not None:
            each.transport.close()
    await asyncio.gather(*(each._handler_coroutine for each in talks), return_exceptions=True)


@pytest.fixture
def place() -> Iterator[socket.socket]:
    """A free port of this machine, taken, where nobody listens yet."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken


@pytest.fixture
async def post(
    outbox: Database, mailbox: Mailbox, place: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Worker]:
    """A worker that delivers to a server with that mailbox."""
    async with listening(mailbox, place):
        yield make_worker(outbox, place, monkeypatch)


def make_worker(
    outbox: Database, place: socket.socket, monkeypatch: pytest.MonkeyPatch, **over: Any
) -> Worker:
    """A worker without periodic work whose mail server is at the place."""
    for kind in list(PERIODIC):
        monkeypatch.delitem(PERIODIC, kind)
    host, port = place.getsockname()
    settings = {"smtp_host": host, "smtp_port": port, "smtp_tls": "off"}
    sender = {"mail_from": "Büro Süd <erp@example.com>"}
    return Worker(outbox, make_settings(**(settings | sender | over)))


async def promise_mail(outbox: Database, *mail_of: Any) -> None:
    async with outbox.writing() as session:
        await send_mail(session, *(mail_of or WELCOME))


async def test_a_mail_arrives_with_both_parts(
    outbox: Database, post: Worker, mailbox: Mailbox, time: MovableClock
) -> None:
    await promise_mail(outbox)

    await post.run_once()

    [(envelope, message)] = mailbox.kept
    [row] = await rows_in(outbox)
    text, page = message.get_body(["plain"]), message.get_body(["html"])
    assert (envelope.mail_from, envelope.rcpt_tos) == ("erp@example.com", ["ada@example.com"])
    assert message["Subject"] == "Welcome to Cloud ERP Lite"
    assert message["From"] == "Büro Süd <erp@example.com>"
    assert message["To"] == "ada@example.com"
    assert message["Message-ID"] == f"<{row.id}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs((message["Date"].datetime - time()).total_seconds()) < 5
    assert text is not None
    assert page is not None
    assert text.get_content().startswith("Hello Ada,")
    assert "http://erp.test" in text.get_content()
    assert "<p>Hello Ada,</p>" in page.get_content()
    assert row.done_at is not None


async def test_a_server_that_is_away_gets_the_mail_later_and_once(
    outbox: Database,
    mailbox: Mailbox,
    place: socket.socket,
    time: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = make_worker(outbox, place, monkeypatch)
    await promise_mail(outbox)

    away = await worker.run_once()
    [row] = await rows_in(outbox)
    time.advance(seconds=7)
    async with listening(mailbox, place):
        delivered = [await worker.run_once(), await worker.run_once()]

    assert (away, row.done_at) == (1, None)
    assert row.last_error is not None
    assert row.last_error.startswith("SMTPConnect")
    assert delivered == [1, 0]
    assert len(mailbox.kept) == 1


@pytest.mark.parametrize("answer", ["451 Try again later", "550 No such person", "421 Closing"])
async def test_a_server_that_refuses_is_asked_again(
    outbox: Database, post: Worker, mailbox: Mailbox, time: MovableClock, answer: str
) -> None:
    mailbox.answers = [answer, answer]
    await promise_mail(outbox)

    for _ in range(4):
        await post.run_once()
        time.advance(seconds=15)

    [row] = await rows_in(outbox)
    assert len(mailbox.kept) == 1
    assert (row.attempts, row.done_at is not None, row.last_error) == (3, True, None)


async def test_one_refused_mail_does_not_hold_the_others_up(
    outbox: Database, post: Worker, mailbox: Mailbox
) -> None:
    mailbox.answers = ["550 No such person"]
    for name in ("Ada", "Ben", "Cid"):
        await promise_mail(outbox, "identity/welcome", f"{name}@example.com", "en", {"name": name})

    await post.run_once()

    assert [message["To"] for _envelope, message in mailbox.kept] == [
        "Ben@example.com",
        "Cid@example.com",
    ]


async def answer_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def chatter_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"220-still starting\r\n")
        await asyncio.sleep(0.05)
    writer.close()


class HangsUp(Mailbox):
    """Leaves in the middle of the first mails."""

    def __init__(self, mails: int) -> None:
        super().__init__()
        self.left = mails

    async def handle_RCPT(  # noqa: N802  the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.left:
            self.left -= 1
            assert server.transport is not None
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"


async def test_a_server_that_hangs_up_halfway_gets_the_mail_later_and_once(
    outbox: Database,
    place: socket.socket,
    time: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailbox = HangsUp(mails=2)
    worker = make_worker(outbox, place, monkeypatch)
    await promise_mail(outbox)

    async with listening(mailbox, place):
        for _ in range(4):
            await worker.run_once()
            time.advance(seconds=15)

    [row] = await rows_in(outbox)
    assert (row.attempts, row.done_at is not None) == (3, True)
    assert len(mailbox.kept) == 1


@pytest.mark.parametrize("behave", [answer_nothing, chatter_slowly])
async def test_a_server_that_is_too_slow_is_given_up(
    outbox: Database,
    place: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any],
) -> None:
    monkeypatch.setattr(mail, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(mail, "TOTAL_SECONDS", 0.4)
    server = await asyncio.start_server(behave, sock=place)
    slow = make_worker(outbox, place, monkeypatch)
    await promise_mail(outbox)

    async with asyncio.timeout(3):
        await slow.run_once()
    server.close()
    await asyncio.sleep(0.1)  # the talk ends too

    [row] = await rows_in(outbox)
    assert (row.attempts, row.done_at) == (1, None)
    assert row.last_error is not None
    assert "Timeout" in row.last_error or "Timed" in row.last_error


async def test_a_server_without_tls_gets_nothing_when_tls_is_demanded(
    outbox: Database, mailbox: Mailbox, place: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    await promise_mail(outbox)

    async with listening(mailbox, place):
        await make_worker(outbox, place, monkeypatch, smtp_tls="starttls").run_once()

    [row] = await rows_in(outbox)
    assert mailbox.kept == []
    assert row.last_error is not None
    assert "STARTTLS" in row.last_error


@pytest.mark.parametrize("to", ["ädä@example.com", "ada@bücher.example", "ädä@bücher.example"])
async def test_addresses_of_any_script_are_served(
    outbox: Database, post: Worker, mailbox: Mailbox, to: str
) -> None:
    await promise_mail(outbox, "identity/welcome", to, "de", {"name": "Ädä"})

    await post.run_once()

    [row] = await rows_in(outbox)
    assert row.last_error is None
    [(envelope, message)] = mailbox.kept
    assert envelope.rcpt_tos in (
        [to],
        [to.encode("idna").decode()],
        [to.replace("bücher", "xn--bcher-kva")],
    )
    assert message["Subject"] == "Willkommen bei Cloud ERP Lite"


async def test_a_mail_that_was_never_promised_is_not_sent(
    outbox: Database, post: Worker, mailbox: Mailbox
) -> None:
    async def promise_and_fail() -> None:
        async with outbox.writing() as session:
            await send_mail(session, *WELCOME)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await promise_and_fail()

    assert await post.run_once() == 0
    assert mailbox.kept == []
