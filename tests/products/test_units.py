"""Units a product is counted in."""

import pytest

from tests.making import make_product

pytestmark = pytest.mark.anyio


async def units_of(person):
    answer = await person.client.get("/api/units")
    assert answer.status_code == 200
    return answer.json()["items"]


async def test_units_are_listed_before_they_are_used(person):
    before = await units_of(person)
    await make_product(person)
    after = await units_of(person)

    assert len(before) == 12
    assert before == after
    assert [unit["name"] for unit in before] == sorted(unit["name"] for unit in before)
    piece = next(unit for unit in before if unit["code"] == "pc")
    assert {"name": "Piece", "decimals": 0, "un_code": "C62"}.items() <= piece.items()


async def test_a_listed_unit_can_be_used_at_once(person):
    hour = next(unit for unit in await units_of(person) if unit["code"] == "h")

    made = await make_product(person, kind="service", unit_id=hour["id"])
    [row] = (await person.client.get("/api/products")).json()["items"]

    shown = {name: hour[name] for name in made["unit"]}
    assert (made["unit_id"], made["unit"]) == (hour["id"], shown)
    assert row["unit_code"] == "h"


async def test_the_unit_of_a_product_can_change(person):
    made = await make_product(person)
    kilogram = next(unit for unit in await units_of(person) if unit["code"] == "kg")

    answer = await person.client.patch(
        f"/api/products/{made['id']}", json={"unit_id": kilogram["id"]}
    )

    assert answer.json()["unit"]["code"] == "kg"


@pytest.mark.parametrize("whose", ["nobody", "others", "others unused"])
async def test_an_unknown_unit_is_refused_by_its_field(person, other, whose):
    unit_id = "018f0000-0000-7000-8000-000000000000"
    if whose != "nobody":
        unit_id = (await units_of(other))[0]["id"]
    if whose == "others":
        await make_product(other)
    made = await make_product(person)

    answers = [
        await person.client.post("/api/products", json={"name": "New", "unit_id": unit_id}),
        await person.client.patch(f"/api/products/{made['id']}", json={"unit_id": unit_id}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/unit_id", "unknown_unit")


async def test_each_organization_has_units_of_its_own(person, other):
    mine = {unit["id"] for unit in await units_of(person)}

    theirs = {unit["id"] for unit in await units_of(other)}

    assert mine & theirs == set()
