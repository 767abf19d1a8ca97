"""What is on hand, what it was, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.making import make_colleague, make_product
from tests.stock.making import (
    line,
    location_of,
    make_location,
    make_posting,
    make_reservation,
    make_stocked,
    on_hand,
    stock_of,
)

pytestmark = pytest.mark.anyio


async def listed(person, path, **query):
    answer = await person.client.get(f"/api/stock{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def names_of(person, **query):
    return [row["product"]["name"] for row in await listed(person, "", **query)]


def days_ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


async def test_goods_are_listed_by_name_and_services_are_not(person):
    for name in ("Pen", "Ink", "Art"):
        await make_product(person, name=name)
    await make_product(person, name="Delivery", kind="service")

    assert await names_of(person) == ["Art", "Ink", "Pen"]
    assert await names_of(person, sort="-number") == ["Art", "Ink", "Pen"]
    assert await names_of(person, q="in") == ["Ink"]


async def test_a_place_shows_what_lies_there_alone(person):
    product, other = await make_stocked(person, "10", name="A"), await make_stocked(person)
    place = await make_location(person, "B")
    await make_posting(person, "transfer", line(product, "4", to_location_id=place["id"]))
    await make_reservation(person, product, "1", location_id=place["id"])

    [row] = await listed(person, "", location=place["id"])

    assert row["product"]["id"] == product["id"]
    assert (row["on_hand"], row["reserved"], row["available"]) == ("4", "1", "3")
    assert [each["location"]["code"] for each in row["places"]] == ["B"]
    assert (await stock_of(person, other))["on_hand"] == "10"


async def test_a_category_shows_its_branch(person):
    make = person.client.post
    root = (await make("/api/categories", json={"name": "Furniture"})).json()
    leaf = (await make("/api/categories", json={"name": "Desks", "parent_id": root["id"]})).json()
    await make_product(person, name="Oak desk", category_id=leaf["id"])
    await make_product(person, name="Pen")

    [row] = await listed(person, "", category=root["id"])

    assert (row["product"]["name"], row["category_name"]) == ("Oak desk", "Desks")


async def test_pages_follow_each_other(person):
    for name in "DBACE":
        await make_product(person, name=name)

    first = (await person.client.get("/api/stock?limit=2&count=true")).json()
    second = (
        await person.client.get("/api/stock", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()

    names = [row["product"]["name"] for row in first["items"] + second["items"]]
    assert (first["total"], names) == (5, ["A", "B", "C", "D"])


async def test_the_past_is_told_as_it_took_effect(person):
    product, place = await make_product(person), await make_location(person, "B")
    await make_posting(person, "receipt", line(product, "10"), effective_at=days_ago(9))
    there = line(product, "4", to_location_id=place["id"])
    await make_posting(person, "transfer", there, effective_at=days_ago(6))
    await make_posting(person, "issue", line(product, "1"), effective_at=days_ago(3))

    figures = [await on_hand(person, product, at=days_ago(days)) for days in (10, 8, 5, 2)]
    row = await stock_of(person, product, at=days_ago(5))
    at_place = await on_hand(person, product, at=days_ago(5), location=place["id"])

    assert figures == ["0", "10", "10", "9"]
    assert {each["location"]["code"]: each["on_hand"] for each in row["places"]} == {
        "B": "4",
        "MAIN": "6",
    }
    assert (row["reserved"], row["available"], at_place) == (None, None, "4")


async def test_why_is_it_seven(person):
    product, place = await make_stocked(person, "10"), await make_location(person, "B")
    await make_posting(person, "issue", line(product, "1"), line(product, "2"), reason="Sold")
    await make_posting(person, "transfer", line(product, "3", to_location_id=place["id"]))

    answer = await person.client.get("/api/stock/explain", params={"product": product["id"]})

    why = answer.json()
    assert [(each["change"], each["balance"]) for each in why["lines"]] == [
        ("10", "10"),
        ("-1", "9"),
        ("-2", "7"),
        ("0", "7"),
    ]
    assert (why["opening"], why["closing"], why["on_hand"]) == ("0", "7", "7")
    assert (why["agrees"], why["is_whole"]) == (True, True)
    assert why["lines"][1]["reason"] == "Sold"
    assert why["lines"][1]["posted_by"] == {"number": 1, "name": "Ada Lovelace"}
    assert why["product"]["name"] == product["name"]


async def test_a_place_is_explained_by_its_own_moves(person):
    product, place = await make_stocked(person, "10"), await make_location(person, "B")
    await make_posting(person, "transfer", line(product, "3", to_location_id=place["id"]))
    query = {"product": product["id"], "location": place["id"]}

    why = (await person.client.get("/api/stock/explain", params=query)).json()

    assert [each["change"] for each in why["lines"]] == ["3"]
    assert (why["location"]["code"], why["closing"], why["agrees"]) == ("B", "3", True)


async def test_a_period_is_explained_from_its_opening_figure(person):
    product = await make_product(person)
    for days, quantity in ((9, "10"), (6, "4"), (3, "1")):
        await make_posting(person, "receipt", line(product, quantity), effective_at=days_ago(days))
    period = {"from": days_ago(7), "to": days_ago(4)}

    why = (
        await person.client.get("/api/stock/explain", params={"product": product["id"], **period})
    ).json()

    assert (why["opening"], why["closing"], why["on_hand"]) == ("10", "14", "15")
    assert [each["change"] for each in why["lines"]] == ["4"]


async def test_a_long_story_is_cut_and_says_so(person):
    product = await make_stocked(person, "1")
    await make_posting(person, "receipt", line(product, "2"), line(product, "3"))
    query = {"product": product["id"], "limit": "2"}

    why = (await person.client.get("/api/stock/explain", params=query)).json()

    assert (why["opening"], why["is_whole"], why["closing"]) == ("1", False, "6")
    assert [each["change"] for each in why["lines"]] == ["2", "3"]


async def test_postings_are_found_by_what_is_asked(app, person):
    product, other = await make_stocked(person, name="Lamp"), await make_stocked(person)
    place, colleague = await make_location(person, "B"), await make_colleague(app, person)
    there = line(product, "1", to_location_id=place["id"])
    moved = await make_posting(person, "transfer", line(other, "1", to_location_id=place["id"]))
    sold = await make_posting(colleague, "issue", line(other, "1"), line(product, "1"))
    late = await make_posting(person, "transfer", there, reference="T 7", effective_at=days_ago(3))

    async def found(**query):
        return [each["id"] for each in await listed(person, "/postings", **query)]

    assert await found(kind="issue") == [sold["id"]]
    assert await found(location=place["id"]) == [moved["id"], late["id"]]
    assert await found(product=product["id"], kind="transfer") == [late["id"]]
    assert await found(reference="T 7") == [late["id"]]
    assert await found(to=days_ago(2)) == [late["id"]]
    assert sold["id"] in await found(**{"from": days_ago(2)})
    members = (await person.client.get("/api/members")).json()["items"]
    carl = next(each["id"] for each in members if not each["is_me"])
    assert await found(posted_by=carl) == [sold["id"]]
    await colleague.client.aclose()


async def test_a_posting_is_known_by_its_first_line(person):
    lamp, desk = await make_stocked(person, name="Lamp"), await make_stocked(person, name="Desk")
    made = await make_posting(person, "issue", line(lamp, "2"), line(desk, "1"))

    row = (await listed(person, "/postings"))[0]

    assert (row["id"], row["line_count"]) == (made["id"], 2)
    first = row["first_line"]
    assert (first["product"]["name"], first["quantity"]) == ("Lamp", "2")
    assert (first["from_code"], first["to_code"]) == ("MAIN", "CUSTOMER")


async def test_the_list_is_a_file_too(person):
    await make_stocked(person, "10", name="Lamp")

    answer = await person.client.get("/api/stock.csv")

    head, row = answer.text.splitlines()
    shown = dict(zip(head.split(","), row.split(","), strict=False))
    assert answer.status_code == 200
    assert (shown["product.name"], shown["on_hand"]) == ("Lamp", "10")


async def test_what_nobody_knows_is_refused(person):
    for path in ("", "/postings", "/explain", "/counts", "/reservations"):
        answer = await person.client.get(f"/api/stock{path}?colour=red")
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), path


async def test_fixed_ends_have_no_balance(person):
    product, customer = await make_stocked(person), await location_of(person, "customer")
    await make_posting(person, "issue", line(product, "1"))

    assert await listed(person, "", location=customer["id"]) == []
