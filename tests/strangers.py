"""Other services as they should not be: a local server that answers with any bytes, or with none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 30.0


@dataclass
class Stranger:
    """Answers each request with what was laid out last, and remembers what it was asked."""

    pieces: Iterable[bytes] = ()
    pause: float = 0.0
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/ace/login"

    def say(self, status: int, body: Any, **headers: str) -> None:
        """One complete answer; JSON unless it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"content-length": str(len(raw)), "content-type": "application/json"} | headers
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
        self.pieces, self.pause = [f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + raw], 0.0

    def drip(self, pieces: Iterable[bytes], pause: float) -> None:
        """Raw bytes, with a pause before each."""
        self.pieces, self.pause = pieces, pause

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.partition(b":")[2])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ),
                0,
            )
            self.asked.append(head + await reader.readexactly(length))
            for piece in self.pieces:
                await asyncio.sleep(self.pause)
                writer.write(piece)
                await writer.drain()
            if not self.pieces:
                await asyncio.sleep(PATIENCE)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def stranger_at_work() -> AsyncIterator[Stranger]:
    """A stranger on a free port of this machine."""
    stranger, open_calls = Stranger(), set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        open_calls.add(task)
        try:
            await stranger.serve(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            open_calls.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    stranger.port = server.sockets[0].getsockname()[1]
    try:
        yield stranger
    finally:
        server.close()
        for call in list(open_calls):
            call.cancel()
        await asyncio.gather(*open_calls, return_exceptions=True)
        await server.wait_closed()
