"""An error is reversed: its mirror is posted, once."""

import asyncio

import pytest

from tests.making import make_colleague
from tests.stock.making import (
    ensure_proven,
    line,
    location_of,
    make_location,
    make_posting,
    make_reservation,
    make_stocked,
    on_hand,
    without_right,
)

pytestmark = pytest.mark.anyio


async def reverse(person, posting, **body):
    return await person.client.post(f"/api/stock/postings/{posting['id']}/reverse", json=body)


async def test_a_reversal_is_the_mirror_of_every_line(person):
    one, two = await make_stocked(person, "10"), await make_stocked(person, "10")
    issue = await make_posting(person, "issue", line(one, "3"), line(two, "4"), reference="D 1")

    answer = await reverse(person, issue, reason="Wrong customer")

    made = answer.json()
    assert (answer.status_code, made["kind"], made["reverses_id"]) == (201, "reversal", issue["id"])
    ends = {(each["from_location"]["code"], each["to_location"]["code"]) for each in made["lines"]}
    assert ends == {("CUSTOMER", "MAIN")}
    assert (made["reason"], made["reference"]) == ("Wrong customer", "D 1")
    assert (await on_hand(person, one), await on_hand(person, two)) == ("10", "10")
    reversed_one = (await person.client.get(f"/api/stock/postings/{issue['id']}")).json()
    assert reversed_one["reversed_by_id"] == made["id"]


async def test_a_posting_is_reversed_once(person):
    product = await make_stocked(person, "10")
    issue = await make_posting(person, "issue", line(product, "3"))
    first = await reverse(person, issue)

    second = await reverse(person, issue)

    assert (second.status_code, second.json()["code"]) == (409, "already_reversed")
    assert second.json()["reversed_by_id"] == first.json()["id"]
    assert await on_hand(person, product) == "10"


async def test_of_reversals_at_the_same_time_one_wins(person):
    product = await make_stocked(person, "10")
    issue = await make_posting(person, "issue", line(product, "3"))

    answers = await asyncio.gather(*(reverse(person, issue) for _ in range(8)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_reversed"}
    assert await on_hand(person, product) == "10"
    await ensure_proven(person)


async def test_a_reversal_is_final(person):
    product = await make_stocked(person, "10")
    issue = await make_posting(person, "issue", line(product, "3"))
    reversal = (await reverse(person, issue)).json()

    answer = await reverse(person, reversal)

    assert (answer.status_code, answer.json()["code"]) == (409, "reversal_is_final")


async def test_what_left_again_cannot_be_unreceived(person):
    product = await make_stocked(person, "2")
    receipt = await make_posting(person, "receipt", line(product, "5"))
    await make_posting(person, "issue", line(product, "4"))
    await make_reservation(person, product, "1")

    answer = await reverse(person, receipt)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_stock")
    assert answer.json()["short"][0]["available"] == "2"


async def test_goods_do_not_go_back_to_an_archived_place(person):
    product, place = await make_stocked(person, "10"), await make_location(person, "B")
    there = await make_posting(person, "transfer", line(product, "4", to_location_id=place["id"]))
    issue = await make_posting(person, "issue", line(product, "4", from_location_id=place["id"]))
    await person.client.post(f"/api/stock/locations/{place['id']}/archive")

    answer = await reverse(person, issue)

    assert there["lines"][0]["to_location"]["code"] == "B"
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_locations")


async def test_a_reversal_takes_effect_after_what_it_reverses(person):
    product = await make_stocked(person)
    issue = await make_posting(person, "issue", line(product, "1"))

    answer = await reverse(person, issue, effective_at="2026-01-01T00:00:00Z")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "before_posting")


async def test_reversing_a_count_needs_the_right_to_count(app, person):
    product, main = await make_stocked(person), await location_of(person)
    count = await make_posting(person, "count", line(product, "1", from_location_id=main["id"]))
    worker = await make_colleague(app, person)

    with without_right("user", "stock:count"):
        answer = await reverse(worker, count)

    assert (answer.status_code, answer.json()["permission"]) == (403, "stock:count")
    await worker.client.aclose()
