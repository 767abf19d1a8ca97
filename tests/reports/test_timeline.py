"""One timeline of a customer: its own changes, its parts', its merges', and other rooms'."""

import pytest

from erp.audit import queries
from tests.making import make_customer, make_product

pytestmark = pytest.mark.anyio


async def timeline(person, customer, **query):
    path = f"/api/customers/{customer['id']}/timeline"
    answer = await person.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def actions(person, customer, **query):
    return [row["action"] for row in (await timeline(person, customer, **query))["items"]]


async def add(person, customer, parts, **body):
    answer = await person.client.post(f"/api/customers/{customer['id']}/{parts}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_project(person, customer, code="LAMP"):
    body = {"code": code, "name": "Lamps", "customer_id": customer["id"]}
    answer = await person.client.post("/api/projects", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_timeline_tells_of_a_customer_and_its_parts_newest_first(person):
    customer = await make_customer(person, name="Acme")
    contact = await add(person, customer, "contacts", name="Jo")
    await add(person, customer, "addresses", kind="shipping", lines="Main Street", country="DE")
    path = f"/api/customers/{customer['id']}"
    await person.client.delete(f"{path}/contacts/{contact['id']}")
    await person.client.patch(path, json={"name": "Acme Tools"})

    rows = (await timeline(person, customer))["items"]

    assert [row["action"] for row in rows] == [
        "customer.changed",
        "contact.deleted",
        "address.created",
        "contact.created",
        "customer.created",
    ]
    assert rows[0]["changes"] == {"name": ["Acme", "Acme Tools"]}
    assert rows[0]["actor"]["name"] == "Ada Lovelace"
    assert (rows[1]["target_kind"], rows[1]["target_id"]) == ("contact", contact["id"])


async def test_projects_of_a_customer_stand_in_its_timeline(person):
    customer = await make_customer(person)
    project = await make_project(person, customer)
    await person.client.patch(f"/api/projects/{project['id']}", json={"name": "Torches"})

    assert await actions(person, customer) == [
        "project.changed",
        "project.created",
        "customer.created",
    ]


async def test_other_records_do_not(person):
    customer, _another = await make_customer(person), await make_customer(person)
    await make_product(person)

    assert await actions(person, customer) == ["customer.created"]


async def test_a_survivor_tells_of_whom_it_absorbed_until_the_merge_is_undone(person):
    survivor, absorbed = await make_customer(person), await make_customer(person)
    await make_project(person, absorbed)
    merged = await person.client.post(
        f"/api/customers/{survivor['id']}/merge", json={"absorbed_id": absorbed["id"]}
    )

    whole = await actions(person, survivor)
    await person.client.post(f"/api/customer-merges/{merged.json()['id']}/undo")
    apart = await actions(person, survivor)

    assert sorted(whole) == [
        *("customer.created", "customer.created", "customer.merged", "customer.merged"),
        "project.created",
    ]
    assert sorted(apart) == ["customer.created", "customer.merge_undone", "customer.merged"]


async def test_a_timeline_goes_on_by_its_cursor_and_by_kind(person):
    customer = await make_customer(person)
    for number in range(4):
        await add(person, customer, "contacts", name=f"Jo {number}")

    first = await timeline(person, customer, limit=3)
    rest = await timeline(person, customer, limit=3, cursor=first["next_cursor"])

    assert [len(first["items"]), len(rest["items"])] == [3, 2]
    assert rest["next_cursor"] is None
    assert await actions(person, customer, kind="customer") == ["customer.created"]


async def test_what_one_may_not_read_is_left_out(person, monkeypatch):
    customer = await make_customer(person)
    await make_project(person, customer)
    monkeypatch.setitem(queries.READABLE, "project", "nobody:reads")

    assert await actions(person, customer) == ["customer.created"]


async def test_values_one_may_not_see_are_left_out(person, monkeypatch):
    customer = await make_customer(person, name="Acme", phone="1")
    monkeypatch.setitem(queries.HIDDEN, "phone", "nobody:reads")

    [row] = (await timeline(person, customer))["items"]

    assert row["changes"]["name"] == [None, "Acme"]
    assert "phone" not in row["changes"]


async def test_strangers_have_no_timeline_here(person, other):
    customer = await make_customer(other)

    answer = await person.client.get(f"/api/customers/{customer['id']}/timeline")

    assert answer.status_code == 404


async def test_a_timeline_is_a_file_too(person):
    customer = await make_customer(person)

    answer = await person.client.get(f"/api/customers/{customer['id']}/timeline.csv")

    assert answer.text.splitlines()[1].count("customer.created") == 1
