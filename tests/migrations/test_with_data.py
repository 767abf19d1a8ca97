"""A database that people have worked with keeps what they wrote, on the way up and back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, insert, select, text

from erp.kernel import schema
from erp.migrations.upgrade import configuration, migrate, newest_revision
from tests.migrations.test_schema import connected

FIRST_RELEASE = "0002"
HOME, ADA, PLACE = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TIMES = {"created_at": NOW, "updated_at": NOW, "version": 1}
ROWS = {
    "organizations": {
        "id": HOME,
        "slug": "acme",
        "name": "Büro Süd",
        "status": "active",
        "currency": "EUR",
        "time_zone": "UTC",
        "week_start": "monday",
        "writers": "everyone",
        "require_mfa": False,
        **TIMES,
    },
    "users": {
        "id": ADA,
        "email": "ada@example.com",
        "email_key": "ada@example.com",
        "must_change_password": False,
        "is_active": True,
        "is_platform_admin": False,
        **TIMES,
    },
    "members": {
        "organization_id": HOME,
        "id": PLACE,
        "number": 1,
        "user_id": ADA,
        "role": "admin",
        "status": "active",
        **TIMES,
    },
}


def table(connection: Connection, name: str) -> Table:
    """The table as it is there now, its ids and instants read as the product does."""
    found = Table(name, MetaData(), autoload_with=connection)
    for column in found.columns:
        if column.name == "id" or column.name.endswith("_id"):
            column.type = schema.Id()
        if column.name.endswith("_at"):
            column.type = schema.Instant()
    return found


def enter(connection: Connection) -> None:
    """Pass the second wall, where there is one."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT set_config('app.organization_id', '{HOME}', true)"))


def kept(url) -> dict[str, dict]:
    """The rows as they are now, in the columns they were written with."""
    with connected(url) as connection:
        enter(connection)
        found = {}
        for name, row in ROWS.items():
            columns = table(connection, name).columns
            [now] = connection.execute(select(*(columns[key] for key in row))).mappings()
            found[name] = dict(now)
        return found


def one_before_newest() -> str:
    scripts = ScriptDirectory.from_config(configuration())
    return str(scripts.get_revision(newest_revision()).down_revision)


def test_what_the_first_release_wrote_survives_the_way_up_and_one_step_back(empty_url):
    migrate(empty_url, FIRST_RELEASE)
    with connected(empty_url) as connection:
        enter(connection)
        for name, row in ROWS.items():
            connection.execute(insert(table(connection, name)).values(row))

    seen = []
    for revision in (newest_revision(), one_before_newest(), newest_revision()):
        migrate(empty_url, revision)
        seen.append(kept(empty_url))

    assert seen == [ROWS] * 3
