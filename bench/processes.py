"""The processes that are measured: started on a free port, watched through /proc, ended by id."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import URL, make_url
from tests import postgres

from bench.seed import PASSWORD

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PATIENCE = 30.0
TICKS = os.sysconf("SC_CLK_TCK")
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
SECRET_KEY = secrets.token_urlsafe(48)


@dataclass
class Served:
    """A running process that answers on a port."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    started: float = field(default_factory=time.perf_counter)

    def cpu_seconds(self) -> float:
        """CPU time used so far by the process and its children; 0 where there is no /proc."""
        return sum(cpu_seconds(pid) for pid in family(self.process.pid))

    def memory_mb(self) -> float:
        """Resident memory of the process and its children."""
        return sum(memory_mb(pid) for pid in family(self.process.pid))

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """One request; the status and what the JSON says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def await_status(self, status: int, path: str, token: str = "") -> float:
        """Seconds from the start of the process to the first such answer."""
        while not self.answers(status, path, token):
            if time.perf_counter() - self.started > PATIENCE or self.process.poll() is not None:
                self.fail(f"no answer {status} to GET {path}")
            time.sleep(0.005)
        return time.perf_counter() - self.started

    def await_rest(self) -> None:
        """Until the jobs that a start brings are done: half a second almost without CPU time."""
        for _ in range(60):
            before = self.cpu_seconds()
            time.sleep(0.5)
            if self.cpu_seconds() - before < 0.02:
                return

    def answers(self, status: int, path: str, token: str) -> bool:
        """Whether it already gives such an answer."""
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            return self.call("GET", path, token=token)[0] == status
        return False

    def fail(self, why: str) -> NoReturn:
        """Give up, showing what the process said last."""
        lines = self.log.read_text(errors="replace").splitlines()
        said = "\n".join(line for line in lines if '"event":"request"' not in line)
        raise SystemExit(f"bench: {self.name}: {why}\n{said}")

    def sign_in(self, email: str) -> str:
        """An access token of this person."""
        body = {"email": email, "password": PASSWORD}
        status, answer = self.call("POST", "/api/auth/login", body)
        if status != 200:
            self.fail(f"signing in as {email} failed: {answer}")
        return str(answer["access_token"])


def family(pid: int) -> list[int]:
    """The process and its direct children, as gunicorn has them."""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]
    return [pid]


def cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def memory_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def product_command() -> list[str]:
    """One worker, as shipped."""
    return [str(BIN / "erp"), "serve"]


def addresses_for(name: str, url: URL) -> dict[str, str]:
    """The product works behind row-level security, as a role of its own; references do not."""
    named = {"DATABASE_URL": url}
    if name == "product" and url.get_backend_name() == "postgresql":
        named = {
            "DATABASE_URL": url.set(username=postgres.APPLICATION),
            "MIGRATION_DATABASE_URL": url,
        }
    return {key: each.render_as_string(hide_password=False) for key, each in named.items()}


def settings_for(addresses: dict[str, str], folder: Path, port: int) -> dict[str, str]:
    """Production settings; only the access token lives longer than a bench does."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),  # what lies beside it
        "ENVIRONMENT": "production",
        "API_REQUESTS_PER_MINUTE": "0",
        "PUBLIC_BASE_URL": "https://erp.example.com",
        **addresses,
        "DATA_DIR": str(folder),
        "SECRET_KEY": SECRET_KEY,
        "ACCESS_TOKEN_MINUTES": "720",
        "EMBEDDED_WORKER": "on",
        "NIGHTLY_BACKUPS": "off",
        "PORT": str(port),
    }


@contextmanager
def serving(name: str, command: list[str], url: URL, folder: Path) -> Iterator[Served]:
    """Run a server on a free port of the loopback until the end of the block."""
    port = free_port()
    words = [word.replace("PORT", str(port)) for word in command]
    path, addresses = folder / f"{name}.log", addresses_for(name, url)
    with path.open("ab") as log:
        process = subprocess.Popen(
            words, cwd=folder, env=settings_for(addresses, folder, port), stdout=log, stderr=log
        )
    try:
        yield Served(name, port, process, path)
    finally:
        process.terminate() if name == "ninja" else process.kill()  # no need to say farewell
        process.wait()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(kind: str, folder: Path) -> Iterator[URL | None]:
    """An empty throw-away database that commits durably; None where there is no PostgreSQL."""
    if kind == "SQLite":
        yield URL.create("sqlite", database=str(folder / "bench.db"))
        return
    postgres.OPTIONS |= DURABLE
    server = postgres.start()
    if isinstance(server, postgres.Skipped):
        print(f"PostgreSQL is skipped: {server.reason}")
        yield None
        return
    try:
        server.create_database("bench", "postgres")
        yield make_url(server.url("bench"))
    finally:
        server.stop()
