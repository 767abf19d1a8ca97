"""Saying how much there is, without naming a location."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from erp.kernel.errors import NotAllowed
from erp.stock.actions.totals import set_total
from erp.stock.errors import NotEnoughStock, PeriodClosed
from erp.stock.queries.totals import sum_on_hand
from tests.making import make_product, workspace_of
from tests.stock.making import ensure_proven, line, make_location, make_posting, make_stocked

pytestmark = pytest.mark.anyio


async def set_as(app, person, product, wanted, **over):
    """Set the total in a transaction of its own."""
    async with workspace_of(app, person) as work:
        await set_total(replace(work, **over), UUID(product["id"]), wanted, "test")


async def test_totals_are_summed_over_all_storage(app, person):
    product = await make_stocked(person, "5")
    shelf = await make_location(person, "SHELF")
    await make_posting(person, "receipt", line(product, "7", to_location_id=shelf["id"]))
    unmoved = await make_product(person)

    async with workspace_of(app, person) as work:
        every = await sum_on_hand(work)
        one = await sum_on_hand(work, [UUID(unmoved["id"])])

    assert every == {UUID(product["id"]): Decimal(12)}
    assert one == {}


async def test_the_first_figure_is_an_opening_and_the_next_a_count(app, person):
    product = await make_product(person)

    await set_as(app, person, product, 5)
    await set_as(app, person, product, 3)

    page = (await person.client.get("/api/stock/postings")).json()["items"]
    assert [(each["kind"], each["reference"]) for each in page] == [
        ("count", "test"),
        ("opening", "test"),
    ]
    await ensure_proven(person)


@pytest.mark.parametrize(("wanted", "missing"), [(5, "stock:move"), (0, None)])
async def test_a_first_figure_asks_for_the_right_to_move(app, person, wanted, missing):
    product, few = await make_product(person), frozenset({"products:write", "stock:count"})

    if missing is None:
        await set_as(app, person, product, wanted, permissions=few)
        return
    with pytest.raises(NotAllowed) as refused:
        await set_as(app, person, product, wanted, permissions=few)

    assert refused.value.members == {"permission": missing}


async def test_another_figure_asks_for_the_right_to_count_and_the_same_one_for_none(app, person):
    product, few = await make_stocked(person, "5"), frozenset({"products:write", "stock:move"})

    await set_as(app, person, product, 5, permissions=few)
    with pytest.raises(NotAllowed) as refused:
        await set_as(app, person, product, 6, permissions=few)

    assert refused.value.members == {"permission": "stock:count"}


async def test_nothing_is_counted_on_a_closed_day(app, person):
    product = await make_stocked(person, "5")
    async with workspace_of(app, person) as work:
        today = work.today().isoformat()
    closed = await person.client.post("/api/stock/close", json={"until": today})
    assert closed.status_code == 200, closed.text

    with pytest.raises(PeriodClosed):
        await set_as(app, person, product, 6)


async def test_what_lies_elsewhere_stays_there(app, person):
    product = await make_stocked(person, "1")
    shelf = await make_location(person, "SHELF")
    await make_posting(person, "receipt", line(product, "7", to_location_id=shelf["id"]))

    with pytest.raises(NotEnoughStock):
        await set_as(app, person, product, 6)
    await set_as(app, person, product, 7)

    async with workspace_of(app, person) as work:
        assert await sum_on_hand(work) == {UUID(product["id"]): Decimal(7)}


async def test_a_figure_below_the_minimum_is_told(app, person):
    product = await make_stocked(person, "10")
    await person.client.put(f"/api/stock/rules/{product['id']}", json={"minimum": "5"})

    await set_as(app, person, product, 2)

    notices = (await person.client.get("/api/notices?kind=stock_low")).json()["items"]
    assert [each["values"]["available"] for each in notices] == ["2"]
