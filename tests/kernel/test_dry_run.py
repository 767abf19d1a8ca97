"""`dry_run=true`: the same code, answered in full, and nothing of it stays."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from erp.audit.models import AuditRow
from erp.kernel.walls import admit
from erp.organizations.models import IdempotencyKey
from tests.making import make_product

pytestmark = pytest.mark.anyio

BATCH = "/api/products/batch"


async def rehearse(person, items, **headers):
    return await person.client.post(
        BATCH, params={"dry_run": "true"}, json={"items": items}, headers=headers
    )


async def names_of(person):
    return [row["name"] for row in (await person.client.get("/api/products")).json()["items"]]


async def count(app, person, model):
    async with app.state.database.reading() as session:
        await admit(session, organization_id=UUID(person.organization["id"]))
        home = model.organization_id == person.organization["id"]
        return await session.scalar(select(func.count()).select_from(model).where(home))


def create(name, **over):
    return {"op": "create", "data": {"name": name, **over}}


async def test_a_dry_run_answers_what_would_be_and_writes_nothing(app, person):
    lamp = await make_product(person, name="Lamp")
    items = [create("Chair"), {"op": "change", "id": lamp["id"], "data": {"name": "Torch"}}]
    before = await count(app, person, AuditRow)

    would = await rehearse(person, items)

    outcomes = [(each["outcome"], each["version"]) for each in would.json()["items"]]
    assert (would.status_code, outcomes) == (200, [("created", 1), ("changed", 2)])
    assert would.headers["dry-run"] == "true"
    assert await names_of(person) == ["Lamp"]
    assert await count(app, person, AuditRow) == before > 0


async def test_after_a_dry_run_the_real_one_does_the_same_with_the_same_numbers(person):
    items = [create("Chair"), create("Lamp")]
    would = await rehearse(person, items)

    does = await person.client.post(BATCH, json={"items": items})

    rows = (await person.client.get("/api/products?sort=number")).json()["items"]
    assert [(row["number"], row["name"]) for row in rows] == [(1, "Chair"), (2, "Lamp")]
    assert [each["outcome"] for each in would.json()["items"]] == ["created", "created"]
    assert does.status_code == would.status_code
    assert "dry-run" not in does.headers


async def test_a_dry_run_is_refused_as_the_real_run_would_be(person):
    await make_product(person, sku="A-1")
    items = [create("Twin", sku="a-1")]

    would = await rehearse(person, items)
    does = await person.client.post(BATCH, json={"items": items})

    assert (would.status_code, would.json()["code"]) == (409, "batch_refused")
    assert would.json()["items"] == does.json()["items"]


async def test_a_dry_run_neither_keeps_nor_answers_an_idempotency_key(app, person):
    key = {"Idempotency-Key": "once"}
    await rehearse(person, [create("Chair")], **key)
    kept = await count(app, person, IdempotencyKey)

    does = await person.client.post(BATCH, json={"items": [create("Lamp")]}, headers=key)
    again = await rehearse(person, [create("Lamp")], **key)

    assert (kept, does.status_code) == (0, 200)
    assert "idempotent-replayed" not in again.headers
    assert await names_of(person) == ["Lamp"]


@pytest.mark.parametrize(
    ("path", "parameter", "code"),
    [
        ("/api/products", "dry_run", "unknown_parameter"),
        (BATCH, "dryrun", "unknown_parameter"),
        (BATCH, "Dry_Run", "unknown_parameter"),
    ],
)
async def test_a_dry_run_that_is_not_understood_is_refused_not_overheard(
    person, path, parameter, code
):
    body = {"name": "Chair"} if path == "/api/products" else {"items": [create("Chair")]}

    answer = await person.client.post(path, params={parameter: "true"}, json=body)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, f"?{parameter}", code)
    assert await names_of(person) == []


async def test_a_dry_run_is_true_or_false(person):
    answer = await person.client.post(f"{BATCH}?dry_run=maybe", json={"items": [create("Chair")]})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?dry_run")
    assert await names_of(person) == []


async def test_without_the_word_true_a_run_is_real(person):
    answer = await person.client.post(f"{BATCH}?dry_run=false", json={"items": [create("Chair")]})

    assert (answer.status_code, "dry-run" in answer.headers) == (200, False)
    assert await names_of(person) == ["Chair"]


async def test_reads_refuse_parameters_they_do_not_know(person):
    answer = await person.client.get("/api/units?archived=true")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_parameter")
