"""The image's entrypoint, run for real: no database at first, then one, then a stop and a restart."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.process.database import PASSWORD
from tests.process.running import (
    ERP,
    PATIENCE,
    Running,
    environment,
    free_port,
    settings_for,
    sign_in_at,
    sign_up_at,
    wait_for,
)
from tests.process.test_database_down import jobs_done

ENTRYPOINT = Path(__file__).parents[2] / "deploy" / "entrypoint.sh"


@contextmanager
def contained(folder: Path, settings: dict[str, str], *words: str) -> Iterator[Running]:
    """The entrypoint as an image runs it: `erp` and `python` come first on PATH."""
    values = environment(settings) | {"PATH": f"{ERP.parent}{os.pathsep}{os.environ['PATH']}"}
    log = folder / f"entrypoint-{len(list(folder.iterdir()))}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [ENTRYPOINT, *words], cwd=folder, env=values, stdout=out, stderr=out
        )
    try:
        yield Running(process, f"http://127.0.0.1:{settings['PORT']}", log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def settings(own_postgres, tmp_path) -> dict[str, str]:
    """What compose hands to the container: the database by its parts, no address."""
    own_postgres.make_database("contained")
    place = {"DB_HOST": "127.0.0.1", "DB_PORT": own_postgres.port, "DB_NAME": "contained"}
    role = {"DB_USER": "erp_app", "DB_PASS": PASSWORD}
    return settings_for(tmp_path, PORT=free_port(), **place, **role)


def is_healthy(folder: Path, settings: dict[str, str]) -> bool:
    """What the health check of image and compose file says."""
    with contained(folder, settings, "healthy") as check:
        return check.process.wait(PATIENCE) == 0


def test_the_container_outlives_its_database_stops_when_told_and_starts_again(
    own_postgres, settings, tmp_path
):
    own_postgres.kill()
    with contained(tmp_path, settings) as first:
        first.wait_until(200, "/health/live")
        unhealthy = is_healthy(tmp_path, settings)
        own_postgres.start()
        first.wait_until(200)
        healthy = is_healthy(tmp_path, settings)
        sign_up_at(first)
        code = first.stop()
    with contained(tmp_path, settings, "serve") as second:
        second.wait_until(200)
        me = httpx2.get(second.base_url + "/api/auth/me", headers=sign_in_at(second))

    assert (unhealthy, healthy) == (False, True)
    assert code == 0, first.said()
    assert me.json()["user"]["email"] == "ada@example.com"


def test_the_container_runs_every_other_verb_too(own_postgres, settings, tmp_path):
    url = own_postgres.url("contained")
    with contained(tmp_path, settings, "migrate") as migrating:
        migrated = migrating.process.wait(PATIENCE)
    with contained(tmp_path, settings, "worker") as worker:
        wait_for(lambda: jobs_done(url) > 0, worker.said)
        code = worker.stop()

    assert migrated == 0, migrating.said()
    assert code == 0, worker.said()
