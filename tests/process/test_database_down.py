"""The server starts without its database, lives through its death, and needs no restart."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL, text

from erp.migrations.upgrade import migrate
from tests.process.cutting import cut_at
from tests.process.database import another_migrates, engine_for
from tests.process.running import (
    run_erp,
    serving,
    settings_for,
    sign_in_at,
    sign_up_at,
    start_erp,
    wait_for,
)

ROOMS = ("/api/products", "/api/customers", "/api/auth/me", "/api/units")


@pytest.fixture
def database(own_postgres):
    """A server that runs again after the test, with an empty database."""
    yield own_postgres
    own_postgres.kill()
    own_postgres.start()


def ensure_is_a_busy_problem(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["status"] == 503


def test_a_start_without_database_is_live_and_becomes_ready_by_itself(database, tmp_path):
    settings = settings_for(tmp_path, database.make_database("later"))
    database.kill()

    with serving(tmp_path, settings, awaiting="/health/live") as server:
        before = server.status("/health/ready"), server.status("/health")
        answers = [httpx2.get(server.base_url + path) for path in ROOMS]
        documents = server.status("/api/openapi.json")
        said = server.said()
        database.start()
        server.wait_until(200)
        sign_up_at(server)

    assert before == (503, 503)
    assert documents == 200
    for answer in answers:
        ensure_is_a_busy_problem(answer)
        assert answer.json()["code"] == "still_starting"
    assert f"port {database.port}, database later, user erp_app" in said


def test_a_database_that_dies_is_answered_503_until_it_is_back(database, tmp_path):
    settings = settings_for(tmp_path, database.make_database("mortal"))

    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        with server.client(**sign_in_at(server)) as client:
            assert client.get("/api/products").status_code == 200
            database.kill()
            read = [client.get(path) for path in ROOMS]
            written = client.post("/api/products", json={"name": "Desk", "sale_price": "1"})
            health = [server.status(f"/health{path}") for path in ("/live", "/ready", "")]
            database.start()
            server.wait_until(200)
            after = client.post("/api/products", json={"name": "Desk", "sale_price": "1"})
            found = client.get("/api/products").json()["items"]

    for answer in [*read, written]:
        ensure_is_a_busy_problem(answer)
        assert answer.json()["code"] == "database_busy"
    assert health == [200, 503, 503]
    assert after.status_code == 201, after.text
    assert [product["name"] for product in found] == ["Desk"]


def test_connections_that_broke_while_nobody_looked_are_replaced_unseen(database, tmp_path):
    settings = settings_for(tmp_path, database.make_database("restarted"))

    with serving(tmp_path, settings) as server:
        sign_up_at(server)
        with server.client(**sign_in_at(server)) as client:
            client.get("/api/products")
            database.kill()
            database.start()
            answer = client.post("/api/products", json={"name": "Desk", "sale_price": "1"})

    assert answer.status_code == 201, answer.text


def test_a_connection_lost_while_roles_are_looked_at_only_delays_the_start(own_postgres, tmp_path):
    url = own_postgres.make_database("cut")
    migrate(url)
    with cut_at(b"rolbypassrls", own_postgres.port) as cable:
        settings = settings_for(tmp_path, url.set(port=cable.port), MIGRATE_ON_START=False)

        with serving(tmp_path, settings) as server:
            said, code = server.said(), server.stop()

    assert cable.cuts == 1
    assert "start.waiting" in said
    assert code == 0


def test_a_stop_while_the_database_is_away_is_as_quick(database, tmp_path):
    settings = settings_for(tmp_path, database.make_database("never"))
    database.kill()

    with serving(tmp_path, settings, awaiting="/health/live") as server:
        code = server.stop()

    assert code == 0, server.said()


def test_a_stop_while_another_process_migrates_is_as_quick(own_postgres, tmp_path):
    url = own_postgres.make_database("migrating")

    with (
        another_migrates(url),
        serving(tmp_path, settings_for(tmp_path, url), awaiting="/health/live") as server,
    ):
        wait_for(lambda: "not the newest" in server.said(), server.said)
        code = server.stop()

    assert code == 0


def test_who_may_not_migrate_waits_for_who_does(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url, MIGRATE_ON_START=False, EMBEDDED_WORKER="off")

    with (
        serving(tmp_path, settings, awaiting="/health/live") as server,
        start_erp(tmp_path, settings, "worker") as worker,
    ):
        wait_for(lambda: "run erp migrate" in server.said(), server.said)
        wait_for(lambda: "worker.waits" in worker.said(), worker.said)
        before = [server.status(path) for path in ("/health", "/health/ready", *ROOMS)]
        run_erp(tmp_path, settings, "migrate")
        server.wait_until(200)
        wait_for(lambda: jobs_done(empty_url) > 0, worker.said)
        codes = server.stop(), worker.stop()

    assert before == [503] * len(before)
    assert codes == (0, 0)


def test_a_worker_waits_for_its_database(database, tmp_path):
    url = database.make_database("worked")
    settings = settings_for(tmp_path, url)
    run_erp(tmp_path, settings, "migrate")
    database.kill()

    with start_erp(tmp_path, settings, "worker") as worker:
        wait_for(lambda: "worker.waits" in worker.said(), worker.said)
        database.start()
        wait_for(lambda: jobs_done(url) > 0, worker.said)
        code = worker.stop()

    assert code == 0


def jobs_done(url: URL) -> int:
    with engine_for(url).connect() as connection:
        query = "SELECT count(*) FROM outbox WHERE done_at IS NOT NULL"
        return int(connection.scalar(text(query)) or 0)


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("no folder")
    settings = settings_for(tmp_path, DATA_DIR=tmp_path / "file" / "data")

    result = run_erp(tmp_path, settings, "serve")

    assert result.returncode == 1
    assert result.stdout + result.stderr == (
        "erp: the database cannot be reached: "
        f"file {tmp_path}/file/data/erp.db: [Errno 20] Not a directory: '{tmp_path}/file/data'\n"
    )


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder not even root may fill")
def test_a_folder_that_may_not_be_written_is_said_in_one_line(tmp_path):
    settings = settings_for(tmp_path, DATA_DIR="/proc")

    migrated, checked = [run_erp(tmp_path, settings, verb) for verb in ("migrate", "check")]

    said = "file /proc/erp.db: unable to open database file"
    assert (migrated.returncode, checked.returncode) == (1, 1)
    assert migrated.stderr == f"erp: the database cannot be reached: {said}\n"
    assert f"database: cannot be reached: {said}" in checked.stdout.splitlines()
