"""Customers that may be the same: by name but for legal form, e-mail, VAT id or telephone."""

import pytest

from erp.customers.models import digits_of, twin_name
from tests.making import make_customer

pytestmark = pytest.mark.anyio


async def twins(person, **query):
    answer = await person.client.get("/api/customers/duplicates", params=query)
    assert answer.status_code == 200, answer.text
    return [(row["name"], row["same"]) for row in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ({"name": "acme"}, ["name"]),
        ({"name": "ACMÉ, Inc."}, ["name"]),
        ({"name": "Acme Tools"}, None),
        ({"email": "INFO@acme.example"}, ["email"]),
        ({"vat_id": "de 123 456 789"}, ["vat_id"]),
        ({"phone": "(030) 12 34 56-7"}, ["phone"]),
        ({"phone": "1234"}, None),
        ({"name": "Acme", "phone": "+49 30 1234567"}, ["name", "phone"]),
        ({}, None),
    ],
)
async def test_a_twin_is_found_by_what_it_shares(person, query, same):
    await make_customer(
        person,
        name="Acme GmbH & Co. KG",
        email="info@acme.example",
        vat_id="DE123456789",
        phone="+49 30 1234567",
    )

    found = await twins(person, **query)

    assert found == ([("Acme GmbH & Co. KG", same)] if same else [])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Müller & Söhne GmbH", "mullersohne"),
        ("Muller Sohne", "mullersohne"),
        ("Turnverein e.V.", "turnverein"),
        ("S.A.R.L. Dupont", "dupont"),
        ("AG", "ag"),
        ("O'Brien", "obrien"),
        ("!!!", None),
    ],
)
def test_a_name_is_told_without_its_legal_form(name, key):
    assert twin_name(name) == key


@pytest.mark.parametrize(
    ("phone", "key"), [("+49 30 123456", "30123456"), ("030/123456", "30123456"), ("none", None)]
)
def test_a_telephone_is_told_by_its_last_digits(phone, key):
    assert digits_of(phone) == key


async def test_archived_twins_are_named_absorbed_ones_and_oneself_are_not(person):
    mine, gone, absorbed = [await make_customer(person, name="Acme") for _ in range(3)]
    await person.client.post(f"/api/customers/{gone['id']}/archive")
    await person.client.post(
        f"/api/customers/{mine['id']}/merge", json={"absorbed_id": absorbed["id"]}
    )

    path = f"/api/customers/duplicates?name=acme&besides={mine['id']}"
    rows = (await person.client.get(path)).json()["items"]

    assert [row["id"] for row in rows] == [gone["id"]]


async def test_customers_of_others_are_no_twins(person, other):
    await make_customer(other, name="Acme", email="a@acme.example")

    assert await twins(person, name="Acme", email="a@acme.example") == []


async def test_what_tells_twins_follows_a_change(person):
    made = await make_customer(person, name="Acme", phone="123456789")
    path = f"/api/customers/{made['id']}"
    await person.client.patch(path, json={"name": "Other", "phone": None})

    assert await twins(person, name="acme", phone="123456789") == []
