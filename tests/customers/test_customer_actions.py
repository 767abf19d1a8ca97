"""What happens to customers within a transaction, and beside other writers."""

import asyncio
from uuid import UUID

import pytest

from erp.audit.models import AuditRow
from erp.customers.actions import customers as actions
from erp.customers.actions import parts
from erp.customers.errors import CustomerEmailTaken
from erp.customers.models import Customer
from erp.customers.schemas import ContactIn, CustomerEdit, CustomerIn
from erp.kernel.errors import NotFound, Stale
from tests.making import make_customer, workspace_of

pytestmark = pytest.mark.anyio


async def make(work, **values):
    return await actions.create_customer(work, CustomerIn(**{"name": "Acme"} | values))


async def test_customers_get_numbers_in_their_order(work):
    made = [await make(work) for _ in range(3)]

    assert [customer.number for customer in made] == [1, 2, 3]
    assert {customer.created_by for customer in made} == {work.member_id}


async def test_a_customer_keeps_the_currency_of_the_organization(work):
    assert (await make(work)).currency == "EUR"
    assert (await make(work, currency="CHF")).currency == "CHF"


async def test_each_verb_leaves_one_row_in_the_trail(work):
    customer = await make(work)
    await actions.change_customer(work, customer.id, CustomerEdit(name="New"), None)
    await actions.change_customer(work, customer.id, CustomerEdit(name="New"), None)
    await actions.archive_customer(work, customer.id, 2)
    await actions.archive_customer(work, customer.id, 3)
    await actions.restore_customer(work, customer.id, 3)
    await actions.delete_customer(work, customer.id, 4)
    await work.session.flush()

    rows = work.select(AuditRow).where(AuditRow.target_id == customer.id).order_by(AuditRow.id)
    assert [row.action for row in await work.session.scalars(rows)] == [
        "customer.created",
        "customer.changed",
        "customer.archived",
        "customer.restored",
        "customer.deleted",
    ]


async def test_an_old_version_is_refused_with_the_record(work):
    customer = await make(work)
    await actions.change_customer(work, customer.id, CustomerEdit(name="New"), 1)

    with pytest.raises(Stale) as refused:
        await actions.change_customer(work, customer.id, CustomerEdit(name="Newer"), 1)

    assert refused.value.members["current"]["name"] == "New"
    assert refused.value.members["changed_by"] == {"number": 1, "name": "Ada Lovelace"}


async def test_a_refused_change_can_be_tried_within_the_transaction(work):
    await make(work, email="jane@example.com")

    with pytest.raises(CustomerEmailTaken):
        async with work.attempt():
            await make(work, email="JANE@example.com")

    assert (await make(work)).number == 2


async def test_parts_need_a_customer_of_the_organization(app, person, other):
    foreign = await make_customer(other)

    async with workspace_of(app, person) as work:
        with pytest.raises(NotFound):
            await parts.add_contact(work, UUID(foreign["id"]), ContactIn(name="Jo"))


async def test_fifty_parallel_customers_get_fifty_numbers(person):
    made = await asyncio.gather(*(make_customer(person) for _ in range(50)))

    assert sorted(customer["number"] for customer in made) == list(range(1, 51))


async def test_two_parallel_changes_both_land(person):
    made = await make_customer(person)
    path = f"/api/customers/{made['id']}"

    answers = await asyncio.gather(
        person.client.patch(path, json={"phone": "1"}),
        person.client.patch(path, json={"company": "Acme"}),
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    now = (await person.client.get(path)).json()
    assert (now["version"], now["phone"], now["company"]) == (3, "1", "Acme")


async def test_of_two_parallel_changes_of_one_version_one_is_refused(person):
    made = await make_customer(person)
    path, seen = f"/api/customers/{made['id']}", {"If-Match": '"1"'}

    answers = await asyncio.gather(
        *(person.client.patch(path, json={"phone": str(n)}, headers=seen) for n in range(5))
    )

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, 412, 412, 412, 412]
    [landed] = [answer.json() for answer in answers if answer.status_code == 200]
    refused = [answer.json() for answer in answers if answer.status_code == 412]
    assert [problem["current"] for problem in refused] == [landed] * 4


async def test_of_many_parallel_primary_contacts_one_wins(person):
    made = await make_customer(person)
    path = f"/api/customers/{made['id']}/contacts"

    answers = await asyncio.gather(
        *(person.client.post(path, json={"name": "Jo", "is_primary": True}) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_of_many_parallel_customers_with_one_address_one_wins(person):
    body = {"name": "Acme", "email": "jane@example.com"}

    answers = await asyncio.gather(
        *(person.client.post("/api/customers", json=body) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)  # SQLite has one writer at a time
async def test_what_is_locked_is_read_as_it_is_now(work, person):
    made = await make_customer(person)
    customer = await work.get(Customer, UUID(made["id"]))
    await person.client.patch(f"/api/customers/{made['id']}", json={"phone": "1"})

    changed = await actions.change_customer(work, customer.id, CustomerEdit(company="Acme"), 2)

    assert (changed.version, changed.phone, changed.company) == (3, "1", "Acme")
