"""`erp audit`: the chains of seals as an operator looks after them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from erp.kernel.db import Database
from erp.migrations.upgrade import migrate
from erp.worker import Worker
from tests.making import make_settings
from tests.process.database import engine_for
from tests.process.running import run_erp, serving, settings_for, sign_in_at, sign_up_at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sealed(empty_url, tmp_path):
    """A product in which something happened and was sealed; its settings."""
    settings = settings_for(tmp_path, empty_url)
    with serving(tmp_path, settings | {"EMBEDDED_WORKER": "off"}) as server:
        sign_up_at(server)
        with server.client(**sign_in_at(server)) as client:
            assert client.post("/api/products", json={"name": "Desk"}).status_code == 201
    await work_off(empty_url)
    return settings


async def work_off(url) -> None:
    """Let a worker do all that is due, the periodic work too."""
    address = SecretStr(url.render_as_string(hide_password=False))
    worker = Worker(Database(url), make_settings(database_url=address))
    while await worker.run_once():
        pass
    await worker.database.dispose()


async def test_chains_that_hold_are_told_with_their_heads(sealed, tmp_path):
    result = run_erp(tmp_path, sealed, "audit", "verify")

    lines = result.stdout.splitlines()
    assert result.returncode == 0, result.stdout + result.stderr
    assert [line.partition(": ")[0] for line in lines] == [
        "organization ada-lovelace",
        "security events",
    ]
    assert lines[0].startswith("organization ada-lovelace: 1 sealed, head ")
    assert all(len(line.partition("head ")[2]) == 64 for line in lines)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_changed_byte_is_named_and_is_an_error(sealed, tmp_path, empty_url):
    with closing(sqlite3.connect(empty_url.database)) as connection:
        connection.execute("DROP TRIGGER no_update_audit_log")
        connection.execute("UPDATE audit_log SET data = replace(data, 'Desk', 'Dusk')")
        [(row,)] = connection.execute("SELECT id FROM audit_log").fetchall()
        connection.commit()

    result = run_erp(tmp_path, sealed, "audit", "verify")

    assert result.returncode == 1
    assert f"organization ada-lovelace: 0 sealed; row {row} of seal 1 was changed" in result.stdout


async def test_nothing_is_pruned_before_its_time(sealed, tmp_path):
    result = run_erp(tmp_path, sealed, "audit", "prune")

    assert (result.returncode, result.stdout) == (0, "0 events were removed.\n")


async def test_a_worker_that_does_not_know_the_owner_says_what_to_do(own_postgres, tmp_path):
    owner = own_postgres.make_database("pruned")
    own_postgres.make_role("prune_app")
    application = owner.set(username="prune_app")
    own_postgres.grant_connect("pruned", "prune_app")
    migrate(owner, application=application)
    settings = settings_for(tmp_path, application)

    refused = run_erp(tmp_path, settings, "audit", "prune")
    await work_off(application)

    with engine_for(owner).connect() as connection:
        query = "SELECT count(*) FROM outbox WHERE kind = 'audit.prune' AND done_at IS NOT NULL"
        done = connection.scalar(text(query))
    own_postgres.drop_database("pruned")
    assert refused.returncode == 1
    assert "prune_app may not remove security events; the owner may" in refused.stderr
    assert done == 1
