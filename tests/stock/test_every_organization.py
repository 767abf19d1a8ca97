"""What walks over all organizations, on databases that hold few: the nights, and the doctor."""

import pytest
from sqlalchemy import text

from erp.cli.doctoring import examine
from erp.worker import Worker
from tests.making import writing_all
from tests.stock.making import (
    ensure_proven,
    make_reservation,
    make_stocked,
    on_hand,
    stock_of,
)
from tests.stock.test_proof import corrupt
from tests.stock.test_reservations import figures, soon

pytestmark = pytest.mark.anyio


@pytest.fixture
def app(own_app):
    """People of these tests sign up where nobody else is."""
    return own_app


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE stock_balances SET on_hand = on_hand + 10000",
        "UPDATE stock_balances SET reserved = 0",
        "DELETE FROM stock_balances",
    ],
)
async def test_the_doctor_names_what_is_wrong_and_mends_it(app, person, damage):
    product = await make_stocked(person, "10", name="Lamp")
    await make_reservation(person, product, "4")
    await corrupt(app, product, damage)
    home = person.organization["id"]

    def mine(lines):
        return [each for each in lines if each.startswith(home)]

    looked = await examine(app.state.settings, repair=False)
    mended = await examine(app.state.settings, repair=True)
    again = await examine(app.state.settings, repair=True)

    assert "Lamp at MAIN" in mine(looked.wrong)[0]
    assert mine(looked.mended) == []
    assert len(mine(mended.mended)) == 1
    assert (mine(mended.wrong), mine(again.wrong), mine(again.mended)) == ([], [], [])
    row = await stock_of(person, product)
    assert (row["on_hand"], row["reserved"]) == ("10", "4")
    await ensure_proven(person)


async def test_the_doctor_notices_again_what_is_low(app, person):
    product = await make_stocked(person, "3")
    path = f"/api/stock/rules/{product['id']}"
    await corrupt(app, product, "UPDATE stock_balances SET on_hand = 500000")
    await person.client.put(path, json={"minimum": "5"})

    await examine(app.state.settings, repair=True)

    assert (await stock_of(person, product))["low_since"] is not None


async def test_the_doctor_leaves_alone_what_no_balance_can_heal(app, person):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "4")
    async with writing_all(app) as session:
        await session.execute(
            text("UPDATE stock_reservations SET quantity = 200000 WHERE product_id = :product"),
            {"product": product["id"]},
        )

    found = await examine(app.state.settings, repair=True)

    home = person.organization["id"]
    assert [each for each in found.mended if each.startswith(home)] == []
    [wrong] = [each for each in found.wrong if each.startswith(home)]
    assert "reserved is 4, not 20" in wrong
    assert await on_hand(person, product) == "10"


async def test_each_night_every_organization_is_proved(app, person, other, clock):
    await make_stocked(person, "10")
    worker = Worker(app.state.database, app.state.settings)
    clock.advance(days=2)  # the proof of today may be done already

    while await worker.run_once():
        pass
    clock.offset *= 0  # before the access token expires

    for somebody, rows in ((person, 1), (other, 0)):
        proof = (await somebody.client.get("/api/stock/proof")).json()["proof"]
        assert (proof["ok"], proof["rows"], proof["made_by"]) == (True, rows, None)


async def test_the_worker_releases_what_has_expired(app, person, clock):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "8", expires_at=soon())
    await make_reservation(person, product, "1")
    clock.advance(hours=2)

    worker = Worker(app.state.database, app.state.settings)
    while await worker.run_once():
        pass
    clock.offset *= 0  # before the access token expires

    assert figures(await stock_of(person, product)) == ("10", "1", "9")
    released = (await person.client.get("/api/stock/reservations?state=released")).json()["items"]
    assert [each["quantity"] for each in released] == ["8"]
