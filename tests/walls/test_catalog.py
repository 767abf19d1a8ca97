"""What PostgreSQL's catalog says about the tables, the policies and the roles."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from erp.kernel.walls import policies_of
from erp.migrations.protection import missing_protection
from erp.records import metadata
from tests.making import reading_all
from tests.postgres import APPLICATION, OWNER

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["postgres"], indirect=True),
]

TENANT = {table for table in metadata.tables.values() if table.info["scope"] == "tenant"}
APPEND_ONLY = {table.name for table in metadata.tables.values() if table.info["append_only"]}


async def rows_of(app, query) -> list:
    async with reading_all(app) as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_every_tenant_table_is_walled_for_its_owner_too(app):
    found = await rows_of(
        app, "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r'"
    )

    walled = {name for name, is_enabled, is_forced in found if is_enabled and is_forced}

    assert walled == {table.name for table in TENANT}


async def test_policies_are_those_of_the_tables_and_no_others(app):
    found = await rows_of(app, "SELECT tablename, policyname, cmd FROM pg_policies")

    wanted = [
        (table.name, each.name, each.command) for table in TENANT for each in policies_of(table)
    ]

    assert sorted(found) == sorted(wanted)


async def test_only_two_tables_admit_more_than_the_organization(app):
    wider = {table.name: [each.name for each in policies_of(table)][1:] for table in TENANT}

    assert {name: more for name, more in wider.items() if more} == {
        "members": ["own_rows"],
        "outbox": ["workers_scan", "promises"],
    }


async def test_no_policy_asks_another_table(app):
    found = await rows_of(app, "SELECT concat(qual, ' ', with_check) FROM pg_policies")

    assert [said for (said,) in found if "SELECT" in said.upper()] == []


async def test_the_application_owns_nothing_and_has_no_special_powers(app):
    [powers] = await rows_of(
        app,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
        f"pg_has_role(rolname, '{OWNER}', 'MEMBER') FROM pg_roles WHERE rolname = '{APPLICATION}'",
    )
    owners = await rows_of(
        app,
        "SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace",
    )

    assert powers == (False,) * 5
    assert owners == [(OWNER,)]


async def test_the_suite_runs_as_the_application(app):
    async with app.state.database.reading() as session:
        assert await session.scalar(text("SELECT current_user::text")) == APPLICATION


async def test_rights_are_no_more_than_needed(app):
    found = await rows_of(
        app,
        "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) "
        f"FROM information_schema.role_table_grants WHERE grantee = '{APPLICATION}' GROUP BY 1",
    )

    rights = dict(found)

    assert rights.keys() == {*metadata.tables, "alembic_version"}
    assert rights.pop("alembic_version") == "SELECT"
    assert {name for name, held in rights.items() if held == "INSERT SELECT"} == APPEND_ONLY
    assert {rights[name] for name in rights.keys() - APPEND_ONLY} == {"DELETE INSERT SELECT UPDATE"}


async def test_a_set_up_in_order_lacks_nothing(app):
    async with app.state.database.reading() as session:
        missing = await session.run_sync(
            lambda sync: missing_protection(sync.connection(), APPLICATION)
        )

    assert missing == []
