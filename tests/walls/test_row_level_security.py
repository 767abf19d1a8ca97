"""The second wall: what PostgreSQL itself shows and refuses to the application's role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from erp.kernel.db import Database
from erp.kernel.schema import NO_ORGANIZATION
from erp.kernel.walls import admit
from erp.records import metadata
from tests.making import make_product, unwalled

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["postgres"], indirect=True),
]

TENANT = sorted(name for name, table in metadata.tables.items() if table.info["scope"] == "tenant")
COUNTER = "INSERT INTO counters (organization_id, series, year, n) VALUES (%s, %s, 0, 1)"


@pytest.fixture
async def raw(database_url) -> AsyncIterator[psycopg.AsyncConnection]:
    """The application's role with nothing of the product in between."""
    address = database_url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(address) as connection:
        yield connection
        await connection.rollback()


@pytest.fixture
async def narrow(database_url) -> AsyncIterator[Database]:
    """The database over a single connection, so that each transaction follows on the same one."""
    database = Database(database_url, pool_size=1)
    yield database
    await database.dispose()


async def column(connection, query, *values) -> list:
    return [row[0] for row in await (await connection.execute(query, values or None)).fetchall()]


async def enter(connection, organization_id) -> None:
    await connection.execute(f"SET LOCAL app.organization_id = '{organization_id}'")


@pytest.mark.parametrize("table", TENANT)
async def test_without_a_setting_a_tenant_table_looks_empty(app, person, raw, table):
    await make_product(person)
    async with unwalled(app) as database, database.reading() as session:
        total = await session.scalar(text(f"SELECT count(*) FROM {table}"))

    seen = await column(raw, f"SELECT count(*) FROM {table}")

    assert seen == [0]
    assert total > 0 or table not in {"members", "products", "outbox", "audit_log", "counters"}


async def test_an_organization_shows_its_own_rows_and_no_others(person, other, raw):
    mine, theirs = await make_product(person), await make_product(other)
    home = person.organization["id"]
    await enter(raw, home)

    seen = await column(raw, "SELECT id::text FROM products")
    homes = await column(raw, "SELECT DISTINCT organization_id::text FROM audit_log")
    named = await column(raw, "SELECT id FROM products WHERE id = %s", theirs["id"])

    assert seen == [mine["id"]]
    assert homes == [home]
    assert named == []


@pytest.mark.parametrize("setting", ["nothing", "own"])
async def test_a_row_for_another_organization_is_refused(person, other, raw, setting):
    if setting == "own":
        await enter(raw, person.organization["id"])

    with pytest.raises(errors.InsufficientPrivilege) as refused:
        await raw.execute(COUNTER, (other.organization["id"], "stolen"))

    assert refused.value.sqlstate == "42501"
    assert "row-level security" in str(refused.value)


async def test_changes_and_removals_reach_no_other_organization(person, other, raw):
    await make_product(other)
    await enter(raw, person.organization["id"])

    changed = await raw.execute(
        "UPDATE products SET name = 'mine' WHERE organization_id = %s", (other.organization["id"],)
    )
    removed = await raw.execute("DELETE FROM counters WHERE series = 'product'")

    assert (changed.rowcount, removed.rowcount) == (0, 0)


async def test_a_row_cannot_be_moved_to_another_organization(person, other, raw):
    await enter(raw, person.organization["id"])

    with pytest.raises(errors.InsufficientPrivilege):
        await raw.execute("UPDATE counters SET organization_id = %s", (other.organization["id"],))


async def test_the_setting_does_not_outlive_its_transaction(narrow, person, other):
    await make_product(person)
    seen = []
    for home in (person.organization["id"], other.organization["id"], None):
        async with narrow.reading() as session:
            await admit(session, organization_id=UUID(home) if home else None)
            count = await session.scalar(text("SELECT count(*) FROM products"))
            setting = await session.scalar(
                text("SELECT current_setting('app.organization_id', true)")
            )
            seen.append((count, setting, await session.scalar(text("SELECT pg_backend_pid()"))))

    (mine, theirs, nobody) = seen
    assert mine[:2] == (1, person.organization["id"])
    assert theirs[:2] == (0, other.organization["id"])
    assert nobody[:2] == (0, "")
    assert len({pid for _, _, pid in seen}) == 1


async def test_a_transaction_that_fails_takes_its_setting_with_it(narrow, person):
    async def begin_and_fail():
        async with narrow.writing() as session:
            await admit(session, organization_id=UUID(person.organization["id"]))
            await session.scalar(text("SELECT count(*) FROM members"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await begin_and_fail()

    async with narrow.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM members")) == 0


async def test_a_setting_given_later_counts_from_then_on(narrow, person):
    async with narrow.reading() as session:
        before = await session.scalar(text("SELECT count(*) FROM members"))
        await admit(session, organization_id=UUID(person.organization["id"]))
        after = await session.scalar(text("SELECT count(*) FROM members"))

    assert (before, after) == (0, 1)


async def test_a_reading_transaction_cannot_write(narrow):
    with pytest.raises(Exception, match="read-only transaction"):
        async with narrow.reading() as session:
            await session.execute(text("DELETE FROM throttles"))


async def test_a_setting_is_an_id_and_nothing_else(narrow):
    async with narrow.reading() as session:
        with pytest.raises(ValueError, match="badly formed"):
            await admit(session, organization_id="x'; SET app.worker = 'on")


async def test_a_user_sees_his_own_memberships_and_changes_none_by_that(person, other, raw):
    me = person.tokens["user"]["id"]
    await raw.execute(f"SET LOCAL app.user_id = '{me}'")

    homes = await column(raw, "SELECT organization_id::text FROM members")
    changed = await raw.execute("UPDATE members SET role = 'user'")
    removed = await raw.execute("DELETE FROM members")

    assert homes == [person.organization["id"]]
    assert (changed.rowcount, removed.rowcount) == (0, 0)


async def test_anybody_promises_work_of_no_organization_and_nobody_reads_it_back(person, raw):
    row = (NO_ORGANIZATION, uuid4(), "test.nothing", "{}", 5, 0)
    promise = (
        "INSERT INTO outbox (organization_id, id, kind, payload, priority, attempts, run_at, "
        "created_at) VALUES (%s, %s, %s, %s, %s, %s, now(), now())"
    )
    await enter(raw, person.organization["id"])

    await raw.execute(promise, row)
    seen = await column(raw, "SELECT count(*) FROM outbox WHERE kind = 'test.nothing'")
    await raw.execute("SET LOCAL app.worker = 'on'")
    scanned = await column(raw, "SELECT count(*) FROM outbox WHERE kind = 'test.nothing'")
    changed = await raw.execute("UPDATE outbox SET priority = 0 WHERE kind = 'test.nothing'")

    assert (seen, scanned, changed.rowcount) == ([0], [1], 0)


async def test_the_workers_scan_opens_the_outbox_alone(person, raw):
    await make_product(person)
    await raw.execute("SET LOCAL app.worker = 'on'")

    counts = {name: (await column(raw, f"SELECT count(*) FROM {name}"))[0] for name in TENANT}

    assert {name for name, count in counts.items() if count} == {"outbox"}


async def test_the_application_may_not_empty_a_table_or_make_one(raw):
    for statement in ("TRUNCATE products", "CREATE TABLE mine (n int)", "DROP TABLE products"):
        with pytest.raises(errors.InsufficientPrivilege):
            await raw.execute(statement)
        await raw.rollback()


async def test_the_wall_cannot_be_switched_off_by_the_application(person, raw):
    await make_product(person)

    await raw.execute("SET LOCAL row_security = off")
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        await raw.execute("SELECT count(*) FROM products")
