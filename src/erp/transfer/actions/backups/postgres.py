"""Backups of PostgreSQL: `pg_dump` and our own figures, both of one exported snapshot."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL

from erp.kernel.schema import Base
from erp.kernel.settings import Settings
from erp.transfer.actions.backups.contents import REVISION_TABLE, describe, ensure_same
from erp.transfer.actions.backups.parking import COUNT_PARKED, PARK
from erp.transfer.actions.backups.tools import conninfo, find_tools
from erp.transfer.errors import BackupImpossible, TargetInUse
from erp.transfer.schemas.reports import Contents, TableDigest

Connection = psycopg.Connection[tuple[Any, ...]]

SET_UP = """
    SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '5s'
"""
ME = """
    SELECT rolname, rolsuper OR rolbypassrls, rolsuper OR rolcreatedb FROM pg_roles
    WHERE rolname = current_user
"""
TABLES = """
    SELECT relname, has_table_privilege(oid, 'SELECT'), relrowsecurity FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname
"""
FORCED = """
    SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
      AND relforcerowsecurity
"""
KEY = """
    SELECT attname, format_type(atttypid, NULL) IN ('text', 'character varying')
    FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
    WHERE indrelid = %s::regclass AND indisprimary ORDER BY array_position(indkey, attnum)
"""
PEOPLE = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM organizations)"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()
"""
OPEN_WALL = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
PARK_ALL = f"""
    SET search_path = {{}};
    ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY;
    {PARK};
    ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
"""


def backup_url(settings: Settings) -> URL:
    """The database as the role that reads all of it. Raises `BackupImpossible` on SQLite."""
    url = settings.backup_url
    if url.get_backend_name() != "postgresql":
        raise BackupImpossible("This needs PostgreSQL, and the settings name SQLite")
    return url


def take(settings: Settings, data: Path) -> Contents:
    """Dump the database and describe it, both as of one moment."""
    url = backup_url(settings)
    with _connected(url) as connection:
        tools = find_tools(connection.info.server_version)
        _ensure_sees_all(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        [snapshot] = _one(connection, "SELECT pg_export_snapshot()")
        tools.dump(url, snapshot, data)
        return _read(connection)


def _ensure_sees_all(connection: Connection) -> None:
    """A role that row-level security holds back would back up less than there is."""
    role, sees_all, _makes = _one(connection, ME)
    tables = connection.execute(TABLES).fetchall()
    if not sees_all and any(is_walled for _name, _may, is_walled in tables):
        raise BackupImpossible(
            f"Row-level security hides rows from the role {role}, so its backup would not be "
            "whole. Name a role with BYPASSRLS in BACKUP_DATABASE_URL; erp migrate --roles makes it"
        )
    if closed := [name for name, may_read, _walled in tables if not may_read]:
        raise BackupImpossible(f"The role {role} may not read {', '.join(closed)}")


def _read(connection: Connection) -> Contents:
    names = [name for name, *_rest in connection.execute(TABLES)]
    digests = {name: _digest(connection, name) for name in names}
    return describe(partial(_ask, connection), digests)


def _ask(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


def _digest(connection: Connection, table: str) -> TableDigest:
    digest, named = hashlib.sha256(), sql.Identifier(table)
    by_bytes = sql.SQL('{} COLLATE "C"')  # text sorts alike on every server
    key = connection.execute(KEY, (named.as_string(),)).fetchall()
    columns = [
        (by_bytes if is_text else sql.SQL("{}")).format(sql.Identifier(name))
        for name, is_text in key
    ]
    order = sql.SQL(", ").join(columns or [sql.SQL("{}::text").format(named)])
    query = sql.SQL("COPY (SELECT * FROM {} ORDER BY {}) TO STDOUT").format(named, order)
    with connection.cursor() as cursor:
        with cursor.copy(query) as rows:
            for block in rows:
                digest.update(block)
        return TableDigest(rows=cursor.rowcount, sha256=digest.hexdigest())


def rehearse(settings: Settings, data: Path) -> Contents:
    """Restore the dump into a scratch database of the same server, and describe that."""
    url = backup_url(settings)
    with _connected(url) as connection:
        role, _sees, makes_databases = _one(connection, ME)
        if not makes_databases:
            raise BackupImpossible(
                f"The role {role} may not make the scratch database that this needs: let an "
                f'administrator run ALTER ROLE "{role}" CREATEDB'
            )
        tools = find_tools(connection.info.server_version)
        with _scratch(connection, url) as scratch:
            tools.restore(scratch, data)
            with _connected(scratch) as copy, _through_walls(copy):
                return _read(copy)


@contextmanager
def _scratch(connection: Connection, url: URL) -> Iterator[URL]:
    name = f"erp_verify_{uuid4().hex}"
    named = sql.Identifier(name)
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(named))
    try:
        yield url.set(database=name)
    finally:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))


@contextmanager
def _through_walls(connection: Connection) -> Iterator[None]:
    """As the owner of the tables, whom row-level security holds back while it is forced."""
    connection.execute("BEGIN")
    for (name,) in connection.execute(FORCED).fetchall():
        connection.execute(sql.SQL(OPEN_WALL).format(sql.Identifier(name)))
    yield
    connection.execute("ROLLBACK")


def ensure_free(settings: Settings) -> bool:
    """Whether the target holds no data yet. Raises `TargetInUse` if others are connected."""
    with _connected(settings.migration_url) as connection:
        [others] = _one(connection, OTHERS)
        if others:
            raise TargetInUse(
                f"{others} other sessions are connected to the database; stop servers and workers"
            )
        names = {name for name, *_rest in connection.execute(TABLES)}
        if not {"users", "organizations"} <= names:
            return not names
        return not _one(connection, PEOPLE)[0]


def put_back(settings: Settings, data: Path, said: Contents) -> int:
    """Replace every table by those of the dump in one transaction; how many mails were parked."""
    url, has_outbox = settings.migration_url, "outbox" in said.tables
    with _connected(url) as connection:
        tools = find_tools(connection.info.server_version)
        present = {name for name, *_rest in connection.execute(TABLES)}
        [schema] = _one(connection, "SELECT current_schema()")
    ours = present & {*said.tables, *Base.metadata.tables, REVISION_TABLE}
    park = sql.SQL(PARK_ALL).format(sql.Identifier(schema)).as_string() if has_outbox else ""
    tools.replace(url, data, prelude=_drop(ours), epilogue=park)
    with _connected(url) as connection, _through_walls(connection):
        found = _read(connection)
        if has_outbox:  # its mails were parked since
            found.tables["outbox"] = said.tables["outbox"]
        ensure_same(said, found)
        return int(_one(connection, COUNT_PARKED)[0]) if has_outbox else 0


def _drop(tables: set[str]) -> str:
    named = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(tables))
    return sql.SQL("DROP TABLE {}").format(named).as_string() + ";\n" if tables else ""


def _one(connection: Connection, query: str) -> tuple[Any, ...]:
    """The one row that the query gives."""
    [row] = connection.execute(query.encode()).fetchall()
    return row


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    with psycopg.connect(conninfo(url, password=True), autocommit=True, connect_timeout=5) as found:
        found.execute(SET_UP)
        yield found
