"""Running the processes: start, announce, stop in order."""

import asyncio
import gc
import signal
import socket
from types import FrameType

import structlog
import typer
import uvicorn
from fastapi import FastAPI

from erp.kernel.db import Database
from erp.kernel.settings import Settings, UnusableSettings
from erp.worker import Worker

NOT_READY_SECONDS = 2.0
FINISH_SECONDS = 5
BACKLOG = 2048
CALM_THRESHOLD = (50_000, 20, 50)

log = structlog.get_logger()


class Server(uvicorn.Server):
    """uvicorn, stopping in our order: not ready, a pause, no new requests, finish, close."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        """One process on one port; more load is served by more processes."""
        self.product = app
        self.settings = settings
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                proxy_headers=False,
                timeout_graceful_shutdown=FINISH_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the address once it answers."""
        await super().startup(sockets)
        if self.started:
            typer.echo(f"{self.settings.app_name} is at {self._address()}")
            gc.collect()
            gc.freeze()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say that this process should get no more requests, and stop; twice Ctrl-C is at once.

        uvicorn would raise the signal again at the end, which hides our exit code.
        """
        self.product.state.health.is_stopping = True
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Give load balancers a moment to notice; the worker takes no new jobs meanwhile."""
        self.product.state.worker.stop()
        if self.settings.is_production:
            await asyncio.sleep(NOT_READY_SECONDS)
        await super().shutdown(sockets)

    def _address(self) -> str:
        if self.settings.port or self.settings.public_base_url:
            return self.settings.base_url
        port = self.servers[0].sockets[0].getsockname()[1]  # PORT=0 takes a free one
        return f"{self.settings.base_url.removesuffix(':0')}:{port}"


def serve_until_stopped(app: FastAPI, settings: Settings) -> int:
    """Serve; returns the exit code: 1 if the start failed."""
    gc.set_threshold(*CALM_THRESHOLD)
    with listen(settings) as listener:
        Server(app, settings).run([listener])
    return 1 if app.state.health.failure else 0


def listen(settings: Settings) -> socket.socket:
    """The socket that requests come to. Raises `UnusableSettings` if it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise UnusableSettings(
            f"HOST {settings.host}, PORT {settings.port}: {error.strerror}"
        ) from None


def work_until_stopped(settings: Settings) -> None:
    """Run the outbox until SIGTERM or SIGINT; the job at hand is finished."""
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    database = Database(settings.url, settings.db_pool_size)
    worker = Worker(database, settings)
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, worker.stop)
    log.info("worker.started")
    await worker.run()
    await database.dispose()
