"""Older systems move in: everything or nothing, once, and people keep their passwords."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from erp.products.models import Product
from erp.transfer.errors import SourceUnreadable
from erp.transfer.models import ImportReference
from tests.identity.making import rows
from tests.transfer import old_systems
from tests.transfer.moving import bring, list_of, people_of, sign_in
from tests.transfer.old_systems import write_csv, write_postgres, write_sqlite

pytestmark = pytest.mark.anyio


async def test_an_inventory_moves_in_with_people_products_and_customers(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "erp.db", old_systems.inventory(tag))

    report = await bring(app, person, "inventory-manager", place, roles={"manager": "manager"})

    assert report.refused == []
    assert {table: dict(counts) for table, counts in report.outcomes.items()} == {
        "users": {"created": 3},
        "products": {"created": 3},
        "customers": {"created": 2},
    }
    products = await list_of(person, "/api/products?sort=number")
    assert [(each["number"], each["sale_price"]) for each in products] == [
        (1, "999.99"),
        (4, "29.1235"),
        (9, "89.99"),
    ]
    stock = await list_of(person, "/api/stock?sort=number")
    assert [(each["on_hand"], each["category_name"]) for each in stock] == [
        ("50", "Hardware"),
        ("100", "Hardware"),
        ("0", "Hardware"),
    ]
    customers = await list_of(person, "/api/customers?sort=number")
    assert [(each["number"], each["name"]) for each in customers] == [(1, "Acme"), (3, "Globex")]
    members = await list_of(person, "/api/members")
    assert [each["role"] for each in members] == ["admin", "user", "manager", "user"]


async def test_the_next_number_follows_the_old_ones(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "erp.db", old_systems.inventory(tag))
    await bring(app, person, "inventory-manager", place)

    made = await person.client.post("/api/products", json={"name": "New", "sale_price": "1"})

    assert made.json()["number"] == 10


async def test_old_passwords_open_the_accounts_and_rest_as_argon2id(app, person, tag, tmp_path):
    medicalcare = write_sqlite(tmp_path / "m.db", old_systems.medicalcare(tag))
    await bring(app, person, "medicalcare", medicalcare)
    inventory = write_sqlite(tmp_path / "i.db", old_systems.inventory(tag))
    await bring(app, person, "inventory-manager", inventory)
    resting = [user.password_scheme for user in (await people_of(app, tag)).values()]

    statuses = [
        await sign_in(app, f"mia.{tag}@example.com", "Mia-Secret-1"),
        await sign_in(app, f"manager.{tag}@example.com", "Mona-Secret-1"),
        await sign_in(app, f"johndoe.{tag}@example.com", "wrong1"),
    ]

    people = await people_of(app, tag)
    assert statuses == [200, 200, 401]
    assert sorted(filter(None, resting)) == ["argon2id(sha256hex)"] * 2 + ["bcrypt"] * 2
    assert {people[name].password_scheme for name in ("mia", "manager")} == {"argon2id"}
    assert not any("$" not in str(user.password_hash or "$") for user in people.values())


@pytest.mark.parametrize(
    ("system", "name", "password"),
    [
        ("cloud-erp", "erp", "Erp-Secret-1"),
        ("medicalcare", "mia", "Mia-Secret-1"),
        ("inventory-manager", "manager", "Mona-Secret-1"),
        ("task-hub", "bob", "Bob-Secret-1"),
        ("logger", "lea", "lea-Secret-1"),
    ],
)
async def test_somebody_of_each_system_signs_in_and_no_old_hash_is_left(
    app, person, tag, tmp_path, system, name, password
):
    tables = getattr(old_systems, system.replace("-manager", "").replace("-", "_"))(tag)
    await bring(app, person, system, write_sqlite(tmp_path / "old.db", tables))
    before = (await people_of(app, tag))[name]

    statuses = [
        await sign_in(app, f"{name}.{tag}@example.com", each) for each in (password, password[:-1])
    ]

    after = (await people_of(app, tag))[name]
    assert statuses == [200, 401]
    assert before.password_hash.startswith("$")
    assert (after.password_scheme, after.password_hash[:9]) == ("argon2id", "$argon2id")
    assert after.password_hash != before.password_hash


async def test_a_doubted_address_stays_unproved_and_a_known_password_is_not_taken(
    app, person, tag, tmp_path
):
    medicalcare = write_sqlite(tmp_path / "m.db", old_systems.medicalcare(tag))
    await bring(app, person, "medicalcare", medicalcare)
    inventory = write_sqlite(tmp_path / "i.db", old_systems.inventory(tag))

    report = await bring(app, person, "inventory-manager", inventory)

    people = await people_of(app, tag)
    assert people["nia"].email_verified_at is None
    assert people["mia"].email_verified_at is not None
    assert people["admin"].password_hash is None
    assert [each.detail for each in report.notices if each.table == "users"] == [
        "has a published default password, which was not taken over"
    ]


async def test_importing_again_changes_nothing(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "erp.db", old_systems.inventory(tag))
    await bring(app, person, "inventory-manager", place)
    before = await list_of(person, "/api/products"), await list_of(person, "/api/members")

    report = await bring(app, person, "inventory-manager", place)

    assert {outcome for counts in report.outcomes.values() for outcome in counts} == {"skipped"}
    assert report.refused == report.notices == []
    after = await list_of(person, "/api/products"), await list_of(person, "/api/members")
    assert after == before


async def test_a_dry_run_tells_the_same_and_writes_nothing(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "erp.db", old_systems.inventory(tag))

    rehearsed = await bring(app, person, "inventory-manager", place, dry_run=True)

    assert rehearsed.outcomes["products"] == {"created": 3}
    assert await list_of(person, "/api/products") == []
    assert await people_of(app, tag) == {}


async def test_one_refused_row_of_many_writes_nothing_and_is_named(app, person, tag, tmp_path):
    many = [old_systems.product(number, f"Part {number}", 1.5) for number in range(1, 1001)]
    many[500] |= {"name": "x" * 300}
    many[501] |= {"price": "cheap"}
    place = write_sqlite(tmp_path / "erp.db", old_systems.inventory(tag, products=many))

    report = await bring(app, person, "inventory-manager", place)

    assert [(each.row, each.field, each.code) for each in report.refused] == [
        ("501", "name", "string_too_long"),
        ("502", "price", "decimal_expected"),
    ]
    assert report.outcomes["products"] == {"created": 998, "refused": 2}
    assert await list_of(person, "/api/products") == []
    assert await people_of(app, tag) == {}
    mine = ImportReference.organization_id == UUID(person.organization["id"])
    assert await rows(app, ImportReference, mine) == []


async def test_a_known_address_is_refused_with_a_proposal_and_joins_only_when_told(
    app, person, other, tag, tmp_path
):
    tables = old_systems.medicalcare(tag)
    tables["users"][0]["email"] = other.email
    place = write_sqlite(tmp_path / "m.db", tables)

    refused = await bring(app, person, "medicalcare", place)
    joined = await bring(app, person, "medicalcare", place, join=True)

    assert [(each.code, each.field) for each in refused.refused] == [("known_address", "email")]
    assert "--join" in refused.refused[0].detail
    assert joined.outcomes["users"] == {"joined": 1, "created": 1}
    assert await sign_in(app, other.email, other.password) == 200
    assert await sign_in(app, other.email, "Mia-Secret-1") == 401
    members = {each["email"]: each["status"] for each in await list_of(person, "/api/members")}
    assert members[other.email] == "invited"


async def test_a_taken_user_name_gets_another_and_is_told(app, person, other, tag, tmp_path):
    first = write_sqlite(tmp_path / "1.db", old_systems.inventory(tag))
    tables = old_systems.inventory(tag)
    for user in tables["users"]:
        user["email"] = f"second.{user['email']}"
    await bring(app, person, "inventory-manager", first)

    report = await bring(app, other, "inventory-manager", write_sqlite(tmp_path / "2.db", tables))

    assert report.refused == []
    assert f"signs in as johndoe.{tag}.2" in "; ".join(each.detail for each in report.notices)


async def test_a_folder_of_csv_files_moves_in_too(app, person, tag, tmp_path):
    place = write_csv(tmp_path / "csv", old_systems.cloud_erp(tag))

    report = await bring(app, person, "cloud-erp", place)

    assert report.outcomes == {"users": {"created": 1}, "products": {"created": 1}}
    [product] = await list_of(person, "/api/products")
    assert (product["sku"], product["sale_price"]) == (f"PUMP-{tag}", "12.5")
    assert await sign_in(app, f"erp.{tag}@example.com", "Erp-Secret-1") == 200


async def test_a_postgresql_database_moves_in_and_is_only_read(app, person, tag, own_postgres):
    place = write_postgres(own_postgres, "old_erp", old_systems.cloud_erp(tag))

    report = await bring(app, person, "cloud-erp", place)

    assert report.outcomes["products"] == {"created": 1}
    assert await sign_in(app, f"erp.{tag}@example.com", "Erp-Secret-1") == 200


@pytest.mark.parametrize("place", ["nowhere.db", "postgresql://nobody@127.0.0.1:1/none"])
async def test_an_unreadable_source_is_one_sentence(app, person, place):
    with pytest.raises(SourceUnreadable) as refused:
        await bring(app, person, "cloud-erp", place)

    assert "\n" not in refused.value.detail


async def test_two_imports_at_once_take_each_row_once(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "erp.db", old_systems.cloud_erp(tag))

    done = await asyncio.gather(
        *(bring(app, person, "cloud-erp", place) for _ in range(2)), return_exceptions=True
    )

    assert any(not isinstance(each, BaseException) for each in done)
    mine = Product.organization_id == UUID(person.organization["id"])
    assert len(await rows(app, Product, mine)) == 1
