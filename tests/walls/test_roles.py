"""Two roles, one role, and moving from one to two, on a server that asks for passwords."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, text
from sqlalchemy.exc import ProgrammingError

from erp.cli.checking import check_setup
from erp.migrations.roles import RolesUnfit, script_for
from erp.migrations.upgrade import migrate
from erp.migrations.walls import each_organization
from tests.making import make_settings
from tests.process.database import PASSWORD, OwnPostgres, engine_for
from tests.process.running import run_erp, serving, settings_for, sign_in_at, sign_up_at

OWNER, APPLICATION, READER = "books_owner", "books_app", "books_backup"


@pytest.fixture
def bare(own_postgres: OwnPostgres):
    """The server without the two roles, and without what they owned."""

    def clear() -> None:
        for database in ("books", "old_books"):
            own_postgres.run(sql.SQL(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
        for role in (APPLICATION, READER, OWNER):
            own_postgres.run(sql.SQL(f"DROP ROLE IF EXISTS {role}"))

    clear()
    yield own_postgres
    clear()


def make_owner(server: OwnPostgres, powers: str = "CREATEROLE") -> URL:
    """A login that may make a database, as hosts give to their customers."""
    clause = sql.SQL(f"CREATE ROLE {OWNER} LOGIN {powers} PASSWORD {{}}").format(PASSWORD)
    server.run(clause)
    return server.make_database("books", OWNER).set(username=OWNER)


async def found_by_check(application: URL, owner: URL | None = None):
    """What `erp check` says about the database."""
    addresses = {"database_url": application, "migration_database_url": owner}
    given = {
        key: url.render_as_string(hide_password=False) for key, url in addresses.items() if url
    }
    found = await check_setup(make_settings(**given))
    elsewhere = ("ui: ", "directory: ")
    return [each for each in found.faults if not each.startswith(elsewhere)], found.remarks


def role_of(url: URL) -> tuple:
    with engine_for(url).connect() as connection:
        return tuple(
            connection.execute(
                text(
                    "SELECT rolname::text, rolsuper, rolbypassrls FROM pg_roles "
                    "WHERE rolname = current_user"
                )
            ).one()
        )


@pytest.mark.anyio
async def test_migrating_makes_the_role_of_the_application(bare):
    owner = make_owner(bare)
    application = owner.set(username=APPLICATION)
    bare.run(sql.SQL("GRANT CONNECT ON DATABASE books TO PUBLIC"))

    migrate(owner, application=application)
    migrate(owner, application=application)

    assert role_of(application) == (APPLICATION, False, False)
    assert await found_by_check(application, owner) == ([], [])


def test_a_login_that_may_not_make_roles_says_what_to_do(bare, tmp_path):
    owner = make_owner(bare, "NOCREATEROLE")
    application = owner.set(username=APPLICATION)
    addresses = {"DATABASE_URL": application, "MIGRATION_DATABASE_URL": owner}
    given = {key: url.render_as_string(hide_password=False) for key, url in addresses.items()}

    result = run_erp(tmp_path, settings_for(tmp_path, **given), "migrate")

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"erp: there is no role {APPLICATION}, and {OWNER} may not make one; "
        "see erp migrate --roles\n"
    )


def administer(server: OwnPostgres, database: str, script: str) -> None:
    """What psql would do with the printed script."""
    address = f"host={server.folder} port={server.port} user=postgres dbname={database}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(script)


@pytest.mark.anyio
async def test_the_printed_script_moves_from_one_role_to_two(bare):
    alone = bare.make_database("old_books").set(username="erp_app")
    migrate(alone)
    before = await found_by_check(alone)
    owner = alone.set(username=OWNER)
    script = script_for(owner, alone)

    for _ in range(2):
        administer(bare, "old_books", script)
    migrate(owner, application=alone)

    one_role = "database: one role, erp_app, owns the tables and runs the product"
    assert before == (
        [],
        [f"{one_role}: append-only tables are kept by the product, not the database"],
    )
    assert PASSWORD not in script
    assert await found_by_check(alone, owner) == ([], [])
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(alone, "DELETE FROM audit_log")


def test_the_printed_script_makes_the_role_of_backups_too(bare):
    owner = make_owner(bare)
    reader = owner.set(username=READER)
    script = script_for(owner, owner.set(username=APPLICATION), reader)

    for _ in range(2):
        administer(bare, "books", script)

    powers = "SELECT rolsuper, rolbypassrls, rolcreatedb, pg_has_role('pg_read_all_data', 'USAGE')"
    with engine_for(reader).connect() as connection:
        query = text(f"{powers} FROM pg_roles WHERE rolname = current_user")
        assert tuple(connection.execute(query).one()) == (False, True, True, True)


def run(url: URL, statement: str) -> None:
    with engine_for(url).begin() as connection:
        connection.execute(text(statement))


def test_the_script_is_printed_without_passwords(tmp_path):
    addresses = {
        "DATABASE_URL": f"postgresql://{APPLICATION}:hidden-one@db.example.com/books",
        "MIGRATION_DATABASE_URL": f"postgresql://{OWNER}:hidden-two@db.example.com/books",
    }

    result = run_erp(tmp_path, settings_for(tmp_path, **addresses), "migrate", "--roles")

    assert result.returncode == 0, result.stderr
    assert result.stdout.count("SCRAM-SHA-256$4096:") == 2
    assert 'GRANT CONNECT ON DATABASE "books"' in result.stdout
    assert "hidden" not in result.stdout + result.stderr


def test_one_role_has_no_script(tmp_path):
    result = run_erp(tmp_path, settings_for(tmp_path), "migrate", "--roles")

    assert result.returncode == 1
    assert "DATABASE_URL and MIGRATION_DATABASE_URL must name two roles" in result.stderr


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("power", "said"),
    [
        ("SUPERUSER", "is a superuser: row-level security does not hold for it"),
        ("BYPASSRLS", "has BYPASSRLS: row-level security does not hold for it"),
    ],
)
async def test_an_application_that_walks_around_the_wall_is_a_fault(bare, power, said):
    owner = make_owner(bare)
    application = owner.set(username=APPLICATION)
    bare.run(sql.SQL("GRANT CONNECT ON DATABASE books TO PUBLIC"))
    migrate(owner, application=application)

    bare.run(sql.SQL(f"ALTER ROLE {APPLICATION} {power}"))
    two = await found_by_check(application, owner)
    one = await found_by_check(application)

    bare.run(sql.SQL(f"ALTER ROLE {APPLICATION} NOSUPERUSER NOBYPASSRLS"))
    assert two == ([f"database: the role {APPLICATION} {said}"], [])
    assert one[0] == []
    assert "keeps organizations apart by references alone" in one[1][0]


@pytest.mark.anyio
async def test_an_application_that_acts_as_the_owner_is_a_fault(bare):
    owner = make_owner(bare)
    application = owner.set(username=APPLICATION)
    bare.run(sql.SQL("GRANT CONNECT ON DATABASE books TO PUBLIC"))
    migrate(owner, application=application)

    bare.run(sql.SQL(f"GRANT {OWNER} TO {APPLICATION}"))

    faults, _remarks = await found_by_check(application, owner)
    bare.run(sql.SQL(f"REVOKE {OWNER} FROM {APPLICATION}"))
    owns = f"the role {APPLICATION} owns the tables; erp migrate --roles hands them over"
    assert faults == [f"database: {owns}"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE products NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE products DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON products",
        "CREATE POLICY wide ON products USING (true)",
        "ALTER POLICY tenant ON products USING (true)",
        f"GRANT UPDATE ON audit_log TO {APPLICATION}",
        f"GRANT TRUNCATE ON products TO {APPLICATION}",
        f"REVOKE INSERT ON products FROM {APPLICATION}",
    ],
)
async def test_whatever_is_out_of_order_is_found_and_mended_by_migrating(bare, harm):
    owner = make_owner(bare)
    application = owner.set(username=APPLICATION)
    bare.run(sql.SQL("GRANT CONNECT ON DATABASE books TO PUBLIC"))
    migrate(owner, application=application)
    run(owner, harm)

    faults, _ = await found_by_check(application, owner)
    migrate(owner, application=application)

    assert len(faults) == 1
    assert faults[0].startswith("protection: ")
    assert await found_by_check(application, owner) == ([], [])


def test_who_does_not_own_the_tables_cannot_migrate_them(bare):
    alone = bare.make_database("old_books").set(username="erp_app")
    migrate(alone)
    owner = make_owner(bare).set(database="old_books")
    bare.run(sql.SQL(f"GRANT CONNECT ON DATABASE old_books TO {OWNER}"))

    with pytest.raises(RolesUnfit, match=f"erp_app owns tables that {OWNER} may not change"):
        migrate(owner, application=alone)


def test_the_product_works_with_one_role_and_says_so_at_its_start(own_postgres, tmp_path):
    settings = settings_for(tmp_path, own_postgres.make_database("one_role"))

    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        with server.client(**sign_in_at(server)) as client:
            made = client.post("/api/products", json={"name": "Desk"})
        said = server.said()

    assert made.status_code == 201, made.text
    lines = [line for line in said.splitlines() if "database.roles" in line]
    assert len(lines) == 1
    assert "one role, erp_app, owns the tables and runs the product" in lines[0]


def test_the_product_works_with_two_roles_and_is_silent(bare, tmp_path):
    owner = make_owner(bare)
    bare.run(sql.SQL("GRANT CONNECT ON DATABASE books TO PUBLIC"))
    given = {"MIGRATION_DATABASE_URL": owner.render_as_string(hide_password=False)}
    settings = settings_for(tmp_path, owner.set(username=APPLICATION), **given)

    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        with server.client(**sign_in_at(server)) as client:
            made = client.post("/api/products", json={"name": "Desk"})
        said = server.said()

    assert made.status_code == 201, made.text
    assert "database.roles" not in said


def test_a_migration_of_data_visits_one_organization_after_the_other(own_postgres):
    url = own_postgres.make_database("moved")
    migrate(url)
    homes = [uuid4() for _ in range(2)]
    with engine_for(url).begin() as connection:
        for home in homes:
            add_organization(connection, home)

    with engine_for(url).begin() as connection:
        unseen = connection.scalar(text("SELECT count(*) FROM counters"))
        visited = []
        for organization_id in each_organization(connection):
            changed = connection.execute(text("UPDATE counters SET n = n + 1 RETURNING n"))
            visited.append((organization_id, list(changed.scalars())))

    assert unseen == 0
    assert visited == [*[(home, [2]) for home in sorted(homes)], (UUID(int=0), [])]


def add_organization(connection, home) -> None:
    values = {"home": str(home), "slug": f"s{home.hex[:8]}"}
    organization = (
        "INSERT INTO organizations (id, slug, name, status, currency, time_zone, week_start, "
        "writers, require_mfa, created_at, updated_at, version) VALUES (:home, :slug, 'A', "
        "'active', 'EUR', 'UTC', 'monday', 'everyone', false, now(), now(), 1)"
    )
    connection.execute(text(organization), values)
    connection.execute(text(f"SET LOCAL app.organization_id = '{home}'"))
    connection.execute(text("INSERT INTO counters VALUES (:home, 'member', 0, 1)"), values)
