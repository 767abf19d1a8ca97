"""`Idempotency-Key`: a creating request that is sent twice takes effect once.

The key is a row of the request's own transaction, so a refusal leaves none behind. A parallel
twin waits on that row (PostgreSQL) or on the write lock (SQLite) and gets the stored answer.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from erp.identity.actions.desk import Desk
from erp.kernel.errors import wrong_field
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.errors import IdempotencyKeyReused, RequestInFlight
from erp.organizations.models import IdempotencyKey

LONGEST_KEY = 255
LIFE = timedelta(hours=24)
KEPT_HEADERS = ("etag", "location")
SECRET, SEALED = "answer_is_secret", "sealed:"


class Replayed(Exception):
    """The request was answered before."""

    def __init__(self, stored: IdempotencyKey) -> None:
        """Carries the stored answer out of the route."""
        super().__init__("answered before")
        self.stored = stored


async def remember_answer(request: Request, work: Workspace) -> None:
    """Claim the key in this transaction, and keep the answer in it when there is one.

    Raises `Replayed`, `IdempotencyKeyReused`, `RequestInFlight`.
    """
    key = request.headers["idempotency-key"]
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise wrong_field("#idempotency-key", "key_invalid", "Use 1 to 255 ASCII characters")
    digest = hashlib.sha256(await request.body()).hexdigest()
    claim = {"key": key, "method": request.method, "path": request.url.path, "body_sha256": digest}
    await _drop_expired(work, key)
    if not await _insert(work, claim):
        _compare(await _find(work, key), claim)

    async def keep(response: Response) -> None:
        if response.status_code < 300:
            await _store(work, key, response, _keeper_of(request))

    request.scope.setdefault("noted_by", []).append(keep)


async def seal_answer(request: Request) -> None:
    """The answer of this request holds a secret: at rest it is to be read by the product alone."""
    request.scope[SECRET] = True


def _keeper_of(request: Request) -> Callable[[str], str]:
    if SECRET not in request.scope:
        return str
    desk: Desk = request.app.state.desk
    return lambda body: SEALED + desk.keys.seal({"body": body})


async def _insert(work: Workspace, claim: dict[str, Any]) -> bool:
    now = work.now()
    row = {
        "organization_id": work.organization_id,
        "id": new_id(),
        "principal": work.principal_id,
        "created_at": now,
        "expires_at": now + LIFE,
        **claim,
    }
    statement = insert_into(work.session, IdempotencyKey).values(row)
    statement = statement.on_conflict_do_nothing().returning(IdempotencyKey.id)
    try:
        return await work.session.scalar(statement) is not None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_timeout: the twin still runs
            raise RequestInFlight(retry_after=1) from error
        raise


async def _find(work: Workspace, key: str) -> IdempotencyKey | None:
    query = work.select(IdempotencyKey)
    query = query.where(IdempotencyKey.principal == work.principal_id, IdempotencyKey.key == key)
    return (await work.session.scalars(query)).one_or_none()


def _compare(stored: IdempotencyKey | None, claim: dict[str, Any]) -> None:
    if stored is None or stored.response is None:
        raise RequestInFlight(retry_after=1)
    if any(getattr(stored, name) != value for name, value in claim.items()):
        raise IdempotencyKeyReused
    raise Replayed(stored)


async def _store(work: Workspace, key: str, response: Response, keep: Callable[[str], str]) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    statement = (
        update(IdempotencyKey)
        .where(IdempotencyKey.organization_id == work.organization_id)
        .where(IdempotencyKey.principal == work.principal_id, IdempotencyKey.key == key)
        .values(
            http_status=response.status_code,
            response=keep(bytes(response.body).decode()),
            headers=headers,
        )
        .execution_options(synchronize_session=False)
    )
    await work.session.execute(statement)


async def _drop_expired(work: Workspace, key: str) -> None:
    statement = (
        delete(IdempotencyKey)
        .where(IdempotencyKey.organization_id == work.organization_id)
        .where(IdempotencyKey.principal == work.principal_id, IdempotencyKey.key == key)
        .where(IdempotencyKey.expires_at <= work.now())
        .execution_options(synchronize_session=False)
    )
    await work.session.execute(statement)


async def replay(request: Request, replayed: Exception) -> Response:
    """The stored answer, said to be one."""
    stored: IdempotencyKey = getattr(replayed, "stored")  # noqa: B009
    headers = {**(stored.headers or {}), "Idempotent-Replayed": "true"}
    body = stored.response or ""
    if body.startswith(SEALED):
        desk: Desk = request.app.state.desk
        body = desk.keys.unseal(body.removeprefix(SEALED))["body"]
    return Response(body, stored.http_status or 200, headers, "application/json")
