"""Whole installations for tests of backups: a database with its roles, and the product on it."""

from __future__ import annotations

import os
from contextlib import AbstractAsyncContextManager, ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import URL

from erp.kernel.settings import Settings
from erp.migrations.upgrade import migrate
from tests.conftest import empty_database, started
from tests.making import MovableClock, make_settings
from tests.postgres import APPLICATION, OWNER, connect, find_binaries

READER = "erp_backup"
_homes = count(1)


@pytest.fixture(scope="module")
def make_home(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """Makes settings of an installation of its own, its database empty or migrated."""
    with ExitStack() as databases:
        if backend == "postgres":
            make_reader(request.getfixturevalue("postgres").address)
            patch = databases.enter_context(pytest.MonkeyPatch.context())
            programs = f"{find_binaries()}{os.pathsep}{os.environ['PATH']}"
            patch.setenv("PATH", programs)  # as old as the server, not as the machine's

        def make(name: str, *, migrated: bool = True, **over: Any) -> Settings:
            folder = tmp_path_factory.mktemp(name)
            place = empty_database(backend, f"{name}_{next(_homes)}", request, folder, owner=OWNER)
            settings = settings_of(databases.enter_context(place), folder, **over)
            if migrated:
                migrate(settings.migration_url, application=settings.url)
            return settings

        yield make


def make_reader(address: URL) -> None:
    """The role that makes backups; the server may know it already."""
    script = f"CREATE ROLE {READER} LOGIN BYPASSRLS CREATEDB IN ROLE pg_read_all_data"
    known = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation)
    with suppress(*known), connect(address) as connection:
        connection.execute(script)


def settings_of(url: URL, folder: Path, **over: Any) -> Settings:
    """Two roles and a reader on PostgreSQL, a file on SQLite."""
    roles = {"database_url": APPLICATION, "migration_database_url": OWNER}
    roles |= {"backup_database_url": READER}
    if url.get_backend_name() == "sqlite":
        given = {"database_url": address_of(url)}
    else:
        given = {key: address_of(url.set(username=role)) for key, role in roles.items()}
    return make_settings(**given | over, data_dir=folder)


def address_of(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def opened(settings: Settings) -> AbstractAsyncContextManager[FastAPI]:
    """The product at work on this installation."""
    return started(settings, MovableClock())


def environment_of(settings: Settings) -> dict[str, str]:
    """The same settings for a process of its own."""
    given: dict[str, str] = {}
    for name in ("database_url", "migration_database_url", "backup_database_url"):
        if secret := getattr(settings, name):
            given[name.upper()] = secret.get_secret_value()
    return given
