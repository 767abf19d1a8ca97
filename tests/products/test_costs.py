"""What a product costs is seen and set by those who may know it."""

import pytest

from tests.making import make_colleague, make_product

pytestmark = pytest.mark.anyio


@pytest.fixture
async def user(app, person):
    colleague = await make_colleague(app, person, "user")
    yield colleague
    await colleague.client.aclose()


@pytest.mark.parametrize("role", ["manager", "admin"])
async def test_managers_and_admins_see_costs(app, person, role):
    made = await make_product(person, cost_price="5")
    colleague = await make_colleague(app, person, role)

    answer = await colleague.client.get(f"/api/products/{made['id']}")

    assert answer.json()["cost_price"] == "5"
    await colleague.client.aclose()


async def test_costs_are_left_out_for_users_wherever_they_stand(person, user):
    made = await make_product(person, cost_price="5")
    path = f"/api/products/{made['id']}"
    await person.client.patch(path, json={"cost_price": "6", "name": "New"})

    record = (await user.client.get(path)).json()
    [row] = (await user.client.get("/api/products")).json()["items"]
    history = (await user.client.get(f"/api/audit/product/{made['id']}")).json()["items"]
    stale = await user.client.patch(path, json={"name": "Mine"}, headers={"If-Match": '"1"'})
    changed = await user.client.patch(path, json={"name": "Mine"})
    verbs = [await user.client.post(f"{path}/{verb}") for verb in ("archive", "restore")]

    assert stale.json()["code"] == "stale"
    assert [changed.status_code, *(answer.status_code for answer in verbs)] == [200, 200, 200]
    shown = [record, row, stale.json()["current"], changed.json()]
    shown += [answer.json() for answer in verbs] + [each["changes"] for each in history]
    assert ["cost_price" in each for each in shown] == [False] * 8
    assert [each["name"] for each in shown[6:]] == [[made["name"], "New"], [None, made["name"]]]


async def test_managers_see_costs_in_lists_and_history(person):
    made = await make_product(person, cost_price="5")
    await person.client.patch(f"/api/products/{made['id']}", json={"cost_price": "6"})

    [row] = (await person.client.get("/api/products")).json()["items"]
    history = (await person.client.get(f"/api/audit/product/{made['id']}")).json()["items"]

    assert row["cost_price"] == "6"
    assert [each["changes"]["cost_price"] for each in history] == [["5", "6"], [None, "5"]]


@pytest.mark.parametrize("cost", ["5", None])
async def test_users_cannot_set_costs(person, user, cost):
    made = await make_product(person, cost_price="7")
    path = f"/api/products/{made['id']}"

    answers = [
        await user.client.post("/api/products", json={"name": "New", "cost_price": cost}),
        await user.client.patch(path, json={"cost_price": cost}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert answer.json()["permission"] == "products:costs"
    assert (await person.client.get(path)).json() == made


async def test_users_keep_products_without_touching_their_costs(person, user):
    made = await make_product(person, cost_price="7")

    await user.client.patch(f"/api/products/{made['id']}", json={"sale_price": "8"})

    kept = (await person.client.get(f"/api/products/{made['id']}")).json()
    assert (kept["cost_price"], kept["sale_price"]) == ("7", "8")


async def test_a_batch_asks_for_the_same_permission(person, user):
    made = await make_product(person)
    items = [
        {"op": "create", "data": {"name": "New"}},
        {"op": "create", "data": {"name": "New", "cost_price": "1"}},
        {"op": "change", "id": made["id"], "data": {"cost_price": "1"}},
    ]

    answer = await user.client.post(
        "/api/products/batch", json={"items": items, "all_or_nothing": False}
    )

    codes = [each["code"] for each in answer.json()["items"]]
    assert codes == [None, "not_allowed", "not_allowed"]
