"""PostgreSQL's own programs: `pg_dump`, `pg_restore` and `psql`, found on PATH."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from erp.transfer.errors import BackupImpossible

PROGRAMS = ("pg_dump", "pg_restore", "psql")
WITHOUT_ROLES = ("--no-owner", "--no-privileges")  # erp migrate grants what the roles need
LAST_LINES = 3


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the three programs are; none is older than the server."""

    pg_dump: str
    pg_restore: str
    psql: str

    def dump(self, url: URL, snapshot: str, data: Path) -> None:
        """Dump what the exported snapshot sees."""
        words = ("--format=custom", f"--snapshot={snapshot}", f"--file={data}", *WITHOUT_ROLES)
        _run(url, self.pg_dump, f"--dbname={conninfo(url)}", *words)

    def restore(self, url: URL, data: Path) -> None:
        """Restore a dump into an empty database."""
        words = ("--exit-on-error", *WITHOUT_ROLES, str(data))
        _run(url, self.pg_restore, f"--dbname={conninfo(url)}", *words)

    def replace(self, url: URL, data: Path, *, prelude: str, epilogue: str) -> None:
        """Run prelude, dump and epilogue as one transaction: all of it happens, or nothing."""
        scripts = [data.with_suffix(ending) for ending in (".before", ".sql", ".after")]
        scripts[0].write_text(prelude, encoding="utf-8")
        _run(url, self.pg_restore, f"--file={scripts[1]}", *WITHOUT_ROLES, str(data))
        scripts[2].write_text(epilogue, encoding="utf-8")
        words = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        files = [f"--file={script}" for script in scripts]
        _run(url, self.psql, f"--dbname={conninfo(url)}", *words, *files)


def find_tools(server_version: int) -> Tools:
    """The programs, fit for a server of this version: 180004 is 18.4.

    Raises `BackupImpossible`.
    """
    major = server_version // 10_000
    found = {name: shutil.which(name) for name in PROGRAMS}
    if missing := [name for name, path in found.items() if path is None]:
        raise BackupImpossible(
            f"{', '.join(missing)} cannot be found; install PostgreSQL's client programs, {major} "
            "or newer"
        )
    tools = Tools(**{name: str(path) for name, path in found.items()})
    said = subprocess.run(  # noqa: S603  the program that PATH leads to, as for any command
        [tools.pg_dump, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = re.search(r"\d+(\.\d+)?", said)
    if version is None or int(version[0].partition(".")[0]) < major:
        raise BackupImpossible(
            f"The server is PostgreSQL {major}.{server_version % 10_000}, but pg_dump is "
            f"{version[0] if version else 'of an unknown version'}: install the client programs of "
            f"PostgreSQL {major} or newer"
        )
    return tools


def conninfo(url: URL, *, password: bool = False) -> str:
    """The address as libpq takes it; a password stays out of what other users can list."""
    given = url.translate_connect_args(username="user", database="dbname")
    if not password:
        given.pop("password", None)
    return make_conninfo(**given, **{key: str(value) for key, value in url.query.items()})


def _run(url: URL, *words: str) -> None:
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603  our own words, never a shell
        words,
        env={**os.environ, **secret, "PGCONNECT_TIMEOUT": "5"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        raise BackupImpossible(f"{Path(words[0]).name} failed: {said}")
