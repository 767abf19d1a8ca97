"""The ways of operations to name a database, each with the server that it means."""

from __future__ import annotations

import getpass
import socket
from contextlib import closing

import pytest
from psycopg import sql
from sqlalchemy import inspect

from tests.process.cutting import cut_at
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


def is_free(port: int) -> bool:
    with closing(socket.socket()) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not is_free(5432), reason="needs port 5432, where a database proxy listens")
def test_a_proxy_on_this_machine_leads_to_the_database(own_postgres, tmp_path):
    own_postgres.make_database("by_proxy")
    settings = settings_for(tmp_path, ENVIRONMENT="proxy", **named("by_proxy"), **SAFE)

    with cut_at(b"words that nobody says", own_postgres.port, at=5432):
        result = run_erp(tmp_path, settings, "migrate")

    assert result.stdout == "The database is up to date.\n", result.stderr


def test_without_a_role_the_systems_user_is_meant(own_postgres, tmp_path):
    me = sql.Identifier(getpass.getuser())
    own_postgres.run(sql.SQL("DROP DATABASE IF EXISTS by_me WITH (FORCE)"))
    own_postgres.run(sql.SQL("DROP ROLE IF EXISTS {}").format(me))
    made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(me, sql.Literal(PASSWORD))
    own_postgres.run(made)
    own_postgres.make_database("by_me", owner=getpass.getuser())
    place = {"DB_HOST": "127.0.0.1", "DB_PORT": own_postgres.port, "DB_NAME": "by_me"}
    settings = settings_for(tmp_path, ENVIRONMENT="local", **place, DB_PASS=PASSWORD)

    result = run_erp(tmp_path, settings, "migrate")

    assert result.stdout == "The database is up to date.\n", result.stderr


@pytest.mark.parametrize("password", ["$HOME", "%41", "p@ss#w$rd%/:\\'\" ü"])
def test_a_password_of_awkward_characters_opens_the_database(own_postgres, tmp_path, password):
    own_postgres.run(sql.SQL("DROP DATABASE IF EXISTS awkward WITH (FORCE)"))
    own_postgres.run(sql.SQL("DROP ROLE IF EXISTS awkward"))
    made = sql.SQL("CREATE ROLE awkward LOGIN PASSWORD {}").format(sql.Literal(password))
    own_postgres.run(made)
    own_postgres.make_database("awkward", owner="awkward")
    place = {"DB_HOST": "127.0.0.1", "DB_PORT": own_postgres.port, "DB_NAME": "awkward"}
    settings = settings_for(tmp_path, **place, DB_USER="awkward", DB_PASS=password)

    result = run_erp(tmp_path, settings, "check")

    assert result.stdout.splitlines()[-1].startswith("schema: the database is at nothing")


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


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"DB_PASS": "hidden-word"}, 'password authentication failed for user "erp_app"'),
        ({"DB_USER": "nobody_here"}, 'password authentication failed for user "nobody_here"'),
        ({"DB_NAME": "not_there"}, 'database "not_there" does not exist'),
    ],
)
def test_what_a_server_refuses_is_one_line_with_all_but_the_password(
    own_postgres, tmp_path, over, said
):
    place = {"DB_HOST": "127.0.0.1", "DB_PORT": own_postgres.port}
    given = place | named("by_parts") | over

    result = run_erp(tmp_path, settings_for(tmp_path, **given), "migrate")

    where = "host {DB_HOST}, port {DB_PORT}, database {DB_NAME}, user {DB_USER}".format(**given)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"erp: the database cannot be reached: {where}: ")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert given["DB_PASS"] not in result.stderr


def test_another_server_on_the_port_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with cut_at(b"", target=port) as cable:  # accepts, and hangs up at once
            given = {"DB_HOST": "127.0.0.1", "DB_PORT": cable.port} | named("books")
            result = run_erp(tmp_path, settings_for(tmp_path, **given), "migrate")

    where = f"host 127.0.0.1, port {cable.port}, database books, user erp_app"
    assert result.stderr.startswith(f"erp: the database cannot be reached: {where}: ")
    assert len(result.stderr.splitlines()) == 1
