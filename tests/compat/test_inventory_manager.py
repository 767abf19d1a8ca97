"""Each documented call of the inventory manager's products and customers, as its front end makes it."""

from __future__ import annotations

import asyncio

import pytest

from tests.compat.speaking import front_end
from tests.identity.making import another_app
from tests.making import make_customer, make_product
from tests.stock.making import (
    ensure_proven,
    line,
    make_location,
    make_posting,
    make_stocked,
    stock_of,
)

pytestmark = pytest.mark.anyio
NAME = "inventory-manager"
LAPTOP = {
    "name": "Laptop",
    "description": "15 inch",
    "price": 999.99,
    "stock": 50,
    "category": "Computers",
}
ACME = {
    "name": "Acme",
    "email": "contact@acme.example.com",
    "phone": "+1 555 0100",
    "address": "1 Market Street",
    "company": "Acme Corporation",
}


@pytest.fixture
async def front(app, person):
    """The old front end, with a token in its local storage."""
    async with front_end(app, NAME, person) as client:
        yield client


async def kinds_posted(person):
    """The kinds of postings in the ledger, newest first."""
    page = (await person.client.get("/api/stock/postings")).json()
    return [(each["kind"], each["first_line"]["quantity"]) for each in page["items"]]


@pytest.mark.parametrize(("path", "said"), [("/", "message"), ("/api/health", "status")])
async def test_it_is_alive(app, path, said):
    async with front_end(app, NAME) as front:
        answer = await front.get(path)

    assert (answer.status_code, set(answer.json())) == (200, {said})


@pytest.mark.parametrize("path", ["/docs", "/api/docs"])
async def test_its_documentation_is_where_it_was(app, path):
    async with front_end(app, NAME) as front:
        page = await front.get(path)

    assert page.status_code == 200
    assert "/compat/inventory-manager/openapi.json" in page.text


async def test_a_product_is_made_read_changed_and_removed(front):
    made = await front.post("/api/products", json=LAPTOP)
    number = int(made.json()["id"])  # the page does Number(id) on its URL
    read = await front.get(f"/api/products/{number}")
    listed = await front.get("/api/products")
    changed = await front.put(f"/api/products/{number}", json={"price": 899.5, "stock": 48})
    removed = await front.delete(f"/api/products/{number}")
    gone = await front.get(f"/api/products/{number}")

    assert made.status_code == 201
    assert made.json() == LAPTOP | {"id": 1}
    assert read.json() == made.json()
    assert listed.json() == [made.json()]
    assert changed.status_code == 200
    assert changed.json() == made.json() | {"price": 899.5, "stock": 48}
    assert (removed.status_code, removed.content) == (204, b"")
    assert (gone.status_code, gone.json()) == (404, {"detail": "Product not found"})
    assert (await front.get("/api/products")).json() == []


async def test_the_stock_that_is_set_stands_in_the_ledger(front, person):
    number = (await front.post("/api/products", json=LAPTOP)).json()["id"]

    for stock in (50, 47, 47, 60, 0):
        await front.put(f"/api/products/{number}", json={"stock": stock})

    assert await kinds_posted(person) == [
        ("count", "60"),
        ("count", "13"),
        ("count", "3"),
        ("opening", "50"),
    ]
    await ensure_proven(person)


async def test_without_stock_nothing_is_posted_and_the_unit_stays_open(front, person):
    made = (await front.post("/api/products", json={"name": "Idea", "price": 1})).json()

    again = await front.put(f"/api/products/{made['id']}", json={"stock": 0})

    assert again.json()["stock"] == made["stock"] == 0
    assert await kinds_posted(person) == []
    [product] = (await person.client.get("/api/products")).json()["items"]
    shown = (await person.client.get(f"/api/products/{product['id']}")).json()
    assert shown["first_moved_at"] is None


async def test_stock_is_the_whole_part_of_what_lies_everywhere(front, person):
    units = (await person.client.get("/api/units")).json()["items"]
    kilogram = next(each["id"] for each in units if each["code"] == "kg")
    product = await make_stocked(person, "10.5", unit_id=kilogram)
    shelf = await make_location(person, "SHELF")
    await make_posting(person, "receipt", line(product, "4.2", to_location_id=shelf["id"]))
    path = f"/api/products/{product['number']}"

    shown = (await front.get(path)).json()
    kept = (await front.put(path, json=shown)).json()
    moved = (await front.put(path, json={"stock": 20})).json()

    assert (shown["stock"], kept["stock"], moved["stock"]) == (14, 14, 20)
    assert (await stock_of(person, product))["on_hand"] == "20"
    assert (await kinds_posted(person))[0] == ("count", "5.3")


async def test_what_lies_elsewhere_or_is_reserved_cannot_be_counted_away(front, person):
    product = await make_stocked(person, "5")
    shelf = await make_location(person, "SHELF")
    await make_posting(person, "receipt", line(product, "7", to_location_id=shelf["id"]))
    reserved = {"product_id": product["id"], "quantity": "2"}
    await person.client.post("/api/stock/reservations", json=reserved)

    lower = await front.put(f"/api/products/{product['number']}", json={"stock": 8})
    lowest = await front.put(f"/api/products/{product['number']}", json={"stock": 9})

    assert (lower.status_code, set(lower.json())) == (409, {"detail"})
    assert lowest.json()["stock"] == 9


async def test_many_who_set_the_stock_at_once_leave_one_of_their_figures(front, person):
    product = await make_stocked(person, "5")
    shelf = await make_location(person, "SHELF")
    path = f"/api/products/{product['number']}"
    transfer = {"to_location_id": shelf["id"]}

    answers = await asyncio.gather(
        *(front.put(path, json={"stock": stock}) for stock in range(20, 32)),
        *(
            person.client.post(
                "/api/stock/postings",
                json={"kind": "transfer", "lines": [line(product, "1", **transfer)]},
            )
            for _ in range(4)
        ),
    )

    assert {answer.status_code for answer in answers} <= {200, 201}
    total = int((await stock_of(person, product))["on_hand"])
    assert total in range(20, 32)
    await ensure_proven(person)


async def test_first_figures_set_at_once_are_one_opening_and_counts(front, person):
    product = await make_product(person)
    path = f"/api/products/{product['number']}"

    answers = await asyncio.gather(*(front.put(path, json={"stock": n}) for n in (3, 4, 5)))

    assert [answer.status_code for answer in answers] == [200] * 3
    kinds = sorted(kind for kind, _quantity in await kinds_posted(person))
    assert kinds == ["count", "count", "opening"]


async def test_a_service_has_no_stock(front, person):
    service = await make_product(person, kind="service")
    path = f"/api/products/{service['number']}"

    refused = await front.put(path, json={"stock": 3})

    assert (refused.status_code, set(refused.json())) == (422, {"detail"})
    assert (await front.get(path)).json()["stock"] == 0


async def test_what_was_moved_is_archived_instead_of_deleted(front, person):
    product = await make_stocked(person)

    removed = await front.delete(f"/api/products/{product['number']}")
    twice = await front.delete(f"/api/products/{product['number']}")

    assert (removed.status_code, twice.status_code) == (204, 404)
    kept = (await person.client.get(f"/api/products/{product['id']}")).json()
    assert kept["archived_at"] is not None


async def test_prices_are_numbers_here_and_exact_in_the_books(front, person):
    number = (await front.post("/api/products", json=LAPTOP | {"price": 0.1 + 0.2})).json()["id"]
    [stored] = (await person.client.get("/api/products", params={"number": number})).json()["items"]
    whole = (await front.put(f"/api/products/{number}", json={"price": 7})).json()

    assert stored["sale_price"] == "0.3"
    assert whole["price"] == 7


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 0),
        ("price", -1),
        ("price", "9.99"),
        ("price", True),
        ("price", 1.23456),
        ("price", 1e12),
        ("stock", -1),
        ("stock", 1.5),
        ("name", ""),
        ("name", "x" * 101),
        ("description", "x" * 501),
        ("category", "x" * 51),
    ],
)
async def test_wrong_fields_of_a_product_are_named(front, field, value):
    made = await front.post("/api/products", json=LAPTOP | {field: value})
    product = (await front.post("/api/products", json=LAPTOP)).json()
    changed = await front.put(f"/api/products/{product['id']}", json={field: value})

    for answer in (made, changed):
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(f"{field}: ")


async def test_a_category_is_found_or_made_and_stays_where_it_lies(front, person):
    root = (await person.client.post("/api/categories", json={"name": "Tools"})).json()
    within = {"name": "Hammers", "parent_id": root["id"]}
    nested = (await person.client.post("/api/categories", json=within)).json()
    product = await make_product(person, category_id=nested["id"])
    path = f"/api/products/{product['number']}"

    shown = (await front.get(path)).json()
    await front.put(path, json=shown | {"name": "Hammer"})
    same = (await person.client.get(f"/api/products/{product['id']}")).json()
    moved = (await front.put(path, json={"category": "tools"})).json()
    cleared = (await front.put(path, json={"category": "", "description": None})).json()

    assert shown["category"] == "Hammers"
    assert same["category_id"] == nested["id"]
    assert moved["category"] == "Tools"
    assert cleared["category"] is None


async def test_a_category_named_by_many_at_once_is_made_once(front, person):
    answers = await asyncio.gather(
        *(front.post("/api/products", json=LAPTOP | {"name": f"L{n}"}) for n in range(6))
    )

    assert [answer.status_code for answer in answers] == [201] * 6
    categories = (await person.client.get("/api/categories")).json()["items"]
    assert [each["name"] for each in categories] == ["Computers"]
    assert sorted(answer.json()["id"] for answer in answers) == [1, 2, 3, 4, 5, 6]


async def test_a_customer_is_made_read_changed_and_removed(front):
    made = await front.post("/api/customers", json=ACME)
    number = int(made.json()["id"])
    read = await front.get(f"/api/customers/{number}")
    listed = await front.get("/api/customers")
    changed = await front.put(
        f"/api/customers/{number}", json={"phone": "", "address": "2 Side Street"}
    )
    removed = await front.delete(f"/api/customers/{number}")
    gone = await front.get(f"/api/customers/{number}")

    assert made.status_code == 201
    assert made.json() == ACME | {"id": 1}
    assert read.json() == made.json()
    assert listed.json() == [made.json()]
    assert changed.json() == made.json() | {"phone": None, "address": "2 Side Street"}
    assert removed.status_code == 204
    assert (gone.status_code, gone.json()) == (404, {"detail": "Customer not found"})


async def test_a_taken_address_of_a_customer_is_400(front):
    await front.post("/api/customers", json=ACME)
    other = (await front.post("/api/customers", json=ACME | {"email": "b@example.com"})).json()

    made = await front.post("/api/customers", json=ACME)
    changed = await front.put(f"/api/customers/{other['id']}", json={"email": ACME["email"]})

    for answer in (made, changed):
        assert (answer.status_code, answer.json()) == (400, {"detail": "Email already registered"})


async def test_an_address_that_reads_the_same_keeps_its_parts(front, person):
    customer = await make_customer(person, email="parts@example.com")
    parts = {
        "kind": "billing",
        "lines": "1 Market Street\nYard 2",
        "city": "Berlin",
        "postal_code": "10115",
        "country": "DE",
    }
    path = f"/api/customers/{customer['id']}"
    await person.client.post(f"{path}/addresses", json=parts)
    here = f"/api/customers/{customer['number']}"

    shown = (await front.get(here)).json()
    await front.put(here, json=shown | {"company": "Parts Ltd"})
    [kept] = (await person.client.get(path)).json()["addresses"]
    await front.put(here, json={"address": "Elsewhere 3"})
    [moved] = (await person.client.get(path)).json()["addresses"]
    await front.put(here, json={"address": ""})
    none = (await person.client.get(path)).json()["addresses"]

    assert shown["address"] == "1 Market Street, Yard 2, 10115 Berlin, DE"
    assert {name: kept[name] for name in parts} == parts
    assert (moved["lines"], moved["city"], moved["country"]) == ("Elsewhere 3", None, None)
    assert none == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 101),
        ("email", "no address"),
        ("email", None),
        ("phone", "1" * 21),
        ("address", "x" * 201),
        ("company", "x" * 101),
    ],
)
async def test_wrong_fields_of_a_customer_are_named(front, field, value):
    made = await front.post("/api/customers", json=ACME | {field: value})
    customer = (await front.post("/api/customers", json=ACME)).json()
    changed = await front.put(f"/api/customers/{customer['id']}", json={field: value})

    for answer in (made, changed):
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(f"{field}: ")


async def test_a_customer_somebody_works_for_is_archived(front, person):
    customer = await make_customer(person, email="busy@example.com")
    project = {"code": "BUSY", "name": "Busy", "customer_id": customer["id"]}
    await person.client.post("/api/projects", json=project)

    removed = await front.delete(f"/api/customers/{customer['number']}")

    assert removed.status_code == 204
    kept = (await person.client.get(f"/api/customers/{customer['id']}")).json()
    assert kept["archived_at"] is not None


@pytest.mark.parametrize("number", ["0", "999", "abc", "99999999999999999999"])
async def test_what_is_no_id_is_not_found(front, number):
    answers = [
        await front.get(f"/api/{room}/{number}") for room in ("products", "customers", "users")
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert all(set(answer.json()) == {"detail"} for answer in answers)


async def test_an_unknown_path_is_not_found_in_the_old_words(front):
    answer = await front.get("/api/nothing")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


async def test_a_page_of_a_listed_origin_may_call_it_and_no_other(app):
    preflight = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    async with (
        another_app(app, cors_origins=["http://localhost:5173"]) as listing,
        front_end(listing, NAME) as front,
    ):
        asked, foreign = [
            await front.options("/api/products", headers=preflight | {"Origin": origin})
            for origin in ("http://localhost:5173", "https://evil.example")
        ]
        refused = await front.get("/api/products", headers={"Origin": "http://localhost:5173"})

    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "access-control-allow-origin" not in foreign.headers
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "http://localhost:5173"
