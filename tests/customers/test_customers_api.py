"""Customers over HTTP: made, read, changed, archived and removed."""

from uuid import UUID

import pytest

from erp.organizations.models import Organization
from tests.making import make_colleague, make_customer, writing_all

pytestmark = pytest.mark.anyio

EVERYTHING = {
    "kind": "person",
    "name": "Grace Hopper",
    "company": "Navy",
    "email": "grace@example.com",
    "phone": "+1 555 0100",
    "vat_id": "DE123456789",
    "buyer_reference": "PO-7",
    "language": "en-US",
    "notes": "first\nsecond",
    "currency": "USD",
    "payment_days": 30,
    "tax_exempt": True,
    "credit_limit": "1500.5",
}
MAY_BE_NULL = (
    *("company", "email", "phone", "vat_id"),
    *("buyer_reference", "language", "notes", "credit_limit"),
)


async def test_a_customer_is_made_with_all_its_values(person):
    answer = await person.client.post("/api/customers", json=EVERYTHING)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/customers/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert made | EVERYTHING == made
    assert (made["number"], made["version"], made["archived_at"]) == (1, 1, None)
    assert (made["contacts"], made["addresses"]) == ([], [])


async def test_a_customer_needs_no_more_than_a_name(person):
    made = await make_customer(person, name="Acme")

    assert [made[name] for name in ("kind", "currency", "payment_days", "tax_exempt")] == [
        "company",
        "EUR",
        14,
        False,
    ]
    assert [made[name] for name in MAY_BE_NULL] == [None] * len(MAY_BE_NULL)


async def test_a_customer_is_read_as_it_was_answered(person):
    made = await make_customer(person, **EVERYTHING)

    answer = await person.client.get(f"/api/customers/{made['id']}")

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.json() == made


async def test_a_change_touches_only_what_was_sent(person):
    made = await make_customer(person, **EVERYTHING)

    answer = await person.client.patch(f"/api/customers/{made['id']}", json={"phone": "1"})

    changed = answer.json()
    assert answer.headers["ETag"] == '"2"'
    assert changed.pop("updated_at") > made.pop("updated_at")
    assert changed == made | {"phone": "1", "version": 2}


async def test_null_clears_a_field(person):
    made = await make_customer(person, **EVERYTHING)

    changed = await change(person, made, **dict.fromkeys(MAY_BE_NULL))

    assert [changed[name] for name in MAY_BE_NULL] == [None] * len(MAY_BE_NULL)


async def test_null_cannot_clear_a_name(person):
    made = await make_customer(person)

    answer = await person.client.patch(f"/api/customers/{made['id']}", json={"name": None})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/name"
    assert (await read(person, made))["version"] == 1


async def test_sending_the_same_values_again_changes_nothing(person):
    made = await make_customer(person, **EVERYTHING)

    assert await change(person, made, **EVERYTHING) == made
    assert await change(person, made) == made


async def test_a_credit_limit_is_refused_in_decimals_its_currency_lacks(person):
    made = await make_customer(person, currency="JPY", credit_limit="100")

    answer = await person.client.patch(f"/api/customers/{made['id']}", json={"credit_limit": "0.5"})

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/credit_limit", "decimal_expected")


async def test_a_new_currency_is_refused_if_the_kept_credit_limit_does_not_fit(person):
    made = await make_customer(person, currency="EUR", credit_limit="0.5")

    answer = await person.client.patch(f"/api/customers/{made['id']}", json={"currency": "JPY"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/credit_limit"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ""), ("DELETE", ""), ("POST", "/archive"), ("POST", "/restore")],
)
async def test_an_old_version_is_refused_with_the_record_as_it_is_now(app, person, method, path):
    made = await make_customer(person, name="Acme")
    colleague = await make_colleague(app, person)
    now = await change(colleague, made, name="Acme Ltd")

    answer = await person.client.request(
        method,
        f"/api/customers/{made['id']}{path}",
        headers={"If-Match": '"1"'},
        json={"name": "Mine"} if method == "PATCH" else None,
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (412, "stale")
    assert problem["current"] == now == await read(person, made)
    assert problem["changed_by"] == {"number": 2, "name": "Carl Colleague"}
    await colleague.client.aclose()


@pytest.mark.parametrize("matching", ['"1"', 'W/"1"', "*"])
async def test_the_present_version_may_be_changed(person, matching):
    made = await make_customer(person)

    answer = await person.client.patch(
        f"/api/customers/{made['id']}", json={"name": "New"}, headers={"If-Match": matching}
    )

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_an_archived_customer_leaves_the_list_and_comes_back(person):
    made = await make_customer(person)

    archived = await verb(person, made, "archive")
    live_then, archived_then = await names(person), await names(person, archived="true")
    restored = await verb(person, made, "restore")

    assert archived["archived_at"] is not None
    assert (live_then, archived_then) == ([], [made["name"]])
    assert (restored["archived_at"], restored["version"]) == (None, 3)
    assert await names(person) == [made["name"]]


async def test_archiving_and_restoring_twice_changes_nothing(person):
    made = await make_customer(person)

    archived = [await verb(person, made, "archive") for _ in range(2)]
    restored = [await verb(person, made, "restore") for _ in range(2)]

    assert archived[0] == archived[1]
    assert restored[0] == restored[1]


async def test_an_address_in_use_is_refused_however_it_is_written(person):
    await make_customer(person, email="Jane.Doe@Example.com")
    another = await make_customer(person)

    answers = [
        await person.client.post("/api/customers", json={"name": "B", "email": address})
        for address in ("jane.doe@example.com", " JANE.DOE@EXAMPLE.COM ")
    ]
    answers.append(
        await person.client.patch(
            f"/api/customers/{another['id']}", json={"email": "jane.doe@example.com"}
        )
    )

    for answer in answers:
        assert answer.status_code == 409
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/email", "customer_email_taken")


async def test_an_archived_customer_does_not_block_its_address(person):
    old = await make_customer(person, email="jane@example.com")
    await verb(person, old, "archive")

    new = await make_customer(person, email="JANE@example.com")
    refused = await person.client.post(f"/api/customers/{old['id']}/restore")

    assert (refused.status_code, refused.json()["code"]) == (409, "customer_email_taken")
    assert (await read(person, old))["archived_at"] is not None
    await change(person, new, email=None)
    assert (await verb(person, old, "restore"))["archived_at"] is None


async def test_two_organizations_may_know_the_same_address(person, other):
    await make_customer(person, email="jane@example.com")

    made = await make_customer(other, email="jane@example.com")

    assert made["number"] == 1


async def test_a_customer_is_removed_with_its_contacts_and_addresses(person):
    made = await make_customer(person)
    path = f"/api/customers/{made['id']}"
    await person.client.post(f"{path}/contacts", json={"name": "Jo"})
    address = {"kind": "billing", "lines": "1 Main Street", "country": "DE"}
    await person.client.post(f"{path}/addresses", json=address)

    answer = await person.client.delete(path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await person.client.get(path)).status_code == 404
    assert (await person.client.get(f"{path}/contacts")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/archive"), ("GET", "/contacts")],
)
@pytest.mark.parametrize("name", ["no-uuid", "018f0000-0000-7000-8000-000000000000"])
async def test_an_unknown_customer_is_not_found(person, method, path, name):
    answer = await person.client.request(
        method, f"/api/customers/{name}{path}", json={} if method == "PATCH" else None
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_whoever_may_only_read_changes_nothing(app, person):
    made = await make_customer(person)
    reader = await make_colleague(app, person)
    await keep_books_by_managers(app, person)

    answers = [
        await reader.client.post("/api/customers", json={"name": "New"}),
        await reader.client.patch(f"/api/customers/{made['id']}", json={"name": "New"}),
        await reader.client.delete(f"/api/customers/{made['id']}"),
        await reader.client.post(f"/api/customers/{made['id']}/archive"),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert answer.json()["permission"] == "customers:write"
    assert await read(reader, made) == made
    await reader.client.aclose()


async def keep_books_by_managers(app, person):
    async with writing_all(app) as session:
        home = await session.get(Organization, UUID(person.organization["id"]))
        home.writers = "managers"


async def read(person, customer):
    return (await person.client.get(f"/api/customers/{customer['id']}")).json()


async def change(person, customer, **values):
    answer = await person.client.patch(f"/api/customers/{customer['id']}", json=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def verb(person, customer, name):
    answer = await person.client.post(f"/api/customers/{customer['id']}/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(person, **query):
    answer = await person.client.get("/api/customers", params=query)
    return [row["name"] for row in answer.json()["items"]]
