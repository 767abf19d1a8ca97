"""Balances are the sums of their moves: proved each night and on demand, mended by the doctor."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from erp.cli.doctoring import examine
from erp.kernel.walls import admit
from erp.worker import Worker
from tests.making import make_colleague, writing_all
from tests.stock.making import (
    ensure_proven,
    line,
    make_posting,
    make_reservation,
    make_stocked,
    on_hand,
    stock_of,
)

pytestmark = pytest.mark.anyio


async def corrupt(app, product, statement):
    """Change a balance behind the product's back."""
    async with writing_all(app) as session:
        where = "WHERE product_id = :product"
        changed = await session.execute(text(f"{statement} {where}"), {"product": product["id"]})
        assert changed.rowcount == 1


async def prove(person):
    return (await person.client.post("/api/stock/proof")).json()


async def test_a_proof_counts_what_it_saw_and_names_it_by_a_digest(person):
    nothing = (await person.client.get("/api/stock/proof")).json()
    product = await make_stocked(person, "10")
    await make_stocked(person, "5")

    first, same = await prove(person), await prove(person)
    await make_posting(person, "issue", line(product, "1"))
    other = await prove(person)

    assert nothing == {"proof": None}
    assert (first["ok"], first["rows"], first["differences"]) == (True, 2, [])
    assert first["made_by"] == {"number": 1, "name": "Ada Lovelace"}
    assert re.fullmatch("[0-9a-f]{64}", first["digest"])
    assert first["digest"] == same["digest"] != other["digest"]
    assert (await person.client.get("/api/stock/proof")).json()["proof"] == other


async def test_a_corrupted_balance_is_named_and_told_to_admins(app, person):
    product, other = await make_stocked(person, "10", name="Lamp"), await make_stocked(person)
    manager = await make_colleague(app, person, "manager")
    await corrupt(app, product, "UPDATE stock_balances SET on_hand = on_hand + 10000")

    proof = await prove(person)

    [wrong] = proof["differences"]
    assert (proof["ok"], wrong["product"]["name"], wrong["location"]["code"]) == (
        False,
        "Lamp",
        "MAIN",
    )
    assert (wrong["what"], wrong["balance"], wrong["derived"]) == ("on_hand", "11", "10")
    assert other["id"] != product["id"]
    [told] = (await person.client.get("/api/notices")).json()["items"]
    assert (told["code"], told["values"]) == ("stock_proof_failed", {"places": 1})
    assert (await manager.client.get("/api/notices")).json()["items"] == []
    await manager.client.aclose()


async def test_a_wrong_reserved_figure_is_named(app, person):
    product = await make_stocked(person, "10")
    await make_reservation(person, product, "4")
    await corrupt(app, product, "UPDATE stock_balances SET reserved = 0")

    [wrong] = (await prove(person))["differences"]

    assert (wrong["what"], wrong["balance"], wrong["derived"]) == ("reserved", "0", "4")


async def test_a_balance_that_is_gone_is_named(app, person):
    product = await make_stocked(person, "10")
    await corrupt(app, product, "DELETE FROM stock_balances")

    [wrong] = (await prove(person))["differences"]

    assert (wrong["balance"], wrong["derived"]) == ("0", "10")


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


@pytest.mark.parametrize("table", ["stock_moves", "stock_postings"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
async def test_the_database_itself_refuses_to_change_the_ledger(app, person, table, change):
    product = await make_stocked(person, "10")

    async with app.state.database.writing() as session:
        await admit(session, organization_id=person.organization["id"])
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            async with session.begin_nested():
                await session.execute(text(change.format(table)))

    assert await on_hand(person, product) == "10"
    await ensure_proven(person)
