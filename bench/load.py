"""Load from another process: wrk where it is installed, else a small asyncio client (this file).

`python -m bench.load` reads one `Load` as JSON from standard input and writes one `Measured`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

MOST_REQUESTS = 200_000
SCRIPT = """
local bodies = { %s }
local sent = 0
wrk.method = "%s"
if #bodies > 0 then wrk.headers["Content-Type"] = "application/json" end
request = function()
  sent = sent + 1
  return wrk.format(nil, nil, nil, bodies[sent %% math.max(#bodies, 1) + 1])
end
done = function(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.timeout
    + summary.errors.read + summary.errors.write
  io.write(string.format("BENCH %%d %%f %%f %%f %%d\\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
"""


@dataclass(frozen=True)
class Load:
    """What one driver sends, and for how long."""

    port: int
    path: str
    token: str = ""
    method: str = "GET"
    bodies: tuple[str, ...] = ()
    connections: int = 16
    seconds: float = 3.0


@dataclass(frozen=True)
class Measured:
    """What came back; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class Driver:
    """A running driver; `result` waits for it."""

    def __init__(self, load: Load, *, with_wrk: bool) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="erp-bench-")
        self.with_wrk = with_wrk
        command = wrk_command(load, Path(self.folder.name)) if with_wrk else own_command()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asdict(load)))
        self.process.stdin.close()
        self.process.stdin = None

    def result(self) -> Measured:
        said, _ = self.process.communicate()
        self.folder.cleanup()
        if self.process.returncode:
            raise SystemExit(f"bench: the driver failed: {said}")
        if not self.with_wrk:
            return Measured(**json.loads(said))
        words = next(line for line in said.splitlines() if line.startswith("BENCH")).split()
        count, seconds, p50, p99, failed = map(float, words[1:])
        return Measured(int(count), seconds, p50, p99, int(failed))


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def wrk_command(load: Load, folder: Path) -> list[str]:
    bodies = ", ".join(f"[==[{body}]==]" for body in load.bodies)
    script = folder / "load.lua"
    script.write_text(SCRIPT % (bodies, load.method))
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{max(1, round(load.seconds))}s"]
    command += ["--timeout", "10s", "-s", str(script), "-H", f"Authorization: Bearer {load.token}"]
    return [*command, f"http://127.0.0.1:{load.port}{load.path}"]


def own_command() -> list[str]:
    return [sys.executable, "-m", "bench.load"]


def main() -> None:
    load = Load(**json.load(sys.stdin))
    try:
        import uvloop  # noqa: PLC0415  faster where it is there; the driver shares the cores

        uvloop.install()
    except ImportError:
        pass
    print(json.dumps(asdict(asyncio.run(drive(load)))))


async def drive(load: Load) -> Measured:
    """Every connection sends its next request when its last one is answered."""
    waits: list[float] = []
    begun = time.perf_counter()
    workers = [keep_asking(load, begun + load.seconds, waits) for _ in range(load.connections)]
    failed = sum(await asyncio.gather(*workers))
    waits.sort()
    spent = time.perf_counter() - begun
    return Measured(len(waits), spent, at(waits, 0.5), at(waits, 0.99), failed)


def at(waits: list[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(len(waits) * share))] * 1000 if waits else 0.0


async def keep_asking(load: Load, deadline: float, waits: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    failed = turn = 0
    while (now := time.perf_counter()) < deadline and len(waits) < MOST_REQUESTS:
        writer.write(request_of(load, turn))
        status = await read_answer(reader)
        waits.append(time.perf_counter() - now)
        failed += status >= 400
        turn += 1
    writer.close()
    return failed


def request_of(load: Load, turn: int) -> bytes:
    body = load.bodies[turn % len(load.bodies)].encode() if load.bodies else b""
    head = [f"{load.method} {load.path} HTTP/1.1", "Host: 127.0.0.1"]
    head += [f"Authorization: Bearer {load.token}"] if load.token else []
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


async def read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
    return int(head.split(b" ", 2)[1])


if __name__ == "__main__":
    main()
