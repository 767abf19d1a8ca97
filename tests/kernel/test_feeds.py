"""Feeds: what changed since, in the order of the changes; nothing that commits late is missed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from erp.audit import queries
from erp.kernel import db
from erp.kernel.db import LONGEST_WRITE
from erp.kernel.errors import TookTooLong
from erp.kernel.walls import admit
from tests.kernel.stocking import LONG_AGO, stock
from tests.making import make_customer, make_product

pytestmark = pytest.mark.anyio

ALL = "2019-01-01T00:00:00Z"


async def follow(person, since=ALL, path="/api/products", **query):
    answer = await person.client.get(path, params={"updated_since": since, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids_in(page):
    return [row["id"] for row in page["items"]]


async def test_changes_come_oldest_first_archived_records_too(person):
    first, second, third = [await make_product(person) for _ in range(3)]
    await person.client.post(f"/api/products/{second['id']}/archive")
    await person.client.patch(f"/api/products/{first['id']}", json={"name": "Changed"})

    page = await follow(person)

    assert ids_in(page) == [third["id"], second["id"], first["id"]]
    assert page["next_cursor"] is None


async def test_what_was_not_changed_since_is_left_out(person):
    await make_product(person)
    last = await make_product(person)

    page = await follow(person, last["updated_at"])

    assert ids_in(page) == [last["id"]]


async def test_records_of_one_instant_are_told_once_each_over_pages(app, person):
    made = await stock(app, person, *({} for _ in range(7)))
    seen, cursor = [], None

    for _ in range(4):
        page = await follow(person, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += ids_in(page)
        cursor = page["next_cursor"]

    assert sorted(seen) == sorted(made)
    assert cursor is None


async def test_one_side_alone_can_be_followed(person):
    kept, gone = [await make_product(person) for _ in range(2)]
    await person.client.post(f"/api/products/{gone['id']}/archive")

    assert ids_in(await follow(person, archived="true")) == [gone["id"]]
    assert ids_in(await follow(person, archived="false")) == [kept["id"]]


async def test_filters_hold_in_a_feed(person):
    await make_product(person)
    service = await make_product(person, kind="service")

    assert ids_in(await follow(person, kind="service")) == [service["id"]]


async def test_the_next_time_lags_the_longest_write_behind_the_first_page(app, person, clock):
    await stock(app, person, *({} for _ in range(3)))
    begun = datetime.now(UTC)
    first = await follow(person, limit=2)
    clock.advance(minutes=10)

    last = await follow(person, limit=2, cursor=first["next_cursor"])

    since = datetime.fromisoformat(first["next_since"])
    assert abs(begun - LONGEST_WRITE - since) < timedelta(seconds=30)
    assert last["next_since"] == first["next_since"]
    assert last["next_cursor"] is None


async def test_a_list_that_is_no_feed_tells_no_next_time(person):
    await make_product(person)

    assert "next_since" not in (await person.client.get("/api/products")).json()


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)  # SQLite has one writer
async def test_a_commit_that_comes_late_is_told_the_next_time(app, person):
    """It carries the instant of its change, which lies before pages that were read meanwhile."""
    product = await make_product(person, name="Old")

    async with app.state.database.writing() as session:
        await admit(session, organization_id=UUID(person.organization["id"]))
        connection = await session.connection()
        now = session.info["clock"]()
        await connection.exec_driver_sql(
            "UPDATE products SET name = 'New', updated_at = %s WHERE id = %s", (now, product["id"])
        )
        await make_product(person)
        meanwhile = await follow(person)
    later = await follow(person, meanwhile["next_since"])

    assert [row["name"] for row in meanwhile["items"] if row["id"] == product["id"]] == ["Old"]
    assert [row["name"] for row in later["items"] if row["id"] == product["id"]] == ["New"]


async def test_a_change_that_took_longer_than_feeds_lag_is_not_kept(app, person, monkeypatch):
    product = await make_product(person)
    path = f"/api/products/{product['id']}"
    monkeypatch.setattr(db, "LONGEST_WRITE", timedelta(0))

    answer = await person.client.patch(path, json={"name": "Late"})

    assert (answer.status_code, answer.json()["code"]) == (503, TookTooLong.code())
    assert (await person.client.get(path)).json() == product


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"sort": "name"}, "?sort"),
        ({"offset": "1"}, "?offset"),
        ({"updated_since": "yesterday"}, "?updated_since"),
        ({"updated_since": "2026-01-01T00:00:00"}, "?updated_since"),
        ({"cursor": "bm9uZQ"}, "?cursor"),
    ],
)
async def test_what_does_not_fit_a_feed_is_refused_by_name(person, query, pointer):
    answer = await person.client.get("/api/products", params={"updated_since": ALL} | query)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_cursor_of_a_list_is_none_of_a_feed_and_the_other_way_round(app, person):
    await stock(app, person, {}, {})
    listed = (await person.client.get("/api/products?sort=updated_at&limit=1")).json()
    fed = await follow(person, limit=1)

    answers = [
        await person.client.get(
            "/api/products", params={"updated_since": ALL, "cursor": listed["next_cursor"]}
        ),
        await person.client.get(
            "/api/products", params={"sort": "updated_at", "cursor": fed["next_cursor"]}
        ),
    ]

    assert [answer.json()["errors"][0]["code"] for answer in answers] == ["cursor_invalid"] * 2


async def test_a_feed_counts_and_is_a_file_too(app, person):
    await stock(app, person, {}, {"updated_at": LONG_AGO - timedelta(days=900)})

    page = await follow(person, count="true")
    text = await person.client.get("/api/products.csv", params={"updated_since": ALL})

    assert page["total"] == 1
    assert text.text.count("\r\n") == 2


async def test_deletions_are_the_other_half_of_a_feed(person):
    kept, gone = await make_product(person), await make_product(person)
    customer = await make_customer(person)
    await person.client.delete(f"/api/products/{gone['id']}")
    await person.client.delete(f"/api/customers/{customer['id']}")

    page = (await person.client.get("/api/deletions", params={"since": ALL})).json()
    products = await person.client.get("/api/deletions", params={"since": ALL, "kind": "product"})

    told = [(row["kind"], row["id"]) for row in page["items"]]
    assert told == [("product", gone["id"]), ("customer", customer["id"])]
    assert [row["id"] for row in products.json()["items"]] == [gone["id"]]
    assert page["next_since"] < page["items"][0]["at"]
    assert kept["id"] in ids_in(await follow(person))


async def test_deletions_go_on_by_their_cursor_and_begin_at_an_instant(person):
    for product in [await make_product(person) for _ in range(3)]:
        await person.client.delete(f"/api/products/{product['id']}")
    first = (await person.client.get(f"/api/deletions?since={ALL}&limit=2")).json()

    rest = await person.client.get(
        "/api/deletions", params={"since": ALL, "limit": 2, "cursor": first["next_cursor"]}
    )
    later = await person.client.get("/api/deletions", params={"since": first["items"][1]["at"]})

    assert (len(first["items"]), len(rest.json()["items"])) == (2, 1)
    assert [row["id"] for row in later.json()["items"]] == [
        first["items"][1]["id"],
        rest.json()["items"][0]["id"],
    ]


async def test_deletions_need_an_instant_to_begin_at(person):
    answer = await person.client.get("/api/deletions")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?since")


async def test_one_is_told_of_deletions_in_rooms_one_may_read_alone(app, person, monkeypatch):
    product, customer = await make_product(person), await make_customer(person)
    await person.client.delete(f"/api/products/{product['id']}")
    await person.client.delete(f"/api/customers/{customer['id']}")
    monkeypatch.setitem(queries.READABLE, "customer", "nobody:reads")

    page = (await person.client.get("/api/deletions", params={"since": ALL})).json()

    assert [row["kind"] for row in page["items"]] == ["product"]
