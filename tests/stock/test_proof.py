"""Balances are the sums of their moves: proved on demand."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from erp.kernel.walls import admit
from tests.making import make_colleague, writing_all
from tests.stock.making import (
    ensure_proven,
    line,
    make_posting,
    make_reservation,
    make_stocked,
    on_hand,
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
