"""A directory that answers badly: its code in time, no session, and no word of the password."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import repeat
from time import perf_counter
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from erp.identity.directory.models import Identity
from erp.identity.directory.provider import DirectoryCredentials
from erp.identity.models import SessionRow
from erp.kernel.log import set_up_logs
from erp.records import metadata
from tests.identity.directories import asking, connect, log_in_there, make_account, make_somebody
from tests.identity.making import log_in, rows
from tests.kernel.test_logs import Output, forget_loggers
from tests.making import Person, make_client, sign_up
from tests.strangers import Stranger, stranger_at_work

pytestmark = pytest.mark.anyio

CANARY = "c4nary-0f-the-directory"
BAD = (502, "directory_bad_response")
AWAY = (503, "directory_unavailable")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
HTML = b"<!doctype html><title>Sign in</title>"
SOMEBODY = {"guid": "g", "user_id": 1, "username": "ada"}  # the account id is added


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def sessions_and_identities(app: FastAPI) -> tuple[int, int]:
    return len(await rows(app, SessionRow)), len(await rows(app, Identity))


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, {"error_code": "INVALID_CREDENTIALS"}, BAD),
        (500, HTML, BAD),
        (501, b"", BAD),
        (502, HTML, AWAY),
        (503, HTML, AWAY),
        (504, b"", AWAY),
        (429, {}, AWAY),
        (200, HTML, BAD),
        (200, b"", BAD),
        (200, b"{", BAD),
        (200, b"[" * 60_000, BAD),
        (200, b'{"guid": NaN}', BAD),
        (200, b'{"guid": "\xff"}', BAD),
        (200, None, BAD),
        (200, [], BAD),
        (200, "ok", BAD),
        (200, {}, BAD),
        (200, {"error_code": "INVALID_CREDENTIALS"}, BAD),
        (200, {"success": True}, BAD),
        (200, SOMEBODY | {"guid": None}, BAD),
        (200, SOMEBODY | {"guid": ["g"]}, BAD),
        (200, SOMEBODY | {"guid": True}, BAD),
        (200, SOMEBODY | {"guid": ""}, BAD),
        (200, SOMEBODY | {"guid": "g" * 201}, BAD),
        (200, SOMEBODY | {"guid": "g\x00"}, BAD),
        (200, SOMEBODY | {"full_name": "x" * 201}, BAD),
        (200, SOMEBODY | {"full_name": "Ada\x00"}, BAD),
        (200, SOMEBODY | {"email": "no address"}, BAD),
        (200, SOMEBODY | {"email": 7}, BAD),
        (200, SOMEBODY | {"role": {"a": 1}}, BAD),
        (200, SOMEBODY | {"account_id": "another"}, BAD),
        (200, {**SOMEBODY, "padding": "x" * 70_000}, BAD),
        (201, SOMEBODY, BAD),
        (204, b"", BAD),
        (301, b"", BAD),
        (302, SOMEBODY, BAD),
        (307, b"", BAD),
        (304, b"", BAD),
        (400, b"", BAD),
        (400, {"error_code": "MALFORMED"}, BAD),
        (401, HTML, BAD),
        (401, {"error_code": "RATE_LIMITED"}, BAD),
        (401, {"error_code": 7}, BAD),
        (403, HTML, BAD),
        (404, HTML, BAD),
        (404, {}, BAD),
        (405, {}, BAD),
        (418, {}, BAD),
        (423, HTML, BAD),
    ],
)
async def test_what_was_not_agreed_upon_signs_nobody_in(
    asker: FastAPI, person: Person, stranger: Stranger, status: int, body: Any, expected
):
    account = make_account()
    await connect(asker, person, account)
    told = {"account_id": account} | body if isinstance(body, dict) and "guid" in body else body
    stranger.say(status, told, location=stranger.address)
    before = await sessions_and_identities(asker)

    answer = await log_in_there(asker, account)

    assert outcome(answer) == expected
    assert answer.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in answer.headers
    assert len(stranger.asked) == 1
    assert await sessions_and_identities(asker) == before


@pytest.mark.parametrize(
    "pieces",
    [
        [b" "],
        [b"SSH-2.0-OpenSSH_9.9\r\n"],
        [HEAD + b"content-length: 100\r\n\r\n{}"],
        [HEAD + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08"],
        [HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n"],
        [HEAD + b"\r\n", *repeat(b" " * 65_536, 1000)],
        [b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000],
    ],
)
async def test_what_is_hardly_http_signs_nobody_in(
    asker: FastAPI, person: Person, stranger: Stranger, pieces: list[bytes]
):
    account = make_account()
    await connect(asker, person, account)
    stranger.drip(pieces, 0.0)
    before, begun = await sessions_and_identities(asker), perf_counter()

    answer = await log_in_there(asker, account)

    assert outcome(answer) == BAD
    assert perf_counter() - begun < 6
    assert await sessions_and_identities(asker) == before


async def test_silence_and_a_slow_drip_end_after_five_seconds(app: FastAPI, person: Person):
    slow = [(), [HEAD + b"content-length: 9000\r\n\r\n", *repeat(b" ", 100)], repeat(b"H", 100)]
    before = await sessions_and_identities(app)

    async def meet(pieces) -> tuple[tuple[int, str], float]:
        account = make_account()
        await connect(app, person, account)
        async with stranger_at_work() as stranger, asking(app, stranger.address) as asker:
            stranger.drip(pieces, 0.1)
            begun = perf_counter()
            answer = await log_in_there(asker, account)
            return outcome(answer), perf_counter() - begun

    met = await asyncio.gather(*(meet(pieces) for pieces in slow))

    assert {code for code, _seconds in met} == {(504, "directory_timeout")}
    assert all(4.5 < seconds < 9 for _code, seconds in met)  # a busy machine takes its own time
    assert await sessions_and_identities(app) == before


async def test_nobody_at_the_address_is_unavailable(app: FastAPI, person: Person):
    account = make_account()
    await connect(app, person, account)

    assert outcome(await log_in_there(app, account)) == AWAY


async def test_a_directory_that_is_down_leaves_local_sign_in_alone(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    stranger.drip((), 0.0)

    hanging = asyncio.create_task(log_in_there(asker, account))
    await asyncio.sleep(0.2)
    begun = perf_counter()
    answer = await log_in(make_client(asker), person)
    seconds = perf_counter() - begun

    assert answer.status_code == 200
    assert seconds < 2
    assert outcome(await hanging) == (504, "directory_timeout")


@pytest.fixture
def written(capsysbinary: pytest.CaptureFixture[bytes]) -> Iterator[Output]:
    """What was printed since `set_up_logs`."""
    forget_loggers()
    yield Output(capsysbinary)
    forget_loggers()
    set_up_logs("CRITICAL", "json")


async def everything_in(app: FastAPI) -> str:
    """Each row of each table, the outbox and the trail among them."""
    async with app.state.database.reading() as session:
        return "\n".join(
            [
                f"{table.name} {tuple(row)}"
                for table in metadata.sorted_tables
                for row in await session.execute(select(table))
            ]
        )


TELLTALES = (
    (200, b'{"password": "' + CANARY.encode() + b'"}', {}),
    (200, CANARY.encode(), {}),
    (200, {"guid": {"password": CANARY}}, {}),
    (302, b"", {"location": f"http://127.0.0.1/{CANARY}"}),
    (401, {"error_code": CANARY}, {}),
    (401, {"error_code": "INVALID_CREDENTIALS", "message": CANARY}, {}),
    (500, {"message": f"no such password: {CANARY}"}, {"x_debug": CANARY}),
)


async def test_the_password_is_in_no_log_no_table_no_mail_and_no_trace(
    asker: FastAPI, person: Person, stranger: Stranger, written: Output
):
    account = make_account()
    await connect(asker, person, account)
    set_up_logs("DEBUG", "json")
    answers = []
    for number, (status, body, headers) in enumerate(TELLTALES):
        stranger.say(status, body, **headers)
        answers.append(await log_in_there(asker, account, username=f"a{number}", password=CANARY))
    for number, pieces in enumerate(([f"HTTP/{CANARY}\r\n\r\n".encode()], [CANARY.encode()])):
        stranger.drip(pieces, 0.0)
        answers.append(await log_in_there(asker, account, username=f"b{number}", password=CANARY))
    asker.state.desk.directories["ace"]._outbound._breakers.clear()
    answers.append(await log_in_there(asker, account, username="c", password=CANARY))
    answers.append(await log_in_there(asker, account, password=CANARY * 100))

    assert {each.status_code for each in answers} == {401, 422, 500, 502}
    assert [each.text for each in answers if CANARY in each.text] == []
    assert "request.failed" in written.text
    assert "outbound.failed" in written.text
    assert CANARY not in written.text
    assert CANARY not in await everything_in(asker)


async def test_the_password_of_a_success_rests_nowhere(
    asker: FastAPI, person: Person, stranger: Stranger, written: Output
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account)
    set_up_logs("DEBUG", "json")
    stranger.say(200, somebody | {"account_id": account, "password": CANARY})
    signed_in = await log_in_there(asker, account, password=CANARY)
    token = signed_in.json()["access_token"]
    client = make_client(asker, Authorization=f"Bearer {token}")
    again = await client.post("/api/auth/reauthenticate", json={"password": CANARY})
    local = await sign_up(asker)
    stranger.say(200, make_somebody() | {"account_id": account, "password": CANARY})
    body = {"account_id": account, "username": "ada", "password": CANARY}
    linked = await local.client.post("/api/auth/identities", json=body)

    assert (signed_in.status_code, again.status_code, linked.status_code) == (200, 204, 201)
    assert sum(CANARY.encode() in each for each in stranger.asked) == 3
    assert CANARY not in signed_in.text + again.text + linked.text
    assert '"status":201' in written.text
    assert CANARY not in written.text
    assert CANARY not in await everything_in(asker)


def test_what_was_typed_shows_no_password_when_it_is_printed():
    assert CANARY not in repr(DirectoryCredentials("acme", "ada", CANARY))
