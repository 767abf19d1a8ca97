"""Low stock is told without subscribing, once per crossing."""

import asyncio

import pytest

from tests.making import make_colleague, make_product
from tests.stock.making import (
    count_line,
    line,
    make_count,
    make_location,
    make_posting,
    make_reservation,
    make_stocked,
    post,
    post_count,
    stock_of,
)

pytestmark = pytest.mark.anyio


async def set_rule(person, product, **rule):
    return await person.client.put(f"/api/stock/rules/{product['id']}", json=rule)


async def notices_of(person):
    return (await person.client.get("/api/notices?kind=stock_low")).json()["items"]


async def test_a_rule_is_set_and_set_anew(person):
    product = await make_stocked(person, "10")

    made = (await set_rule(person, product, minimum="5")).json()
    changed = (await set_rule(person, product, minimum="6", target="20")).json()

    assert (made["minimum"], made["target"], made["low_since"]) == ("5", "5", None)
    assert (changed["minimum"], changed["target"], changed["version"]) == ("6", "20", 3)
    row = await stock_of(person, product)
    assert (row["minimum"], row["target"], row["low_since"]) == ("6", "20", None)


async def test_a_target_is_no_less_than_the_minimum(person):
    product = await make_product(person)

    answer = await set_rule(person, product, minimum="5", target="4")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/target")


async def test_services_have_no_rule(person):
    service = await make_product(person, kind="service")

    answer = await set_rule(person, service, minimum="5")

    assert (answer.status_code, answer.json()["code"]) == (422, "product_not_stocked")


async def test_crossing_the_line_tells_managers_and_admins_once(app, person):
    product = await make_stocked(person, "10", name="Lamp", sku="L-1")
    manager = await make_colleague(app, person, "manager")
    worker = await make_colleague(app, person, "user")
    await set_rule(person, product, minimum="5")

    for _ in range(3):
        await make_posting(worker, "issue", line(product, "2"))

    [told] = await notices_of(manager)
    assert told["values"] == {
        "product": {"number": product["number"], "sku": "L-1", "name": "Lamp"},
        "available": "4",
        "minimum": "5",
        "unit": "pc",
    }
    assert (told["subject_kind"], told["subject_id"]) == ("product", product["id"])
    assert len(await notices_of(person)) == 1
    assert await notices_of(worker) == []
    assert (await stock_of(person, product))["low_since"] is not None
    await manager.client.aclose()
    await worker.client.aclose()


async def test_rising_clears_and_the_next_crossing_tells_again(person):
    product = await make_stocked(person, "10")
    await set_rule(person, product, minimum="5")

    await make_posting(person, "issue", line(product, "6"))
    await make_posting(person, "receipt", line(product, "1"))
    cleared = (await stock_of(person, product))["low_since"]
    await make_posting(person, "issue", line(product, "1"))

    assert cleared is None
    assert len(await notices_of(person)) == 2


async def test_exactly_the_minimum_is_not_low(person):
    product = await make_stocked(person, "10")
    await set_rule(person, product, minimum="5")

    await make_posting(person, "issue", line(product, "5"))

    assert (await stock_of(person, product))["low_since"] is None


async def test_reserving_crosses_the_line_and_releasing_goes_back(person):
    product = await make_stocked(person, "10")
    await set_rule(person, product, minimum="5")

    held = await make_reservation(person, product, "6")
    low = (await stock_of(person, product))["low_since"]
    await person.client.post(f"/api/stock/reservations/{held['id']}/release")

    assert low is not None
    assert (await stock_of(person, product))["low_since"] is None


async def test_counting_crosses_the_line(person):
    product = await make_stocked(person, "10")
    await set_rule(person, product, minimum="5")
    count = await make_count(person)
    await count_line(person, count, product, "2")

    await post_count(person, count)

    assert len(await notices_of(person)) == 1


async def test_a_rule_that_finds_a_product_low_tells_at_once(person):
    product = await make_product(person)

    rule = (await set_rule(person, product, minimum="1")).json()

    assert rule["low_since"] is not None
    assert len(await notices_of(person)) == 1


async def test_low_shows_only_what_is_low(person):
    low, fine = await make_stocked(person, "1"), await make_stocked(person, "10")
    await set_rule(person, low, minimum="5")
    await set_rule(person, fine, minimum="5")

    listed = (await person.client.get("/api/stock?low=true")).json()["items"]

    assert [row["product"]["id"] for row in listed] == [low["id"]]


async def test_two_places_that_cross_together_tell_once(person):
    product, place = await make_stocked(person, "10"), await make_location(person, "B")
    await make_posting(person, "transfer", line(product, "5", to_location_id=place["id"]))
    await set_rule(person, product, minimum="7")

    answers = await asyncio.gather(
        post(person, "issue", line(product, "2")),
        post(person, "issue", line(product, "2", from_location_id=place["id"])),
    )

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(await notices_of(person)) == 1
    assert (await stock_of(person, product))["low_since"] is not None
