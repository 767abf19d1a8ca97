"""`erp check`: what is wrong with a set-up, one line each."""

import asyncio
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import Connection

from erp.kernel.db import Database, explain, is_connection_trouble
from erp.kernel.settings import Settings
from erp.migrations.protection import missing_protection
from erp.migrations.roles import read_role
from erp.migrations.upgrade import current_revision, newest_revision
from erp.web.pages import STATIC

FREE_MEGABYTES = 200
PORTS = {"https": 443, "http": 80}


@dataclass
class Found:
    """What a check found: faults keep the product from running as configured, remarks do not."""

    faults: list[str]
    remarks: list[str] = field(default_factory=list)


async def check_setup(settings: Settings) -> Found:
    """Every fault found; none means that the product can run as configured."""
    found = Found([f"settings: {fault}" for fault in settings.unsafe() if settings.is_production])
    found.faults += _local_faults(settings)
    await _check_database(settings, found)
    return found


def _local_faults(settings: Settings) -> Iterator[str]:
    if not (STATIC / "index.html").is_file():
        yield "ui: the browser UI is not built; run python3 dev.py setup"
    if settings.url.get_backend_name() == "sqlite":
        folder = settings.data_dir if settings.data_dir.is_dir() else settings.data_dir.parent
        if shutil.disk_usage(folder).free < FREE_MEGABYTES * 2**20:
            yield f"disk: less than {FREE_MEGABYTES} MB are free in {folder}"
        if settings.environment == "cloud_run":
            yield "database: SQLite does not last on Cloud Run; set DATABASE_URL"
    for name, host, port in _neighbors(settings):
        if not _accepts(host, port):
            yield f"{name}: nobody answers at host {host}, port {port}"
    if settings.is_production and not settings.smtp_host:
        yield "mail: set SMTP_HOST, or mails are only written to files"


def _neighbors(settings: Settings) -> Iterator[tuple[str, str, int]]:
    """The services that the settings name, and where they should answer."""
    if settings.smtp_host:
        yield "mail", settings.smtp_host, settings.smtp_port
    if settings.ace_api_url:
        place = urlsplit(settings.ace_api_url)
        yield "directory", place.hostname or "", place.port or PORTS[place.scheme]


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=3):
            return True
    except OSError:
        return False


async def _check_database(settings: Settings, found: Found) -> None:
    database = Database(settings.url)
    try:
        async with asyncio.timeout(5), database.reading() as session:
            await session.run_sync(lambda sync: _look_into(sync.connection(), settings, found))
    except Exception as error:
        if not is_connection_trouble(error):
            raise
        found.faults.append(f"database: cannot be reached: {explain(settings.url, error)}")
    finally:
        await database.dispose()


def _look_into(connection: Connection, settings: Settings, found: Found) -> None:
    revision = current_revision(connection)
    if revision != newest_revision():
        found.faults.append(f"schema: the database is at {revision or 'nothing'}; run erp migrate")
    elif connection.dialect.name == "postgresql":
        _check_walls(connection, settings, found)


def _check_walls(connection: Connection, settings: Settings, found: Found) -> None:
    """With two roles nothing may be open; with one, what stays open is said."""
    two = settings.has_two_roles
    remarks = read_role(connection).remarks(has_two_roles=two)
    (found.faults if two else found.remarks).extend(f"database: {remark}" for remark in remarks)
    missing = missing_protection(connection, settings.url.username if two else None)
    if missing:
        said = f"protection: {len(missing)} rules are missing, first {missing[0]}; run erp migrate"
        found.faults.append(said)
