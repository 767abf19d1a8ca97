"""Units one makes, changes and removes; decimals never shrink once something was moved."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest

from erp.kernel.errors import ValidationFailed
from erp.products.actions.products import mark_first_move
from erp.products.actions.units import change_unit
from erp.products.errors import UnitInUse
from erp.products.models import Product, Unit, ensure_counts
from erp.products.schemas import UnitEdit
from tests.making import make_product, workspace_of

pytestmark = pytest.mark.anyio


async def make(person, **over):
    answer = await person.client.post("/api/units", json={"code": "box", "name": "Box"} | over)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def units_of(person):
    rows = (await person.client.get("/api/units")).json()["items"]
    return {row["code"]: row for row in rows}


async def change(person, unit, **values):
    return await person.client.patch(f"/api/units/{unit['id']}", json=values)


async def move(app, person, product):
    """What stock does before it first moves a product."""
    async with workspace_of(app, person) as work:
        await mark_first_move(work, UUID(product["id"]))


async def test_an_own_unit_stands_beside_the_standard_ones(person):
    made = await make(person, decimals=2, un_code="XBX")

    units = await units_of(person)

    assert len(units) == 13
    assert units["box"] == made
    assert made | {"name": "Box", "decimals": 2, "un_code": "XBX", "version": 1} == made


async def test_a_code_is_taken_once(person):
    await make(person)

    again = await person.client.post("/api/units", json={"code": "box", "name": "Crate"})
    standard = await person.client.post("/api/units", json={"code": "kg", "name": "Kilo"})

    assert [each.json()["code"] for each in (again, standard)] == ["unit_code_taken"] * 2
    assert again.json()["errors"][0]["pointer"] == "/code"


async def test_a_standard_unit_can_be_changed_before_anything_was_made(person):
    piece = (await units_of(person))["pc"]

    answer = await change(person, piece, name="Stück", decimals=1)

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert (await units_of(person))["pc"]["name"] == "Stück"
    assert len(await units_of(person)) == 12


async def test_a_removed_standard_unit_stays_away(person):
    units = await units_of(person)

    gone = await person.client.delete(f"/api/units/{units['pair']['id']}")
    await make_product(person)

    assert gone.status_code == 204
    assert set(await units_of(person)) == set(units) - {"pair"}


async def test_without_pieces_a_product_must_name_its_unit(person):
    piece = (await units_of(person))["pc"]
    await person.client.delete(f"/api/units/{piece['id']}")

    answer = await person.client.post("/api/products", json={"name": "Lamp"})

    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/unit_id", "unknown_unit")


async def test_a_unit_something_is_counted_in_stays(person):
    product = await make_product(person)

    answer = await person.client.delete(f"/api/units/{product['unit_id']}")

    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")


@pytest.mark.parametrize(
    ("field", "value"),
    [("decimals", 5), ("decimals", -1), ("decimals", "2"), ("code", ""), ("un_code", "box")],
)
async def test_a_wrong_field_is_refused_by_name(person, field, value):
    answer = await person.client.post(
        "/api/units", json={"code": "box", "name": "Box", field: value}
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")


async def test_a_unit_is_changed_only_at_the_version_that_was_read(person):
    unit = await make(person)
    await change(person, unit, name="Crate")

    answer = await person.client.patch(
        f"/api/units/{unit['id']}", json={"name": "X"}, headers={"If-Match": '"1"'}
    )

    assert (answer.status_code, answer.json()["current"]["name"]) == (412, "Crate")


async def test_decimals_shrink_before_the_first_move_and_only_grow_after(app, person):
    unit = await make(person, decimals=3)
    product = await make_product(person, unit_id=unit["id"])
    before = await change(person, unit, decimals=2)
    await move(app, person, product)

    less = await change(person, unit, decimals=1)
    more = await change(person, unit, decimals=4)

    assert before.status_code == 200
    assert (less.status_code, less.json()["code"]) == (409, "unit_in_use")
    assert less.json()["errors"][0]["pointer"] == "/decimals"
    assert more.json()["decimals"] == 4


async def test_a_first_move_waits_for_a_unit_that_loses_decimals(app, person):
    """Whoever comes second sees the other: a move never keeps decimals that its unit lost."""
    for number in range(5):
        unit = await make(person, code=f"box{number}", decimals=3)
        product = await make_product(person, unit_id=unit["id"])

        async def shrink(unit=unit):
            async with workspace_of(app, person) as work:
                try:
                    await change_unit(work, UUID(unit["id"]), UnitEdit(decimals=0), None)
                except UnitInUse:
                    return "kept"
                await asyncio.sleep(0.02)
                return "shrunk"

        async def move_and_read(product=product, unit=unit):
            async with workspace_of(app, person) as work:
                await mark_first_move(work, UUID(product["id"]))
                seen = (await work.get(Unit, UUID(unit["id"]))).decimals
                await asyncio.sleep(0.02)
                return seen

        outcome, seen = await asyncio.gather(shrink(), move_and_read())

        assert (outcome, seen) in {("kept", 3), ("shrunk", 0)}


@pytest.mark.parametrize("change", [{"kind": "service"}, {"unit_id": "kg"}])
async def test_kind_and_unit_are_fixed_after_the_first_move(app, person, change):
    product = await make_product(person)
    if "unit_id" in change:
        change = {"unit_id": (await units_of(person))["kg"]["id"]}
    await move(app, person, product)
    path = f"/api/products/{product['id']}"

    refused = await person.client.patch(path, json=change)
    same = {"kind": product["kind"], "unit_id": product["unit_id"], "name": "Torch"}
    allowed = await person.client.patch(path, json=same)

    assert (refused.status_code, refused.json()["code"]) == (409, "product_has_moves")
    assert (allowed.status_code, allowed.json()["name"]) == (200, "Torch")
    assert allowed.json()["first_moved_at"] is not None


async def test_the_first_move_is_noted_once(app, person):
    product = await make_product(person)
    path = f"/api/products/{product['id']}"
    await move(app, person, product)
    first = (await person.client.get(path)).json()

    await move(app, person, product)

    assert (await person.client.get(path)).json() == first
    assert first["version"] == product["version"]


@pytest.mark.parametrize(
    ("decimals", "quantity", "is_fine"),
    [
        (0, "3", True),
        (0, "0.5", False),
        (2, "0.25", True),
        (2, "0.255", False),
        (4, "0.0001", True),
    ],
)
def test_a_unit_knows_how_finely_it_counts(decimals, quantity, is_fine):
    unit = Unit(code="kg", decimals=decimals)
    said = None

    try:
        ensure_counts(unit, Decimal(quantity), "/lines/0/quantity")
    except ValidationFailed as refusal:
        [said] = refusal.errors

    assert (said is None) is is_fine
    if said:
        assert (said.pointer, said.code) == ("/lines/0/quantity", "decimal_expected")
        assert "kg" in said.detail


def test_an_archived_product_takes_nothing_new(clock):
    product = Product(number=1)

    product.ensure_live()
    product.archived_at = clock()

    with pytest.raises(Exception, match="archived") as refused:
        product.ensure_live()
    assert refused.value.code() == "product_archived"
