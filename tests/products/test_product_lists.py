"""Lists of products: sorted, searched, filtered and paged."""

import pytest

from tests.making import make_product

pytestmark = pytest.mark.anyio


async def ask(person, **query):
    answer = await person.client.get("/api/products", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(person, **query):
    return [row["name"] for row in (await ask(person, **query))["items"]]


async def test_a_row_shows_what_the_record_holds(person):
    made = await make_product(person, sku="A", barcode="1", cost_price="3.5", kind="service")

    [row] = (await ask(person))["items"]

    assert row.pop("unit_code") == made["unit"]["code"]
    assert row == {name: made[name] for name in row}
    assert set(row) == {
        *("id", "number", "sku", "barcode", "name", "kind", "currency", "sale_price"),
        *("cost_price", "version", "created_at", "updated_at", "archived_at"),
        *("category_id", "category_name"),
    }


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", "abc"),
        ("number", "bca"),
        ("sku", "cba"),
        ("sale_price", "acb"),
        ("created_at", "bca"),
        ("updated_at", "bca"),
    ],
)
async def test_products_are_sorted_both_ways(person, sort, order):
    for name, sku, price in (("b", "S2", "100"), ("c", "s1", "20.5"), ("a", "s3", "3")):
        await make_product(person, name=name, sku=sku, sale_price=price)

    assert "".join(await names(person, sort=sort)) == order
    assert "".join(await names(person, sort=f"-{sort}")) == order[::-1]


@pytest.mark.parametrize("field", ["name", "sku", "barcode", "supplier_code"])
async def test_words_are_found_wherever_people_look_for_them(person, field):
    await make_product(person, **{"name": "Found", field: "Müller-77"})
    await make_product(person, name="Other")

    assert len(await names(person, q="muller-77")) == 1


async def test_a_product_is_found_by_its_number(person):
    for name in ("First", "Second"):
        await make_product(person, name=name)

    assert await names(person, q="2") == ["Second"]
    assert await names(person, number="2") == ["Second"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "service"}, ["Advice"]),
        ({"sku": "lap-1"}, ["Laptop"]),
        ({"barcode": "12345"}, ["Laptop"]),
        ({"price_from": "100"}, ["Laptop"]),
        ({"price_to": "99.9999"}, ["Advice"]),
        ({"price_from": "50", "price_to": "100"}, ["Advice", "Laptop"]),
        ({"price_from": "50.0001", "kind": "service"}, []),
        ({"unit_id": "018f0000-0000-7000-8000-000000000000"}, []),
        ({"archived": "true"}, []),
    ],
)
async def test_filters_leave_what_fits(person, query, found):
    await make_product(person, name="Laptop", sku="LAP-1", barcode="12345", sale_price="100")
    await make_product(person, name="Advice", kind="service", sale_price="50")

    assert await names(person, **query) == found


@pytest.mark.parametrize("sort", ["name", "-name", "sku", "-sale_price", "updated_at"])
async def test_pages_follow_each_other_without_gaps(person, sort):
    for number in range(7):
        await make_product(person, name=f"Same {number}", sale_price=str(number % 2))
    whole = await names(person, sort=sort)

    page = await ask(person, sort=sort, limit=3)
    paged = [row["name"] for row in page["items"]]
    while page["next_cursor"]:
        page = await ask(person, sort=sort, limit=3, cursor=page["next_cursor"])
        paged += [row["name"] for row in page["items"]]

    assert paged == whole
    assert len(whole) == 7


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"cost_price": "1"}, "?cost_price", "unknown_parameter"),
        ({"sort": "cost_price"}, "?sort", "literal_error"),
        ({"price_from": "cheap"}, "?price_from", "decimal_expected"),
        ({"price_to": "-1"}, "?price_to", "out_of_range"),
        ({"unit_id": "pc"}, "?unit_id", "uuid_parsing"),
    ],
)
async def test_what_a_list_does_not_know_is_refused(person, query, pointer, code):
    answer = await person.client.get("/api/products", params=query)

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_lists_show_ones_own_organization_only(person, other):
    await make_product(other)

    page = await ask(person, count="true")

    assert (page["items"], page["total"]) == ([], 0)
