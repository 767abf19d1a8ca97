"""Calls to other services: only to known ones, never twice, never long, never much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import repeat
from time import perf_counter

import pytest

from erp.kernel import outbound as kernel
from erp.kernel.errors import Refusal, TimedOut, Unreachable, UnusableAnswer
from erp.kernel.http import status_of
from erp.kernel.outbound import Outbound
from tests.making import MovableClock
from tests.strangers import Stranger, stranger_at_work

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
FREE_PORT_OF_NOBODY = "http://127.0.0.1:9/"


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    async with stranger_at_work() as somebody:
        yield somebody


def calling(stranger: Stranger, clock: MovableClock | None = None) -> Outbound:
    return Outbound((stranger.address,), clock or MovableClock())


async def refusal_of(outbound: Outbound, address: str) -> type[Refusal]:
    with pytest.raises(Refusal) as caught:
        (await outbound.post(address, {})).json()
    return caught.type


async def test_an_answer_comes_with_its_status_and_body(stranger: Stranger):
    stranger.say(423, {"error_code": "LOCKED"})

    reply = await calling(stranger).post(stranger.address, {"name": "Ada"})

    assert (reply.status, reply.json()) == (423, {"error_code": "LOCKED"})
    assert stranger.asked[0].endswith(b'{"name":"Ada"}')


async def test_a_list_is_asked_for_with_token_and_parameters(stranger: Stranger):
    stranger.say(200, [])

    await calling(stranger).get(f"{stranger.address}?a=1", {"b": "ä&c"}, "s3rvice")

    line, *headers = stranger.asked[0].decode().lower().split("\r\n")
    assert line == "get /ace/login?a=1&b=%c3%a4%26c http/1.1"
    assert {"authorization: bearer s3rvice", "accept-encoding: identity"} <= set(headers)


async def test_only_hosts_of_the_settings_are_called(stranger: Stranger):
    outbound = Outbound(("https://ace.example.com/login",), MovableClock())

    for address in (stranger.address, "http://ace.example.com/login", "https://ace.example.com:8/"):
        with pytest.raises(LookupError):
            await outbound.post(address, {})

    assert stranger.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
async def test_a_redirect_is_no_answer_and_is_not_followed(stranger: Stranger, status: int):
    stranger.say(status, b"", location=stranger.address)

    refused = await refusal_of(calling(stranger), stranger.address)

    assert (refused, len(stranger.asked)) == (UnusableAnswer, 1)


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"{", b'{"a": NaN}', b'"\xff"', b"[" * 100_000, b'{"a": "\\ud800"}']
)
async def test_what_is_not_json_cannot_be_used(stranger: Stranger, body: bytes):
    stranger.say(200, body)

    assert await refusal_of(calling(stranger), stranger.address) is UnusableAnswer


async def test_no_more_is_read_than_is_allowed(stranger: Stranger):
    stranger.drip((HEAD + b"\r\n", *repeat(b" " * 8192, 10_000)), 0.0)
    begun = perf_counter()

    refused = await refusal_of(calling(stranger), stranger.address)

    assert refused is UnusableAnswer
    assert perf_counter() - begun < 2


async def test_the_cap_is_exact_and_can_be_larger(stranger: Stranger):
    outbound, body = calling(stranger), b'"' + b"x" * 65_534 + b'"'

    stranger.say(200, body)
    fits = await outbound.post(stranger.address, {})
    stranger.say(200, body + b" ")
    refused = await refusal_of(outbound, stranger.address)
    larger = await outbound.get(stranger.address, {}, None, most=65_537)

    assert (len(fits.body), refused, len(larger.body)) == (65_536, UnusableAnswer, 65_537)


async def test_a_packed_answer_is_not_unpacked(stranger: Stranger):
    stranger.say(200, b"\x1f\x8b", content_encoding="gzip")

    assert await refusal_of(calling(stranger), stranger.address) is UnusableAnswer


@pytest.mark.parametrize(
    "pieces",
    [
        [b"SSH-2.0-OpenSSH_9.9\r\n"],
        [HEAD + b"content-length: 100\r\n\r\n{}"],
        [HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 200_000],
        [b" "],
    ],
)
async def test_a_broken_answer_cannot_be_used(stranger: Stranger, pieces: list[bytes]):
    stranger.drip(pieces, 0.0)

    assert await refusal_of(calling(stranger), stranger.address) is UnusableAnswer


@pytest.mark.parametrize(
    "pieces", [(), (HEAD + b"content-length: 9000\r\n\r\n", *repeat(b" ", 99))]
)
async def test_silence_and_a_slow_drip_end_after_five_seconds(stranger: Stranger, pieces):
    stranger.drip(pieces, 0.1)
    begun = perf_counter()

    refused = await refusal_of(calling(stranger), stranger.address)

    assert refused is TimedOut
    assert 4.5 < perf_counter() - begun < 6


async def test_nobody_at_the_address_is_unreachable():
    outbound = Outbound((FREE_PORT_OF_NOBODY,), MovableClock())

    assert await refusal_of(outbound, FREE_PORT_OF_NOBODY) is Unreachable


async def test_a_post_is_never_sent_twice(stranger: Stranger):
    stranger.drip([b" "], 0.0)

    await refusal_of(calling(stranger), stranger.address)

    assert len(stranger.asked) == 1


async def test_a_failing_service_is_spared_and_tried_once_per_pause(
    stranger: Stranger, clock_of_the_test: MovableClock
):
    outbound = calling(stranger, clock_of_the_test)
    stranger.say(500, {})
    for _ in range(kernel.MOST_FAILURES):
        await outbound.post(stranger.address, {})

    with pytest.raises(Unreachable) as spared:
        await outbound.post(stranger.address, {})
    while_spared = len(stranger.asked)
    clock_of_the_test.advance(seconds=kernel.PAUSE_SECONDS)
    stranger.say(200, {})
    tried = await asyncio.gather(
        *(outbound.post(stranger.address, {}) for _ in range(5)), return_exceptions=True
    )
    after = await outbound.post(stranger.address, {})

    assert while_spared == kernel.MOST_FAILURES
    assert 0 < spared.value.retry_after <= kernel.PAUSE_SECONDS
    assert sum(isinstance(each, Unreachable) for each in tried) == 4
    assert after.status == 200


@pytest.fixture
def clock_of_the_test() -> MovableClock:
    return MovableClock()


async def test_refusals_are_no_failures_of_the_service(stranger: Stranger):
    outbound = calling(stranger)
    stranger.say(401, {})

    statuses = [(await outbound.post(stranger.address, {})).status for _ in range(20)]

    assert set(statuses) == {401}


async def test_a_slow_service_holds_few_calls_at_once(stranger: Stranger, monkeypatch):
    monkeypatch.setattr(kernel, "AT_ONCE", 2)
    monkeypatch.setattr(kernel, "TOTAL_SECONDS", 0.5)
    outbound = calling(stranger)

    tried = await asyncio.gather(
        *(outbound.post(stranger.address, {}) for _ in range(5)), return_exceptions=True
    )

    assert [type(each) for each in tried].count(TimedOut) == 2
    assert [type(each) for each in tried].count(Unreachable) == 3


async def test_proxies_of_the_environment_see_nothing(stranger: Stranger, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, FREE_PORT_OF_NOBODY)
    stranger.say(200, {})

    assert (await calling(stranger).post(stranger.address, {})).status == 200


async def test_certificates_are_checked():
    context = Outbound((), MovableClock())._trust

    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


def test_each_way_to_fail_has_its_status():
    statuses = {each: status_of(each) for each in (UnusableAnswer, Unreachable, TimedOut)}

    assert statuses == {UnusableAnswer: 502, Unreachable: 503, TimedOut: 504}
