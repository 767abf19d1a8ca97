"""The migrations make exactly what the models say, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from erp.migrations.upgrade import configuration, current_revision, migrate, newest_revision
from erp.records import metadata

APPEND_ONLY = sorted(table.name for table in metadata.tables.values() if table.info["append_only"])


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """A transaction by the standard drivers, kept at the end."""
    plain = url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url
    engine = create_engine(plain, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def described(connection: Connection) -> dict[str, Any]:
    """All that the database knows about the product's tables."""
    seen = inspect(connection)
    names = [name for name in seen.get_table_names() if name != "alembic_version"]
    return {
        name: {
            "columns": {each["name"]: shown(each) for each in seen.get_columns(name)},
            "key": seen.get_pk_constraint(name),
            "foreign": by_name(seen.get_foreign_keys(name)),
            "unique": by_name(seen.get_unique_constraints(name)),
            "checks": by_name(seen.get_check_constraints(name)),
            "indexes": by_name(seen.get_indexes(name)),
        }
        for name in names
    }


def shown(column: dict[str, Any]) -> tuple[str, bool, Any]:
    kind = column["type"]
    return f"{kind} {getattr(kind, 'collation', None)}", column["nullable"], column["default"]


def by_name(constraints: list[Any]) -> dict[str, str]:
    return {each["name"]: repr(sorted(readable(each).items())) for each in constraints}


def readable(value: Any) -> Any:
    """Conditions of indexes as their text: two parsed ones never compare equal."""
    if isinstance(value, dict):
        return {key: readable(kept) for key, kept in value.items()}
    return value if isinstance(value, list | bool | None) else str(value)


def test_there_is_one_newest_revision():
    heads = ScriptDirectory.from_config(configuration()).get_heads()

    assert heads == [newest_revision()]


def test_the_migrations_make_what_the_models_say(empty_url):
    with connected(empty_url) as connection:
        metadata.create_all(connection)
        wanted = described(connection)
        metadata.drop_all(connection)

    migrate(empty_url)

    with connected(empty_url) as connection:
        assert described(connection) == wanted
    assert wanted


def test_alembic_would_add_nothing(empty_url):
    migrate(empty_url)

    with connected(empty_url) as connection:
        command.check(configuration(connection))


def test_the_schema_goes_up_and_down_and_up_again(empty_url):
    migrate(empty_url)
    with connected(empty_url) as connection:
        first = described(connection)

    migrate(empty_url, "base")
    with connected(empty_url) as connection:
        emptied = described(connection)
        revision = current_revision(connection)
    migrate(empty_url)

    with connected(empty_url) as connection:
        assert described(connection) == first
        assert current_revision(connection) == newest_revision()
    assert (emptied, revision) == ({}, None)


def test_a_second_run_changes_nothing(empty_url):
    migrate(empty_url)
    with connected(empty_url) as connection:
        first = described(connection)

    migrate(empty_url)

    with connected(empty_url) as connection:
        assert described(connection) == first


def test_some_tables_are_append_only():
    assert {"audit_log", "security_events"} <= set(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = 'other'", "DELETE FROM {}"])
def test_sqlite_refuses_to_change_what_happened(tmp_path, table, change):
    url = URL.create("sqlite", database=str(tmp_path / "erp.db"))
    migrate(url)
    insert_one(url, table)
    key = list(metadata.tables[table].primary_key)[-1].name

    with pytest.raises(DatabaseError, match=f"{table} is append-only"), connected(url) as changing:
        changing.execute(text(change.format(table, key)))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_lost_protection_is_made_anew_by_each_migration(tmp_path, table):
    url = URL.create("sqlite", database=str(tmp_path / "erp.db"))
    migrate(url)
    insert_one(url, table)
    with connected(url) as connection:
        connection.execute(text(f"DROP TRIGGER no_delete_{table}"))

    migrate(url)

    with pytest.raises(DatabaseError, match="append-only"), connected(url) as connection:
        connection.execute(text(f"DELETE FROM {table}"))


def insert_one(url: URL, name: str) -> None:
    """A row with 1 in every column, and such rows wherever it refers to."""
    table = metadata.tables[name]
    for referred in {key.column.table.name for key in table.foreign_keys} - {name}:
        insert_one(url, referred)
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join("1" for _ in table.columns)
    with connected(url) as connection:
        connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        connection.execute(text(f"INSERT OR IGNORE INTO {name} ({names}) VALUES ({values})"))
