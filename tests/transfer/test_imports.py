"""A file on its way in: checked, applied as a whole, undone as a whole."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from erp.audit.models import AuditRow
from erp.products.models import Product
from tests.architecture.test_tenancy import rows_of as everything_of
from tests.making import make_colleague, make_customer, make_product, reading_all
from tests.transfer.importing import (
    IMPORTS,
    applied,
    checked,
    counted,
    csv_of,
    rows_of,
    send_file,
    step,
    upload,
)

pytestmark = pytest.mark.anyio

NEW = {"sku": "NEW", "name": "New lamp", "unit": "pc", "price": "5"}


async def products_of(person):
    return (await person.client.get("/api/products?sort=number&limit=200")).json()["items"]


async def trail_of(app, record):
    """The changes that name the import, in their order."""
    async with reading_all(app) as session:
        query = select(AuditRow).where(AuditRow.request_id == record["id"])
        return [(row.action, row.data["changes"]) for row in await session.scalars(query)]


async def test_a_check_tells_what_each_row_would_do_and_writes_nothing(app, person):
    await make_product(person, sku="A", name="Lamp", sale_price="1")
    await make_product(person, sku="B", name="Bulb", sale_price="2")
    file = csv_of(
        [
            {"sku": "A", "name": "Lamp", "unit": "kg", "price": "1.50"},
            {"sku": "B", "name": "Bulb", "unit": "", "price": "2.0"},
            NEW,
            {"sku": "C", "name": "", "unit": "pc", "price": "cheap"},
            {"sku": "D", "name": "Desk", "unit": "yard", "price": "-1"},
        ]
    )
    uploaded = await upload(person, "products", file)
    before = await everything_of(app, person.organization["id"])

    record = (await step(person, uploaded, "check")).json()

    assert (record["state"], counted(record)) == (
        "checked",
        {"create": 1, "change": 1, "skip": 1, "error": 2},
    )
    changed, same, made, wrong, unknown = await rows_of(person, record)
    assert changed["changes"] == {"sale_price": ["1", "1.5"], "unit": ["pc", "kg"]}
    assert (same["outcome"], same["changes"]) == ("skip", {})
    assert (made["line"], made["outcome"], made["target_id"]) == (4, "create", None)
    assert [(each["field"], each["column"], each["code"]) for each in wrong["errors"]] == [
        ("sale_price", "price", "decimal_expected")
    ]
    assert [each["code"] for each in unknown["errors"]] == ["unknown_unit"]
    after = await everything_of(app, person.organization["id"])
    differing = {name for name in after if after[name] != before[name]}
    assert differing == {"imports", "import_rows"}


async def test_applying_writes_what_was_checked_with_the_trail_of_changes_by_hand(app, person):
    known = await make_product(person, sku="A", name="Lamp", sale_price="1")

    record = await applied(
        person, "products", csv_of([{**NEW, "sku": "A", "name": "Lamp"}, {**NEW, "unit": "kg"}])
    )

    assert record["state"] == "applied"
    first, second = await products_of(person)
    assert (first["id"], first["sale_price"], first["version"]) == (known["id"], "5", 2)
    assert (second["sku"], second["unit_code"], second["sale_price"]) == ("NEW", "kg", "5")
    trail = await trail_of(app, record)
    assert trail[0] == ("product.changed", {"sale_price": ["1", "5"]})
    assert [action for action, _changes in trail] == ["product.changed", "product.created"]
    history = (await person.client.get(f"/api/audit/import/{record['id']}")).json()["items"]
    assert [each["action"] for each in history] == ["import.applied"]
    assert history[0]["changes"]["create"] == [None, 1]
    assert (await rows_of(person, record))[1]["target_id"] == second["id"]


async def test_ten_thousand_rows_with_one_wrong_write_nothing(app, person):
    rows = [{**NEW, "sku": f"N{number}"} for number in range(10_000)]
    rows[-1]["price"] = "cheap"
    record = await checked(person, "products", csv_of(rows))
    before = await everything_of(app, person.organization["id"])

    answer = await step(person, record, "apply")

    assert counted(record) == {"create": 9_999, "error": 1}
    assert (answer.status_code, answer.json()["code"]) == (409, "import_has_errors")
    assert [row["line"] for row in await rows_of(person, record, "error")] == [10_001]
    assert await everything_of(app, person.organization["id"]) == before
    assert before["products"] == []


async def test_nothing_is_written_when_a_record_was_changed_since_the_check(app, person):
    known = await make_product(person, sku="A", name="Lamp")
    record = await checked(
        person, "products", csv_of([NEW, {**NEW, "sku": "A"}, {**NEW, "sku": "L"}])
    )
    await person.client.patch(f"/api/products/{known['id']}", json={"description": "Now bright"})
    await make_product(person, sku="L")

    answer = await step(person, record, "apply")

    assert (answer.status_code, answer.json()["code"]) == (409, "import_stale")
    assert answer.json()["rows"] == [3, 4]
    assert [each["sku"] for each in await products_of(person)] == ["A", "L"]
    again = (await step(person, record, "check")).json()
    assert counted(again) == {"create": 1, "change": 2}
    assert (await step(person, again, "apply")).status_code == 200


async def test_an_import_is_applied_once_however_many_try(app, person):
    record = await checked(person, "products", csv_of([NEW]))

    answers = await asyncio.gather(
        *(person.client.post(f"{IMPORTS}/{record['id']}/apply") for _ in range(5))
    )

    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"import_closed"}
    assert len(await products_of(person)) == 1


async def test_undoing_removes_what_was_made_and_puts_old_values_back(app, person):
    known = await make_product(person, sku="A", name="Lamp", unit_id=None, sale_price="1")
    row = {**NEW, "category": "Lighting", "barcode": "4006381333931"}
    record = await applied(
        person, "products", csv_of([{**row, "sku": "A", "unit": "kg"}, {**row, "barcode": ""}])
    )

    undone = (await step(person, record, "undo")).json()

    assert undone["state"] == "undone"
    [left] = await products_of(person)
    told = ("name", "sale_price", "barcode", "category_name", "unit_code")
    assert [left[name] for name in told] == ["Lamp", "1", None, None, "pc"]
    assert (await person.client.get("/api/categories")).json()["items"] == []
    assert left["id"] == known["id"]
    again = await step(person, undone, "undo")
    assert (again.status_code, again.json()["code"]) == (409, "import_not_applied")


@pytest.mark.parametrize("touch", ["changed", "moved", "filed"])
async def test_nothing_is_undone_once_somebody_went_on_with_it(app, person, touch):
    row = {**NEW, "category": "Lighting"}
    record = await applied(person, "products", csv_of([row, {**row, "sku": "OTHER"}]))
    first, _second = await products_of(person)
    if touch == "changed":
        path = f"/api/products/{first['id']}"
        await person.client.patch(path, json={"name": "Better lamp"})
    elif touch == "moved":
        line = {"product_id": first["id"], "quantity": "1"}
        body = {"kind": "receipt", "lines": [line]}
        assert (await person.client.post("/api/stock/postings", json=body)).status_code == 201
    else:
        await make_product(person, category_id=first["category_id"])
    before = await everything_of(app, person.organization["id"])

    answer = await step(person, record, "undo")

    assert (answer.status_code, answer.json()["code"]) == (409, "import_touched")
    assert answer.json().get("rows", []) == ([] if touch == "filed" else [2])
    assert await everything_of(app, person.organization["id"]) == before


async def test_a_discarded_import_forgets_its_file_and_is_over(person):
    record = await checked(person, "products", csv_of([NEW]))

    discarded = (await step(person, record, "discard")).json()

    assert (discarded["state"], discarded["counts"]) == ("discarded", None)
    assert await rows_of(person, discarded) == []
    for verb in ("check", "apply", "discard"):
        answer = await step(person, discarded, verb)
        assert (answer.status_code, answer.json()["code"]) == (409, "import_closed")


async def test_what_is_in_effect_is_not_discarded_but_what_was_undone_is(person):
    record = await applied(person, "products", csv_of([NEW]))

    refused = await step(person, record, "discard")
    undone = (await step(person, record, "undo")).json()
    discarded = (await step(person, undone, "discard")).json()

    assert (refused.status_code, refused.json()["code"]) == (409, "import_closed")
    assert discarded["state"] == "discarded"
    assert await rows_of(person, discarded) == []


async def test_numbers_go_on_without_a_gap_behind_an_import(person):
    known = await make_product(person, sku="A", name="New lamp", sale_price="5")
    rows = [{**NEW, "sku": sku} for sku in ("A", "B", "C")]

    await applied(person, "products", csv_of(rows))

    last = await make_product(person)
    assert [each["number"] for each in await products_of(person)] == [
        known["number"] + place for place in range(4)
    ]
    assert last["number"] == known["number"] + 3


async def test_what_was_not_checked_is_not_applied(person):
    record = await upload(person, "products", csv_of([NEW]))

    answer = await step(person, record, "apply")

    assert (answer.status_code, answer.json()["code"]) == (409, "import_not_checked")


async def test_an_import_that_somebody_else_went_on_with_is_stale(person):
    record = await upload(person, "products", csv_of([NEW]))
    await step(person, record, "check")

    answer = await step(person, record, "check")

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert answer.json()["current"]["state"] == "checked"


async def test_the_same_file_names_the_import_before(person):
    first = await applied(person, "products", csv_of([NEW]))

    second = await upload(person, "products", csv_of([NEW]))

    assert first["earlier"] is None
    assert (second["earlier"]["id"], second["earlier"]["state"]) == (first["id"], "applied")


async def test_an_upload_that_is_repeated_with_its_key_happens_once(person):
    key = {"Idempotency-Key": "the-only-one"}

    first = await upload(person, "products", csv_of([NEW]), **key)
    second = await upload(person, "products", csv_of([NEW]), **key)

    assert first["id"] == second["id"]
    assert len((await person.client.get(IMPORTS)).json()["items"]) == 1


async def test_a_row_that_names_the_record_of_a_row_above_is_wrong(person):
    await make_product(person, sku="A", name="New lamp", sale_price="5")

    record = await checked(
        person, "products", csv_of([{**NEW, "sku": "A"}, {**NEW, "sku": "a"}, NEW, NEW])
    )

    assert counted(record) == {"create": 1, "skip": 1, "error": 2}
    wrong = await rows_of(person, record, "error")
    assert [(row["line"], row["errors"][0]["code"]) for row in wrong] == [
        (3, "row_repeated"),
        (5, "row_repeated"),
    ]


async def test_what_the_database_refuses_is_told_at_its_row(person):
    await make_product(person, barcode="4006381333931")

    record = await checked(
        person, "products", csv_of([{**NEW, "barcode": "4006381333931"}, {**NEW, "sku": "B"}])
    )

    [wrong] = await rows_of(person, record, "error")
    assert [(each["column"], each["code"]) for each in wrong["errors"]] == [
        ("barcode", "barcode_taken")
    ]
    assert counted(record) == {"create": 1, "error": 1}


async def test_a_category_of_several_places_is_not_guessed(person):
    home = (await person.client.post("/api/categories", json={"name": "Home"})).json()
    for parent in (None, home["id"]):
        await person.client.post("/api/categories", json={"name": "Lamps", "parent_id": parent})

    record = await checked(
        person,
        "products",
        csv_of([{**NEW, "category": "lamps"}, {**NEW, "sku": "B", "category": "home"}]),
    )

    assert counted(record) == {"create": 1, "error": 1}
    assert (await rows_of(person, record))[0]["errors"][0]["code"] == "category_ambiguous"


async def test_customers_are_known_by_number_or_by_address(person):
    first = await make_customer(person, name="Acme", email="info@acme.example")
    second = await make_customer(person, name="Beta", email="info@beta.example")
    rows = [
        {"Kundennummer": "", "Name": "Acme AG", "E-Mail": "INFO@acme.example", "Steuerfrei": "ja"},
        {"Kundennummer": second["number"], "Name": "Beta", "E-Mail": "", "Steuerfrei": "nein"},
        {"Kundennummer": "4711", "Name": "Gamma", "E-Mail": "", "Steuerfrei": ""},
    ]

    record = await applied(person, "customers", csv_of(rows, delimiter=";"))

    assert counted(record) == {"create": 1, "change": 1, "skip": 1}
    changed, _same, made = await rows_of(person, record)
    assert changed["target_id"] == first["id"]
    assert changed["changes"] == {"name": ["Acme", "Acme AG"], "tax_exempt": [False, True]}
    customer = (await person.client.get(f"/api/customers/{made['target_id']}")).json()
    assert customer["number"] == 4711
    assert (await make_customer(person))["number"] == 4712
    undone = await step(person, record, "undo")
    assert undone.status_code == 200
    customers = (await person.client.get("/api/customers?sort=number")).json()["items"]
    assert [each["name"] for each in customers][:2] == ["Acme", "Beta"]
    assert 4711 not in [each["number"] for each in customers]


async def test_opening_figures_come_in_and_are_reversed(person):
    for sku in ("A", "B"):
        await make_product(person, sku=sku)
    await person.client.post("/api/stock/locations", json={"code": "EAST", "name": "East"})
    rows = [
        {"sku": "A", "Bestand": "12", "Lagerort": "", "cost": "2.50"},
        {"sku": "A", "Bestand": "3", "Lagerort": "east", "cost": ""},
        {"sku": "B", "Bestand": "0", "Lagerort": "", "cost": ""},
    ]

    record = await applied(person, "stock", csv_of(rows))

    assert counted(record) == {"create": 2, "skip": 1}
    shelves = (await person.client.get("/api/stock?sort=name")).json()["items"]
    assert sum(float(each["on_hand"]) for each in shelves) == 15
    again = await checked(person, "stock", csv_of(rows))
    assert [row["errors"][0]["code"] for row in await rows_of(person, again, "error")] == [
        "opening_not_first",
        "opening_not_first",
    ]
    assert (await step(person, record, "undo")).status_code == 200
    shelves = (await person.client.get("/api/stock?sort=name")).json()["items"]
    assert sum(float(each["on_hand"]) for each in shelves) == 0


async def test_wrong_opening_figures_are_told_by_field(person):
    await make_product(person, sku="A")
    await make_product(person, sku="S", kind="service")
    rows = [
        {"sku": "X", "quantity": "1", "location": "", "day": ""},
        {"sku": "A", "quantity": "1.5", "location": "", "day": ""},
        {"sku": "A", "quantity": "1", "location": "MOON", "day": ""},
        {"sku": "A", "quantity": "1", "location": "", "day": "31.12.2999"},
        {"sku": "S", "quantity": "1", "location": "", "day": ""},
        {"sku": "", "quantity": "1", "location": "", "day": ""},
        {"sku": "A", "quantity": "", "location": "", "day": ""},
    ]

    record = await checked(person, "stock", csv_of(rows))

    found = [
        (row["errors"][0]["field"], row["errors"][0]["code"])
        for row in await rows_of(person, record)
    ]
    assert found == [
        ("sku", "unknown_product"),
        ("quantity", "decimal_expected"),
        ("location", "unknown_location"),
        ("day", "in_future"),
        ("sku", "product_not_stocked"),
        ("sku", "missing"),
        ("quantity", "missing"),
    ]


async def test_goods_that_were_sold_since_keep_an_opening_from_being_undone(person):
    product = await make_product(person, sku="A")
    record = await applied(person, "stock", csv_of([{"sku": "A", "quantity": "5"}]))
    line = {"product_id": product["id"], "quantity": "1"}
    await person.client.post("/api/stock/postings", json={"kind": "issue", "lines": [line]})

    answer = await step(person, record, "undo")

    assert (answer.status_code, answer.json()["code"]) == (409, "import_touched")
    assert answer.json()["rows"] == [2]


async def test_who_may_not_write_by_hand_may_not_import(app, person):
    user = await make_colleague(app, person)
    manager = await make_colleague(app, person, "manager")
    record = await upload(person, "customers", csv_of([{"name": "Acme"}]))
    body = {
        "name": "Products only",
        "scopes": ["imports:run", "products:write"],
        "expires_in_days": 30,
    }
    key = (await person.client.post("/api/api-keys", json=body)).json()
    as_key = {"Authorization": f"Bearer {key['key']}"}

    refused = await send_file(user, "products", csv_of([NEW]))
    allowed = await send_file(manager, "products", csv_of([NEW]))
    by_key = await send_file(person, "products", csv_of([NEW]), **as_key)
    others = [
        await send_file(person, "customers", csv_of([{"name": "Acme"}]), **as_key),
        await person.client.get(f"{IMPORTS}/{record['id']}", headers=as_key),
        await person.client.get(f"{IMPORTS}/{record['id']}/rows", headers=as_key),
        await person.client.post(f"{IMPORTS}/{record['id']}/check", headers=as_key),
    ]

    assert (refused.status_code, refused.json()["permission"]) == (403, "imports:run")
    assert (allowed.status_code, by_key.status_code) == (201, 201)
    assert {(each.status_code, each.json()["permission"]) for each in others} == {
        (403, "customers:write")
    }


async def test_an_import_of_another_organization_does_not_exist(person, other):
    theirs = await upload(other, "products", csv_of([NEW]))

    answers = [await step(person, theirs, verb) for verb in ("check", "apply", "undo", "discard")]

    assert {each.status_code for each in answers} == {404}
    assert (await person.client.get(IMPORTS)).json()["items"] == []


async def test_the_numbers_of_a_file_are_kept_where_they_are_free(app, person):
    taken = await make_product(person, sku="T")
    rows = [{"number": "7", "name": "Seven"}, {"number": taken["number"], "sku": "X", "name": "X"}]

    await applied(person, "products", csv_of([{"number": "", "sku": "", **row} for row in rows]))

    async with reading_all(app) as session:
        mine = Product.organization_id == UUID(person.organization["id"])
        found = {row.name: row.number for row in await session.scalars(select(Product).where(mine))}
    assert (found["Seven"], found["X"]) == (7, 3)
    assert (await make_product(person))["number"] == 8
