"""What probes, people and operators hear about the process."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from erp import __version__
from erp.app import create_app
from erp.kernel.jobs import OutboxRow
from erp.kernel.schema import NO_ORGANIZATION, new_id
from erp.migrations.upgrade import migrate
from tests.making import make_client, make_settings
from tests.process.database import engine_for
from tests.process.running import free_port

pytestmark = pytest.mark.anyio

OPS_TOKEN = "ops-token-of-the-suite"
OK = (200, {"status": "ok"})
LATE = timedelta(minutes=16)


@pytest.fixture
def migrated_url(empty_url):
    """A database of this test alone: jobs of other tests would be late some day."""
    migrate(empty_url)
    return empty_url


@asynccontextmanager
async def product_on(url, **over: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the product with these settings, its schema known to be ready."""
    address = SecretStr(url.render_as_string(hide_password=False))
    product = create_app(make_settings(database_url=address, **over))
    product.state.health.schema_is_ready = True
    async with make_client(product) as client:
        yield client
    await product.state.database.dispose()
    product.state.desk.passwords.close()


def add_job(url, *, waits: timedelta, **over: Any) -> None:
    """A job that has been due for that long."""
    now = datetime.now(UTC)
    row = {"organization_id": NO_ORGANIZATION, "id": new_id(), "kind": "identity.clean_up"}
    row |= {"payload": {}, "priority": 5, "run_at": now - waits, "created_at": now, "attempts": 0}
    with engine_for(url).begin() as connection:
        connection.execute(insert(OutboxRow), [row | over])


async def ask(client: httpx2.AsyncClient, path: str = "", **headers: str) -> tuple[int, Any]:
    answer = await client.get(f"/health{path}", headers=headers)
    return answer.status_code, answer.json()


async def test_all_is_well_though_jobs_wait_a_little(migrated_url):
    add_job(migrated_url, waits=timedelta(minutes=14))

    async with product_on(migrated_url) as client:
        answers = [await ask(client, path) for path in ("", "/live", "/ready")]

    assert answers == [OK, OK, OK]


async def test_a_late_outbox_is_degraded_but_ready(migrated_url):
    add_job(migrated_url, waits=LATE)

    async with product_on(migrated_url) as client:
        answers = [await ask(client, path) for path in ("", "/live", "/ready")]

    assert answers == [(200, {"status": "degraded", "failing": ["outbox"]}), OK, OK]


async def test_jobs_that_are_done_dead_or_running_are_not_late(migrated_url):
    now = datetime.now(UTC)
    add_job(migrated_url, waits=LATE, done_at=now)
    add_job(migrated_url, waits=LATE, dead_at=now)
    add_job(migrated_url, waits=LATE, lease_until=now + timedelta(minutes=1))

    async with product_on(migrated_url) as client:
        answer = await ask(client)

    assert answer == OK


async def test_a_dead_mail_server_is_degraded_but_ready(migrated_url):
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": free_port()}

    async with product_on(migrated_url, **smtp) as client:
        dead = [await ask(client, path) for path in ("", "/live", "/ready")]
        with socket.create_server((smtp["smtp_host"], smtp["smtp_port"])):
            alive = await ask(client)

    assert dead == [(200, {"status": "degraded", "failing": ["mail"]}), OK, OK]
    assert alive == OK


async def test_everything_that_fails_is_named(migrated_url):
    add_job(migrated_url, waits=LATE)

    async with product_on(migrated_url, smtp_host="127.0.0.1", smtp_port=free_port()) as client:
        answer = await ask(client)

    assert answer == (200, {"status": "degraded", "failing": ["outbox", "mail"]})


async def test_details_are_for_operators_only(migrated_url):
    strangers = ["", "Bearer", "Bearer ", "Bearer None", "Bearer wrong", f"Bearer {OPS_TOKEN}x"]

    async with product_on(migrated_url, ops_token=OPS_TOKEN) as client:
        refused = [await ask(client, Authorization=sent) for sent in strangers]
        status, shown = await ask(client, Authorization=f"Bearer {OPS_TOKEN}")
    async with product_on(migrated_url) as without_token:
        unset = [await ask(without_token, Authorization=sent) for sent in strangers]

    assert refused == unset == [OK] * len(strangers)
    assert (status, shown["status"], shown["details"]["version"]) == (200, "ok", __version__)
    assert shown["details"]["database_ms"] >= 0
    assert shown["details"]["oldest_job_seconds"] == 0
