"""Backups of SQLite: a copy that the database itself makes while others write."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from stat import S_IMODE
from typing import Any

from erp.kernel.settings import Settings
from erp.transfer.actions.backups.archives import keep_names
from erp.transfer.actions.backups.contents import describe
from erp.transfer.actions.backups.parking import COUNT_PARKED, PARK
from erp.transfer.errors import BackupDamaged, BackupImpossible, TargetInUse
from erp.transfer.schemas.reports import Contents, TableDigest

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
KEY = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
PEOPLE = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM organizations)"
COMPANIONS = ("-wal", "-shm", "-journal")


def take(settings: Settings, data: Path) -> Contents:
    """Copy the database as it is at one moment, and count in the copy."""
    source = _file_of(settings)
    if not source.is_file():
        raise BackupImpossible(f"There is no database {source}")
    with _opened(source) as now, _opened(data) as copy:
        now.backup(copy)  # in one step: nobody's write begins it anew
        copy.execute("PRAGMA journal_mode=DELETE").close()  # the file alone is the whole database
    data.chmod(0o600)
    return rehearse(settings, data)


def rehearse(_settings: Settings, data: Path) -> Contents:
    """What the copy holds, which must be sound. Raises `BackupDamaged`."""
    try:
        with _opened(data) as connection:
            _ensure_sound(connection)
            return _read(connection)
    except sqlite3.DatabaseError as error:
        raise BackupDamaged(f"SQLite cannot read the copy: {error}") from error


def _ensure_sound(connection: sqlite3.Connection) -> None:
    [first] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if first != "ok":
        raise BackupDamaged(f"SQLite finds the database damaged: {first}")
    if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
        raise BackupDamaged(f"a row of {broken[0]} refers to a row of {broken[2]} that is missing")


def _read(connection: sqlite3.Connection) -> Contents:
    names = [name for (name,) in connection.execute(TABLES)]
    digests = {name: _digest(connection, name) for name in sorted(names)}
    return describe(partial(_ask, connection), digests)


def _ask(connection: sqlite3.Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def _digest(connection: sqlite3.Connection, table: str) -> TableDigest:
    key = ", ".join(_quoted(name) for (name,) in connection.execute(KEY, (table,))) or "rowid"
    query = f"SELECT * FROM {_quoted(table)} ORDER BY {key}"  # noqa: S608  quoted
    digest, rows = hashlib.sha256(), 0
    for rows, row in enumerate(connection.execute(query), start=1):  # noqa: B007  counts
        digest.update(json.dumps(row, default=bytes.hex).encode() + b"\n")
    return TableDigest(rows=rows, sha256=digest.hexdigest())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def ensure_free(settings: Settings) -> bool:
    """Whether the target holds no data yet. Raises `TargetInUse` if a process has it open."""
    if not _file_of(settings).is_file():
        return True
    with _held(_file_of(settings)) as connection:
        try:
            return _is_empty(connection)
        except sqlite3.DatabaseError:
            return False  # damaged, and perhaps somebody can still save some of it


def _is_empty(connection: sqlite3.Connection) -> bool:
    names = {name for (name,) in connection.execute(TABLES)}
    if not {"users", "organizations"} <= names:
        return not names
    [people] = connection.execute(PEOPLE).fetchone()
    return not people


def keep(settings: Settings, ending: str) -> Path:
    """Give the database a second name, so that one of them is there at any moment."""
    target = _file_of(settings)
    kept = target.with_name(f"{target.name}.{ending}")
    with _held(target):
        try:
            kept.hardlink_to(target)
        except OSError:  # not every disk knows two names for a file
            shutil.copy2(target, kept)
    return kept


def put_back(settings: Settings, data: Path, _said: Contents) -> int:
    """Put the data in the place of the database; how many mails were parked."""
    target = _file_of(settings)
    parked = _park(data)
    _write_through(data)
    with _held(target) if target.is_file() else nullcontext():
        _look_alike(data, target)
        _swap(data, target)
    return parked


def _park(data: Path) -> int:
    with _opened(data) as connection:
        if ("outbox",) not in connection.execute(TABLES).fetchall():
            return 0
        connection.execute(PARK).close()
        [parked] = connection.execute(COUNT_PARKED).fetchone()
        return int(parked)


def _write_through(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _look_alike(data: Path, target: Path) -> None:
    """The account of the service goes on reading the file, whoever restores it."""
    if target.is_file():
        there = target.stat()
        data.chmod(S_IMODE(there.st_mode))
        os.chown(data, there.st_uid, there.st_gid)


def _swap(data: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    for ending in COMPANIONS:
        target.with_name(target.name + ending).unlink(missing_ok=True)
    data.replace(target)
    keep_names(target.parent)


@contextmanager
def _held(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, locked, all of it in one piece. Raises `TargetInUse`.

    A file in WAL mode can leave it only while no other connection is open. A damaged file cannot
    be locked, and nobody can work with it.
    """
    with _opened(path) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").close()
            connection.execute("BEGIN EXCLUSIVE").close()
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise TargetInUse(f"A process has {path} open; stop servers and workers") from error
        yield connection
        if connection.in_transaction:
            connection.execute("ROLLBACK").close()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
        yield connection


def _file_of(settings: Settings) -> Path:
    return Path(settings.url.database or "")
