"""A PostgreSQL server that listens on TCP, asks for passwords, dies and comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine, NullPool, create_engine, text

from erp.migrations.upgrade import LOCK
from tests.postgres import OPTIONS, find_binaries, make_cluster, reachable, unprivileged
from tests.process.running import free_port

INSTANCE = "proj:region:inst"
PASSWORD = "p@ss#w$rd%41/:s"
PATIENCE = 30.0
RULES = """
local all postgres trust
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
"""

# As in tests/postgres.py: the server ends when the pipe on standard input is closed.
GUARD = """
exec 3<&0
"$@" 3<&- & server=$!
{ cat <&3 >/dev/null; kill -QUIT $server; } 2>/dev/null &
wait $server
"""


class OwnPostgres:
    """One cluster on a port of its own, with the role `erp_app`; `start` and `kill` it at will."""

    def __init__(self, binaries: Path) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="erp-own-postgres-"))
        self._identity = unprivileged()
        self._guard: subprocess.Popen[bytes] | None = None
        self._make_sockets_folder()
        self._binaries = binaries
        if self._identity:
            self._binaries = reachable(binaries, self.folder, self._identity)
        make_cluster(self._binaries / "initdb", self.folder / "data", self._identity)
        (self.folder / "data" / "pg_hba.conf").write_text(RULES)
        self.start()
        self.run(
            sql.SQL("CREATE ROLE erp_app LOGIN PASSWORD {}").format(sql.Literal(PASSWORD)),
        )

    def _make_sockets_folder(self) -> None:
        """Clients of a socket folder look for port 5432; the link leads them to the real one."""
        sockets = self.folder / INSTANCE
        sockets.mkdir()
        if self.port != 5432:
            (sockets / ".s.PGSQL.5432").symlink_to(f".s.PGSQL.{self.port}")
        if self._identity:
            for path in (self.folder, sockets):
                os.chown(path, self._identity["user"], self._identity["group"])

    def start(self) -> None:
        """Return once the server answers."""
        options = OPTIONS | {"listen_addresses": "127.0.0.1", "port": str(self.port)}
        options["synchronous_commit"] = "on"  # what it said is kept when it is killed
        folders = f"{self.folder},{self.folder / INSTANCE}"
        command = [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), "-k", folders]
        command += [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", GUARD, "guard", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
                **self._identity,
            )
        self._await_answer()

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.run(sql.SQL("SELECT 1"))
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.03)
            else:
                return

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does; the next start recovers."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def make_database(self, name: str, owner: str = "erp_app") -> URL:
        """An empty database that only its owner may enter, by TCP and password."""
        named, role = sql.Identifier(name), sql.Identifier(owner)
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        self.run(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(named, role))
        self.run(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(named))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove it, so that the roles with rights in it can go too."""
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def make_role(self, name: str) -> None:
        """A fresh login with the usual password."""
        known = sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name))
        login = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        self.run(known)
        self.run(login.format(sql.Identifier(name), sql.Literal(PASSWORD)))

    def grant_connect(self, database: str, role: str) -> None:
        """Let the role enter the database."""
        allow = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        self.run(allow.format(sql.Identifier(database), sql.Identifier(role)))

    def url(self, database: str, user: str = "erp_app", password: str = PASSWORD) -> URL:
        host = "127.0.0.1"
        return URL.create("postgresql+psycopg", user, password, host, self.port, database)

    def run(self, command: sql.Composable) -> None:
        """One statement as the superuser, by the socket."""
        address = f"host={self.folder} port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(command)


def make_own_postgres() -> OwnPostgres | None:
    """A running server, or None where no binaries are installed."""
    binaries = find_binaries()
    return OwnPostgres(binaries) if binaries else None


def engine_for(url: URL) -> Engine:
    """A plain engine by the standard drivers; on PostgreSQL it may read the whole outbox."""
    plain = url.set(drivername=url.drivername.replace("+inline", ""))
    is_server = plain.get_backend_name() == "postgresql"
    words = {"options": "-c app.worker=on"} if is_server else {}
    return create_engine(plain, poolclass=NullPool, connect_args=words)


@contextmanager
def another_migrates(url: URL) -> Iterator[None]:
    """The lock that migrations take is held elsewhere."""
    with engine_for(url).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        yield
