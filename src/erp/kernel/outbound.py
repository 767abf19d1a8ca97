"""The one client of other services: known addresses, no redirects, short waits, small answers.

Nothing is ever asked twice: a request that carries a password must not be repeated unseen. So each
call has a connection of its own: one that was kept might be dead without our knowing.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from ssl import SSLContext
from typing import Any

import httpx2
import orjson
import structlog

from erp.kernel.clock import Clock
from erp.kernel.errors import TimedOut, Unavailable, Unreachable, UnusableAnswer

CONNECT_SECONDS = 2.0
TOTAL_SECONDS = 5.0
MOST_BYTES = 64 * 1024
AT_ONCE = 20
MOST_FAILURES = 5
PAUSE_SECONDS = 15.0
# Uncompressed, so that the cap counts what was sent and no small answer unfolds to a large one.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "erp"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side said: any status but a redirect, and a body within the cap."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises `UnusableAnswer`."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise UnusableAnswer from None


@dataclass(slots=True)
class Breaker:
    """Spares a service that fails: after some failures in a row, one trial per pause."""

    failures: int = 0
    closed_again_at: float = 0.0

    def enter(self, now: float) -> None:
        """Raises `Unreachable` while the service is spared; else this call is the trial."""
        if self.failures < MOST_FAILURES:
            return
        if now < self.closed_again_at:
            raise Unreachable(retry_after=math.ceil(self.closed_again_at - now))
        self.closed_again_at = now + PAUSE_SECONDS

    def note(self, now: float, *, failed: bool) -> None:
        """Count a failure, or forget all."""
        self.failures = self.failures + 1 if failed else 0
        self.closed_again_at = now + PAUSE_SECONDS


class Outbound:
    """Calls the services whose addresses stand in the settings, and no other."""

    def __init__(self, addresses: Iterable[str | None], clock: Clock) -> None:
        """Connects to nothing yet."""
        self._origins = {_origin(address) for address in addresses if address}
        self._breakers = {origin: Breaker() for origin in self._origins}
        self._clock = clock
        self._places = AT_ONCE

    async def post(self, address: str, body: dict[str, Any]) -> Reply:
        """Send JSON once. Raises `Unreachable`, `TimedOut`, `UnusableAnswer`.

        `Unreachable` means that nothing was sent.
        """
        return await self._call(httpx2.Request("POST", address, json=body, headers=HEADERS))

    async def get(
        self, address: str, query: dict[str, str], token: str | None, *, most: int = MOST_BYTES
    ) -> Reply:
        """Ask with a bearer token for at most so many bytes; raises what `post` raises."""
        headers = HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
        url = httpx2.URL(address).copy_merge_params(query)
        return await self._call(httpx2.Request("GET", url, headers=headers), most)

    def is_failing(self, address: str) -> bool:
        """Whether the last calls of this process to the service all failed."""
        return self._breakers[_origin(address)].failures >= MOST_FAILURES

    async def _call(self, request: httpx2.Request, most: int = MOST_BYTES) -> Reply:
        origin = _origin(str(request.url))
        if origin not in self._origins:
            raise LookupError(f"{origin} is not in the settings")
        breaker = self._breakers[origin]
        breaker.enter(self._now())
        async with self._place():
            try:
                reply = await self._exchange(request, most)
            except Unavailable as refusal:
                breaker.note(self._now(), failed=True)
                _log_failure(origin, refusal)
                raise
        breaker.note(self._now(), failed=reply.status >= 500)
        return reply

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of a few places: a slow service must not hold every request of the process."""
        if self._places <= 0:
            raise Unreachable(retry_after=1)
        self._places -= 1
        try:
            yield
        finally:
            self._places += 1

    async def _exchange(self, request: httpx2.Request, most: int) -> Reply:
        try:
            async with asyncio.timeout(TOTAL_SECONDS), self._client() as client:
                response = await client.send(request, stream=True)
                try:
                    return await _read(response, most)
                finally:
                    await response.aclose()
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Unreachable from error
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise TimedOut from error
        except httpx2.HTTPError as error:
            raise UnusableAnswer from error

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=self._trust,
            timeout=httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,  # no proxy and no .netrc of the machine gets to see a password
        )

    @cached_property
    def _trust(self) -> SSLContext:
        return httpx2.create_ssl_context()

    def _now(self) -> float:
        return self._clock().timestamp()


async def _read(response: httpx2.Response, most: int) -> Reply:
    if 300 <= response.status_code < 400:
        raise UnusableAnswer("Another service answered with a redirect")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise UnusableAnswer("Another service answered in an encoding nobody asked for")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            raise UnusableAnswer("Another service gave too long an answer")
    return Reply(response.status_code, bytes(body))


def _log_failure(origin: str, refusal: Unavailable) -> None:
    """What went wrong, without a word of the answer: it may repeat what was asked."""
    cause = refusal.__cause__
    said = str(cause) if isinstance(cause, httpx2.ConnectError) else type(cause).__name__
    log.warning("outbound.failed", host=origin, code=refusal.code(), cause=said)


def _origin(address: str) -> str:
    url = httpx2.URL(address)
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
