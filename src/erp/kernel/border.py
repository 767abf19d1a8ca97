"""The border of the process: request ids, security headers, one safe retry, one log line."""

import re
from ipaddress import ip_address
from time import perf_counter
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from erp import __version__
from erp.kernel.db import Interrupted
from erp.kernel.errors import (
    DatabaseBusy,
    Malformed,
    NotAllowed,
    Refusal,
    ServerFault,
    StillStarting,
    TooLarge,
)
from erp.kernel.http import problem
from erp.kernel.schema import new_id
from erp.kernel.settings import Settings

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-App-Version": __version__,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ALWAYS_ANSWERED = re.compile(  # documentation, and where older systems say that they are alive
    r"/api/(docs|openapi).*|/compat/[^/]+/(api/)?(docs|openapi\.json|healthz?)?"
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BATCHES = ("/batch", "/data/save")  # the second is what an older front end calls it
UPLOADS = frozenset({"/api/imports"})

log = structlog.get_logger()


class OriginRefused(NotAllowed):
    """This page may not do that: its origin is not on the list."""


class Border:
    """Everything that holds for every request, outside the rooms."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Wraps the application; CORS lies outside of it."""
        self.app = app
        self.settings = settings
        self.headers = dict(HEADERS)
        if settings.base_url.startswith("https"):
            self.headers["Strict-Transport-Security"] = "max-age=31536000"
        self.fixed = [(key.lower().encode(), value.encode()) for key, value in self.headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = perf_counter()
        scope["request_id"] = _request_id(scope)
        scope["client_address"] = client_address(scope, self.settings)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=scope["request_id"])
        answer = _Answer(scope, send, self.fixed)
        try:
            await self._serve(scope, receive, answer)
        finally:
            _note(scope, answer.status, begun)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        body = _Replay(receive, self._limit_for(scope["path"]))
        try:
            _ensure_readable(scope)
            body.ensure_fits(_announced_length(scope))
            if scope["path"].startswith(("/api/", "/compat/")):
                _ensure_ready(scope)
            await self._serve_with_one_retry(scope, body, answer)
        except Exception as error:
            if answer.status:
                raise
            await problem(Request(scope), _refusal_for(error))(scope, receive, answer)

    def _limit_for(self, path: str) -> int:
        """Thousands of items in one request need more room than a record, and files even more."""
        if path in UPLOADS:
            return self.settings.max_upload_bytes
        is_batch = path.endswith(BATCHES)
        return self.settings.max_batch_bytes if is_batch else self.settings.max_body_bytes

    async def _serve_with_one_retry(self, scope: Scope, body: "_Replay", answer: "_Answer") -> None:
        before = dict(scope)
        try:
            await self.app(scope, body, answer)
        except Interrupted as error:
            if answer.status or not error.is_repeatable:
                raise
            log.warning("request.retried", cause=str(error.__cause__))
            scope.clear()
            scope.update(before)
            body.rewind()
            await self.app(scope, body, answer)


class _Replay:
    """Receives a body once, no longer than allowed, and hands it out again for the retry."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.length = 0
        self.seen: list[Message] = []
        self.position = 0

    def ensure_fits(self, length: int) -> None:
        if length > self.limit:
            raise TooLarge(limit_bytes=self.limit)

    def rewind(self) -> None:
        self.position = 0

    async def __call__(self) -> Message:
        if self.position == len(self.seen):
            message = await self.receive()
            if message["type"] != "http.request":
                return message
            self.length += len(message.get("body", b""))
            self.ensure_fits(self.length)
            self.seen.append(message)
        self.position += 1
        return self.seen[self.position - 1]


class _Answer:
    """Adds the headers every answer has."""

    def __init__(self, scope: Scope, send: Send, fixed: list[tuple[bytes, bytes]]) -> None:
        self.scope = scope
        self.send = send
        self.fixed = fixed
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"] = [*message.get("headers", ()), *self.fixed]
            headers.append((b"x-request-id", self.scope["request_id"].encode()))
            names = {name for name, _value in headers}
            if b"content-security-policy" not in names:
                headers.append((b"content-security-policy", API_POLICY.encode()))
            if b"cache-control" not in names:
                headers.append((b"cache-control", b"no-store"))
        await self.send(message)


def _announced_length(scope: Scope) -> int:
    sent = Headers(scope=scope).get("content-length", "")
    return int(sent) if sent.isdecimal() else 0


def _ensure_readable(scope: Scope) -> None:
    """PostgreSQL keeps no NUL in texts; those in bodies are refused where they are read."""
    if b"%00" in scope["query_string"]:
        raise Malformed("NUL is not allowed in texts")


def _ensure_ready(scope: Scope) -> None:
    """Until the schema is the newest, rooms answer 503; documentation and health do not."""
    if (
        not ALWAYS_ANSWERED.fullmatch(scope["path"])
        and not scope["app"].state.health.schema_is_ready
    ):
        raise StillStarting(retry_after=2)


def _refusal_for(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Interrupted):
        log.warning("database.interrupted", cause=str(error.__cause__))
        return DatabaseBusy(retry_after=2)
    log.error("request.failed", exc_info=error)
    return ServerFault()


def _note(scope: Scope, status: int, begun: float) -> None:
    log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round((perf_counter() - begun) * 1000, 1),
    )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            sent: str = value.decode("latin-1")
            if 8 <= len(sent) <= 64 and sent.isascii() and sent.replace("-", "").isalnum():
                return sent
    return str(new_id())


def client_address(scope: Scope, settings: Settings) -> str:
    """The caller's address; `X-Forwarded-For` counts only behind `TRUSTED_PROXIES`."""
    peer = (scope.get("client") or ("", 0))[0]
    if settings.trusted_proxies and _is_trusted(peer, settings):
        forwarded = Headers(scope=scope).get("x-forwarded-for", "")
        for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            peer = hop
            if not _is_trusted(hop, settings):
                break
    return peer[:45]


def _is_trusted(address: str, settings: Settings) -> bool:
    try:
        host = ip_address(address)
    except ValueError:
        return False
    return any(host in network for network in settings.trusted_proxies)


def ensure_own_origin(request: Request, settings: Settings, *, with_cookies: bool) -> None:
    """Refuses pages of other sites. With cookies, a browser must have said where it stands."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None and not is_own_origin(origin, request, settings):
        raise OriginRefused
    if with_cookies and (site == "cross-site" or (origin is None and site is None)):
        raise OriginRefused


def is_own_origin(origin: str, request: Request, settings: Settings) -> bool:
    """Whether the origin is the product's own or a listed one."""
    own = urlsplit(settings.base_url)
    allowed = {f"{own.scheme}://{own.netloc}", *settings.origins}
    if not settings.is_production:
        allowed.add(f"{request.url.scheme}://{request.url.netloc}")
    return origin.rstrip("/") in allowed
