"""What happens to products within a transaction, and beside other writers."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from erp.audit.models import AuditRow
from erp.kernel.errors import InUse, NotAllowed, Stale, ValidationFailed
from erp.kernel.schema import new_id
from erp.products.actions import products as actions
from erp.products.errors import BarcodeTaken, SkuTaken
from erp.products.models import Unit
from erp.products.schemas import ProductEdit, ProductIn
from tests.making import make_product, workspace_of
from tests.stock.making import make_stocked

pytestmark = pytest.mark.anyio


async def make(work, **values):
    return await actions.create_product(work, ProductIn(**{"name": "Laptop"} | values))


async def test_products_get_numbers_in_their_order(work):
    made = [await make(work) for _ in range(3)]

    assert [product.number for product in made] == [1, 2, 3]
    assert {product.created_by for product in made} == {work.member_id}


async def test_the_first_product_makes_the_standard_units(work):
    before = list(await work.session.scalars(work.select(Unit)))

    await make(work)
    await make(work)

    assert before == []
    assert len(list(await work.session.scalars(work.select(Unit)))) == 12


async def test_each_verb_leaves_one_row_in_the_trail(work):
    product = await make(work)
    for edit in (ProductEdit(name="New"), ProductEdit(name="New")):
        await actions.change_product(work, product.id, edit, None)
    for version in (2, 3):
        await actions.archive_product(work, product.id, version)
    await actions.restore_product(work, product.id, 3)
    await actions.delete_product(work, product.id, 4)
    await work.session.flush()

    rows = work.select(AuditRow).where(AuditRow.target_id == product.id).order_by(AuditRow.id)
    verbs = [row.action.removeprefix("product.") for row in await work.session.scalars(rows)]
    assert verbs == ["created", "changed", "archived", "restored", "deleted"]


@pytest.mark.parametrize(("field", "says"), [("sku", SkuTaken), ("barcode", BarcodeTaken)])
async def test_a_refused_product_leaves_the_transaction_usable(work, field, says):
    holder = await make(work, **{field: "A1"})

    with pytest.raises(says) as refused:
        await make(work, **{field: "A1"})

    assert refused.value.members["holder"]["id"] == holder.id
    assert (await make(work)).version == 1
    rows = await work.session.scalars(work.select(AuditRow))
    assert len(list(rows)) == 2


async def test_an_old_version_is_refused(work):
    product = await make(work)
    await actions.change_product(work, product.id, ProductEdit(name="New"), 1)

    with pytest.raises(Stale):
        await actions.archive_product(work, product.id, 1)


async def test_an_unknown_unit_is_refused(work):
    with pytest.raises(ValidationFailed) as refused:
        await make(work, unit_id=new_id())

    assert refused.value.errors[0].pointer == "/unit_id"


async def test_costs_need_their_permission(work):
    reader = replace(work, permissions=work.permissions - {"products:costs"})

    with pytest.raises(NotAllowed) as refused:
        await make(reader, cost_price="1")

    assert refused.value.members == {"permission": "products:costs"}


async def test_a_unit_that_products_use_stays(app, person):
    made = await make_product(person)

    with pytest.raises(InUse):
        async with workspace_of(app, person) as work:
            await work.session.delete(await work.get(Unit, UUID(made["unit_id"])))


async def test_fifty_parallel_products_get_fifty_numbers(person):
    made = await asyncio.gather(*(make_product(person) for _ in range(50)))

    assert sorted(product["number"] for product in made) == list(range(1, 51))
    assert {product["unit_id"] for product in made} == {made[0]["unit_id"]}


async def test_two_parallel_changes_both_land(person):
    made = await make_product(person)
    path = f"/api/products/{made['id']}"

    answers = await asyncio.gather(
        person.client.patch(path, json={"sku": "A"}),
        person.client.patch(path, json={"barcode": "B"}),
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    now = (await person.client.get(path)).json()
    assert (now["version"], now["sku"], now["barcode"]) == (3, "A", "B")


async def test_of_many_parallel_changes_of_one_version_one_lands(person):
    made = await make_product(person)
    path, seen = f"/api/products/{made['id']}", {"If-Match": '"1"'}

    answers = await asyncio.gather(
        *(person.client.patch(path, json={"sku": str(n)}, headers=seen) for n in range(5))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert (await person.client.get(path)).json()["version"] == 2


async def test_of_many_parallel_products_with_one_sku_one_is_made(person):
    body = {"name": "Laptop", "sku": "LAP-001"}

    answers = await asyncio.gather(
        *(person.client.post("/api/products", json=body) for _ in range(8))
    )

    [made] = [answer.json() for answer in answers if answer.status_code == 201]
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert [problem["holder"]["id"] for problem in refused] == [made["id"]] * 7


async def test_removing_deletes_what_nothing_refers_to_and_archives_the_rest(app, person):
    plain, moved = await make_product(person), await make_stocked(person)

    async with workspace_of(app, person) as work:
        for product in (plain, moved):
            await actions.remove_product(work, UUID(product["id"]))

    paths = [f"/api/products/{product['id']}" for product in (plain, moved)]
    gone, archived = [await person.client.get(path) for path in paths]
    assert gone.status_code == 404
    assert archived.json()["archived_at"] is not None
