"""Bringing a database to the newest schema, though many processes may start at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import sleep

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import OperationalError

from erp.kernel import sqlite
from erp.migrations.protection import protect
from erp.migrations.roles import ensure_application_role

LOCK = 7_021_953_118  # an advisory lock that only migrations take
PAUSE_SECONDS = 0.5


class BrokenReferences(Exception):
    """A migration left rows that refer to nothing."""


class SchemaIsOld(Exception):
    """The database is not at the revision this release needs."""


def migrate(url: URL, revision: str = "head", *, application: URL | None = None) -> None:
    """Upgrade, or downgrade, to the revision; other starters wait and then find nothing to do.

    `application` is where the product itself signs in, if that is another role than `url` has.
    """
    while not try_to_migrate(url, revision, application=application):
        sleep(PAUSE_SECONDS)


def try_to_migrate(url: URL, revision: str = "head", *, application: URL | None = None) -> bool:
    """The same without waiting: False while another process migrates or holds the file."""
    with open_engine(url) as engine:
        if engine.dialect.name == "sqlite":
            return _migrate_file(engine, revision)
        is_other = application is not None and application.username != url.username
        return _migrate_server(engine, revision, application if is_other else None)


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """The revision this release needs."""
    return ScriptDirectory.from_config(configuration()).get_heads()[0]


def known_revisions() -> set[str]:
    """Every revision that this release can bring to the newest."""
    scripts = ScriptDirectory.from_config(configuration())
    return {script.revision for script in scripts.walk_revisions()}


def ensure_newest(connection: Connection) -> None:
    """Raises `SchemaIsOld` unless the database is at the newest revision."""
    at = current_revision(connection)
    if at != newest_revision():
        raise SchemaIsOld(f"the database is at {at or 'nothing'}")


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings; the scripts travel inside the package."""
    config = Config()
    config.set_main_option("script_location", "erp:migrations")
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def open_engine(url: URL) -> Iterator[Engine]:
    """The database by its standard driver, for work that waits; on SQLite with the write lock."""
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool)
        sqlite.begin_immediate_blocking(engine)
    else:
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 3})
    try:
        yield engine
    finally:
        engine.dispose()


def _migrate_file(engine: Engine, revision: str) -> bool:
    # Batch mode copies tables, so references are off while it runs. The PRAGMA is ignored inside
    # a transaction, hence at connect.
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF").close())
    with ExitStack() as transaction:
        try:
            connection = transaction.enter_context(engine.begin())
        except OperationalError as error:
            if "database is locked" not in str(error.orig):
                raise
            return False
        _back_up(connection, engine.url.database or "", revision)
        before = current_revision(connection)
        _move(connection, revision)
        has_moved = current_revision(connection) != before  # or a start takes longer with each row
        if has_moved and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise BrokenReferences
        protect(connection)
    return True


def _back_up(connection: Connection, path: str, revision: str) -> None:
    """Before a file with data changes its shape, a copy of it is put beside it."""
    at = current_revision(connection)
    if at is None or at == revision or (revision == "head" and at == newest_revision()):
        return
    with (
        closing(sqlite3.connect(f"{path}.before-{at}")) as copy,
        closing(sqlite3.connect(path)) as now,
    ):
        now.backup(copy)


def _migrate_server(engine: Engine, revision: str, application: URL | None) -> bool:
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
            return False
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.commit()  # or Alembic sees an outer transaction and skips its own
        try:
            if application is not None:
                ensure_application_role(connection, application)
                connection.commit()
            _move(connection, revision)
            protect(connection, application.username if application else None)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()
    return True


def _move(connection: Connection, revision: str) -> None:
    config = configuration(connection)
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    at = current_revision(connection)
    if connection.in_transaction() and connection.dialect.name != "sqlite":
        connection.rollback()
    goes_down = revision == "base" or (revision in known and at in known[: known.index(revision)])
    (command.downgrade if goes_down else command.upgrade)(config, revision)
