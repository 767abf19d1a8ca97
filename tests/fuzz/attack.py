"""Schemathesis against the running product, as two people of different organizations."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

from tests.process.running import PATIENCE, Running, sign_up_at

ST = Path(sys.executable).with_name("st")
# Calls that end the caller's session would turn every later call into a 401.
ENDING = r"^/api/auth/(logout|revoke-all|change-password|switch-organization)|/offboard$"
CONFIG = """
[auth.wfc]
path = "auth.yaml"
user = "alice"
peers = ["alice", "bob"]

[checks.positive_data_acceptance]
# What a schema cannot say. 400: NUL and lone surrogates, which every text refuses (a pattern would
# also exclude the blanks that are trimmed); a code or link that nobody was given; an ETag that is
# none. 422: such as an unknown unit or a weak password.
expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 412, 422, 429]

[[operations]]
# An older name of this call takes PATCH and is not described.
include-path = "/api/auth/refresh"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

{exceptions}
"""
# A path that a parameter of another route matches as well is answered by that route.
AMBIGUOUS = """
[[operations]]
include-path = "{path}"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""


@dataclass(frozen=True)
class Outcome:
    """What Schemathesis found."""

    code: int
    said: str
    calls: int


def attack(folder: Path, server: Running, seconds: int, *, seed: int = 1) -> Outcome:
    """Let it call everything for so long, with every check it knows."""
    document = _description(server)
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "auth.yaml").write_text(yaml.safe_dump({"auth": [_person(server, n) for n in NAMES]}))
    exceptions = "".join(AMBIGUOUS.format(path=path) for path in _ambiguous(document))
    (folder / "schemathesis.toml").write_text(CONFIG.format(exceptions=exceptions))
    command = [ST, "--config-file", "schemathesis.toml", "run", "openapi.json"]
    command += ["--url", server.base_url, "--request-timeout", str(PATIENCE)]
    command += ["--max-time", str(seconds), "--seed", str(seed), "--no-color"]
    command += ["--exclude-path-regex", ENDING, "--continue-on-failure", "--warnings", "off"]
    # Health checks are about the speed of the generator, not about the product.
    command += ["--suppress-health-check", "all"]
    command += ["--report", "json", "--report-json-path", "report.json"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=seconds * 3 + 300, check=False
    )
    return Outcome(done.returncode, done.stdout + done.stderr, _calls(folder / "report.json"))


NAMES = ("alice", "bob")


def _description(server: Running) -> dict[str, Any]:
    """Asked for here and handed over as a file: making it takes long on a busy machine."""
    answer = httpx2.get(f"{server.base_url}/api/openapi.json", timeout=PATIENCE)
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def _person(server: Running, name: str) -> dict[str, Any]:
    token = sign_up_at(server, f"{name}@example.com")["access_token"]
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


def _ambiguous(document: dict[str, Any]) -> list[str]:
    """Paths without a parameter where a route beside them has one: `/read` beside `/{id}`."""
    parents = {path.rpartition("/")[0] for path in document["paths"] if path.endswith("}")}
    fixed = [path for path in document["paths"] if not path.endswith("}")]
    return [path for path in fixed if path.rpartition("/")[0] in parents]


def _calls(report: Path) -> int:
    return int(json.loads(report.read_text())["test_cases"]["generated"]) if report.exists() else 0
