"""Products that may be the same: by SKU, barcode, or name but for punctuation and accents."""

import pytest

from tests.making import make_product

pytestmark = pytest.mark.anyio


async def twins(person, **query):
    answer = await person.client.get("/api/products/duplicates", params=query)
    assert answer.status_code == 200, answer.text
    return [(row["name"], row["same"]) for row in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ({"sku": "  lamp-1 "}, ["sku"]),
        ({"barcode": "4006381333931"}, ["barcode"]),
        ({"name": "bueromobel, LAMPE!"}, None),
        ({"name": "buromobel - lampe"}, ["name"]),
        ({"name": "BÜRO-MÖBEL LAMPE"}, ["name"]),
        ({"name": "Büromöbel: Lampe.", "sku": "LAMP-1"}, ["sku", "name"]),
        ({"name": "Lampe"}, None),
        ({"sku": "LAMP"}, None),
        ({}, None),
        ({"name": "!?"}, None),
    ],
)
async def test_a_twin_is_found_by_what_it_shares(person, query, same):
    await make_product(person, name="Büromöbel-Lampe", sku="LAMP-1", barcode="4006381333931")

    found = await twins(person, **query)

    assert found == ([("Büromöbel-Lampe", same)] if same else [])


async def test_archived_twins_are_named_and_the_one_at_hand_is_not(person):
    first = await make_product(person, name="Lamp")
    second = await make_product(person, name="LAMP")
    await person.client.post(f"/api/products/{second['id']}/archive")

    answer = await person.client.get(f"/api/products/duplicates?name=lamp&besides={first['id']}")

    [row] = answer.json()["items"]
    assert row["id"] == second["id"]
    assert row["archived_at"] is not None


async def test_a_twin_follows_a_new_name(person):
    product = await make_product(person, name="Lamp")
    await person.client.patch(f"/api/products/{product['id']}", json={"name": "Torch"})

    assert await twins(person, name="lamp") == []
    assert await twins(person, name="torch") == [("Torch", ["name"])]


async def test_products_of_others_are_no_twins(person, other):
    await make_product(other, name="Lamp", sku="A")

    assert await twins(person, name="Lamp", sku="A") == []


async def test_at_most_twenty_are_named(person):
    for _ in range(22):
        await make_product(person, name="Lamp")

    assert len(await twins(person, name="Lamp")) == 20


async def test_an_archived_holder_comes_with_the_offer_to_restore_it(person):
    holder = await make_product(person, sku="A", barcode="B")
    await person.client.post(f"/api/products/{holder['id']}/archive")

    for field, value in (("sku", "A"), ("barcode", "B")):
        refused = await person.client.post("/api/products", json={"name": "New", field: value})
        told = refused.json()["holder"]

        assert (refused.json()["code"], told["archived"]) == (f"{field}_taken", True)
        assert told["restore"] == f"/api/products/{holder['id']}/restore"

    restored = await person.client.post(told["restore"])
    assert (restored.status_code, restored.json()["archived_at"]) == (200, None)


async def test_a_live_holder_needs_no_restoring(person):
    await make_product(person, sku="A")

    refused = await person.client.post("/api/products", json={"name": "New", "sku": "A"})

    assert refused.json()["holder"]["archived"] is False
    assert "restore" not in refused.json()["holder"]
