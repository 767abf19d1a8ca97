"""Products over HTTP: made, read, changed, archived and removed."""

import pytest

from tests.making import make_colleague, make_product

pytestmark = pytest.mark.anyio

EVERYTHING = {
    "sku": "LAP-001",
    "barcode": "4006381333931",
    "name": "Laptop",
    "description": "14 inch\nsilver",
    "supplier_code": "S-1",
    "kind": "goods",
    "sale_price": "999.99",
    "cost_price": "700.1234",
}
MAY_BE_NULL = ("sku", "barcode", "description", "supplier_code", "cost_price")


async def test_a_product_is_made_with_all_its_values(person):
    answer = await person.client.post("/api/products", json=EVERYTHING)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/products/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert made | EVERYTHING == made
    assert (made["number"], made["version"], made["archived_at"]) == (1, 1, None)
    assert (made["currency"], made["unit"]["code"]) == ("EUR", "pc")
    assert made["unit_id"] == made["unit"]["id"]


async def test_a_product_needs_no_more_than_a_name(person):
    answer = await person.client.post("/api/products", json={"name": "Laptop"})

    made = answer.json()
    assert (made["kind"], made["sale_price"], made["unit"]["code"]) == ("goods", "0", "pc")
    assert [made[name] for name in MAY_BE_NULL] == [None] * len(MAY_BE_NULL)


async def test_a_product_is_read_as_it_was_answered(person):
    made = await make_product(person, **EVERYTHING)

    answer = await person.client.get(f"/api/products/{made['id']}")

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json() == made


@pytest.mark.parametrize(
    ("sent", "shown"), [("10.00", "10"), ("0.5000", "0.5"), ("999999999.9999", "999999999.9999")]
)
async def test_prices_come_back_exactly_and_without_needless_zeros(person, sent, shown):
    made = await make_product(person, sale_price=sent)

    [row] = (await person.client.get("/api/products")).json()["items"]

    assert made["sale_price"] == row["sale_price"] == shown


async def test_a_change_touches_only_what_was_sent(person):
    made = await make_product(person, **EVERYTHING)

    changed = await change(person, made, sale_price="1")

    assert changed.pop("updated_at") > made.pop("updated_at")
    assert changed == made | {"sale_price": "1", "version": 2}


async def test_null_clears_a_field(person):
    made = await make_product(person, **EVERYTHING)

    changed = await change(person, made, **dict.fromkeys(MAY_BE_NULL))

    assert [changed[name] for name in MAY_BE_NULL] == [None] * len(MAY_BE_NULL)


async def test_null_cannot_clear_what_every_product_has(person):
    made = await make_product(person)
    body = dict.fromkeys(["name", "kind", "unit_id", "sale_price"])

    answer = await person.client.patch(f"/api/products/{made['id']}", json=body)

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {f"/{n}" for n in body}


async def test_sending_the_same_values_again_changes_nothing(person):
    made = await make_product(person, **EVERYTHING)

    assert await change(person, made, **EVERYTHING, unit_id=made["unit_id"]) == made
    assert await change(person, made) == made


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ""), ("DELETE", ""), ("POST", "/archive"), ("POST", "/restore")],
)
async def test_an_old_version_is_refused_with_the_record_as_it_is_now(app, person, method, path):
    made = await make_product(person)
    colleague = await make_colleague(app, person)
    now = await change(colleague, made, name="Theirs")

    answer = await person.client.request(
        method,
        f"/api/products/{made['id']}{path}",
        headers={"If-Match": made_etag(made)},
        json={"name": "Mine"} if method == "PATCH" else None,
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (412, "stale")
    assert problem["current"] == await read(person, made) == now | {"cost_price": None}
    assert problem["changed_by"] == {"number": 2, "name": "Carl Colleague"}
    await colleague.client.aclose()


async def test_an_archived_product_leaves_the_list_and_comes_back(person):
    made = await make_product(person)

    archived = [await verb(person, made, "archive") for _ in range(2)]
    lists = [await names(person), await names(person, archived="true")]
    restored = [await verb(person, made, "restore") for _ in range(2)]

    assert archived[0] == archived[1]
    assert archived[0]["archived_at"] is not None
    assert lists == [[], [made["name"]]]
    assert restored[0] == restored[1]
    assert (restored[0]["archived_at"], restored[0]["version"]) == (None, 3)


@pytest.mark.parametrize(
    ("field", "held", "wanted", "code"),
    [
        ("sku", "LAP-001", "LAP-001", "sku_taken"),
        ("sku", "LAP-001", " lap-001 ", "sku_taken"),
        ("barcode", "40063813", "40063813", "barcode_taken"),
    ],
)
@pytest.mark.parametrize("archived", [False, True])
async def test_a_taken_sku_or_barcode_names_its_holder(person, field, held, wanted, code, archived):
    holder = await make_product(person, **{field: held})
    another = await make_product(person)
    if archived:
        await verb(person, holder, "archive")

    answers = [
        await person.client.post("/api/products", json={"name": "New", field: wanted}),
        await person.client.patch(f"/api/products/{another['id']}", json={field: wanted}),
    ]

    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, code)
        assert problem["errors"][0]["pointer"] == f"/{field}"
        told = {name: holder[name] for name in ("id", "number", "name")}
        offer = {"restore": f"/api/products/{holder['id']}/restore"} if archived else {}
        assert problem["holder"] == told | {"archived": archived} | offer
    assert await read(person, another) == another


async def test_two_organizations_may_use_the_same_sku(person, other):
    await make_product(other, sku="LAP-001", barcode="1")

    made = await make_product(person, sku="LAP-001", barcode="1")

    assert made["number"] == 1


async def test_a_product_is_removed(person):
    made = await make_product(person)
    path = f"/api/products/{made['id']}"

    answer = await person.client.delete(path, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await person.client.get(path)).status_code == 404
    assert (await person.client.delete(path)).status_code == 404


async def test_products_of_another_organization_do_not_exist(person, other):
    product = await make_product(other)

    answer = await person.client.get(f"/api/products/{product['id']}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def made_etag(record):
    return f'"{record["version"]}"'


async def read(person, product):
    return (await person.client.get(f"/api/products/{product['id']}")).json()


async def change(person, product, **values):
    answer = await person.client.patch(f"/api/products/{product['id']}", json=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def verb(person, product, name):
    answer = await person.client.post(f"/api/products/{product['id']}/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(person, **query):
    answer = await person.client.get("/api/products", params=query)
    return [row["name"] for row in answer.json()["items"]]
