"""Lists cover everything exactly once, whatever they are sorted by and however they are asked."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any, get_args

import orjson
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from erp.audit.schemas import HistoryPage
from erp.customers.schemas import CustomerPage
from erp.kernel import paging
from erp.kernel.schema import fold, plain
from erp.products.schemas import ProductPage, ProductQuery
from tests.kernel.stocking import LONG_AGO, stock
from tests.making import Person, make_customer, make_product

pytestmark = pytest.mark.anyio

SORTS = get_args(ProductQuery.model_fields["sort"].annotation)
WITH_TIES = [
    {
        "name": f"Thing {number % 4}",
        "sku": f"S-{number:02}" if number % 2 else None,
        "sale_price": f"{number % 3}.5",
        "updated_at": LONG_AGO + timedelta(microseconds=number % 2),
    }
    for number in range(23)
]
KEYS: dict[str, Any] = {
    "name": lambda row: plain(row["name"]),
    "sku": lambda row: fold(row["sku"] or ""),
    "sale_price": lambda row: float(row["sale_price"]),
    "created_at": lambda row: datetime.fromisoformat(row["created_at"]),
    "updated_at": lambda row: datetime.fromisoformat(row["updated_at"]),
}


async def read(person: Person, **query: Any) -> dict[str, Any]:
    answer = await person.client.get("/api/products", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def walk(person: Person, **query: Any) -> list[list[dict[str, Any]]]:
    """Every page of the list, by cursors."""
    pages, cursor = [], None
    while True:
        page = await read(person, **query, **({"cursor": cursor} if cursor else {}))
        pages.append(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return pages


async def names(person: Person, **query: Any) -> list[str]:
    return [row["name"] for row in (await read(person, **query))["items"]]


async def refusal(person: Person, **query: Any) -> tuple[int, str, str]:
    answer = await person.client.get("/api/products", params=query)
    [error] = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["code"]


@pytest.mark.parametrize("sort", SORTS)
async def test_cursors_cover_everything_once_in_order(
    app: FastAPI, person: Person, sort: str
) -> None:
    made = await stock(app, person, *WITH_TIES)

    pages = await walk(person, sort=sort, limit=5)

    rows = [row for page in pages for row in page]
    word = sort.removeprefix("-")
    key = KEYS.get(word, lambda row: row["number"])
    by_key_and_id = sorted(rows, key=lambda row: (key(row), row["id"]), reverse=sort[0] == "-")
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert sorted(row["id"] for row in rows) == sorted(made)
    assert rows == by_key_and_id
    assert rows == (await read(person, sort=sort, limit=200))["items"]


@pytest.mark.parametrize("sort", SORTS)
async def test_offsets_cover_everything_once(app: FastAPI, person: Person, sort: str) -> None:
    await stock(app, person, *WITH_TIES)

    pages = [
        (await read(person, sort=sort, limit=5, offset=offset))["items"]
        for offset in range(0, 30, 5)
    ]

    whole = (await read(person, sort=sort, limit=200))["items"]
    assert [row for page in pages for row in page] == whole
    assert pages[-1] == []


async def test_a_last_full_page_has_no_cursor(app: FastAPI, person: Person) -> None:
    await stock(app, person, *WITH_TIES[:10])

    pages = await walk(person, limit=5)

    assert [len(page) for page in pages] == [5, 5]


async def test_rows_that_come_and_go_meanwhile_show_nothing_twice(
    app: FastAPI, person: Person
) -> None:
    made = await stock(app, person, *({"name": f"M {number:02}"} for number in range(10)))

    first = await read(person, limit=5)
    await make_product(person, name="A before")
    await person.client.delete(f"/api/products/{made[4]}")  # the one the cursor points at
    rest = await read(person, limit=5, cursor=first["next_cursor"])

    assert [row["id"] for row in first["items"] + rest["items"]] == made


@pytest.mark.parametrize("sort", ["-name", "number", "updated_at"])
async def test_a_cursor_of_another_sort_is_refused(app: FastAPI, person: Person, sort: str) -> None:
    await stock(app, person, *WITH_TIES[:3])
    cursor = (await read(person, sort="name", limit=1))["next_cursor"]

    refused = await refusal(person, sort=sort, cursor=cursor)

    assert refused == (422, "?cursor", "cursor_invalid")


MADE_UP: list[Any] = [
    ["name", "x"],
    ["name", 1, str(0)],
    ["name", None, "01a1fb3b-9b42-7575-80bd-7e52fdfc8776"],
    ["name", {"a": 1}, "01a1fb3b-9b42-7575-80bd-7e52fdfc8776"],
    ["name", "nul\0", "01a1fb3b-9b42-7575-80bd-7e52fdfc8776"],
    ["name", "x", "' OR 1=1"],
    ["name", "x", 7],
    {"name": 1},
    7,
    None,
    "name",
]


@pytest.mark.parametrize("content", MADE_UP)
async def test_a_made_up_cursor_is_refused(person: Person, content: Any) -> None:
    cursor = base64.urlsafe_b64encode(orjson.dumps(content)).decode()

    assert await refusal(person, cursor=cursor) == (422, "?cursor", "cursor_invalid")


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "é", "AAAA", "WyJuYW1lIg", "=" * 50])
async def test_a_cursor_that_cannot_be_read_is_refused(person: Person, cursor: str) -> None:
    assert await refusal(person, cursor=cursor) == (422, "?cursor", "cursor_invalid")


@pytest.mark.parametrize(
    ("sort", "last"),
    [
        ("sale_price", 2**63),
        ("number", "1"),
        ("number", 1.5),
        ("number", True),
        ("created_at", "now"),
        ("updated_at", 7),
    ],
)
async def test_a_cursor_with_a_value_of_another_kind_is_refused(
    person: Person, sort: str, last: Any
) -> None:
    content = [sort, last, "01a1fb3b-9b42-7575-80bd-7e52fdfc8776"]
    cursor = base64.urlsafe_b64encode(orjson.dumps(content)).decode()

    assert await refusal(person, sort=sort, cursor=cursor) == (422, "?cursor", "cursor_invalid")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "?limit"),
        ({"limit": "201"}, "?limit"),
        ({"limit": "many"}, "?limit"),
        ({"offset": "-1"}, "?offset"),
        ({"offset": "10001"}, "?offset"),
        ({"count": "maybe"}, "?count"),
        ({"sort": "cost_price"}, "?sort"),
        ({"q": "x" * 201}, "?q"),
        ({"cursor": "x" * 2001}, "?cursor"),
        ({"archived": "perhaps"}, "?archived"),
    ],
)
async def test_what_a_list_cannot_do_is_refused(
    person: Person, query: dict[str, str], pointer: str
) -> None:
    status, blamed, _code = await refusal(person, **query)

    assert (status, blamed) == (422, pointer)


async def test_an_unknown_parameter_is_refused_by_name(person: Person) -> None:
    assert await refusal(person, colour="red") == (422, "?colour", "unknown_parameter")


async def test_limits_are_kept(app: FastAPI, person: Person) -> None:
    await stock(app, person, *({} for _ in range(201)))

    assert len((await read(person))["items"]) == 50
    assert len((await read(person, limit=1))["items"]) == 1
    assert len((await read(person, limit=200))["items"]) == 200
    assert len((await read(person, limit=200, offset=200))["items"]) == 1
    assert (await read(person, offset=10_000))["items"] == []


async def test_a_count_is_exact_to_its_cap_and_beyond_it_on_request(
    app: FastAPI, person: Person
) -> None:
    await stock(app, person, *({} for _ in range(paging.EXACT_COUNT + 1)))

    plain_page = await read(person, limit=1)
    capped = await read(person, limit=1, count="true")
    exact = await read(person, limit=1, count="exact")
    filtered = await read(person, limit=1, count="true", q="thing 1077")

    assert "total" not in plain_page
    assert (capped["total"], capped["total_is_capped"]) == (10_000, True)
    assert (exact["total"], exact["total_is_capped"]) == (10_001, False)
    assert (filtered["total"], filtered["total_is_capped"]) == (
        len(await found(person, "thing 1077")),
        False,
    )


async def test_a_count_at_the_cap_is_exact(app: FastAPI, person: Person) -> None:
    await stock(app, person, *({} for _ in range(paging.EXACT_COUNT)))

    counted = await read(person, limit=1, count="true")

    assert (counted["total"], counted["total_is_capped"]) == (10_000, False)


async def found(person: Person, words: str) -> list[str]:
    return [row["id"] for page in await walk(person, q=words, limit=200) for row in page]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("lamp", ["Green lamp", "Lämp 100%", "Red lamp_shade"]),
        ("lamp red", ["Red lamp_shade"]),
        ("RED   Lamp", ["Red lamp_shade"]),
        ("lämp", ["Green lamp", "Lämp 100%", "Red lamp_shade"]),
        ("%", ["Lämp 100%"]),
        ("_", ["Red lamp_shade"]),
        ("p_s", ["Red lamp_shade"]),
        ("\\", ["Back\\slash"]),
        ("k\\s", ["Back\\slash"]),
        ("'", ["O'Brien"]),
        ("strasse", ["Straße"]),
        ("straße", ["Straße"]),
        ("lamp nothing", []),
        ("  ", ["Back\\slash", "Green lamp", "Lämp 100%", "O'Brien", "Red lamp_shade", "Straße"]),
    ],
)
async def test_words_are_searched_as_people_mean_them(
    app: FastAPI, person: Person, q: str, expected: list[str]
) -> None:
    shelf = ["Red lamp_shade", "Green lamp", "Lämp 100%", "Back\\slash", "O'Brien", "Straße"]
    await stock(app, person, *({"name": name} for name in shelf))

    assert await names(person, q=q) == expected


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/api/products", ProductPage),
        ("/api/customers", CustomerPage),
        ("/api/audit/product/{product}", HistoryPage),
    ],
)
async def test_the_bytes_of_a_list_are_what_its_schema_promises(
    person: Person, path: str, page: type[BaseModel]
) -> None:
    product = await make_product(person, sku="Ä-1", sale_price="0.0001", cost_price="7")
    await make_product(person)
    await make_customer(person, company="ACME", email="ada@example.com")
    await make_customer(person)
    query = {"count": "true", "limit": 1} if "audit" not in path else {"count": "exact"}

    answer = await person.client.get(path.format(product=product["id"]), params=query)

    understood = page.model_validate_json(answer.content)
    assert answer.headers["content-type"] == "application/json"
    shown = understood.model_dump_json(exclude={"next_since"})  # stands in feeds alone
    assert orjson.loads(shown) == answer.json()
