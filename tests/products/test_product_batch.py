"""Many changes of products in one transaction."""

import pytest

from tests.making import make_product

pytestmark = pytest.mark.anyio


async def send(person, items, **over):
    return await person.client.post("/api/products/batch", json={"items": items, **over})


async def list_all(person, **query):
    answer = await person.client.get("/api/products", params={"sort": "number", **query})
    return answer.json()["items"]


def create(**values):
    return {"op": "create", "data": {"name": "New", **values}}


async def test_a_batch_makes_changes_archives_restores_and_removes(person):
    kept, gone = [await make_product(person) for _ in range(2)]

    answer = await send(
        person,
        [
            create(sku="A"),
            {"op": "change", "id": kept["id"], "version": 1, "data": {"sku": "B"}},
            {"op": "change", "id": kept["id"], "version": 2, "data": {"sku": "B"}},
            {"op": "archive", "id": kept["id"], "version": 2},
            {"op": "restore", "id": kept["id"], "version": 3},
            {"op": "delete", "id": gone["id"], "version": 1},
        ],
    )

    results = answer.json()["items"]
    outcomes = ["created", "changed", "skipped", "changed", "changed", "changed"]
    assert answer.status_code == 200
    assert [each["outcome"] for each in results] == outcomes
    assert [each["version"] for each in results] == [1, 2, 2, 3, 4, None]
    assert [row["sku"] for row in await list_all(person)] == ["B", "A"]


async def test_one_refusal_writes_nothing_and_every_result_is_listed(person):
    known = await make_product(person, sku="A")

    answer = await send(
        person,
        [
            create(sku="B"),
            create(sku="b"),
            create(sku="A"),
            create(unit_id="018f0000-0000-7000-8000-000000000000"),
            {"op": "change", "id": known["id"], "version": 2, "data": {"name": "x"}},
        ],
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "batch_refused")
    assert [(each["outcome"], each["code"]) for each in problem["items"]] == [
        ("created", None),
        ("refused", "sku_taken"),
        ("refused", "sku_taken"),
        ("refused", "validation_failed"),
        ("refused", "stale"),
    ]
    pointers = [error["pointer"] for each in problem["items"] for error in each["errors"]]
    assert pointers == ["/items/1/data/sku", "/items/2/data/sku", "/items/3/data/unit_id"]
    assert await list_all(person) == [{**row_of(known)}]


async def test_a_partial_batch_keeps_what_was_not_refused(person):
    known = await make_product(person, sku="A", barcode="1")

    answer = await send(
        person,
        [
            create(sku="a"),
            {"op": "change", "id": known["id"], "data": {"sku": None}},
            create(sku="a", name="Second"),
            {"op": "change", "id": known["id"], "data": {"sku": "A"}},
            {"op": "change", "id": known["id"], "data": {"name": "Renamed"}},
        ],
        all_or_nothing=False,
    )

    outcomes = [each["outcome"] for each in answer.json()["items"]]
    assert outcomes == ["refused", "changed", "created", "refused", "changed"]
    rows = [(row["name"], row["sku"], row["version"]) for row in await list_all(person)]
    assert rows == [("Renamed", None, 3), ("Second", "a", 1)]


async def test_wrong_items_are_named_by_pointers(person):
    known = await make_product(person)

    answer = await send(
        person,
        [
            create(),
            {"op": "change", "id": known["id"], "data": {"sale_price": 5}},
            {"op": "split", "id": known["id"]},
            create(name="", unit_id="pc"),
        ],
    )

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/items/1/data/sale_price", "decimal_expected"),
        ("/items/2", "union_tag_invalid"),
        ("/items/3/data/name", "string_too_short"),
        ("/items/3/data/unit_id", "uuid_parsing"),
    ]


@pytest.mark.parametrize(("count", "code"), [(0, "too_short"), (501, "too_long")])
async def test_a_batch_holds_one_to_five_hundred_items(person, count, code):
    answer = await send(person, [create()] * count)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_five_hundred_items_fit(person):
    answer = await send(person, [create(sku=str(number)) for number in range(500)])

    assert answer.status_code == 200
    assert len(await list_all(person, limit="200", offset="300")) == 200


def row_of(product):
    shown = {"unit_code": product["unit"]["code"]} | product
    hidden = ("unit", "unit_id", "description", "supplier_code", "first_moved_at")
    return {name: value for name, value in shown.items() if name not in hidden}
