"""`erp check`: what is wrong with a set-up, one line each."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from sqlalchemy import text

from erp.kernel.db import Database, explain, is_connection_trouble
from erp.kernel.settings import Settings
from erp.migrations.upgrade import current_revision, newest_revision
from erp.web.pages import STATIC

FREE_MEGABYTES = 200
PORTS = {"https": 443, "http": 80}


async def check_setup(settings: Settings) -> list[str]:
    """Every fault found; an empty list means that the product can run as configured."""
    faults = [f"settings: {fault}" for fault in settings.unsafe() if settings.is_production]
    faults += _local_faults(settings)
    faults += [fault async for fault in _database_faults(settings)]
    return faults


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


async def _database_faults(settings: Settings) -> AsyncIterator[str]:
    database = Database(settings.url)
    try:
        async with asyncio.timeout(5), database.reading() as session:
            await session.execute(text("SELECT 1"))
            revision = await session.run_sync(lambda sync: current_revision(sync.connection()))
        if revision != newest_revision():
            yield f"schema: the database is at {revision or 'nothing'}; run erp migrate"
    except Exception as error:
        if not is_connection_trouble(error):
            raise
        yield f"database: cannot be reached: {explain(settings.url, error)}"
    finally:
        await database.dispose()
