"""Many changes of customers in one transaction."""

import pytest

from tests.making import make_customer

pytestmark = pytest.mark.anyio


async def send(person, items, **over):
    return await person.client.post("/api/customers/batch", json={"items": items, **over})


async def list_all(person, **query):
    answer = await person.client.get("/api/customers", params={"sort": "number", **query})
    return answer.json()["items"]


def create(**values):
    return {"op": "create", "data": {"name": "New", **values}}


async def test_a_batch_makes_changes_archives_restores_and_removes(person):
    kept, gone, back = [await make_customer(person) for _ in range(3)]
    await person.client.post(f"/api/customers/{back['id']}/archive")

    answer = await send(
        person,
        [
            create(),
            {"op": "change", "id": kept["id"], "version": 1, "data": {"name": "Changed"}},
            {"op": "archive", "id": kept["id"], "version": 2},
            {"op": "restore", "id": back["id"]},
            {"op": "delete", "id": gone["id"]},
            {"op": "restore", "id": back["id"]},
        ],
    )

    results = answer.json()["items"]
    assert answer.status_code == 200
    assert [each["index"] for each in results] == list(range(6))
    assert [each["outcome"] for each in results] == ["created", *["changed"] * 4, "skipped"]
    assert [each["version"] for each in results] == [1, 2, 3, 3, None, 3]
    assert [each["id"] for each in results[1:]] == [
        *(kept["id"], kept["id"], back["id"], gone["id"], back["id"])
    ]
    assert [row["id"] for row in await list_all(person)] == [back["id"], results[0]["id"]]
    assert [row["name"] for row in await list_all(person, archived="true")] == ["Changed"]


async def test_one_refusal_writes_nothing_and_every_result_is_listed(person):
    known = await make_customer(person, email="jane@example.com")

    answer = await send(
        person,
        [
            create(),
            create(email="JANE@example.com"),
            {"op": "change", "id": known["id"], "version": 9, "data": {"name": "x"}},
            create(currency="JPY", credit_limit="0.5"),
            {"op": "delete", "id": "018f0000-0000-7000-8000-000000000000"},
        ],
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "batch_refused")
    assert [(each["outcome"], each["code"]) for each in problem["items"]] == [
        ("created", None),
        ("refused", "customer_email_taken"),
        ("refused", "stale"),
        ("refused", "validation_failed"),
        ("refused", "not_found"),
    ]
    assert problem["items"][1]["errors"][0]["pointer"] == "/items/1/data/email"
    assert problem["items"][3]["errors"][0]["pointer"] == "/items/3/data/credit_limit"
    assert problem["items"][2]["id"] == known["id"]
    assert [row["version"] for row in await list_all(person)] == [1]
    history = await person.client.get(f"/api/audit/customer/{known['id']}")
    assert len(history.json()["items"]) == 1


async def test_a_partial_batch_keeps_what_was_not_refused(person):
    known = await make_customer(person, email="jane@example.com")

    answer = await send(
        person,
        [
            create(name="First"),
            create(email="jane@example.com"),
            {"op": "archive", "id": known["id"]},
            create(name="Second", email="jane@example.com"),
            {"op": "restore", "id": known["id"]},
        ],
        all_or_nothing=False,
    )

    outcomes = [each["outcome"] for each in answer.json()["items"]]
    assert answer.status_code == 200
    assert outcomes == ["created", "refused", "changed", "created", "refused"]
    assert [row["name"] for row in await list_all(person)] == ["First", "Second"]
    assert [row["name"] for row in await list_all(person, archived="true")] == [known["name"]]


async def test_wrong_items_are_named_by_pointers(person):
    known = await make_customer(person)

    answer = await send(
        person,
        [
            create(),
            {"op": "change", "id": known["id"], "data": {"name": None}},
            {"op": "rename", "id": known["id"]},
            create(name=""),
            {"op": "archive", "id": "no-uuid"},
            {"op": "archive", "id": known["id"], "data": {}},
        ],
    )

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/items/1/data/name", "string_type"),
        ("/items/2", "union_tag_invalid"),
        ("/items/3/data/name", "string_too_short"),
        ("/items/4/id", "uuid_parsing"),
        ("/items/5/data", "extra_forbidden"),
    ]
    assert len(await list_all(person)) == 1


@pytest.mark.parametrize(("count", "code"), [(0, "too_short"), (501, "too_long")])
async def test_a_batch_holds_one_to_five_hundred_items(person, count, code):
    answer = await send(person, [create()] * count)

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/items", code)


async def test_five_hundred_items_fit(person):
    answer = await send(person, [create()] * 500)

    assert answer.status_code == 200
    numbers = [row["number"] for row in await list_all(person, limit="200", offset="300")]
    assert numbers == list(range(301, 501))


async def test_a_repeated_batch_has_one_effect(person):
    key = {"Idempotency-Key": "batch-1"}
    body = {"items": [create()]}

    answers = [
        await person.client.post("/api/customers/batch", json=body, headers=key) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(await list_all(person)) == 1
