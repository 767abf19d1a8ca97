"""The ways of operations to name a database, each with the server that it means."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from tests.process.database import INSTANCE, PASSWORD, engine_for
from tests.process.running import run_erp, serving, settings_for, sign_up_at

SAFE = {"PUBLIC_BASE_URL": "https://erp.example.com"}


def named(name: str) -> dict[str, object]:
    return {"DB_NAME": name, "DB_USER": "erp_app", "DB_PASS": PASSWORD}


def test_a_server_by_its_parts_takes_a_password_of_any_characters(own_postgres, tmp_path):
    own_postgres.make_database("by_parts")
    place = {"DB_HOST": "127.0.0.1", "DB_PORT": own_postgres.port}
    settings = settings_for(tmp_path, **place, **named("by_parts"))

    with serving(tmp_path, settings) as server:
        signed_up = sign_up_at(server)

    assert signed_up["status"] == "active"
    assert not (tmp_path / "data" / "erp.db").exists()


def test_a_password_may_come_from_a_file(own_postgres, tmp_path):
    own_postgres.make_database("by_file")
    (tmp_path / "secret").write_text(f"{PASSWORD}\n")
    place = {"DB_HOST": "127.0.0.1", "DB_PORT": own_postgres.port, "DB_NAME": "by_file"}
    role = {"DB_USER": "erp_app", "DB_PASS_FILE": tmp_path / "secret"}

    result = run_erp(tmp_path, settings_for(tmp_path, **place, **role), "migrate")

    assert result.stdout == "The database is up to date.\n", result.stderr


def test_cloud_run_reaches_its_database_through_the_socket_of_the_instance(own_postgres, tmp_path):
    url = own_postgres.make_database("by_socket")
    place = {"INSTANCE_CONN_NAME": INSTANCE, "DB_SOCKET_DIR": own_postgres.folder}
    given = named("by_socket") | place | SAFE
    settings = settings_for(tmp_path, ENVIRONMENT="cloud_run", **given)

    with serving(tmp_path, settings) as server:
        health = server.status("/health")

    assert health == 200
    with engine_for(url).connect() as connection:
        assert inspect(connection).has_table("products")


def test_an_address_with_an_escaped_password_means_the_same(own_postgres, tmp_path):
    url = own_postgres.make_database("by_address")
    address = url.set(drivername="postgres").render_as_string(hide_password=False)

    result = run_erp(tmp_path, settings_for(tmp_path, DATABASE_URL=address), "migrate")

    assert result.stdout == "The database is up to date.\n", result.stderr


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"ENVIRONMENT": "proxy"}, "host 127.0.0.1, port 5432, database erp, user me"),
        (
            {"ENVIRONMENT": "cloud_run", "INSTANCE_CONN_NAME": INSTANCE, "DB_SOCKET_DIR": "/none"},
            f"host /none/{INSTANCE}, port 5432, database erp, user me",
        ),
        ({"DB_NAME": "books", "DB_PORT": 1}, "host 127.0.0.1, port 1, database books, user me"),
    ],
)
def test_what_was_tried_is_named_when_nobody_answers(tmp_path, over, place):
    given = {"DB_USER": "me", "DB_PASS": PASSWORD} | SAFE | over

    result = run_erp(tmp_path, settings_for(tmp_path, **given), "migrate")

    said = result.stdout + result.stderr
    assert said.startswith(f"erp: the database cannot be reached: {place}: ")
    assert len(said.splitlines()) == 1
    assert PASSWORD not in said
