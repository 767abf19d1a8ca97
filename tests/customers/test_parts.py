"""Contacts and addresses of a customer."""

import pytest

from tests.making import make_customer

pytestmark = pytest.mark.anyio

ADDRESS = {"kind": "shipping", "lines": "Dock 4\nGate B", "country": "DE"}
FULL_CONTACT = {
    "name": "Jo March",
    "email": "jo@example.com",
    "phone": "+1 555 0100",
    "role": "Buyer",
    "is_primary": True,
    "receives_invoices": True,
}
FULL_ADDRESS = {
    "kind": "billing",
    "lines": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
    "region": "Berlin",
    "country": "DE",
}
PARTS = [("contacts", FULL_CONTACT), ("addresses", FULL_ADDRESS)]


@pytest.fixture
async def customer(person):
    return await make_customer(person)


@pytest.mark.parametrize(("kind", "given"), PARTS)
async def test_a_part_is_made_and_shown_with_its_customer(person, customer, kind, given):
    answer = await person.client.post(f"/api/customers/{customer['id']}/{kind}", json=given)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/customers/{customer['id']}/{kind}/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    shown = {"id": made["id"], "customer_id": customer["id"], "version": 1}
    assert made == shown | given
    assert await listed(person, customer, kind) == [made]
    assert (await read(person, customer))[kind] == [made]


@pytest.mark.parametrize(
    ("kind", "given", "cleared", "required"),
    [
        ("contacts", FULL_CONTACT, ["email", "phone", "role"], ["name", "is_primary"]),
        ("addresses", FULL_ADDRESS, ["postal_code", "city", "region"], ["kind", "lines"]),
    ],
)
async def test_a_part_is_changed_field_by_field(person, customer, kind, given, cleared, required):
    made = await add(person, customer, kind, given)
    path = f"/api/customers/{customer['id']}/{kind}/{made['id']}"

    answer = await person.client.patch(path, json=dict.fromkeys(cleared))
    refused = await person.client.patch(path, json=dict.fromkeys(required))

    assert answer.json() == made | dict.fromkeys(cleared) | {"version": 2}
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {f"/{n}" for n in required}
    assert await listed(person, customer, kind) == [answer.json()]


@pytest.mark.parametrize(("kind", "given"), PARTS)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_an_old_version_of_a_part_is_refused(person, customer, kind, given, method):
    made = await add(person, customer, kind, given)
    path = f"/api/customers/{customer['id']}/{kind}/{made['id']}"
    field = "phone" if kind == "contacts" else "city"
    now = (await person.client.patch(path, json={field: "changed"})).json()

    answer = await person.client.request(
        method,
        path,
        headers={"If-Match": '"1"'},
        json={field: "mine"} if method == "PATCH" else None,
    )

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert answer.json()["current"] == now
    assert answer.json()["changed_by"] == {"number": 1, "name": "Ada Lovelace"}
    assert await listed(person, customer, kind) == [now]


@pytest.mark.parametrize(("kind", "given"), PARTS)
async def test_a_part_is_removed(person, customer, kind, given):
    made = await add(person, customer, kind, given)
    path = f"/api/customers/{customer['id']}/{kind}/{made['id']}"

    answer = await person.client.delete(path, headers={"If-Match": '"1"'})

    assert answer.status_code == 204
    assert await listed(person, customer, kind) == []
    assert (await person.client.delete(path)).status_code == 404


@pytest.mark.parametrize(("kind", "given"), PARTS)
async def test_a_part_is_reached_through_its_own_customer_only(person, customer, kind, given):
    made = await add(person, customer, kind, given)
    another = await make_customer(person)
    path = f"/api/customers/{another['id']}/{kind}/{made['id']}"

    answers = [await person.client.patch(path, json={}), await person.client.delete(path)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert await listed(person, customer, kind) == [made]


@pytest.mark.parametrize(
    ("kind", "only", "common", "code", "pointer"),
    [
        (
            "contacts",
            {"name": "A", "is_primary": True},
            {"name": "B"},
            "primary_contact_exists",
            "/is_primary",
        ),
        (
            "addresses",
            ADDRESS | {"kind": "billing"},
            ADDRESS,
            "billing_address_exists",
            "/kind",
        ),
    ],
)
async def test_a_customer_has_one_primary_contact_and_one_billing_address(
    person, customer, kind, only, common, code, pointer
):
    first = await add(person, customer, kind, only)
    others = [await add(person, customer, kind, common) for _ in range(2)]
    path = f"/api/customers/{customer['id']}/{kind}"

    answers = [
        await person.client.post(path, json=only),
        await person.client.patch(f"{path}/{others[0]['id']}", json=only),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        assert answer.json()["errors"][0]["pointer"] == pointer
    await person.client.delete(f"{path}/{first['id']}")
    assert (await person.client.patch(f"{path}/{others[0]['id']}", json=only)).status_code == 200


async def test_each_customer_has_a_primary_contact_and_a_billing_address_of_its_own(person):
    for customer in [await make_customer(person), await make_customer(person)]:
        await add(person, customer, "contacts", {"name": "Jo", "is_primary": True})
        await add(person, customer, "addresses", ADDRESS | {"kind": "billing"})


async def test_people_may_repeat_across_customers(person):
    for customer in [await make_customer(person), await make_customer(person)]:
        await add(person, customer, "contacts", {"name": "Jo", "email": "jo@example.com"})


async def test_contacts_come_by_name_and_billing_addresses_first(person, customer):
    for name in ("Zoe", "Amy"):
        await add(person, customer, "contacts", {"name": name})
    for kind in ("shipping", "billing"):
        await add(person, customer, "addresses", ADDRESS | {"kind": kind})

    contacts = await listed(person, customer, "contacts")
    addresses = await listed(person, customer, "addresses")

    assert [each["name"] for each in contacts] == ["Amy", "Zoe"]
    assert [each["kind"] for each in addresses] == ["billing", "shipping"]


async def test_wrong_values_of_a_part_are_named_by_pointers(person, customer):
    path = f"/api/customers/{customer['id']}/addresses"

    answer = await person.client.post(path, json={"kind": "home", "lines": "", "country": "EU"})

    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert answer.status_code == 422
    assert errors == {
        "/kind": "literal_error",
        "/lines": "string_too_short",
        "/country": "country_unknown",
    }


async def add(person, customer, kind, given):
    answer = await person.client.post(f"/api/customers/{customer['id']}/{kind}", json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(person, customer, kind):
    answer = await person.client.get(f"/api/customers/{customer['id']}/{kind}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def read(person, customer):
    return (await person.client.get(f"/api/customers/{customer['id']}")).json()
