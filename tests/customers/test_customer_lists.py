"""Lists of customers: sorted, searched, filtered, counted and paged."""

import pytest

from tests.making import make_customer

pytestmark = pytest.mark.anyio


async def ask(person, **query):
    answer = await person.client.get("/api/customers", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(person, **query):
    return [row["name"] for row in (await ask(person, **query))["items"]]


async def test_a_row_shows_what_the_record_holds(person):
    made = await make_customer(
        person, name="Acme", company="Acme Ltd", email="a@example.com", phone="1", vat_id="DE1"
    )

    [row] = (await ask(person))["items"]

    assert row == {name: made[name] for name in row}
    assert set(row) == {
        *("id", "number", "kind", "name", "company", "email", "phone", "vat_id", "currency"),
        *("version", "created_at", "updated_at", "archived_at", "merged_into_id"),
    }


async def test_customers_come_by_name_without_regard_to_case_and_accents(person):
    for name in ("zebra", "Émile", "apple", "Echo"):
        await make_customer(person, name=name)

    assert await names(person) == ["apple", "Echo", "Émile", "zebra"]
    assert await names(person, sort="-name") == ["zebra", "Émile", "Echo", "apple"]


@pytest.mark.parametrize("sort", ["number", "email", "created_at", "updated_at"])
async def test_customers_are_sorted_both_ways(person, sort):
    for name in ("b", "a", "c"):
        await make_customer(person, name=name, email=f"{name}@example.com")

    upwards, downwards = await names(person, sort=sort), await names(person, sort=f"-{sort}")

    assert upwards == (["a", "b", "c"] if sort == "email" else ["b", "a", "c"])
    assert downwards == upwards[::-1]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Zoë"), ("company", "Zoe & Co"), ("email", "zoe@example.com"), ("vat_id", "ZOE1")],
)
async def test_words_are_found_wherever_people_look_for_them(person, field, value):
    await make_customer(person, **{"name": "Found", field: value})
    await make_customer(person, name="Other")

    assert len(await names(person, q="zoe")) == 1
    assert len(await names(person, q="ZOË")) == 1
    assert await names(person, q="zoe other") == []


@pytest.mark.parametrize("word", ["%", "_", "\\", "'", '"'])
async def test_marks_of_the_database_are_searched_as_they_stand(person, word):
    await make_customer(person, name=f"a{word}b")
    await make_customer(person, name="axb")

    assert await names(person, q=f"a{word}b") == [f"a{word}b"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "person"}, ["Ann"]),
        ({"kind": "company"}, ["Bob"]),
        ({"currency": "USD"}, ["Bob"]),
        ({"number": "1"}, ["Ann"]),
        ({"email": "ANN@example.com"}, ["Ann"]),
        ({"kind": "person", "currency": "USD"}, []),
        ({"archived": "true"}, []),
    ],
)
async def test_filters_leave_what_fits(person, query, found):
    await make_customer(person, name="Ann", kind="person", email="ann@example.com")
    await make_customer(person, name="Bob", currency="USD")

    assert await names(person, **query) == found


@pytest.mark.parametrize("sort", ["name", "-name", "number", "-number", "email", "-updated_at"])
async def test_pages_follow_each_other_without_gaps(person, sort):
    for number in range(7):
        await make_customer(person, name=f"Same {number % 2}")
    whole = await names(person, sort=sort)

    page = await ask(person, sort=sort, limit=3)
    paged = [row["name"] for row in page["items"]]
    while page["next_cursor"]:
        page = await ask(person, sort=sort, limit=3, cursor=page["next_cursor"])
        paged += [row["name"] for row in page["items"]]

    assert paged == whole
    assert (len(whole), page["limit"]) == (7, 3)


async def test_a_page_can_be_reached_by_offset_and_counted(person):
    for name in "abc":
        await make_customer(person, name=name)

    page = await ask(person, offset=1, limit=1, count="true")

    assert [row["name"] for row in page["items"]] == ["b"]
    assert (page["total"], page["total_is_capped"]) == (3, False)
    assert "total" not in await ask(person)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"color": "red"}, "?color", "unknown_parameter"),
        ({"sort": "phone"}, "?sort", "literal_error"),
        ({"limit": "201"}, "?limit", "less_than_equal"),
        ({"limit": "0"}, "?limit", "greater_than_equal"),
        ({"offset": "10001"}, "?offset", "less_than_equal"),
        ({"kind": "partner"}, "?kind", "literal_error"),
        ({"number": "one"}, "?number", "int_parsing"),
        ({"cursor": "made-up"}, "?cursor", "cursor_invalid"),
        ({"archived": "perhaps"}, "?archived", "bool_parsing"),
    ],
)
async def test_what_a_list_does_not_know_is_refused(person, query, pointer, code):
    answer = await person.client.get("/api/customers", params=query)

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_lists_show_ones_own_organization_only(person, other):
    await make_customer(other, name="Theirs")

    page = await ask(person, count="true")

    assert (page["items"], page["total"]) == ([], 0)
