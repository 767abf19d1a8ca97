"""What files of different habits say."""

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.making import make_customer
from tests.transfer.importing import (
    IMPORTS,
    checked,
    counted,
    csv_of,
    rows_of,
    send_file,
    step,
    upload,
)

pytestmark = pytest.mark.anyio

GERMAN = (
    "Artikelnummer;Bezeichnung;Verkaufspreis;Warengruppe\r\n"
    "K-1;Küchenstuhl;1.234,50;Möbel\r\n"
    'K-2;"Tisch; groß";99,9;Möbel\r\n'
)


def sheet_of(rows):
    """An XLSX file with these values."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


async def change(person, record, **body):
    seen = {"If-Match": f'"{record["version"]}"'}
    return await person.client.patch(f"{IMPORTS}/{record['id']}", json=body, headers=seen)


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"), ("utf-16", "utf-16")]
)
async def test_a_german_list_is_understood_as_it_is(person, encoding, told):
    uploaded = await upload(person, "products", GERMAN.encode(encoding))

    record = (await step(person, uploaded, "check")).json()

    assert record["format"] == {
        "encoding": told,
        "delimiter": "semicolon",
        "decimal": "comma",
        "days": "ymd",
    }
    assert {name: rule["column"] for name, rule in record["mapping"].items()} == {
        "sku": 0,
        "name": 1,
        "sale_price": 2,
        "category": 3,
    }
    assert counted(record) == {"create": 2}
    await step(person, record, "apply")
    made = (await person.client.get("/api/products?sort=sku")).json()["items"]
    assert [(each["name"], each["sale_price"]) for each in made] == [
        ("Küchenstuhl", "1234.5"),
        ("Tisch; groß", "99.9"),
    ]
    assert {each["category_name"] for each in made} == {"Möbel"}


async def test_a_wrong_guess_can_be_put_right(person):
    file = b"Name|Price\nLamp|1,5\n"
    uploaded = await upload(person, "products", file)
    form = {**uploaded["format"], "decimal": "point"}

    record = (await change(person, uploaded, format=form)).json()
    wrong = (await step(person, record, "check")).json()
    right = (await change(person, wrong, format={**form, "decimal": "comma"})).json()

    assert uploaded["format"]["delimiter"] == "pipe"
    assert counted(wrong) == {"error": 1}
    assert (right["state"], right["counts"]) == ("mapped", None)
    assert counted((await step(person, right, "check")).json()) == {"create": 1}


async def test_another_sign_between_fields_reads_the_file_anew(person):
    uploaded = await upload(person, "products", b"Name;Price,EUR\nLamp;1,5\n")
    assert uploaded["columns"] == ["Name", "Price,EUR"]

    form = {**uploaded["format"], "delimiter": "comma"}
    record = (await change(person, uploaded, format=form)).json()

    assert record["columns"] == ["Name;Price", "EUR"]
    assert [row["cells"] for row in await rows_of(person, record)] == [["Lamp;1", "5"]]


async def test_values_stand_in_for_empty_cells_and_for_columns_that_are_missing(person):
    uploaded = await upload(person, "products", b"Thing,Cost of it\nLamp,5\nBulb,\n")
    mapping = {
        "name": {"column": 0},
        "sale_price": {"column": 1, "value": "1"},
        "kind": {"value": "Dienstleistung"},
    }

    record = (await change(person, uploaded, mapping=mapping)).json()
    record = (await step(person, record, "check")).json()
    await step(person, record, "apply")

    assert uploaded["mapping"] == {}
    made = (await person.client.get("/api/products?sort=number")).json()["items"]
    assert [(each["name"], each["sale_price"], each["kind"]) for each in made] == [
        ("Lamp", "5", "service"),
        ("Bulb", "1", "service"),
    ]
    known = await upload(person, "products", b"Thing,Cost of it\nDesk,7\n")
    assert known["mapping"] == record["mapping"]


@pytest.mark.parametrize(
    ("mapping", "pointer", "code"),
    [
        ({"weight": {"column": 0}}, "/mapping/weight", "unknown_field"),
        ({"name": {"column": 9}}, "/mapping/name/column", "unknown_column"),
        ({"name": {}}, "/mapping/name", "missing"),
        ({"name": {"column": -1}}, "/mapping/name/column", "greater_than_equal"),
    ],
)
async def test_a_mapping_that_says_nothing_is_refused(person, mapping, pointer, code):
    uploaded = await upload(person, "products", b"Name\nLamp\n")

    answer = await change(person, uploaded, mapping=mapping)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]


async def test_sheets_give_their_values(person):
    file = sheet_of([["SKU", "Name", "Price"], [12345, "Lamp", 0.1 + 0.2], ["B", "'=B", 39.9]])

    record = await checked(person, "products", file)

    assert record["format"] is None
    assert [row["cells"] for row in await rows_of(person, record)] == [
        ["12345", "Lamp", "0.3"],
        ["B", "'=B", "39.9"],
    ]
    await step(person, record, "apply")
    made = (await person.client.get("/api/products?sort=sku")).json()["items"]
    assert [each["name"] for each in made] == ["Lamp", "'=B"]
    refused = await change(person, await upload(person, "products", file), format={})
    assert refused.json()["errors"][0]["code"] == "not_for_sheets"


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (8 << 20))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The first row must name the columns"),
        (b"Name\n", "There are no rows below the names of the columns"),
        (b"Name\nLamp,1\n", "Row 2 has more cells than there are columns"),
        (b"Name\nLa\0mp\n", "Row 2 holds what is no text"),
        (
            b'Name\n"Lamp' + b"x" * 140_000,
            "Line 2 of the file: field larger than field limit (131072)",
        ),
        (b"PK\x03\x04 no zip", "This is not a sheet that can be read; save it as CSV"),
        (bomb(), "The sheet unfolds to more than can be read"),
        (sheet_of([]), "The first row must name the columns"),
    ],
    ids=range(8),
)
async def test_what_cannot_be_read_says_why(person, data, said):
    answer = await send_file(person, "products", data)

    assert (answer.status_code, answer.json()["code"]) == (422, "file_unreadable")
    assert answer.json()["detail"] == said


async def test_a_wrong_encoding_is_refused_and_changes_nothing(person):
    uploaded = await upload(person, "products", GERMAN.encode("cp1252"))

    answer = await change(person, uploaded, format={**uploaded["format"], "encoding": "utf-8"})

    assert (answer.status_code, answer.json()["code"]) == (422, "file_unreadable")
    now = (await person.client.get(f"{IMPORTS}/{uploaded['id']}")).json()
    assert now["format"]["encoding"] == "windows-1252"


async def test_a_file_may_have_so_many_rows_and_bytes_and_no_more(app, person):
    most = 10_000 if app.state.database.is_sqlite else 50_000

    fits = await send_file(person, "products", b"Name\n" + b"A\n" * most)
    too_long = await send_file(person, "products", b"Name\n" + b"A\n" * (most + 1))
    too_large = await send_file(person, "products", b"x" * (20 * 1024 * 1024 + 1))

    assert (fits.status_code, fits.json()["row_count"]) == (201, most)
    assert (too_long.status_code, too_long.json()["code"]) == (422, "import_too_long")
    assert too_long.json()["most"] == most
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")


async def test_rows_are_counted_as_spreadsheets_count_them(person):
    uploaded = await upload(person, "products", b'Name\n"two\nlines"\n\n \nLamp\n')

    rows = await rows_of(person, uploaded)

    assert [(row["line"], row["cells"], row["outcome"]) for row in rows] == [
        (2, ["two\nlines"], "unchecked"),
        (5, ["Lamp"], "unchecked"),
    ]


async def test_the_report_can_be_taken_as_a_file(person):
    record = await checked(person, "products", csv_of([{"name": "Lamp", "price": "cheap"}]))

    answer = await person.client.get(f"{IMPORTS}/{record['id']}/rows.csv?outcome=error")

    assert answer.status_code == 200
    assert "decimal_expected" in answer.text


MARKS = ("", "", "'", "''", "=", "'=", "''+", "1,5", "1;", '"', "@")
TRICKY = st.builds(
    lambda mark, rest: mark + rest,
    st.sampled_from(MARKS),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'\",;_x\n")),
)
PRICES = st.decimals(0, 999_999_999, places=4, allow_nan=False).map(str)
PRODUCTS = st.fixed_dictionaries(
    {"name": TRICKY, "sale_price": PRICES, "kind": st.sampled_from(("goods", "service"))},
    optional={
        "sku": TRICKY,
        "barcode": TRICKY,
        "supplier_code": TRICKY,
        "description": TRICKY,
        "cost_price": PRICES,
    },
)
FILES = ("products.csv", "products.csv?decimal=comma&bom=true", "products.xlsx")
PLACES = ("", "Lamps", "'=1")
ALWAYS = {"op": "create", "data": {"name": "'=Plain"}}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    products=st.lists(PRODUCTS, min_size=1, max_size=12),
    file=st.sampled_from(FILES),
    places=st.lists(st.sampled_from(PLACES), min_size=12, max_size=12),
)
async def test_importing_what_was_exported_changes_nothing(app, person, products, file, places):
    for name in PLACES[1:]:
        await person.client.post("/api/categories", json={"name": name})
    filed = (await person.client.get("/api/categories")).json()["items"]
    ids = {each["name"]: each["id"] for each in filed}
    items = [
        {"op": "create", "data": {**each, "category_id": ids.get(place)}}
        for each, place in zip(products, places, strict=False)
        if each["name"].strip()
    ]
    body = {"items": [*items, ALWAYS], "all_or_nothing": False}
    answer = await person.client.post("/api/products/batch", json=body)
    assume(answer.status_code == 200)  # names that are no names are refused as a whole
    exported = (await person.client.get(f"/api/{file}")).content

    record = await checked(person, "products", exported)

    assert set(counted(record)) == {"skip"}, await rows_of(person, record)
    assert {"sku", "number", "name", "unit", "category", "cost_price"} <= set(record["mapping"])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_customers_come_back_unchanged_as_well(person, ending):
    for name in ("=Acme", "'=Acme", "Doe, Jane", 'The "Inn"'):
        await make_customer(person, name=name, phone="+49 30 1234", vat_id="DE123")
    exported = (await person.client.get(f"/api/customers.{ending}")).content

    record = await checked(person, "customers", exported)

    assert counted(record) == {"skip": 4}
