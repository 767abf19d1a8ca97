"""How the process is doing: for probes, for people, and with a token for operators."""

import asyncio
import hmac
from dataclasses import dataclass
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel

from erp import __version__
from erp.identity.access import Public
from erp.kernel.db import Database, Interrupted, is_reachable
from erp.kernel.errors import Refusal
from erp.kernel.jobs import oldest_due_age
from erp.transfer.queries.backups import read_backup_state

LATE_SECONDS = 900.0

router = APIRouter(prefix="/health", tags=["health"], dependencies=[Public])


@dataclass
class Health:
    """What the process knows about itself."""

    schema_is_ready: bool = False
    is_stopping: bool = False
    revision: str | None = None
    smtp: tuple[str, int] | None = None
    makes_backups: bool = False
    failure: str | None = None


class HealthOut(BaseModel):
    """`ok`, `degraded` with the names of what fails, or `down`."""

    status: str
    failing: list[str] | None = None
    details: dict[str, Any] | None = None


@router.get("/live", response_model_exclude_none=True)
async def is_live() -> HealthOut:
    """The process answers. Looks at nothing outside of it."""
    return HealthOut(status="ok")


@router.get(
    "/ready",
    response_model_exclude_none=True,
    responses={503: {"model": HealthOut, "description": "Not ready for requests"}},
)
async def is_ready(request: Request, response: Response) -> HealthOut:
    """The database answers, its schema is the newest, and the process is not stopping."""
    health: Health = request.app.state.health
    reachable = await is_reachable(request.app.state.database)
    if reachable and health.schema_is_ready and not health.is_stopping:
        return HealthOut(status="ok")
    response.status_code = 503
    return HealthOut(status="down")


@router.get(
    "",
    response_model_exclude_none=True,
    responses={503: {"model": HealthOut, "description": "The product cannot work"}},
)
async def read_health(
    request: Request, response: Response, authorization: Annotated[str | None, Header()] = None
) -> HealthOut:
    """Every dependency. A late outbox or a dead neighbor is degraded, never down."""
    database, health = request.app.state.database, request.app.state.health
    begun = perf_counter()
    reachable = await is_reachable(database)
    details = {"version": __version__, "database_ms": round((perf_counter() - begun) * 1000, 1)}
    details["revision"] = health.revision
    failing = [] if reachable else ["database"]
    if reachable:
        failing += await _failing_besides(database, health, details)
    directories = request.app.state.desk.directories.values()
    failing += ["directory"] if any(each.is_failing() for each in directories) else []
    is_down = not reachable or not health.schema_is_ready
    response.status_code = 503 if is_down else 200
    status = "down" if is_down else "degraded" if failing else "ok"
    shown = details if _is_operator(request, authorization) else None
    return HealthOut(status=status, failing=failing or None, details=shown)


async def _failing_besides(
    database: Database, health: Health, details: dict[str, Any]
) -> list[str]:
    failing = []
    if health.schema_is_ready:
        try:
            async with database.reading() as session:
                age = await oldest_due_age(session, database.clock())
                backups = await read_backup_state(session)
        except (Interrupted, Refusal):
            return ["database"]
        details["oldest_job_seconds"] = round(age)
        failing += ["outbox"] if age > LATE_SECONDS else []
        if health.makes_backups:
            details["last_backup_at"] = backups.last_made_at
            failing += ["backup"] if backups.is_failing else []
    if health.smtp and not await _accepts(*health.smtp):
        failing.append("mail")
    return failing


async def _accepts(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(1):
            _reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _is_operator(request: Request, authorization: str | None) -> bool:
    token = request.app.state.settings.ops_token
    sent = (authorization or "").removeprefix("Bearer ").encode("utf-8", "replace")
    return token is not None and hmac.compare_digest(sent, token.get_secret_value().encode())
