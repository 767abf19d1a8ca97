"""The command `erp` as people run it: processes of their own on free loopback ports."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import URL

import erp
from tests.making import PASSWORD, SECRET

ERP = Path(sys.executable).with_name("erp")
PATIENCE = 60.0  # seconds; only a broken product is waited for that long
# Loopback needs no certificates, and reading them costs more than starting to wait for a server.
PLAIN: dict[str, Any] = {"timeout": PATIENCE, "verify": False}
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH")


@dataclass
class Running:
    """A process of `erp` with what it printed; a server also has an address."""

    process: subprocess.Popen[bytes]
    base_url: str
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def client(self, **headers: str) -> httpx2.Client:
        return httpx2.Client(base_url=self.base_url, headers=headers, **PLAIN)

    def status(self, path: str) -> int:
        """The status of one GET; 0 while nobody listens."""
        try:
            return httpx2.get(self.base_url + path, **PLAIN).status_code
        except httpx2.TransportError:
            return 0

    def wait_until(self, status: int, path: str = "/health/ready") -> None:
        """Return once the path answers with this status."""
        wait_for(lambda: self.has_ended() or self.status(path) == status, self.said)
        assert not self.has_ended(), self.said()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def said(self) -> str:
        """Everything printed so far."""
        return self.log.read_text(errors="replace")

    def terminate(self) -> None:
        """Ask it to end, and do not wait."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float = 10.0) -> int:
        """The exit code; fails if the process is still there by then."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s\n{self.said()}") from None

    def stop(self) -> int:
        """End it in order, and give its exit code."""
        self.terminate()
        return self.wait()

    def kill(self) -> None:
        """Like a power cut for the process."""
        self.process.kill()
        self.process.wait()


def settings_for(folder: Path, url: URL | None = None, **over: object) -> dict[str, str]:
    """The environment of a test's process: cheap hashes, data in the folder, few log lines."""
    values = {
        "ENVIRONMENT": "test",
        "SECRET_KEY": SECRET,
        "PASSWORD_MEMORY_KIB": 8,
        "PASSWORD_TIME_COST": 1,
        "DATA_DIR": folder / "data",
        "LOG_LEVEL": "WARNING",
        "NIGHTLY_BACKUPS": "off",
        "API_REQUESTS_PER_MINUTE": 0,
        "LOG_FORMAT": "json",
    }
    if url is not None:
        values["DATABASE_URL"] = url.render_as_string(hide_password=False)
    return {name: str(value) for name, value in (values | over).items()}


def environment(settings: dict[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ}
    return kept | settings


def run_erp(
    folder: Path, settings: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Run one verb to its end in the folder, where also its `.env` would be."""
    return subprocess.run(
        [ERP, *words],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def start_erp(folder: Path, settings: dict[str, str], *words: str) -> Iterator[Running]:
    """A verb that runs until it is stopped; the end of the block ends it in any case."""
    port = settings.get("PORT", "0")
    log = folder / f"{words[0]}-{time.monotonic_ns()}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [ERP, *words], cwd=folder, env=environment(settings), stdout=out, stderr=out
        )
    try:
        yield Running(process, f"http://127.0.0.1:{port}", log)
    finally:
        process.kill()
        process.wait()


@contextmanager
def serving(
    folder: Path, settings: dict[str, str], *, awaiting: str = "/health/ready"
) -> Iterator[Running]:
    """A server that answers 200 at the path by the time the block begins."""
    with start_erp(folder, {"PORT": str(free_port()), **settings}, "serve") as server:
        server.wait_until(200, awaiting)
        yield server


def copy_package(folder: Path) -> Path:
    """A folder with a copy of the product to change; as PYTHONPATH it is what `erp` runs."""
    without_ui = shutil.ignore_patterns("static")
    shutil.copytree(Path(erp.__file__).parent, folder / "erp", ignore=without_ui)
    return folder


def wait_for(is_so: Callable[[], bool], tell: Callable[[], object] = str) -> None:
    """Look every few milliseconds; fail with what `tell` knows when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.03)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def sign_up_at(server: Running, email: str = "ada@example.com") -> dict[str, Any]:
    """A new person's tokens and organizations."""
    body = {"email": email, "password": PASSWORD, "full_name": "Ada Lovelace"}
    return answered(server, 201, "/api/auth/register", body)


def sign_in_at(server: Running, email: str = "ada@example.com") -> dict[str, str]:
    """The header of somebody who just signed in."""
    signed_in = answered(server, 200, "/api/auth/login", {"email": email, "password": PASSWORD})
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


def answered(server: Running, status: int, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a POST answers; it must have this status."""
    answer = httpx2.post(server.base_url + path, json=body, **PLAIN)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found
