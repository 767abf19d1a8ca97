"""Limits of sign-in: shared by all processes, exact under parallel tries."""

import asyncio

import pytest
from fastapi import FastAPI

from erp.identity.actions import throttling
from erp.identity.actions.throttling import (
    LOGIN_ADDRESS,
    LOGIN_HERE,
    REFRESH,
    REGISTER_ADDRESS,
    Bucket,
    count_tries,
    refund_tries,
    throttle_address,
)
from erp.identity.errors import TooManyAttempts
from erp.identity.models import Throttle
from tests.identity.making import another_app, log_in, rows
from tests.making import PASSWORD, MovableClock, Person, make_address, make_client, make_ip

pytestmark = pytest.mark.anyio

WRONG = "Wrong-Horse-7"


async def count_of(app: FastAPI, bucket: str, subject: str) -> int:
    key = app.state.desk.keys.hide(f"{bucket}:{subject}")
    return sum(row.count for row in await rows(app, Throttle, Throttle.key_hash == key))


async def waits(app: FastAPI, bucket: Bucket, subject: str, tries: int) -> list[int]:
    """For each of so many tries at once: 0 if it was allowed, else the seconds to wait."""
    found = []
    for _ in range(tries):
        try:
            await count_tries(app.state.desk, ((bucket, subject),))
            found.append(0)
        except TooManyAttempts as refusal:
            found.append(refusal.retry_after)
    return found


BUCKETS = [each for each in vars(throttling).values() if isinstance(each, Bucket)]
BUCKETS += throttling.MAIL_BUCKETS


def test_the_buckets_are_those_of_the_design():
    table = {(each.name, each.limit, each.window, each.backs_off) for each in BUCKETS}

    assert table >= {
        ("login", 5, 900, True),
        ("login_anywhere", 20, 3600, True),
        ("login_device", 5, 900, True),
        ("login_address", 60, 900, False),
        ("register_address", 30, 3600, False),
        ("reset_address", 30, 3600, False),
        ("resend_address", 30, 3600, False),
        ("mail_minute", 1, 60, False),
        ("mail_hour", 5, 3600, False),
        ("mail_day", 10, 86_400, False),
        ("code_ip", 30, 900, False),
        ("code_address", 5, 600, False),
        ("wrong_codes", 20, 86_400, False),
        ("refresh", 30, 300, False),
        ("change_email", 5, 3600, False),
        ("password_check", 5, 900, True),
    }
    assert len({name for name, *_rest in table}) == len(table) == len(BUCKETS)


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda bucket: bucket.name)
async def test_every_bucket_is_exact_under_50_parallel_tries(app: FastAPI, bucket: Bucket):
    subject, tries = make_address(), max(50, bucket.limit + 10)

    outcomes = await asyncio.gather(
        *(count_tries(app.state.desk, ((bucket, subject),)) for _ in range(tries)),
        return_exceptions=True,
    )

    refused = [each for each in outcomes if isinstance(each, TooManyAttempts)]
    assert outcomes.count(None) == bucket.limit
    assert len(refused) == tries - bucket.limit
    assert {each.retry_after >= 1 for each in refused} == {True}


@pytest.mark.parametrize("is_known", [True, False])
async def test_the_sixth_failure_is_told_to_wait(app: FastAPI, person: Person, is_known):
    email = person.email if is_known else make_address()
    stranger = make_client(app)
    somebody = Person(stranger, email, WRONG, {}, {})

    answers = [await log_in(stranger, somebody) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30


async def test_the_right_password_waits_like_a_wrong_one(app: FastAPI, person: Person):
    for _ in range(5):
        await log_in(person.client, person, password=WRONG)

    answer = await log_in(person.client, person)

    assert answer.status_code == 429


async def test_50_parallel_wrong_sign_ins_never_pass_the_limit(app: FastAPI, person: Person):
    clients = [make_client(app, **{"X-Forwarded-For": "192.0.2.7"}) for _ in range(5)]

    answers = await asyncio.gather(
        *(log_in(clients[n % 5], person, password=WRONG) for n in range(50))
    )

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * 5 + [429] * 45


async def test_two_processes_share_one_count(app: FastAPI, person: Person):
    async with another_app(app) as second:
        clients = [make_client(each, **{"X-Forwarded-For": "192.0.2.8"}) for each in (app, second)]
        answers = await asyncio.gather(
            *(log_in(clients[n % 2], person, password=WRONG) for n in range(20))
        )

    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 15


async def test_the_pause_doubles_from_30_seconds_to_15_minutes(app: FastAPI, clock: MovableClock):
    subject, pauses = make_address(), []
    slow = Bucket("patience", 5, 86_400, backs_off=True)
    await waits(app, slow, subject, 5)

    for _ in range(7):
        pause = (await waits(app, slow, subject, 1))[0]
        pauses.append(pause)
        clock.advance(seconds=pause)
        assert await waits(app, slow, subject, 1) == [0]

    expected = [30, 60, 120, 240, 480, 900, 900]
    assert all(want - 2 <= got <= want for got, want in zip(pauses, expected, strict=True))


async def test_a_new_window_begins_with_a_clean_count(app: FastAPI, clock: MovableClock):
    subject = make_address()
    await waits(app, LOGIN_HERE, subject, 6)
    clock.advance(minutes=15, seconds=1)

    again = await waits(app, LOGIN_HERE, subject, 6)

    assert [bool(wait) for wait in again] == [False] * 5 + [True]


async def test_a_plain_bucket_blocks_until_its_window_ends(app: FastAPI, clock: MovableClock):
    subject = make_ip()
    clock.advance(seconds=0)
    await waits(app, REFRESH, subject, 30)
    clock.advance(minutes=4)

    late = await waits(app, REFRESH, subject, 1)
    clock.advance(minutes=1, seconds=1)
    later = await waits(app, REFRESH, subject, 1)

    assert 50 <= late[0] <= 60
    assert later == [0]


async def test_a_limit_of_one_blocks_at_once(app: FastAPI):
    subject = make_address()

    found = await waits(app, Bucket("single", 1, 60), subject, 2)

    assert found[0] == 0
    assert 58 <= found[1] <= 60


async def test_a_try_that_one_bucket_refuses_counts_in_no_other(app: FastAPI, person: Person):
    address = person.client.headers["x-forwarded-for"]

    for _ in range(20):
        await log_in(person.client, person, password=WRONG)

    assert await count_of(app, "login", f"{person.email} {address}") == 5
    assert await count_of(app, "login_anywhere", person.email) == 5
    assert await count_of(app, "login_address", address) == 5


async def test_success_gives_its_own_try_back_and_no_more(app: FastAPI, person: Person):
    address = person.client.headers["x-forwarded-for"]
    for _ in range(3):
        await log_in(person.client, person, password=WRONG)

    for _ in range(10):
        assert (await log_in(person.client, person)).status_code == 200

    assert await count_of(app, "login", f"{person.email} {address}") == 3
    assert await count_of(app, "login_anywhere", person.email) == 3


async def test_success_at_the_last_try_opens_the_bucket_again(app: FastAPI, person: Person):
    for _ in range(4):
        await log_in(person.client, person, password=WRONG)
    assert (await log_in(person.client, person)).status_code == 200

    answers = [await log_in(person.client, person, password=WRONG) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [401, 429]


async def test_a_refund_never_goes_below_zero(app: FastAPI):
    subject, desk = make_address(), app.state.desk
    await waits(app, LOGIN_HERE, subject, 1)

    async with desk.database.writing() as session:
        for _ in range(3):
            await refund_tries(session, desk, ((LOGIN_HERE, subject),))

    assert await count_of(app, "login", subject) == 0


async def test_one_account_is_limited_from_all_addresses_together(app: FastAPI, person: Person):
    answers = [await log_in(make_client(app), person, password=WRONG) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [401] * 20 + [429]


async def test_one_address_is_limited_over_all_accounts(app: FastAPI, person: Person):
    address = person.client.headers["x-forwarded-for"]
    await waits(app, LOGIN_ADDRESS, address, 60)

    answer = await log_in(person.client, person)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 800


async def test_a_forged_forwarding_header_keeps_the_bucket(app: FastAPI, person: Person):
    async with another_app(app, trusted_proxies=[]) as direct:
        clients = [make_client(direct) for _ in range(7)]
        for client in clients:
            client._transport.client = ("198.51.100.23", 40_000)
        answers = [await log_in(client, person, password=WRONG) for client in clients]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2


async def test_a_proxy_is_believed_only_about_the_hop_before_it(app: FastAPI, person: Person):
    forged = [f"203.0.113.{n}, 192.0.2.99" for n in range(6)]

    answers = [
        await log_in(make_client(app, **{"X-Forwarded-For": each}), person, password=WRONG)
        for each in forged
    ]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::1", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_count_alone_but_ipv6_by_its_64_bit_network(address: str, subject: str):
    assert throttle_address(address) == subject


async def test_subjects_are_kept_hidden(app: FastAPI, person: Person):
    await log_in(person.client, person, password=WRONG)

    kept = await rows(app, Throttle)

    assert all(len(row.key_hash) == 64 and int(row.key_hash, 16) for row in kept)


async def test_31_sign_ups_in_an_hour_from_one_address_are_too_many(app: FastAPI):
    client = make_client(app)
    await waits(app, REGISTER_ADDRESS, client.headers["x-forwarded-for"], 30)

    answer = await client.post(
        "/api/auth/register", json={"email": make_address(), "password": PASSWORD}
    )

    assert answer.status_code == 429
