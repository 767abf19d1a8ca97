"""Logs: one line per event, JSON for machines, nothing secret at any depth."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from structlog._config import BoundLoggerLazyProxy

from erp.kernel.log import SECRET, mask, set_up_logs
from tests.making import PASSWORD, make_address, make_client

CANARY = "c4nary-value"


class Output:
    """What was printed since the test began."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self.capture = capture
        self.kept = ""

    @property
    def text(self) -> str:
        self.kept += self.capture.readouterr().out.decode()
        return self.kept


@pytest.fixture
def output(capsysbinary: pytest.CaptureFixture[bytes]) -> Iterator[Output]:
    """Standard output. Afterwards logs are as quiet again as the suite wants them."""
    forget_loggers()
    yield Output(capsysbinary)
    forget_loggers()
    set_up_logs("CRITICAL", "json")


def forget_loggers() -> None:
    """Loggers keep the output they first wrote to; let the next line ask again."""
    for module in list(sys.modules.values()):
        if isinstance(log := vars(module).get("log"), BoundLoggerLazyProxy):
            vars(log).pop("bind", None)


def lines_of(output: Output) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.text.splitlines()]


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "new_password",
        "PASSWORD",
        "otp",
        "debug_otp",
        "access_token",
        "refresh_token",
        "secret_key",
        "Authorization",
        "cookie",
        "set-cookie",
        "csrf",
        "X-CSRF-Token",
        "api_key",
    ],
)
def test_secrets_are_masked_at_any_depth(output: Output, key: str) -> None:
    set_up_logs("INFO", "json")

    structlog.get_logger().info(
        "event", **{key: CANARY}, deep=[{"a": ({key: {"b": CANARY}},)}], near="kept"
    )

    [line] = lines_of(output)
    assert CANARY not in output.text
    assert line[key] == "***"
    assert line["deep"] == [{"a": [{key: "***"}]}]
    assert line["near"] == "kept"


PLAIN_KEYS = st.text(max_size=8).filter(lambda key: not SECRET.search(key))
SECRET_KEYS = st.sampled_from(["password", "token", "Cookie"])
VALUES = st.recursive(
    st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(PLAIN_KEYS | SECRET_KEYS, inner),
)


@given(VALUES)
def test_nothing_else_is_masked(value: Any) -> None:
    def expected(part: Any) -> Any:
        if isinstance(part, dict):
            return {
                key: "***" if SECRET.search(key) else expected(kept) for key, kept in part.items()
            }
        return [expected(kept) for kept in part] if isinstance(part, list) else part

    assert mask(value) == expected(value)


@pytest.mark.parametrize("form", ["json", "console"])
def test_what_strangers_send_stays_on_one_line(output: Output, form: str) -> None:
    set_up_logs("INFO", form)

    structlog.get_logger().info(
        "request", path="/a\r\n2026 [info] forged", agent="x\x1b[31m", nested={"k": "1\n2"}
    )

    lines = output.text.split("\n")
    assert len(lines) == 2
    assert lines[1] == ""
    assert not set(lines[0]) & {"\r", "\x1b"}


def test_a_json_line_says_when_what_and_for_which_request(output: Output) -> None:
    set_up_logs("INFO", "json")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().warning("disk.full", percent=99, path=pytest)

    [line] = lines_of(output)
    assert (line["level"], line["event"], line["request_id"], line["percent"]) == (
        "warning",
        "disk.full",
        "r-1",
        99,
    )
    assert line["timestamp"].endswith("Z")


def test_quieter_levels_are_left_out(output: Output) -> None:
    set_up_logs("WARNING", "json")

    structlog.get_logger().info("quiet")
    structlog.get_logger().error("loud")

    assert [line["event"] for line in lines_of(output)] == ["loud"]


@pytest.mark.parametrize("form", ["json", "console"])
def test_lines_of_libraries_go_the_same_way(output: Output, form: str) -> None:
    set_up_logs("INFO", form)

    logging.getLogger("uvicorn.error").warning("Invalid %s\nreceived", "HTTP")
    logging.getLogger("some.library").info("chatter")

    assert output.text.count("\n") == 1
    assert "chatter" not in output.text
    assert "uvicorn.error" in output.text


def test_a_failure_carries_its_trace(output: Output) -> None:
    set_up_logs("INFO", "json")

    with pytest.raises(ZeroDivisionError) as caught:
        print(1 // 0)
    structlog.get_logger().error("request.failed", exc_info=caught.value)

    [line] = lines_of(output)
    assert "ZeroDivisionError: integer division" in line["exception"]
    assert "test_a_failure_carries_its_trace" in line["exception"]


@pytest.mark.anyio
async def test_no_secret_of_signing_in_reaches_the_log(app: FastAPI, output: Output) -> None:
    set_up_logs("DEBUG", "json")
    account = {"email": make_address(), "password": PASSWORD + "-C4nary"}

    async with make_client(app, **{"User-Agent": "evil\tagent"}) as client:
        tokens = (await client.post("/api/auth/register", json=account)).json()
        await client.post("/api/auth/login", json=account | {"password": "Wrong-C4nary-1"})
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        await client.get("/api/auth/me", headers=headers)
        await client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        await client.get(f"/api/nothing?token={tokens['refresh_token']}")

    assert len(lines_of(output)) >= 5
    for secret in ("C4nary", tokens["access_token"], tokens["refresh_token"]):
        assert secret not in output.text
