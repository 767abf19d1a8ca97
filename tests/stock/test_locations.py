"""Storage locations, and the fixed ends that every organization has."""

import asyncio

import pytest

from tests.stock.making import (
    line,
    location_of,
    make_location,
    make_posting,
    make_stocked,
    post,
    stock_of,
)

pytestmark = pytest.mark.anyio


async def locations(person):
    return (await person.client.get("/api/stock/locations")).json()["items"]


async def change(person, location, **body):
    return await person.client.patch(f"/api/stock/locations/{location['id']}", json=body)


async def archive(person, location):
    return await person.client.post(f"/api/stock/locations/{location['id']}/archive")


async def test_everybody_has_the_same_places_before_and_after_first_use(person):
    before = await locations(person)
    await make_stocked(person)

    after = await locations(person)

    assert after == before
    codes = [each["code"] for each in after]
    assert codes[0] == "MAIN"
    assert set(codes[1:]) == {"ADJUSTMENT", "CONSUMPTION", "CUSTOMER", "OPENING", "SUPPLIER"}


async def test_the_first_use_by_many_at_once_makes_them_once(person):
    answers = await asyncio.gather(
        *(
            person.client.post("/api/stock/locations", json={"code": f"P{n}", "name": "Place"})
            for n in range(5)
        )
    )

    assert [answer.status_code for answer in answers] == [201] * 5
    assert len(await locations(person)) == 11


async def test_a_code_is_taken_once_whatever_its_case(person):
    await make_location(person, "Shelf 1")

    answer = await person.client.post(
        "/api/stock/locations", json={"code": "SHELF  1", "name": "Other"}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "location_code_taken")


async def test_a_location_is_renamed_even_before_its_first_use(person):
    main = await location_of(person)

    answer = await change(person, main, name="Basement", code="B")

    assert (answer.status_code, answer.json()["name"]) == (200, "Basement")
    assert answer.headers["ETag"] == '"2"'


async def test_a_change_of_an_old_version_is_refused(person):
    place = await make_location(person, "B")
    await change(person, place, name="New")
    path = f"/api/stock/locations/{place['id']}"

    answer = await person.client.patch(path, json={"name": "Old"}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["current"]["name"]) == (412, "New")


async def test_the_default_moves_to_another_place(person):
    await make_stocked(person, "1")
    place = await make_location(person, "B", is_default=True)
    again = await make_location(person, "C")

    product = await make_stocked(person, "5")
    await change(person, again, is_default=True)

    [there] = (await stock_of(person, product))["places"]
    assert there["location"]["id"] == place["id"]
    assert [each["code"] for each in await locations(person) if each["is_default"]] == ["C"]


async def test_an_empty_place_is_archived_and_takes_nothing_more(person):
    product, place = await make_stocked(person, "5"), await make_location(person, "B")
    there = line(product, "5", to_location_id=place["id"])
    await make_posting(person, "transfer", there)
    full = await archive(person, place)
    await make_posting(person, "issue", line(product, "5", from_location_id=place["id"]))

    empty = await archive(person, place)
    after = await post(person, "receipt", line(product, "1", to_location_id=place["id"]))

    assert (full.status_code, full.json()["code"]) == (409, "location_not_empty")
    assert (empty.status_code, empty.json()["archived_at"] is not None) == (200, True)
    assert (after.status_code, after.json()["code"]) == (422, "wrong_locations")


async def test_the_default_and_the_fixed_ends_stay(person):
    main, customer = await location_of(person), await location_of(person, "customer")

    answers = [
        await archive(person, main),
        await archive(person, customer),
        await change(person, customer, name="Clients"),
    ]

    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (409, "location_fixed")
    }


async def test_an_archived_place_is_no_default(person):
    place = await make_location(person, "B")
    await archive(person, place)

    answer = await change(person, place, is_default=True)

    assert (answer.status_code, answer.json()["code"]) == (409, "location_fixed")
