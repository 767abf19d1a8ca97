"""Postings: what goes where, in which quantities, on which days, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.making import make_colleague, make_product
from tests.stock.making import (
    ensure_proven,
    line,
    location_of,
    make_location,
    make_posting,
    make_stocked,
    on_hand,
    post,
    stock_of,
)

pytestmark = pytest.mark.anyio


async def test_a_receipt_is_told_with_names_units_and_the_balances_it_left(person):
    product = await make_product(person, sku="LAMP-1", name="Lamp", cost_price="4")
    body = {"reference": "DN 7", "reason": "Ordered"}

    answer = await post(person, "receipt", line(product, "10", unit_cost="2.5"), **body)

    made = answer.json()
    [shown] = made["lines"]
    assert answer.headers["Location"] == f"/api/stock/postings/{made['id']}"
    assert made | body == made
    assert made["posted_by"] == {"number": 1, "name": "Ada Lovelace"}
    assert shown["product"] == {
        "id": product["id"],
        "number": product["number"],
        "sku": "LAMP-1",
        "name": "Lamp",
        "unit": {"code": "pc", "decimals": 0},
    }
    assert (shown["line"], shown["quantity"], shown["unit_cost"]) == (1, "10", "2.5")
    ends = (shown["from_location"]["code"], shown["to_location"]["code"])
    assert ends == ("SUPPLIER", "MAIN")
    [after] = made["after"]
    assert (after["on_hand"], after["reserved"], after["available"]) == ("10", "0", "10")


async def test_a_posting_is_read_as_it_was_answered(person):
    product = await make_product(person)
    made = await make_posting(person, "receipt", line(product, "10"))

    read = (await person.client.get(f"/api/stock/postings/{made['id']}")).json()

    made.pop("after")
    assert read == made


@pytest.mark.parametrize(
    ("kind", "ends", "left"),
    [
        ("receipt", ("SUPPLIER", "MAIN"), "14"),
        ("issue", ("MAIN", "CUSTOMER"), "6"),
        ("return_in", ("CUSTOMER", "MAIN"), "14"),
        ("return_out", ("MAIN", "SUPPLIER"), "6"),
    ],
)
async def test_each_kind_goes_its_way(person, kind, ends, left):
    product = await make_stocked(person, "10")

    made = await make_posting(person, kind, line(product, "4"))

    [shown] = made["lines"]
    assert (shown["from_location"]["code"], shown["to_location"]["code"]) == ends
    assert await on_hand(person, product) == left


async def test_a_transfer_changes_places_and_no_total(person):
    product, place = await make_stocked(person, "10"), await make_location(person, "B")

    await make_posting(person, "transfer", line(product, "4", to_location_id=place["id"]))

    row = await stock_of(person, product)
    places = {each["location"]["code"]: each["on_hand"] for each in row["places"]}
    assert (row["on_hand"], places) == ("10", {"B": "4", "MAIN": "6"})


async def test_an_opening_figure_is_the_first_move_at_its_place(person):
    product, place = await make_product(person), await make_location(person, "B")
    await make_posting(person, "opening", line(product, "5"))

    again = await post(person, "opening", line(product, "5"))
    elsewhere = await post(person, "opening", line(product, "5", to_location_id=place["id"]))
    twice = await post(person, "opening", *[line(await make_product(person), "1")] * 2)

    assert (again.status_code, again.json()["code"]) == (409, "opening_not_first")
    assert elsewhere.status_code == 201
    assert (twice.status_code, twice.json()["code"]) == (409, "opening_not_first")


async def test_what_is_found_or_missed_is_counted_with_the_end_that_is_named(person):
    product, main = await make_stocked(person, "10"), await location_of(person)

    missed = await make_posting(person, "count", line(product, "1", from_location_id=main["id"]))
    found = await make_posting(person, "count", line(product, "3", to_location_id=main["id"]))
    neither = await post(person, "count", line(product, "1"))

    assert missed["lines"][0]["to_location"]["code"] == "ADJUSTMENT"
    assert found["lines"][0]["from_location"]["code"] == "ADJUSTMENT"
    assert (neither.status_code, neither.json()["code"]) == (422, "wrong_locations")
    assert await on_hand(person, product) == "12"


async def test_lines_of_one_product_are_summed_before_the_guard(person):
    product = await make_stocked(person, "10")

    answer = await post(person, "issue", line(product, "6"), line(product, "6"))

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "not_enough_stock")
    [short] = told["short"]
    assert (short["wanted"], short["available"]) == ("12", "10")
    pointers = [error["pointer"] for error in told["errors"]]
    assert pointers == ["/lines/0/quantity", "/lines/1/quantity"]
    assert await on_hand(person, product) == "10"


async def test_one_line_too_many_writes_nothing_of_the_others(person):
    plenty, few = await make_stocked(person, "10"), await make_stocked(person, "1")

    answer = await post(person, "issue", line(plenty, "5"), line(few, "2"))

    assert answer.status_code == 409
    assert (await on_hand(person, plenty), await on_hand(person, few)) == ("10", "1")
    listed = (await person.client.get("/api/stock/postings?kind=issue")).json()
    assert listed["items"] == []
    await ensure_proven(person)


async def test_a_dry_run_tells_what_would_be_and_writes_nothing(person):
    product = await make_stocked(person, "10")

    would = await post(person, "issue", line(product, "4"), dry_run=True)
    refused = await post(person, "issue", line(product, "11"), dry_run=True)

    assert (would.status_code, would.headers["dry-run"]) == (201, "true")
    assert would.json()["after"][0]["on_hand"] == "6"
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_stock")
    assert await on_hand(person, product) == "10"


async def test_a_dry_run_leaves_kind_and_unit_free(person):
    product = await make_product(person)
    await post(person, "receipt", line(product, "4"), dry_run=True)

    answer = await person.client.patch(f"/api/products/{product['id']}", json={"kind": "service"})

    assert answer.status_code == 200


async def test_the_first_move_fixes_kind_and_unit(person):
    product = await make_stocked(person)

    answer = await person.client.patch(f"/api/products/{product['id']}", json={"kind": "service"})

    assert (answer.status_code, answer.json()["code"]) == (409, "product_has_moves")


async def test_a_moved_product_stays(person):
    product = await make_stocked(person)

    answer = await person.client.delete(f"/api/products/{product['id']}")

    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")


async def test_nobody_moves_half_a_piece(person):
    product = await make_product(person)

    answer = await post(person, "receipt", line(product, "1.5"))

    [error] = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["pointer"], error["code"]) == ("/lines/0/quantity", "decimal_expected")


async def test_units_with_decimals_move_exactly(person):
    units = (await person.client.get("/api/units")).json()["items"]
    kilogram = next(unit["id"] for unit in units if unit["code"] == "kg")
    product = await make_stocked(person, "0.3", unit_id=kilogram)

    await make_posting(person, "issue", line(product, "0.1"), line(product, "0.199"))

    assert await on_hand(person, product) == "0.001"


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000.1", "0.00001", 5, "NaN"])
async def test_a_quantity_is_a_decimal_text_above_zero(person, quantity):
    product = await make_product(person)

    answer = await post(person, "receipt", line(product, quantity))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (
        422,
        "/lines/0/quantity",
    )


async def test_services_have_no_stock(person):
    service = await make_product(person, kind="service")

    answer = await post(person, "receipt", line(service, "1"))

    assert (answer.status_code, answer.json()["code"]) == (422, "product_not_stocked")
    assert answer.json()["errors"][0]["pointer"] == "/lines/0/product_id"


async def test_an_archived_product_takes_no_receipts_but_may_leave(person):
    product = await make_stocked(person, "10")
    await person.client.post(f"/api/products/{product['id']}/archive")

    receipt = await post(person, "receipt", line(product, "1"))
    issue = await post(person, "issue", line(product, "1"))

    assert (receipt.status_code, receipt.json()["code"]) == (409, "product_archived")
    assert issue.status_code == 201
    assert (await stock_of(person, product, archived="true"))["on_hand"] == "9"


@pytest.mark.parametrize(
    ("kind", "end"),
    [("receipt", "to_location_id"), ("receipt", "from_location_id"), ("issue", "from_location_id")],
)
async def test_ends_of_the_wrong_kind_are_refused(person, kind, end):
    product, customer = await make_stocked(person), await location_of(person, "customer")

    answer = await post(person, kind, line(product, "1", **{end: customer["id"]}))

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_locations")
    assert answer.json()["errors"][0]["pointer"] == f"/lines/0/{end}"


async def test_a_transfer_needs_two_places(person):
    product = await make_stocked(person)

    answer = await post(person, "transfer", line(product, "1"))

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_locations")


async def test_nothing_lies_in_the_future(person):
    product = await make_product(person)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    answer = await post(person, "receipt", line(product, "1"), effective_at=soon)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_future")


async def test_a_day_before_today_needs_the_right_to_close(app, person):
    product, worker = await make_product(person), await make_colleague(app, person)
    before = (datetime.now(UTC) - timedelta(days=2)).isoformat()

    refused = await post(worker, "receipt", line(product, "1"), effective_at=before)
    allowed = await post(person, "receipt", line(product, "1"), effective_at=before)

    assert (refused.status_code, refused.json()["permission"]) == (403, "stock:close")
    assert allowed.status_code == 201
    await worker.client.aclose()


async def test_costs_show_to_those_who_may_see_them(app, person):
    product, worker = await make_product(person), await make_colleague(app, person)
    made = await make_posting(person, "receipt", line(product, "1", unit_cost="3"))

    seen = (await worker.client.get(f"/api/stock/postings/{made['id']}")).json()
    sent = await post(worker, "receipt", line(product, "1", unit_cost="3"))
    own = await post(worker, "receipt", line(product, "1"))

    assert "unit_cost" not in seen["lines"][0]
    assert (sent.status_code, sent.json()["permission"]) == (403, "products:costs")
    assert "unit_cost" not in own.json()["lines"][0]
    await worker.client.aclose()


async def test_the_same_key_posts_once(person):
    product, key = await make_product(person), {"Idempotency-Key": "delivery-7"}
    body = {"kind": "receipt", "lines": [line(product, "5")]}

    first = await person.client.post("/api/stock/postings", json=body, headers=key)
    second = await person.client.post("/api/stock/postings", json=body, headers=key)

    assert second.headers["idempotent-replayed"] == "true"
    assert second.json() == first.json()
    assert await on_hand(person, product) == "5"


async def test_a_posting_leaves_a_trace(person):
    product = await make_product(person)
    made = await make_posting(person, "receipt", line(product, "5"), reason="Ordered")

    history = (await person.client.get(f"/api/audit/stock_posting/{made['id']}")).json()

    [row] = history["items"]
    assert (row["action"], row["reason"]) == ("stock.posted", "Ordered")
    assert row["changes"]["kind"] == [None, "receipt"]
