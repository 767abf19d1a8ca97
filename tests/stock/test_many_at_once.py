"""Many at once: real connections, one truth."""

import asyncio
from collections import Counter

import pytest

from tests.making import make_product
from tests.stock.making import (
    ensure_proven,
    line,
    location_of,
    make_count,
    make_location,
    make_posting,
    make_stocked,
    on_hand,
    post,
    post_count,
    reserve,
    stock_of,
)

pytestmark = pytest.mark.anyio


def codes(answers):
    return Counter(answer.json().get("code", answer.status_code) for answer in answers)


async def test_of_50_picks_of_10_pieces_exactly_10_succeed(person):
    product = await make_stocked(person, "10")

    answers = await asyncio.gather(*(post(person, "issue", line(product, "1")) for _ in range(50)))

    assert codes(answers) == {201: 10, "not_enough_stock": 40}
    assert await on_hand(person, product) == "0"
    await ensure_proven(person)


async def test_of_50_reservations_of_10_pieces_exactly_10_succeed(person):
    product = await make_stocked(person, "10")

    answers = await asyncio.gather(*(reserve(person, product, "1") for _ in range(50)))

    assert codes(answers) == {201: 10, "not_enough_stock": 40}
    row = await stock_of(person, product)
    assert (row["on_hand"], row["reserved"]) == ("10", "10")
    await ensure_proven(person)


async def test_transfers_in_opposite_directions_never_lock_each_other_for_good(person):
    one, two = await make_stocked(person, "50"), await make_stocked(person, "50")
    here, there = await location_of(person), await make_location(person, "B")
    both = {"from_location_id": here["id"], "to_location_id": there["id"]}
    back = {"from_location_id": there["id"], "to_location_id": here["id"]}
    await make_posting(person, "transfer", line(one, "25", **both), line(two, "25", **both))

    answers = await asyncio.gather(
        *(
            post(person, "transfer", *lines)
            for _ in range(15)
            for lines in (
                (line(one, "1", **both), line(two, "1", **both)),
                (line(two, "1", **back), line(one, "1", **back)),
            )
        )
    )

    assert codes(answers) == {201: 30}
    for product in (one, two):
        row = await stock_of(person, product)
        assert {each["on_hand"] for each in row["places"]} == {"25"}
    await ensure_proven(person)


async def test_products_in_any_order_never_lock_each_other_for_good(person):
    goods = [await make_stocked(person, "50") for _ in range(4)]
    for product in goods[:2]:
        await person.client.put(f"/api/stock/rules/{product['id']}", json={"minimum": "45"})

    answers = await asyncio.gather(
        *(
            post(person, "issue", *(line(goods[(start + n) % 4], "1") for n in range(4)))
            for start in range(4)
            for _ in range(5)
        )
    )

    assert codes(answers) == {201: 20}
    assert [await on_hand(person, each) for each in goods] == ["30"] * 4
    listed = (await person.client.get("/api/notices?kind=stock_low")).json()["items"]
    assert len(listed) == 2
    await ensure_proven(person)


async def test_the_first_move_by_many_at_once_makes_one_balance(person):
    products = [await make_product(person) for _ in range(3)]

    answers = await asyncio.gather(
        *(
            post(person, "receipt", *(line(each, "1") for each in order))
            for order in (products, products[::-1]) * 5
        )
    )

    assert codes(answers) == {201: 10}
    assert [await on_hand(person, each) for each in products] == ["10"] * 3
    await ensure_proven(person)


async def test_a_count_among_picks_keeps_every_pick(person):
    product = await make_stocked(person, "40")
    count = await make_count(person, (product, "35"))

    answers = await asyncio.gather(
        *(post(person, "issue", line(product, "1")) for _ in range(10)),
        post_count(person, count),
        *(post(person, "issue", line(product, "1")) for _ in range(10)),
    )

    assert codes(answers) == {201: 20, 200: 1}
    assert await on_hand(person, product) == "15"
    await ensure_proven(person)


async def test_a_count_is_posted_once(person):
    product = await make_stocked(person, "40")
    count = await make_count(person, (product, "35"))

    answers = await asyncio.gather(*(post_count(person, count) for _ in range(6)))

    assert codes(answers) == {200: 1, "count_ended": 5}
    assert await on_hand(person, product) == "35"


async def test_a_posting_and_a_closing_never_pass_each_other(person):
    product = await make_product(person)
    day = (await make_posting(person, "receipt", line(product, "1")))["effective_at"][:10]

    answers = await asyncio.gather(
        *(post(person, "receipt", line(product, "1")) for _ in range(5)),
        person.client.post("/api/stock/close", json={"until": day}),
        *(post(person, "receipt", line(product, "1")) for _ in range(5)),
    )
    after = await post(person, "receipt", line(product, "1"))

    posted = codes(answers)[201]
    assert codes(answers)[200] == 1
    assert posted + codes(answers)["period_closed"] == 10
    assert (after.status_code, after.json()["code"]) == (409, "period_closed")
    assert await on_hand(person, product) == str(posted + 1)


async def test_archiving_a_place_and_filling_it_never_pass_each_other(person):
    product, place = await make_stocked(person, "50"), await make_location(person, "B")
    there = {"to_location_id": place["id"]}

    answers = await asyncio.gather(
        *(post(person, "receipt", line(product, "1", **there)) for _ in range(4)),
        person.client.post(f"/api/stock/locations/{place['id']}/archive"),
        *(post(person, "receipt", line(product, "1", **there)) for _ in range(4)),
    )

    listed = (await person.client.get("/api/stock/locations")).json()["items"]
    [kept] = [each for each in listed if each["id"] == place["id"]]
    filled = codes(answers)[201]
    assert (kept["archived_at"] is None) or filled == 0
    assert all(answer.status_code in {200, 201, 409, 422} for answer in answers)
    await ensure_proven(person)


async def test_of_openings_of_one_place_exactly_one_succeeds(person):
    product, place = await make_stocked(person, "5"), await make_location(person, "B")
    opening = line(product, "3", to_location_id=place["id"])

    answers = await asyncio.gather(*(post(person, "opening", opening) for _ in range(6)))

    assert codes(answers) == {201: 1, "opening_not_first": 5}
    assert await on_hand(person, product, location=place["id"]) == "3"
