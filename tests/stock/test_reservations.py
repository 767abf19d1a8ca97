"""Goods on the shelf that are promised: reserved, released, used up, expired."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.making import make_colleague, make_product
from tests.stock.making import (
    ensure_proven,
    line,
    location_of,
    make_location,
    make_posting,
    make_reservation,
    make_stocked,
    post,
    reserve,
    stock_of,
)

pytestmark = pytest.mark.anyio


def figures(row):
    return row["on_hand"], row["reserved"], row["available"]


async def release(person, reservation):
    return await person.client.post(f"/api/stock/reservations/{reservation['id']}/release")


def soon():
    return (datetime.now(UTC) + timedelta(minutes=5)).isoformat()


async def test_what_is_reserved_is_on_hand_but_not_available(person):
    product = await make_stocked(person, "10")

    made = await make_reservation(person, product, "4", note="For Jo")

    assert (made["state"], made["note"], made["quantity"]) == ("active", "For Jo", "4")
    assert made["reserved_by"] == {"number": 1, "name": "Ada Lovelace"}
    assert (made["product"]["name"], made["location"]["code"]) == (product["name"], "MAIN")
    assert figures(await stock_of(person, product)) == ("10", "4", "6")


async def test_more_than_is_available_cannot_be_reserved(person):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "4")

    answer = await reserve(person, product, "7")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_stock")
    assert answer.json()["errors"][0]["pointer"] == "/quantity"
    [short] = answer.json()["short"]
    assert (short["wanted"], short["available"]) == ("7", "6")


async def test_what_was_never_there_cannot_be_reserved(person):
    product = await make_product(person)

    answer = await reserve(person, product, "1")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_stock")


async def test_an_issue_takes_nothing_that_is_reserved(person):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "4")

    answer = await post(person, "issue", line(product, "7"))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_stock")
    assert answer.json()["short"][0]["available"] == "6"


async def test_an_issue_uses_its_own_reservation_up(person):
    product = await make_stocked(person, "10")
    mine = await make_reservation(person, product, "8")

    await make_posting(person, "issue", line(product, "9", reservation_id=mine["id"]))

    assert figures(await stock_of(person, product)) == ("1", "0", "1")
    [shown] = (await person.client.get("/api/stock/reservations?state=consumed")).json()["items"]
    assert shown["id"] == mine["id"]
    again = await post(person, "issue", line(product, "1", reservation_id=mine["id"]))
    assert (again.status_code, again.json()["code"]) == (409, "reservation_ended")
    await ensure_proven(person)


async def test_the_reservations_of_others_hold_beside_ones_own(person):
    product = await make_stocked(person, "10")
    mine = await make_reservation(person, product, "4")
    await make_reservation(person, product, "5")

    answer = await post(person, "issue", line(product, "6", reservation_id=mine["id"]))

    assert (answer.status_code, answer.json()["short"][0]["available"]) == (409, "5")


async def test_a_reservation_of_other_goods_helps_nobody(person):
    product, other = await make_stocked(person), await make_stocked(person)
    theirs = await make_reservation(person, other, "4")

    answer = await post(person, "issue", line(product, "1", reservation_id=theirs["id"]))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "other_goods")


async def test_one_reservation_serves_one_line(person):
    product = await make_stocked(person)
    mine = await make_reservation(person, product, "4")
    one = line(product, "2", reservation_id=mine["id"])

    answer = await post(person, "issue", one, one)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/lines/1/reservation_id")


async def test_a_release_frees_the_goods_once(person):
    product = await make_stocked(person, "10")
    made = await make_reservation(person, product, "4")

    first, second = await release(person, made), await release(person, made)

    assert (first.status_code, first.json()["state"]) == (200, "released")
    assert (second.status_code, second.json()["code"]) == (409, "reservation_ended")
    assert figures(await stock_of(person, product)) == ("10", "0", "10")


async def test_expired_reservations_refuse_nobody(person, clock):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "8", expires_at=soon())
    refused = await reserve(person, product, "5")
    clock.advance(minutes=10)

    allowed = await reserve(person, product, "5")
    issued = await post(person, "issue", line(product, "5"))

    assert [refused.status_code, allowed.status_code, issued.status_code] == [409, 201, 201]
    assert figures(await stock_of(person, product)) == ("5", "5", "0")
    await ensure_proven(person)


async def test_nothing_is_reserved_until_the_past(person):
    product = await make_stocked(person)

    answer = await reserve(person, product, "1", expires_at="2026-01-01T00:00:00Z")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/expires_at")


async def test_goods_are_reserved_where_goods_are_kept(person):
    product, customer = await make_stocked(person), await location_of(person, "customer")

    answer = await reserve(person, product, "1", location_id=customer["id"])

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_locations")


async def test_reservations_are_listed_by_what_is_asked(app, person):
    product, other = await make_stocked(person), await make_stocked(person)
    place, colleague = await make_location(person, "B"), await make_colleague(app, person)
    await make_posting(person, "transfer", line(product, "5", to_location_id=place["id"]))
    mine = await make_reservation(person, product, "1")
    theirs = await make_reservation(colleague, product, "2", location_id=place["id"])
    gone = await make_reservation(person, other, "3")
    await release(person, gone)

    async def listed(**query):
        answer = await person.client.get("/api/stock/reservations", params=query)
        return [each["id"] for each in answer.json()["items"]]

    assert await listed() == [gone["id"], theirs["id"], mine["id"]]
    assert await listed(product=product["id"], sort="created_at") == [mine["id"], theirs["id"]]
    assert await listed(location=place["id"]) == [theirs["id"]]
    assert await listed(state="released") == [gone["id"]]
    await colleague.client.aclose()
