"""A product with a database of its own, whose security events nobody else adds to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import URL

from erp.app import create_app
from erp.migrations.upgrade import migrate
from tests.conftest import empty_database
from tests.making import MovableClock, make_settings
from tests.postgres import APPLICATION, OWNER

Alone = tuple[FastAPI, URL, MovableClock]


@pytest.fixture
async def alone(anyio_backend, backend, request, tmp_path) -> AsyncIterator[Alone]:
    """The product, the address of the tables' owner, and the clock."""
    name, clock = f"sealed_{abs(hash(request.node.nodeid))}", MovableClock()
    with empty_database(backend, name, request, tmp_path, owner=OWNER) as owner:
        url = owner if backend == "sqlite" else owner.set(username=APPLICATION)
        migrate(owner, application=url)
        address = SecretStr(url.render_as_string(hide_password=False))
        app = create_app(make_settings(database_url=address, db_pool_size=2), clock)
        app.state.health.schema_is_ready = True
        yield app, owner, clock
        await app.state.database.dispose()
        app.state.desk.passwords.close()
