"""Puts the rooms together: the one file that knows them all."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route

from erp import __version__
from erp.audit.router import router as audit
from erp.compat.cloud_erp import CLOUD_ERP
from erp.compat.inventory_manager import INVENTORY_MANAGER
from erp.compat.logger import LOGGER
from erp.compat.medicalcare import MEDICALCARE
from erp.compat.task_hub import TASK_HUB
from erp.customers.router import router as customers
from erp.identity.actions.desk import open_desk
from erp.identity.router import router as identity
from erp.kernel.border import Border
from erp.kernel.clock import Clock, utc_now
from erp.kernel.db import Database, Interrupted, explain, is_connection_trouble
from erp.kernel.http import answer_refusals
from erp.kernel.settings import Settings
from erp.migrations.roles import read_role
from erp.migrations.upgrade import current_revision, newest_revision, try_to_migrate
from erp.organizations.idempotency import Replayed, replay
from erp.organizations.router import router as organizations
from erp.products.router import router as products
from erp.projects.router import router as projects
from erp.reports.router import router as reports
from erp.stock.router import router as stock
from erp.timesheets.router import router as timesheets
from erp.transfer.actions.backups.nightly import runs_nightly
from erp.transfer.router import router as transfer
from erp.web.docs import DESCRIPTION, describe
from erp.web.docs import router as docs
from erp.web.health import Health
from erp.web.health import router as health
from erp.web.pages import Web, read_assets
from erp.web.signpost import Signpost
from erp.worker import Worker

ROUTERS = (
    *(stock, products, customers, projects, timesheets, organizations, identity, audit),
    *(reports, transfer, health, docs),
)
DIALECTS = (CLOUD_ERP, MEDICALCARE, INVENTORY_MANAGER, TASK_HUB, LOGGER)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
EXPOSED = [
    "X-Request-ID",
    "X-App-Version",
    "Retry-After",
    "ETag",
    "Location",
    "Idempotent-Replayed",
    "Dry-Run",
]

log = structlog.get_logger()


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The product as an ASGI application. Connects to nothing until it is started."""
    settings.ensure_safe()
    app = FastAPI(
        title=settings.app_name,
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=run_process,
        redirect_slashes=False,
    )
    _fill_state(app, settings, clock)
    for router in ROUTERS:  # flat: including routers would match every path twice
        app.router.routes.extend(router.routes)
    for dialect in DIALECTS:
        if dialect.name in settings.compat_apis:
            mount = Mount(f"/compat/{dialect.name}", dialect.application(app.state))
            app.router.routes.append(mount)
    _show_the_way(app.router.routes)
    app.add_exception_handler(Replayed, replay)
    answer_refusals(app)
    app.add_middleware(Border, settings=settings)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(settings.origins),
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "X-CSRF-Token",
            "X-Organization",
            "X-Request-ID",
            "If-Match",
            "Idempotency-Key",
        ],
        expose_headers=EXPOSED,
    )
    describe(app)
    return app


def _show_the_way(routes: list[BaseRoute]) -> None:
    """What no room answers is the UI's; and a signpost saves asking each route in turn."""
    web = Web(Signpost(routes), read_assets())
    routes.append(Route("/{path:path}", web, include_in_schema=False))
    routes.insert(0, Signpost(routes))


def _fill_state(app: FastAPI, settings: Settings, clock: Clock) -> None:
    database = Database(settings.url, settings.db_pool_size, clock)
    app.state.settings = settings
    app.state.database = database
    app.state.desk = open_desk(settings, database)
    smtp = (settings.smtp_host, settings.smtp_port) if settings.smtp_host else None
    app.state.health = Health(smtp=smtp, makes_backups=runs_nightly(settings))
    app.state.worker = Worker(database, settings)


@asynccontextmanager
async def run_process(app: FastAPI) -> AsyncIterator[None]:
    """Listen at once; bring the schema up and run the worker as soon as the database answers."""
    worker: Worker = app.state.worker
    async with asyncio.TaskGroup() as tasks:
        opening = tasks.create_task(_open(app, worker))
        yield
        app.state.health.is_stopping = True
        worker.stop()
        if not app.state.health.schema_is_ready:
            opening.cancel()
    await app.state.database.dispose()
    app.state.desk.passwords.close()


async def _open(app: FastAPI, worker: Worker) -> None:
    try:
        await _wait_for_schema(app)
    except Exception as error:
        log.exception("start.failed", cause=str(error))
        app.state.health.failure = str(error)
        signal.raise_signal(signal.SIGTERM)
        return
    app.state.health.schema_is_ready = True
    log.info("start.ready", revision=app.state.health.revision)
    if app.state.settings.runs_worker:
        await worker.run()


async def _wait_for_schema(app: FastAPI) -> None:
    settings, pause = app.state.settings, FIRST_PAUSE
    while True:
        try:
            if settings.migrate_on_start:
                await asyncio.to_thread(
                    try_to_migrate, settings.migration_url, application=settings.url
                )
            if await _is_at_head(app):
                await _tell_of_roles(app)
                return
            log.warning("start.waiting", cause="the schema is not the newest; run erp migrate")
        except (DBAPIError, Interrupted, OSError) as error:
            if not is_connection_trouble(error):
                raise
            log.warning("start.waiting", cause=explain(settings.url, error))
        await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
        pause = min(pause * 2, LONGEST_PAUSE)


async def _tell_of_roles(app: FastAPI) -> None:
    """What the roles of PostgreSQL leave open is said once at each start."""
    settings: Settings = app.state.settings
    if app.state.database.is_sqlite:
        return
    async with app.state.database.reading() as session:
        role = await session.run_sync(lambda sync: read_role(sync.connection()))
    for sentence in role.remarks(has_two_roles=settings.has_two_roles):
        log.warning("database.roles", cause=sentence)


async def _is_at_head(app: FastAPI) -> bool:
    async with app.state.database.reading() as session:
        app.state.health.revision = await session.run_sync(
            lambda sync: current_revision(sync.connection())
        )
    return bool(app.state.health.revision == newest_revision())
