"""`erp check` says in one line each what is wrong, and never a secret."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import URL

from erp.cli.checking import check_setup
from erp.migrations.upgrade import migrate
from tests.making import make_settings
from tests.process.database import PASSWORD, OwnPostgres
from tests.process.running import free_port, run_erp, settings_for

ALL_WELL = "Everything is in order.\n"
ONE_ROLE = (
    "database: one role, {}, owns the tables and runs the product: "
    "append-only tables are kept by the product, not the database\n"
)


def parts_of(server: OwnPostgres, **over: object) -> dict[str, object]:
    """The settings that lead to a database by its parts."""
    parts = {"DB_HOST": "127.0.0.1", "DB_PORT": server.port, "DB_NAME": "checked"}
    return parts | {"DB_USER": "erp_app", "DB_PASS": PASSWORD} | over


@contextmanager
def speaking(greeting: bytes) -> Iterator[int]:
    """A port where something else than PostgreSQL accepts connections, and says this."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            kept = []
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    break
                connection.sendall(greeting)
                kept.append(connection)
            for connection in kept:
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


async def faults_of(**over: object) -> list[str]:
    """What is wrong with such settings, but for a UI that was not built here."""
    given = {"ace_api_url": None} | {key.lower(): over[key] for key in over}
    faults = (await check_setup(make_settings(**given))).faults
    assert [fault for fault in faults if PASSWORD in fault] == []
    return [fault for fault in faults if not fault.startswith("ui: ")]


def test_a_set_up_in_order_is_said_to_be(empty_url, tmp_path, release):
    settings = settings_for(tmp_path, empty_url, PYTHONPATH=release)
    before = run_erp(tmp_path, settings, "check")
    migrate(empty_url)

    after = run_erp(tmp_path, settings, "check")

    nothing_yet = "schema: the database is at nothing; run erp migrate\n"
    assert (before.returncode, before.stdout) == (1, nothing_yet)
    on_postgres = empty_url.get_backend_name() == "postgresql"
    remark = ONE_ROLE.format("erp_alone") if on_postgres else ""
    assert (after.returncode, after.stdout) == (0, remark + ALL_WELL)


def test_a_wrong_password_is_one_line_that_names_all_but_the_password(
    own_postgres, tmp_path, release
):
    parts = parts_of(own_postgres, DB_PASS="hidden-word")
    settings = settings_for(tmp_path, PYTHONPATH=release, **parts)

    result = run_erp(tmp_path, settings, "check")

    said = result.stdout + result.stderr
    place = f"host 127.0.0.1, port {own_postgres.port}, database checked, user erp_app"
    assert (result.returncode, len(said.splitlines())) == (1, 1)
    assert said.startswith(f"database: cannot be reached: {place}: ")
    assert 'password authentication failed for user "erp_app"' in said
    assert "hidden-word" not in said


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"DB_USER": "nobody_here"}, 'password authentication failed for user "nobody_here"'),
        ({"DB_NAME": "not_there"}, 'database "not_there" does not exist'),
        ({"DB_NAME": "closed"}, 'permission denied for database "closed"'),
        ({"DB_PASS": None}, "no password supplied"),
    ],
)
async def test_each_refusal_of_the_server_is_one_line(own_postgres, over, said):
    own_postgres.make_database("closed", owner="postgres")
    parts = parts_of(own_postgres, **over)

    faults = await faults_of(**parts)

    place = "host {DB_HOST}, port {DB_PORT}, database {DB_NAME}, user {DB_USER}".format(**parts)
    assert len(faults) == 1
    assert faults[0].startswith(f"database: cannot be reached: {place}: ")
    assert said in faults[0]
    assert "\n" not in faults[0]


@pytest.mark.anyio
async def test_nobody_listening_is_one_line(own_postgres):
    port = free_port()

    faults = await faults_of(**parts_of(own_postgres, DB_PORT=port))

    assert len(faults) == 1
    assert f"host 127.0.0.1, port {port}, database checked, user erp_app: " in faults[0]
    assert "Connection refused" in faults[0]


@pytest.mark.anyio
@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_another_kind_of_server_is_one_line(own_postgres, greeting):
    with speaking(greeting) as port:
        faults = await faults_of(**parts_of(own_postgres, DB_PORT=port))

    assert len(faults) == 1
    assert faults[0].startswith(f"database: cannot be reached: host 127.0.0.1, port {port}, ")
    assert "\n" not in faults[0]


def test_every_fault_gets_a_line_of_its_own(tmp_path, release):
    (release / "erp" / "web" / "static" / "index.html").rename(release / "index.html")
    port = free_port()

    settings = settings_for(
        tmp_path,
        PYTHONPATH=release,
        ENVIRONMENT="production",
        SECRET_KEY="change-me",
        DEBUG="true",
        CORS_ORIGINS="*",
        COOKIE_SECURE="false",
        EMAIL_VERIFICATION="off",
        SMTP_HOST="127.0.0.1",
        SMTP_PORT=port,
        ACE_API_URL=f"https://127.0.0.1:{port}/login",
    )

    result = run_erp(tmp_path, settings, "check")

    (release / "index.html").rename(release / "erp" / "web" / "static" / "index.html")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "settings: SECRET_KEY must have at least 32 characters",
        "settings: SECRET_KEY looks like a sample; make a random one",
        "settings: DEBUG must be off",
        "settings: CORS_ORIGINS must list origins, not * or null",
        "settings: COOKIE_SECURE must not be off",
        "settings: PUBLIC_BASE_URL must be an https address",
        "settings: EMAIL_VERIFICATION must not be off",
        "ui: the browser UI is not built; run python3 dev.py setup",
        f"mail: nobody answers at host 127.0.0.1, port {port}",
        f"directory: nobody answers at host 127.0.0.1, port {port}",
        "schema: the database is at nothing; run erp migrate",
    ]


def test_a_mistyped_key_is_named_with_the_nearest_known_one(tmp_path, release):
    (tmp_path / ".env").write_text("DATABSE_URL=sqlite:///x.db\nZZZ=1\nJWT_SECRET_KEY=\n")
    migrate(URL.create("sqlite", database=str(tmp_path / "data" / "erp.db")))

    result = run_erp(tmp_path, settings_for(tmp_path, PYTHONPATH=release), "check")

    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "DATABSE_URL is not a setting; did you mean DATABASE_URL?",
        "ZZZ is not a setting",
        ALL_WELL.strip(),
    ]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"DATABASE_URL": "mysql://me:hidden-word@db/erp"}, "DATABASE_URL"),
    ],
)
def test_settings_that_cannot_be_used_are_one_line(tmp_path, over, said):
    result = run_erp(tmp_path, settings_for(tmp_path, **over), "check")

    lines = (result.stdout + result.stderr).splitlines()
    assert (result.returncode, len(lines)) == (1, 1), lines
    assert lines[0].startswith("erp: the settings cannot be used: ")
    assert said in lines[0]
    assert "hidden-word" not in lines[0]
