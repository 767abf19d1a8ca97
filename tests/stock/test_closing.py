"""Closed periods stay as they are."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.making import make_product
from tests.stock.making import line, make_count, make_posting, make_stocked, post, post_count

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


async def close(person, until, **body):
    return await person.client.post("/api/stock/close", json={"until": str(until), **body})


def noon_of(day):
    return f"{day}T12:00:00Z"


async def test_before_the_first_closing_nothing_is_closed(person):
    answer = await person.client.get("/api/stock/close")

    assert answer.json() == {"closed_until": None, "reason": None}


async def test_nothing_is_posted_on_a_closed_day(person):
    product = await make_product(person)
    await close(person, YESTERDAY)

    within = await post(person, "receipt", line(product, "1"), effective_at=noon_of(YESTERDAY))
    after = await post(person, "receipt", line(product, "1"))

    assert (within.status_code, within.json()["code"]) == (409, "period_closed")
    assert within.json()["closed_until"] == str(YESTERDAY)
    assert after.status_code == 201


async def test_the_last_closed_day_ends_where_the_organization_is(person):
    product = await make_product(person)
    zone = {"time_zone": "Pacific/Auckland"}  # 13 hours ahead: their day begins at 11:00 UTC
    assert (await person.client.patch("/api/organization", json=zone)).status_code == 200
    await close(person, "2026-11-02")

    within = await post(person, "receipt", line(product, "1"), effective_at="2026-11-02T10:59:00Z")
    after = await post(person, "receipt", line(product, "1"), effective_at="2026-11-02T11:00:00Z")

    assert [within.status_code, after.status_code] == [409, 201]


async def test_a_count_of_a_closed_day_is_not_posted(person):
    product = await make_stocked(person)
    count = await make_count(person, (product, "1"))
    await close(person, TODAY)

    answer = await post_count(person, count)

    assert (answer.status_code, answer.json()["code"]) == (409, "period_closed")


async def test_nothing_is_reversed_on_a_closed_day(person):
    product = await make_stocked(person, "10")
    issue = await make_posting(person, "issue", line(product, "1"))
    await close(person, TODAY)

    answer = await person.client.post(f"/api/stock/postings/{issue['id']}/reverse", json={})

    assert (answer.status_code, answer.json()["code"]) == (409, "period_closed")


async def test_a_closing_moves_back_only_with_a_reason(person):
    await close(person, YESTERDAY)
    earlier = YESTERDAY - timedelta(days=30)

    refused = await close(person, earlier)
    moved = await close(person, earlier, reason="An invoice came late")

    assert (refused.status_code, refused.json()["code"]) == (409, "closing_moves_back")
    assert refused.json()["errors"][0]["pointer"] == "/reason"
    assert moved.json()["closed_until"] == str(earlier)
    read = (await person.client.get("/api/stock/close")).json()
    assert read == {"closed_until": str(earlier), "reason": "An invoice came late"}


async def test_a_day_that_has_not_begun_cannot_be_closed(person):
    answer = await close(person, TODAY + timedelta(days=2))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_future")
