"""SIGTERM ends a server and a worker in order: what was begun is finished, nothing is lost."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL, insert, text

from erp.kernel.jobs import OutboxRow
from erp.kernel.schema import NO_ORGANIZATION, new_id
from erp.migrations.upgrade import migrate
from tests.making import PASSWORD
from tests.process.database import engine_for
from tests.process.running import (
    Running,
    serving,
    settings_for,
    sign_in_at,
    sign_up_at,
    start_erp,
    wait_for,
)

STOP_SECONDS = 10.0  # what Cloud Run grants


@dataclass
class Begun:
    """A POST that the server has begun to read; `rest` of its body was not sent yet."""

    connection: http.client.HTTPConnection
    rest: bytes

    def finish(self) -> int:
        """Send the rest, and give the status of the answer."""
        self.connection.send(self.rest)
        return self.connection.getresponse().status


@contextmanager
def begun(
    server: Running, path: str, body: dict[str, str], headers: dict[str, str], withheld: int = 0
) -> Iterator[Begun]:
    """A request that lacks its last bytes."""
    content = json.dumps(body).encode()
    sent = len(content) - withheld
    connection = http.client.HTTPConnection("127.0.0.1", httpx2.URL(server.base_url).port)
    connection.putrequest("POST", path)
    for key, value in headers.items():
        connection.putheader(key, value)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content[:sent])
    server.status("/health/live")  # answered later, so the server has begun to read the other
    yield Begun(connection, content[sent:])
    connection.close()


def half_sent_product(
    server: Running, headers: dict[str, str], name: str
) -> AbstractContextManager[Begun]:
    body = {"name": name, "sale_price": "1"}
    return begun(server, "/api/products", body, headers, withheld=10)


def slow_sign_in(server: Running) -> AbstractContextManager[Begun]:
    """All was sent; the server is busy with the password."""
    body = {"email": "ada@example.com", "password": PASSWORD}
    return begun(server, "/api/auth/login", body, {})


def test_requests_in_flight_are_finished_before_the_end(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url)
    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        headers = sign_in_at(server)
        with (
            half_sent_product(server, headers, "First") as first,
            half_sent_product(server, headers, "Second") as second,
        ):
            server.terminate()
            wait_for(lambda: is_refused(server))
            statuses = [first.finish(), second.finish()]
        code = server.wait(STOP_SECONDS)

    with serving(tmp_path, settings) as server, server.client(**sign_in_at(server)) as client:
        found = client.get("/api/products").json()["items"]

    assert statuses == [201, 201]
    assert code == 0, server.said()
    assert {product["name"] for product in found} == {"First", "Second"}


def is_refused(server: Running) -> bool:
    """Whether the server takes no new connection."""
    try:
        socket.create_connection(("127.0.0.1", httpx2.URL(server.base_url).port), 1).close()
    except OSError:
        return True
    return False


def test_slow_sign_ins_are_answered_though_the_server_stops(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url, PASSWORD_MEMORY_KIB=19456, PASSWORD_TIME_COST=12)
    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        with slow_sign_in(server) as first, slow_sign_in(server) as second:
            server.terminate()
            statuses = [first.finish(), second.finish()]
        code = server.wait(STOP_SECONDS)

    assert statuses == [200, 200]
    assert code == 0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_and_says_nothing_alarming(tmp_path, sign):
    with serving(tmp_path, settings_for(tmp_path)) as server, server.client() as client:
        client.get("/health/live")  # the connection stays open
        server.process.send_signal(sign)
        code = server.wait(5)

    assert code == 0
    assert server.said() == f"Cloud ERP Lite is at {server.base_url}\n"


def test_in_production_probes_hear_of_the_end_before_it_comes(tmp_path):
    settings = settings_for(
        tmp_path, ENVIRONMENT="production", PUBLIC_BASE_URL="https://erp.example.com"
    )
    with serving(tmp_path, settings) as server:
        server.terminate()
        server.wait_until(503)
        is_live = server.status("/health/live")
        code = server.wait(STOP_SECONDS)

    assert (is_live, code) == (200, 0)


@contextmanager
def silent_mail_server() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_worker_stops_though_the_mail_server_is_silent(tmp_path):
    promise_mails(tmp_path)
    with silent_mail_server() as port:
        settings = settings_for(tmp_path, SMTP_HOST="127.0.0.1", SMTP_PORT=port)

        with start_erp(tmp_path, settings, "worker") as worker:
            wait_for(lambda: is_delivering(tmp_path), worker.said)
            code = worker.stop()

    assert code == 0, worker.said()
    assert attempts_of_mails(tmp_path) == [0, 0, 0, 1]


def test_a_server_stops_in_time_in_the_worst_of_cases(tmp_path):
    promise_mails(tmp_path)
    with silent_mail_server() as port:
        settings = settings_for(tmp_path, ENVIRONMENT="production", EMBEDDED_WORKER="on")
        settings |= {"PUBLIC_BASE_URL": "https://erp.example.com"}
        settings |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port)}

        with serving(tmp_path, settings) as server, half_sent_product(server, {}, "Never"):
            wait_for(lambda: is_delivering(tmp_path), server.said)
            server.terminate()
            code = server.wait(STOP_SECONDS)

    assert code == 0, server.said()
    assert attempts_of_mails(tmp_path) == [0, 0, 0, 1]


def promise_mails(folder: Path) -> None:
    """Four mails wait."""
    migrate(file_in(folder))
    now = datetime.now(UTC)
    promised = {"organization_id": NO_ORGANIZATION, "kind": "mail.deliver", "priority": 0}
    promised |= {"run_at": now, "created_at": now, "attempts": 0}
    mail = {"template": "identity/welcome", "language": None, "values": {"name": "Ada"}}
    rows = [
        promised | {"id": new_id(), "payload": mail | {"to": f"person{number}@example.com"}}
        for number in range(4)
    ]
    with engine_for(file_in(folder)).begin() as connection:
        connection.execute(insert(OutboxRow), rows)


def file_in(folder: Path) -> URL:
    return URL.create("sqlite", database=str(folder / "data" / "erp.db"))


def is_delivering(folder: Path) -> bool:
    return any(lease for _attempts, lease in waiting_mails(folder))


def attempts_of_mails(folder: Path) -> list[int]:
    """How often each waiting mail counts as tried; none may still be leased."""
    rows = waiting_mails(folder)
    assert [lease for _attempts, lease in rows if lease] == []
    return sorted(attempts for attempts, _lease in rows)


def waiting_mails(folder: Path) -> list[tuple[int, str | None]]:
    query = "SELECT attempts, lease_until FROM outbox WHERE kind = 'mail.deliver'"
    with engine_for(file_in(folder)).connect() as connection:
        return [(attempts, lease) for attempts, lease in connection.execute(text(query))]
