"""compose.yaml: what waits for what, no secret in it, and its services run for real."""

from __future__ import annotations

import re

import psycopg
import pytest
from psycopg import sql

from erp.migrations.upgrade import newest_revision
from tests.deploy.files import ROOT, fill_in, read_compose, unknown_settings, variables_of
from tests.deploy.test_entrypoint import contained, is_healthy
from tests.process.database import engine_for
from tests.process.running import PATIENCE, free_port, settings_for, sign_up_at

COMPOSE = read_compose()
SERVICES = COMPOSE["services"]
OURS = [name for name, each in SERVICES.items() if each["image"] == "cloud-erp-lite"]
HEALTHY = {"condition": "service_healthy"}
DONE = {"condition": "service_completed_successfully"}
TEXT = (ROOT / "compose.yaml").read_text()
EXAMPLE = (ROOT / "deploy" / "compose.env.example").read_text()


def test_everything_waits_for_what_it_needs():
    waits = {name: each["depends_on"] for name, each in SERVICES.items() if "depends_on" in each}

    assert waits == {
        "roles": {"db": HEALTHY, "roles-script": DONE},
        "migrate": {"db": HEALTHY, "roles": DONE},
        "api": {"db": HEALTHY, "migrate": DONE},
        "worker": {"db": HEALTHY, "migrate": DONE},
        "web": {"api": HEALTHY},
    }


def test_who_is_waited_for_says_whether_it_is_healthy():
    database, api = SERVICES["db"]["healthcheck"], SERVICES["api"]["healthcheck"]

    assert database["test"][1] == "pg_isready"
    assert "--dbname=erp" in database["test"]
    assert api["test"] == ["CMD", "entrypoint.sh", "healthy"]
    assert (database["start_period"], api["start_period"]) == ("30s", "30s")


def test_services_that_serve_nothing_are_not_asked_for_health():
    silent = {name for name in OURS if SERVICES[name].get("healthcheck") == {"disable": True}}

    assert silent == set(OURS) - {"api"}


def test_data_outlives_its_containers():
    assert SERVICES["db"]["volumes"] == ["pgdata:/var/lib/postgresql/data"]
    used = {each.partition(":")[0] for one in SERVICES.values() for each in one.get("volumes", ())}
    assert {name for name in used if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_our_containers_may_do_as_little_as_they_need():
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["stop_grace_period"] == "30s"


def test_server_and_worker_are_given_the_role_that_owns_nothing():
    api, worker = (set(SERVICES[name]["environment"]) for name in ("api", "worker"))

    assert worker - api == {"BACKUP_DATABASE_URL"}
    assert "MIGRATION_DATABASE_URL" not in worker
    assert SERVICES["api"]["environment"]["DB_USER"] == "erp_app"
    assert "//erp_owner:" in SERVICES["migrate"]["environment"]["MIGRATION_DATABASE_URL"]
    assert SERVICES["api"]["environment"]["MIGRATE_ON_START"] == "false"


def test_every_variable_is_a_setting():
    given = {name for each in OURS for name in SERVICES[each]["environment"]}

    assert unknown_settings(given) == set()


def test_no_secret_stands_in_the_file_and_a_missing_one_stops_the_start():
    secrets = {"SECRET_KEY", "DB_PASS", "DB_OWNER_PASS", "DB_BACKUP_PASS", "DB_ADMIN_PASS"}
    required = set(re.findall(r"\$\{([A-Z_]+):\?", TEXT))

    literal = re.findall(r"^\s+\w*(?:PASS|SECRET|TOKEN)\w*: (?!\$\{)\S.*$", TEXT, re.MULTILINE)
    assert literal == []
    assert required == secrets | {"PUBLIC_BASE_URL"}


def test_every_variable_stands_in_the_example_and_secrets_are_empty_there():
    named = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))

    assert set(named) == variables_of(TEXT)
    assert [name for name in named if "PASS" in name or "SECRET" in name if named[name]] == []


def test_images_are_pinned_and_optional_services_have_a_profile():
    images = {name: each["image"] for name, each in SERVICES.items() if name not in OURS}

    assert all(re.search(r":v?\d+\.\d+", image) for image in images.values()), images
    assert images["db"] == images["roles"]
    profiles = {name: each["profiles"] for name, each in SERVICES.items() if "profiles" in each}
    assert profiles == {"web": ["web"], "mail": ["mail"]}


@pytest.fixture
def server(own_postgres):
    """A bare server: no role of ours, an empty database of the administrator."""

    def clear() -> None:
        own_postgres.run(sql.SQL("DROP DATABASE IF EXISTS composed WITH (FORCE)"))
        for role in ("composed_app", "erp_owner", "erp_backup"):
            own_postgres.run(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

    clear()
    own_postgres.run(sql.SQL("CREATE DATABASE composed"))
    yield own_postgres
    clear()


def environment_of(name: str, server, folder) -> dict[str, str]:
    """What Compose hands to a service, with the names of this machine in the place of `db`."""
    filled = fill_in(
        SERVICES[name]["environment"],
        {
            "SECRET_KEY": "kP3-x9Qm_Zt7Lw2Rv8Yb5Nc1Hd6Jf4Gs0",
            "PUBLIC_BASE_URL": "http://127.0.0.1:8080",
            "ENVIRONMENT": "test",
            "DB_PASS": "a@p#p$ %/:",
            "DB_OWNER_PASS": "0wner5pass",
            "DB_BACKUP_PASS": "b4ckup5pass",
        },
    )
    here = {"DB_HOST": "127.0.0.1", "DB_PORT": server.port, "DB_NAME": "composed"}
    here |= {"DB_USER": "composed_app", "PORT": free_port()}
    values = {**settings_for(folder), **filled, **{key: str(each) for key, each in here.items()}}
    place = f"@127.0.0.1:{server.port}/composed"
    return {key: each.replace("@db:5432/erp", place) for key, each in values.items()}


def test_the_services_bring_a_bare_server_up_one_after_the_other(server, tmp_path):
    owner = environment_of("migrate", server, tmp_path)
    roles = environment_of("roles-script", server, tmp_path)
    with contained(tmp_path, roles, "migrate", "--roles") as script:
        assert script.process.wait(PATIENCE) == 0, script.said()
    place = f"host={server.folder} port={server.port} user=postgres dbname=composed"
    for _ in range(2):  # running it again changes nothing
        with psycopg.connect(place, autocommit=True) as administrator:
            administrator.execute(script.said().encode())
    with contained(tmp_path, owner, *SERVICES["migrate"]["command"]) as migrating:
        assert migrating.process.wait(PATIENCE) == 0, migrating.said()
    settings = environment_of("api", server, tmp_path)
    of_worker = environment_of("worker", server, tmp_path)
    with (
        contained(tmp_path, settings, *SERVICES["api"]["command"]) as api,
        contained(tmp_path, of_worker, *SERVICES["worker"]["command"]) as worker,
    ):
        api.wait_until(200)
        assert is_healthy(tmp_path, settings)
        signed_up = sign_up_at(api)
        codes = api.stop(), worker.stop()

    assert signed_up["status"] == "active"
    assert codes == (0, 0), api.said() + worker.said()
    url = server.url("composed", "postgres").set(host=None, query={"host": str(server.folder)})
    with engine_for(url).connect() as connection:
        owners = connection.exec_driver_sql(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
        assert owners.scalars().all() == ["erp_owner"]
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        reads_all = connection.exec_driver_sql(
            "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'erp_backup'"
        ).scalar()
    assert revision == newest_revision()
    assert reads_all is True
