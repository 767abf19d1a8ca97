"""Two customers that are one: what a merge takes, points at and gives back."""

import asyncio
from uuid import UUID

import pytest

from erp.customers.errors import CustomerArchived, CustomerMerged
from erp.customers.models import Customer
from erp.customers.queries import family_of
from tests.making import make_colleague, make_customer, workspace_of

pytestmark = pytest.mark.anyio


async def merge(person, survivor, absorbed, query="", **take):
    body = {"absorbed_id": absorbed["id"], "take": take}
    return await person.client.post(f"/api/customers/{survivor['id']}/merge{query}", json=body)


async def undo(person, merged):
    return await person.client.post(f"/api/customer-merges/{merged.json()['id']}/undo")


async def read(person, customer):
    return (await person.client.get(f"/api/customers/{customer['id']}")).json()


def as_before(now, before):
    """But for the trace that a change leaves on the record itself."""
    passing = ("version", "updated_at")
    assert {k: v for k, v in now.items() if k not in passing} == {
        k: v for k, v in before.items() if k not in passing
    }


@pytest.fixture
async def acme(person):
    return await make_customer(person, name="Acme", email="a@acme.example", payment_days=30)


@pytest.fixture
async def twin(person):
    made = await make_customer(
        person, name="ACME GmbH", email="b@acme.example", phone="030 1234567", credit_limit="500"
    )
    path = f"/api/customers/{made['id']}"
    await person.client.post(f"{path}/contacts", json={"name": "Jo", "is_primary": True})
    address = {"kind": "billing", "lines": "1 Main Street", "country": "DE"}
    await person.client.post(f"{path}/addresses", json=address)
    return await read(person, made)


async def test_a_merge_takes_what_was_chosen_and_keeps_the_rest(person, acme, twin):
    answer = await merge(
        person, acme, twin, name="absorbed", credit_limit="absorbed", email="survivor"
    )

    merged = answer.json()
    survivor, absorbed = merged["survivor"], merged["absorbed"]
    assert answer.status_code == 200
    assert (survivor["name"], survivor["credit_limit"]) == ("ACME GmbH", "500")
    assert (survivor["email"], survivor["payment_days"]) == ("a@acme.example", 30)
    assert survivor["phone"] is None
    assert absorbed["merged_into_id"] == acme["id"]
    assert absorbed["archived_at"] is not None
    assert merged["taken"] == {"name": ["Acme", "ACME GmbH"], "credit_limit": [None, "500"]}


async def test_the_absorbed_customer_leaves_the_list_and_its_address_is_free(person, acme, twin):
    await merge(person, acme, twin, email="absorbed")

    rows = (await person.client.get("/api/customers")).json()["items"]
    again = await person.client.post("/api/customers", json={"name": "B", "email": acme["email"]})

    assert [(row["id"], row["email"]) for row in rows] == [(acme["id"], "b@acme.example")]
    assert again.status_code == 201


async def test_contacts_and_addresses_stay_and_are_read_through_the_survivor(person, acme, twin):
    await merge(person, acme, twin)

    survivor, absorbed = await read(person, acme), await read(person, twin)
    listed = (await person.client.get(f"/api/customers/{acme['id']}/contacts")).json()["items"]

    assert survivor["contacts"] == absorbed["contacts"] == listed == twin["contacts"]
    assert survivor["addresses"] == twin["addresses"]
    assert [each["customer_id"] for each in listed] == [twin["id"]]


async def test_a_dry_run_shows_the_merge_and_makes_none(person, acme, twin):
    would = await merge(person, acme, twin, "?dry_run=true", name="absorbed", email="absorbed")

    assert would.headers["dry-run"] == "true"
    assert would.json()["survivor"]["email"] == "b@acme.example"
    assert would.json()["absorbed"]["merged_into_id"] == acme["id"]
    assert await read(person, acme) == acme
    assert await read(person, twin) == twin
    assert (await person.client.get("/api/customer-merges")).json()["items"] == []


async def test_after_undoing_every_read_is_as_before(person, acme, twin):
    merged = await merge(
        person, acme, twin, name="absorbed", email="absorbed", credit_limit="absorbed"
    )

    undone = await undo(person, merged)

    assert undone.status_code == 200
    assert undone.json()["undone_at"] is not None
    as_before(await read(person, acme), acme)
    as_before(await read(person, twin), twin)
    rows = (await person.client.get("/api/customers?sort=number")).json()["items"]
    assert [row["id"] for row in rows] == [acme["id"], twin["id"]]


async def test_who_was_archived_before_is_archived_after_undoing(person, acme, twin):
    await person.client.post(f"/api/customers/{twin['id']}/archive")
    archived = await read(person, twin)

    await undo(person, await merge(person, acme, twin))

    as_before(await read(person, twin), archived)


async def test_undoing_names_the_field_that_was_changed_since(person, acme, twin):
    merged = await merge(person, acme, twin, name="absorbed", phone="absorbed")
    path = f"/api/customers/{acme['id']}"
    await person.client.patch(path, json={"phone": "1", "notes": "Not taken, so no matter"})

    refused = await undo(person, merged)
    await person.client.patch(path, json={"phone": twin["phone"]})
    done = await undo(person, merged)

    assert (refused.status_code, refused.json()["code"]) == (409, "merge_touched")
    assert refused.json()["fields"] == ["phone"]
    assert done.status_code == 200
    assert (await read(person, acme))["notes"] == "Not taken, so no matter"


async def test_a_merge_is_undone_once(person, acme, twin):
    merged = await merge(person, acme, twin)
    await undo(person, merged)

    again = await undo(person, merged)

    assert (again.status_code, again.json()["code"]) == (409, "merge_undone")


async def test_an_address_that_was_given_away_meanwhile_cannot_come_back(person, acme, twin):
    merged = await merge(person, acme, twin)
    await make_customer(person, email="b@acme.example")

    refused = await undo(person, merged)

    assert (refused.status_code, refused.json()["code"]) == (409, "customer_email_taken")
    assert (await read(person, twin))["merged_into_id"] == acme["id"]


async def test_chains_are_flat_and_undone_from_their_end(app, person, acme, twin):
    whole = await make_customer(person, name="Acme Holding")
    first = await merge(person, acme, twin)
    second = await merge(person, whole, acme)

    assert (await read(person, twin))["merged_into_id"] == whole["id"]
    assert await family(app, person, whole) == {whole["id"], acme["id"], twin["id"]}
    early = await undo(person, first)
    assert (early.json()["code"], early.json()["fields"]) == ("merge_touched", ["merged_into_id"])

    await undo(person, second)
    assert (await read(person, twin))["merged_into_id"] == acme["id"]
    assert await family(app, person, whole) == {whole["id"]}
    assert await family(app, person, acme) == {acme["id"], twin["id"]}
    assert (await undo(person, first)).status_code == 200


async def family(app, person, customer):
    async with workspace_of(app, person) as work:
        return {str(each) for each in await family_of(work, UUID(customer["id"]))}


@pytest.mark.parametrize("side", ["survivor", "absorbed"])
async def test_who_was_merged_is_merged_no_more(person, acme, twin, side):
    third = await make_customer(person)
    await merge(person, acme, twin)

    answer = await (
        merge(person, twin, third) if side == "survivor" else merge(person, third, twin)
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "already_merged")
    assert answer.json()["survivor_id"] == acme["id"]


async def test_an_archived_customer_takes_nobody_in(person, acme, twin):
    await person.client.post(f"/api/customers/{acme['id']}/archive")

    answer = await merge(person, acme, twin)

    assert (answer.status_code, answer.json()["code"]) == (409, "customer_archived")


async def test_nobody_is_merged_into_oneself_or_into_strangers(person, other, acme):
    stranger = await make_customer(other)

    same, foreign = await merge(person, acme, acme), await merge(person, acme, stranger)
    into = await merge(person, stranger, acme)

    codes = [each.json()["errors"][0]["code"] for each in (same, foreign)]
    assert codes == ["same_customer", "unknown_customer"]
    assert into.status_code == 404


@pytest.mark.parametrize("take", [{"color": "absorbed"}, {"name": "both"}, {"number": "absorbed"}])
async def test_only_known_fields_of_either_side_are_taken(person, acme, twin, take):
    answer = await merge(person, acme, twin, **take)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/take")


async def test_a_merge_by_an_old_page_is_refused(person, acme, twin):
    body = {"absorbed_id": twin["id"]}
    path = f"/api/customers/{acme['id']}"
    await person.client.patch(path, json={"name": "Changed"})

    answer = await person.client.post(f"{path}/merge", json=body, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["current"]["name"]) == (412, "Changed")


async def test_merging_takes_a_permission_of_its_own(app, person, acme, twin):
    colleague = await make_colleague(app, person, "user")

    answer = await merge(colleague, acme, twin)

    assert (answer.status_code, answer.json()["permission"]) == (403, "customers:merge")


async def test_the_absorbed_one_is_not_restored_and_takes_no_new_work(person, acme, twin):
    await merge(person, acme, twin)

    answer = await person.client.post(f"/api/customers/{twin['id']}/restore")

    assert (answer.status_code, answer.json()["code"]) == (409, "customer_merged")
    assert answer.json()["survivor_id"] == acme["id"]


async def test_new_work_is_for_open_customers(app, person, acme, twin):
    async with workspace_of(app, person) as work:
        (await work.get(Customer, UUID(acme["id"]))).ensure_open_for_new_work()
    await merge(person, acme, twin)
    await person.client.post(f"/api/customers/{acme['id']}/archive")

    async with workspace_of(app, person) as work:
        for customer, refusal in ((acme, CustomerArchived), (twin, CustomerMerged)):
            record = await work.get(Customer, UUID(customer["id"]))
            with pytest.raises(refusal):
                record.ensure_open_for_new_work()


async def test_merges_that_meet_leave_one_survivor(person):
    """Each other's absorber at the same time: one wins, the other is told."""
    for _ in range(5):
        one, two = await make_customer(person), await make_customer(person)

        answers = await asyncio.gather(merge(person, one, two), merge(person, two, one))

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        pointers = [(await read(person, each))["merged_into_id"] for each in (one, two)]
        assert pointers.count(None) == 1


async def test_chains_made_at_once_end_flat(person):
    for _ in range(5):
        one, two, three = [await make_customer(person) for _ in range(3)]

        await asyncio.gather(merge(person, two, one), merge(person, three, two))

        pointer = {each["id"]: (await read(person, each))["merged_into_id"] for each in (one, two)}
        ends = [target for target in pointer.values() if target]
        assert ends
        assert all(pointer.get(target) is None for target in ends)


async def test_merges_are_listed_newest_first_and_by_side(person, acme, twin):
    third = await make_customer(person)
    first, second = await merge(person, acme, twin), await merge(person, acme, third)

    every = (await person.client.get("/api/customer-merges")).json()["items"]
    path = f"/api/customer-merges?absorbed_id={twin['id']}"
    [one] = (await person.client.get(path)).json()["items"]

    assert [row["id"] for row in every] == [second.json()["id"], first.json()["id"]]
    assert (one["id"], one["undone_at"]) == (first.json()["id"], None)


async def test_both_histories_tell_of_the_merge(person, acme, twin):
    await undo(person, await merge(person, acme, twin, name="absorbed"))

    survivor, absorbed = [
        (await person.client.get(f"/api/audit/customer/{each['id']}")).json()["items"]
        for each in (acme, twin)
    ]

    assert [row["action"] for row in survivor[:2]] == ["customer.merge_undone", "customer.merged"]
    assert survivor[1]["changes"] == {
        "absorbed": [None, "ACME GmbH"],
        "name": ["Acme", "ACME GmbH"],
    }
    assert absorbed[1]["changes"] == {"survivor": [None, "ACME GmbH"]}
    assert len(absorbed) == 3
