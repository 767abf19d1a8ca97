"""The history of one record over HTTP."""

from datetime import UTC, datetime

import pytest

from tests.making import make_colleague, make_customer, make_product

pytestmark = pytest.mark.anyio

NEVER_TOLD = {"name_key", "email_key", "search_key", "sku_key", "version", "updated_at", "id"}


async def history(person, kind, record_id, **query):
    answer = await person.client.get(f"/api/audit/{kind}/{record_id}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_new_record_tells_every_value_it_was_given(person):
    made = await make_customer(
        person, name="Acme", email="a@example.com", credit_limit="12.50", tax_exempt=True
    )

    [row] = (await history(person, "customer", made["id"]))["items"]

    assert row["action"] == "customer.created"
    assert row["changes"] == {
        "number": [None, 1],
        "kind": [None, "company"],
        "name": [None, "Acme"],
        "email": [None, "a@example.com"],
        "currency": [None, "EUR"],
        "payment_days": [None, 14],
        "tax_exempt": [None, True],
        "credit_limit": [None, "12.5"],
    }
    assert row["reason"] is None


async def test_a_change_tells_old_and_new_values_as_json(person):
    made = await make_product(person, sale_price="9.90", sku="A", description="old")
    body = {"sale_price": "10", "sku": None, "description": "new", "barcode": "1"}

    await person.client.patch(f"/api/products/{made['id']}", json=body)

    row = (await history(person, "product", made["id"]))["items"][0]
    assert row["action"] == "product.changed"
    assert row["changes"] == {
        "sale_price": ["9.9", "10"],
        "sku": ["A", None],
        "description": ["old", "new"],
        "barcode": [None, "1"],
    }


async def test_amounts_are_told_in_the_currency_they_had(person):
    made = await make_customer(person, currency="EUR", credit_limit="100")
    path = f"/api/customers/{made['id']}"

    await person.client.patch(path, json={"currency": "KWD"})
    await person.client.patch(path, json={"currency": "JPY", "credit_limit": "9000"})

    rows = (await history(person, "customer", made["id"]))["items"]
    assert [row["changes"] for row in rows[:2]] == [
        {"currency": ["KWD", "JPY"], "credit_limit": ["100", "9000"]},
        {"currency": ["EUR", "KWD"]},
    ]


async def test_archiving_tells_when_in_the_form_of_the_record(person):
    made = await make_customer(person)

    archived = await person.client.post(f"/api/customers/{made['id']}/archive")

    row = (await history(person, "customer", made["id"]))["items"][0]
    assert row["changes"] == {"archived_at": [None, archived.json()["archived_at"]]}


async def test_history_is_told_newest_first_with_actor_request_and_time(app, person):
    made = await make_product(person)
    colleague = await make_colleague(app, person)
    path = f"/api/products/{made['id']}"
    await colleague.client.patch(path, json={"name": "Theirs"})

    answer = await person.client.post(f"{path}/archive")

    rows = (await history(person, "product", made["id"]))["items"]
    verbs = ["product.archived", "product.changed", "product.created"]
    me, them = (1, "Ada Lovelace"), (2, "Carl Colleague")
    assert [row["action"] for row in rows] == verbs
    assert [(row["actor"]["number"], row["actor"]["name"]) for row in rows] == [me, them, me]
    assert {row["actor"]["kind"] for row in rows} == {"member"}
    assert rows[0]["request_id"] == answer.headers["X-Request-ID"]
    times = [datetime.fromisoformat(row["at"]) for row in rows]
    assert times == sorted(times, reverse=True)
    assert abs((datetime.now(UTC) - times[0]).total_seconds()) < 60
    await colleague.client.aclose()


async def test_contacts_and_addresses_have_histories_of_their_own(person):
    customer = await make_customer(person)
    path = f"/api/customers/{customer['id']}/contacts"
    contact = (await person.client.post(path, json={"name": "Jo", "phone": "1"})).json()
    await person.client.patch(f"{path}/{contact['id']}", json={"phone": None})
    await person.client.delete(f"{path}/{contact['id']}")

    rows = (await history(person, "contact", contact["id"]))["items"]

    assert [row["action"] for row in rows] == [
        *("contact.deleted", "contact.changed", "contact.created")
    ]
    assert rows[0]["changes"]["name"] == ["Jo", None]
    assert rows[1]["changes"] == {"phone": ["1", None]}
    assert rows[2]["changes"]["customer_id"] == [None, customer["id"]]


async def test_a_removed_record_keeps_its_history(person):
    made = await make_product(person)
    await person.client.delete(f"/api/products/{made['id']}")

    rows = (await history(person, "product", made["id"]))["items"]

    assert [row["action"] for row in rows] == ["product.deleted", "product.created"]
    assert rows[0]["changes"]["name"] == [made["name"], None]


async def test_nothing_derived_is_told(person):
    customer = await make_customer(person, email="a@example.com")
    product = await make_product(person, sku="A")

    rows = (await history(person, "customer", customer["id"]))["items"]
    rows += (await history(person, "product", product["id"]))["items"]

    assert [NEVER_TOLD & set(row["changes"]) for row in rows] == [set(), set()]


async def test_nothing_secret_is_told(person):
    made = await make_customer(person)

    told = str(await history(person, "customer", made["id"]))

    for secret in (person.password, person.tokens["access_token"], person.email):
        assert secret not in told


async def test_pages_of_a_history_follow_each_other(person):
    made = await make_product(person)
    for number in range(6):
        await person.client.patch(f"/api/products/{made['id']}", json={"name": f"N{number}"})

    page = await history(person, "product", made["id"], limit=3)
    names = [row["changes"]["name"][1] for row in page["items"]]
    while page["next_cursor"]:
        cursor = page["next_cursor"]
        page = await history(person, "product", made["id"], limit=3, cursor=cursor)
        names += [row["changes"]["name"][1] for row in page["items"]]

    assert names == ["N5", "N4", "N3", "N2", "N1", "N0", made["name"]]


@pytest.mark.parametrize("kind", ["customers", "user", "member", "product.", "audit_row", "%00"])
async def test_an_unknown_kind_is_not_found(person, kind):
    made = await make_product(person)

    answer = await person.client.get(f"/api/audit/{kind}/{made['id']}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("record_id", ["no-uuid", "018f0000-0000-7000-8000-000000000000"])
async def test_what_never_was_has_no_history(person, record_id):
    answer = await person.client.get(f"/api/audit/product/{record_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_record_has_its_history_under_its_own_kind_only(person):
    made = await make_product(person)

    answer = await person.client.get(f"/api/audit/customer/{made['id']}")

    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_history_cannot_be_written_over_http(person, method):
    made = await make_product(person)

    answer = await person.client.request(method, f"/api/audit/product/{made['id']}", json={})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
