"""Lists as files: the same rows by the same filters, all of them, without formulas."""

import csv
import io
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from erp.kernel import exporting
from erp.kernel.tables import XlsxTable
from erp.kernel.walls import admit
from erp.products.models import Product
from tests.kernel.stocking import stock
from tests.making import make_colleague, make_customer, make_product
from tests.organizations.making import set_organization

pytestmark = pytest.mark.anyio

DANGEROUS = ["=1+1", "+49 30 1234", "-1", "@SUM(A1)"]


async def take(person, path, **query):
    answer = await person.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer


async def csv_of(person, path="/api/products.csv", **query):
    """The rows by the names of their columns."""
    text = (await take(person, path, **query)).content.decode("utf-8-sig")
    delimiter = ";" if query.get("decimal") == "comma" else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


async def sheet_of(person, path="/api/products.xlsx", **query):
    """The cells, those of the names first."""
    answer = await take(person, path, **query)
    return list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())


def column(cells, name):
    [place] = [each.column for each in cells[0] if each.value == name]
    return [row[place - 1] for row in cells[1:]]


async def test_a_file_holds_all_rows_where_a_list_holds_a_page(app, person):
    await stock(app, person, *({"name": f"Thing {n:04}"} for n in range(1203)))

    rows = await csv_of(person)
    cells = await sheet_of(person)

    expected = [f"Thing {n:04}" for n in range(1203)]
    assert [row["name"] for row in rows] == expected
    assert [cell.value for cell in column(cells, "name")] == expected


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "service"},
        {"q": "lamp"},
        {"archived": "true"},
        {"sort": "-sale_price"},
        {"price_from": "2", "sort": "number"},
        {"sku": "lamp-1"},
    ],
)
async def test_a_file_takes_the_filters_of_the_list(person, query):
    await make_product(person, name="Lamp", sku="LAMP-1", sale_price="3")
    await make_product(person, name="Lamp oil", kind="service", sale_price="1")
    gone = await make_product(person, name="Chair")
    await person.client.post(f"/api/products/{gone['id']}/archive")
    listed = (await person.client.get("/api/products", params=query)).json()["items"]

    rows = await csv_of(person, **query)
    cells = await sheet_of(person, **query)

    assert 0 < len(listed) < 3
    assert [row["id"] for row in rows] == [each["id"] for each in listed]
    assert [cell.value for cell in column(cells, "id")] == [each["id"] for each in listed]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["limit", "cursor", "offset", "count", "color"])
async def test_a_file_refuses_paging_and_what_the_list_does_not_know(person, kind, name):
    answer = await person.client.get(f"/api/products.{kind}", params={name: "1"})

    [error] = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["pointer"], error["code"]) == (f"?{name}", "unknown_parameter")


@pytest.mark.parametrize("name", DANGEROUS)
async def test_a_text_that_would_be_a_formula_is_kept_as_text(person, name):
    await make_product(person, name=name)

    [row] = await csv_of(person)
    [cell] = column(await sheet_of(person), "name")

    assert row["name"] == f"'{name}"
    assert (cell.value, cell.data_type, cell.quotePrefix) == (name, "s", True)


async def test_a_tab_or_a_return_in_front_is_guarded_too(person):
    customer = await make_customer(person)
    address = {"kind": "shipping", "lines": "1 Main Street\n=2", "country": "DE"}
    path = f"/api/customers/{customer['id']}/addresses"
    await person.client.post(path, json=address)

    [row] = await csv_of(person, f"{path}.csv")

    assert row["lines"] == "1 Main Street\n=2"
    for mark in "\t\r":
        table = exporting.CsvTable(io.BytesIO(), has_mark=False, has_comma=False)
        assert table._cell("text", f"{mark}=2") == f"'{mark}=2"
        table.end()


async def test_numbers_stay_numbers_and_empty_cells_empty(person):
    await make_product(person, sale_price="12.3456")

    [row] = await csv_of(person)
    cells = await sheet_of(person)

    [price], [number], [sku] = (column(cells, name) for name in ("sale_price", "number", "sku"))
    assert (row["sale_price"], row["number"], row["sku"]) == ("12.3456", "1", "")
    assert (price.value, price.data_type) == (12.3456, "n")
    assert (number.value, sku.value) == (1, None)


async def test_a_negative_number_needs_no_apostrophe():
    table = exporting.CsvTable(io.BytesIO(), has_mark=False, has_comma=True)

    assert table._cell("number", "-1.5") == "-1,5"
    table.end()


async def test_a_decimal_comma_brings_semicolons(person):
    await make_product(person, name="Lamp, small", sale_price="0.5")

    answer = await take(person, "/api/products.csv", decimal="comma")

    names, line = answer.text.split("\r\n")[:2]
    assert names.startswith("id;number;sku;")
    assert ";Lamp, small;" in line
    assert ";0,5;" in line


@pytest.mark.parametrize(("bom", "begins"), [("true", b"\xef\xbb\xbfid,"), ("false", b"id,")])
async def test_a_byte_order_mark_stands_there_if_asked_for(person, bom, begins):
    answer = await take(person, "/api/products.csv", bom=bom)

    assert answer.content.startswith(begins)


async def test_a_file_says_what_it_is(person):
    answers = [await take(person, f"/api/products.{kind}") for kind in ("csv", "xlsx")]

    text, sheet = (answer.headers for answer in answers)
    assert text["content-type"] == "text/csv; charset=utf-8"
    assert sheet["content-type"].startswith("application/vnd.openxmlformats-officedocument.")
    assert text["content-disposition"].startswith('attachment; filename="products-20')
    assert sheet["content-disposition"].endswith('.xlsx"')
    assert [int(each.headers["content-length"]) for each in answers] == [
        len(each.content) for each in answers
    ]


@pytest.mark.parametrize("path", ["/api/products.csv", "/api/customers.csv"])
async def test_an_empty_list_is_a_line_of_names(person, path):
    answer = await take(person, path)

    assert answer.text.count("\r\n") == 1
    assert answer.text.startswith("id,number,")


async def test_what_a_role_may_not_see_is_no_column(app, person):
    await make_product(person, cost_price="7.77")
    colleague = await make_colleague(app, person, "user")

    seen, hidden = await csv_of(person), await csv_of(colleague)
    cells = await sheet_of(colleague)

    assert seen[0]["cost_price"] == "7.77"
    assert "cost_price" not in hidden[0]
    assert "cost_price" not in [cell.value for cell in cells[0]]
    assert [name for name in seen[0] if name != "cost_price"] == list(hidden[0])


async def test_instants_are_utc_in_csv_and_of_the_place_in_a_sheet(app, person):
    await set_organization(app, person, time_zone="Asia/Tokyo")
    product = await make_product(person)

    [row] = await csv_of(person)
    [cell] = column(await sheet_of(person), "created_at")

    moment = datetime.fromisoformat(product["created_at"])
    there = moment.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None)
    assert row["created_at"] == product["created_at"]
    assert abs(cell.value - there).total_seconds() < 1
    assert cell.is_date


async def test_parts_of_a_row_are_columns_and_structures_are_json(person):
    product = await make_product(person, name="Lamp")
    path = f"/api/audit/product/{product['id']}.csv"

    [row] = await csv_of(person, path)

    assert row["actor.name"] == "Ada Lovelace"
    assert '"name":[null,"Lamp"]' in row["changes"]


async def test_lists_without_pages_are_files_too(person):
    rows = await csv_of(person, "/api/units.csv")

    assert {row["code"]: row["decimals"] for row in rows}["kg"] == "3"


async def test_a_sheet_with_too_many_rows_is_refused_before_it_begins(person, monkeypatch):
    for _ in range(3):
        await make_product(person)
    monkeypatch.setattr(XlsxTable, "most", 2)

    sheet = await person.client.get("/api/products.xlsx")
    text = await person.client.get("/api/products.csv")

    assert (sheet.status_code, sheet.json()["code"]) == (409, "too_many_rows")
    assert text.status_code == 200


async def test_a_snapshot_sees_one_state_however_long_it_reads(app, person):
    database, home = app.state.database, person.organization["id"]
    names = select(Product.name).where(Product.organization_id == home)
    await make_product(person, name="First")

    async with database.snapshot() as session:
        await admit(session, organization_id=UUID(home))
        before = list(await session.scalars(names))
        await make_product(person, name="Second")
        during = list(await session.scalars(names))

    async with database.reading() as session:
        await admit(session, organization_id=UUID(home))
        after = list(await session.scalars(names))
    assert (before, during, len(after)) == (["First"], ["First"], 2)


async def test_long_reads_leave_room_for_short_ones(app, person):
    database = app.state.database

    async with database.snapshot(), database.snapshot():
        short = await person.client.get("/api/products")

        assert database._long_reads.locked()
        assert short.status_code == 200
    assert not database._long_reads.locked()
