"""Counting while goods come and go."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.making import make_colleague, make_product
from tests.stock.making import (
    count_line,
    ensure_proven,
    line,
    make_count,
    make_location,
    make_posting,
    make_reservation,
    make_stocked,
    on_hand,
    post_count,
    stock_of,
)

pytestmark = pytest.mark.anyio


async def read(person, count):
    return (await person.client.get(f"/api/stock/counts/{count['id']}")).json()


async def test_a_count_makes_the_balance_what_was_seen(person):
    fewer, more = await make_stocked(person, "10"), await make_stocked(person, "10")
    same, new = await make_stocked(person, "10"), await make_product(person)
    count = await make_count(person, (fewer, "7"), (more, "12"), (same, "10"), (new, "3"))

    answer = await post_count(person, count, reason="Year's end")

    posted = answer.json()
    assert (answer.status_code, posted["state"]) == (200, "posted")
    seen = [await on_hand(person, each) for each in (fewer, more, same, new)]
    assert seen == ["7", "12", "10", "3"]
    posting = (await person.client.get(f"/api/stock/postings/{posted['posting_id']}")).json()
    moved = {(each["product"]["id"], each["quantity"]) for each in posting["lines"]}
    assert moved == {(fewer["id"], "3"), (more["id"], "2"), (new["id"], "3")}
    assert posting["reason"] == "Year's end"
    await ensure_proven(person)


async def test_selling_while_counting_does_no_harm(person):
    product = await make_stocked(person, "10")
    count = await make_count(person, (product, "9"))
    await make_posting(person, "issue", line(product, "4"))
    await make_posting(person, "receipt", line(product, "20"))

    await post_count(person, count)

    assert await on_hand(person, product) == "25"  # 9 were there, 4 left, 20 came


async def test_a_receipt_entered_late_was_counted_if_it_had_come_before(person):
    product = await make_stocked(person, "10")
    came_at = datetime.now(UTC).isoformat()
    count = await make_count(person, (product, "15"))
    await make_posting(person, "receipt", line(product, "5"), effective_at=came_at)

    shown = (await read(person, count))["lines"][0]
    await post_count(person, count)

    assert (shown["expected"], shown["difference"]) == ("15", "0")
    assert await on_hand(person, product) == "15"


async def test_two_counts_of_one_shelf_correct_an_error_once(person):
    product = await make_stocked(person, "10")
    first = await make_count(person, (product, "8"))
    second = await make_count(person, (product, "8"))

    answers = [await post_count(person, first), await post_count(person, second)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert await on_hand(person, product) == "8"


async def test_the_balance_of_the_past_is_what_was_counted_then(person):
    product = await make_stocked(person, "10")
    count = await make_count(person)
    written = await count_line(person, count, product, "8")
    await make_posting(person, "issue", line(product, "1"))
    await post_count(person, count)

    then = await on_hand(person, product, at=written["counted_at"])

    assert (then, await on_hand(person, product)) == ("8", "7")


async def test_lines_tell_what_was_expected_and_keep_it_when_posted(person):
    product = await make_stocked(person, "10")
    count = await make_count(person, (product, "8"))

    draft = await read(person, count)
    await post_count(person, count)
    posted = await read(person, count)

    for shown in (draft, posted):
        [each] = shown["lines"]
        assert (each["expected"], each["difference"], each["counted"]) == ("10", "-2", "8")
        assert each["product"]["name"] == product["name"]


async def test_a_line_noted_again_holds_as_it_was_noted_last(person):
    product = await make_stocked(person, "10")
    count = await make_count(person, (product, "8"))

    again = await count_line(person, count, product, "9", note="One fell behind")

    assert (again["counted"], again["note"]) == ("9", "One fell behind")
    assert len((await read(person, count))["lines"]) == 1


async def test_a_line_is_taken_out_again(person):
    product, other = await make_stocked(person, "10"), await make_stocked(person, "10")
    count = await make_count(person, (product, "8"), (other, "9"))
    path = f"/api/stock/counts/{count['id']}/lines/{product['id']}"

    first, second = await person.client.delete(path), await person.client.delete(path)
    await post_count(person, count)

    assert [first.status_code, second.status_code] == [204, 404]
    assert (await on_hand(person, product), await on_hand(person, other)) == ("10", "9")


async def test_less_than_is_reserved_is_refused_with_the_list(person):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "6")
    count = await make_count(person, (product, "4"))

    answer = await post_count(person, count)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "count_below_reserved")
    [below] = told["below"]
    assert (below["product_id"], below["on_hand"], below["reserved"]) == (product["id"], "4", "6")
    assert await on_hand(person, product) == "10"


async def test_the_youngest_reservations_give_way_and_their_owners_are_told(app, person):
    product, colleague = await make_stocked(person, "10"), await make_colleague(app, person)
    old = await make_reservation(person, product, "3")
    middle = await make_reservation(colleague, product, "3")
    young = await make_reservation(colleague, product, "4")
    count = await make_count(person, (product, "5"))

    answer = await post_count(person, count, cut_reservations=True)

    assert answer.status_code == 200
    listed = (await person.client.get("/api/stock/reservations")).json()["items"]
    by_id = {each["id"]: (each["state"], each["quantity"]) for each in listed}
    assert by_id[old["id"]] == ("active", "3")
    assert by_id[middle["id"]] == ("active", "2")
    assert by_id[young["id"]] == ("released", "4")
    row = await stock_of(person, product)
    assert (row["on_hand"], row["reserved"]) == ("5", "5")
    told = (await colleague.client.get("/api/notices")).json()["items"]
    cut = {(each["values"]["taken"], each["values"]["left"]) for each in told}
    assert {each["code"] for each in told} == {"reservation_cut"}
    assert cut == {("4", "0"), ("1", "2")}
    assert (await person.client.get("/api/notices")).json()["items"] == []
    await ensure_proven(person)
    await colleague.client.aclose()


async def test_more_cannot_have_left_than_was_there(person):
    product = await make_stocked(person, "10")
    count = await make_count(person, (product, "1"))
    await make_posting(person, "issue", line(product, "5"))

    answer = await post_count(person, count, cut_reservations=True)

    assert (answer.status_code, answer.json()["code"]) == (409, "count_below_reserved")
    assert answer.json()["below"][0]["on_hand"] == "-4"


async def test_an_ended_count_stays_as_it_is(person):
    product = await make_stocked(person, "10")
    posted, canceled = await make_count(person, (product, "8")), await make_count(person)
    await post_count(person, posted)
    await person.client.post(f"/api/stock/counts/{canceled['id']}/cancel")

    for count in (posted, canceled):
        path = f"/api/stock/counts/{count['id']}"
        answers = [
            await person.client.put(f"{path}/lines/{product['id']}", json={"counted": "1"}),
            await person.client.delete(f"{path}/lines/{product['id']}"),
            await post_count(person, count),
            await person.client.post(f"{path}/cancel"),
        ]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {
            (409, "count_ended")
        }
    assert await on_hand(person, product) == "8"


async def test_an_empty_count_is_not_posted(person):
    count = await make_count(person)

    answer = await post_count(person, count)

    assert (answer.status_code, answer.json()["code"]) == (409, "count_empty")


async def test_a_dry_run_tells_what_a_count_would_do(person):
    product = await make_stocked(person, "10")
    count = await make_count(person, (product, "8"))
    path = f"/api/stock/counts/{count['id']}/post?dry_run=true"

    answer = await person.client.post(path, json={})

    assert (answer.status_code, answer.json()["after"][0]["on_hand"]) == (200, "8")
    assert (await read(person, count))["state"] == "draft"
    assert await on_hand(person, product) == "10"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"counted": "1.5"}, "decimal_expected"),
        ({"counted": "-1"}, "out_of_range"),
        ({"counted": "1", "counted_at": "2100-01-01T00:00:00Z"}, "in_future"),
    ],
)
async def test_what_cannot_have_been_counted_is_refused(person, body, code):
    product, count = await make_stocked(person), await make_count(person)

    answer = await person.client.put(
        f"/api/stock/counts/{count['id']}/lines/{product['id']}", json=body
    )

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_services_are_not_counted(person):
    service, count = await make_product(person, kind="service"), await make_count(person)

    answer = await person.client.put(
        f"/api/stock/counts/{count['id']}/lines/{service['id']}", json={"counted": "1"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "product_not_stocked")


async def test_each_place_is_counted_by_itself(person):
    product, place = await make_stocked(person, "10"), await make_location(person, "B")
    await make_posting(person, "transfer", line(product, "4", to_location_id=place["id"]))
    count = await make_count(person, (product, "3"), location_id=place["id"])

    await post_count(person, count)

    places = {
        p["location"]["code"]: p["on_hand"] for p in (await stock_of(person, product))["places"]
    }
    assert places == {"B": "3", "MAIN": "6"}


async def test_counts_are_listed_by_state_and_place(person):
    place = await make_location(person, "B")
    draft, there = await make_count(person), await make_count(person, location_id=place["id"])
    await person.client.post(f"/api/stock/counts/{there['id']}/cancel")

    async def listed(**query):
        answer = await person.client.get("/api/stock/counts", params=query)
        return [each["id"] for each in answer.json()["items"]]

    assert await listed() == [there["id"], draft["id"]]
    assert await listed(state="draft") == [draft["id"]]
    assert await listed(location=place["id"]) == [there["id"]]


async def test_counting_back_by_hand_needs_the_right_to_close(app, person):
    product, worker = await make_stocked(person), await make_colleague(app, person)
    count = await make_count(person)
    path = f"/api/stock/counts/{count['id']}/lines/{product['id']}"
    before = (datetime.now(UTC) - timedelta(days=2)).isoformat()

    answer = await worker.client.put(path, json={"counted": "1", "counted_at": before})

    assert (answer.status_code, answer.json()["permission"]) == (403, "stock:close")
    await worker.client.aclose()
