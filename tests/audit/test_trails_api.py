"""Everything that happened in an organization, over HTTP: changes and security events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from erp.audit.jobs import seal_trails
from tests.identity.making import log_in
from tests.making import make_client, make_colleague, make_customer, make_product

pytestmark = pytest.mark.anyio


async def trails(person, **query) -> list[dict[str, Any]]:
    answer = await person.client.get("/api/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_both_trails_are_one_list_newest_first(app, person):
    made = await make_product(person, cost_price="5")
    await log_in(make_client(app), person)
    await make_customer(person)

    rows = await trails(person)

    assert [row["action"] for row in rows] == [
        *("customer.created", "user.login", "product.created")
    ]
    assert [row["trail"] for row in rows] == ["changes", "security", "changes"]
    assert {row["actor"]["name"] for row in rows} == {"Ada Lovelace"}
    assert {row["actor"]["number"] for row in rows} == {1}
    assert rows[2]["target_id"] == made["id"]
    assert rows[2]["changes"]["cost_price"] == [None, "5"]
    assert (rows[1]["changes"], rows[1]["details"]) == ({}, {"owasp": "authn_login_success"})
    assert (rows[1]["outcome"], rows[0]["outcome"]) == ("done", None)
    assert rows[1]["ip"]


async def test_events_of_the_organization_say_who_did_it_to_whom(app, person):
    colleague = await make_colleague(app, person)
    members = (await person.client.get("/api/members")).json()["items"]
    theirs = next(each["id"] for each in members if not each["is_me"])

    await person.client.patch(f"/api/members/{theirs}", json={"role": "manager"})
    await person.client.patch(f"/api/members/{theirs}", json={"role": "manager"})
    await person.client.patch(f"/api/members/{theirs}", json={"status": "suspended"})
    await person.client.patch(f"/api/members/{theirs}", json={"status": "active"})
    await person.client.delete(f"/api/members/{theirs}")

    rows = await trails(person, trail="security")
    about = {row["target_id"] for row in rows}
    assert [row["action"] for row in reversed(rows)] == [
        *("member.role_changed", "member.suspended", "member.readmitted", "member.removed")
    ]
    assert {row["actor"]["number"] for row in rows} == {1}
    assert about == {colleague.tokens["user"]["id"]}
    assert {row["details"]["owasp"] for row in rows} == {"authz_change"}
    assert {row["details"]["role"] for row in rows} == {"manager"}
    await colleague.client.aclose()


async def test_every_row_says_what_the_thing_was_last_called(app, person):
    made = await make_product(person, name="Oak desk")
    path = f"/api/products/{made['id']}"
    await person.client.patch(path, json={"sale_price": "9"})
    await person.client.patch(path, json={"name": "Oak table"})
    await person.client.delete(path)
    await log_in(make_client(app), person)

    rows = await trails(person)

    assert [(row["action"], row["target_name"]) for row in reversed(rows)] == [
        ("product.created", "Oak table"),
        ("product.changed", "Oak table"),
        ("product.changed", "Oak table"),
        ("product.deleted", "Oak table"),
        ("user.login", "Ada Lovelace"),
    ]


async def test_nothing_of_another_organization_is_told(app, person, other):
    await make_product(other)
    await log_in(make_client(app), other)

    assert await trails(person) == []
    assert len(await trails(other)) == 2


async def test_the_list_is_narrowed_by_what_is_asked(app, person):
    made = await make_product(person)
    colleague = await make_colleague(app, person)
    await colleague.client.patch(f"/api/products/{made['id']}", json={"name": "Theirs"})
    await make_customer(person)
    await log_in(make_client(app), person)

    async def actions(**query):
        return sorted(row["action"] for row in await trails(person, **query))

    assert await actions(trail="security") == ["user.login"]
    assert await actions(trail="changes", actor=1) == ["customer.created", "product.created"]
    assert await actions(actor=2) == ["product.changed"]
    assert await actions(actor=3) == []
    assert "user.login" in await actions(actor=1)
    assert await actions(action="customer.created") == ["customer.created"]
    assert await actions(target_kind="product") == ["product.changed", "product.created"]
    assert await actions(target_id=made["id"], actor=2) == ["product.changed"]
    assert await actions(target_kind="user") == ["user.login"]
    await colleague.client.aclose()


async def test_the_list_is_narrowed_to_a_period(person, clock):
    await make_product(person)
    begin = datetime.now(UTC)
    clock.advance(minutes=10)
    await make_customer(person)
    middle = (begin + timedelta(minutes=5)).isoformat()

    before = await trails(person, until=middle)
    after = await trails(person, since=middle)
    none = await trails(person, since=middle, until=middle)

    assert [row["action"] for row in before] == ["product.created"]
    assert [row["action"] for row in after] == ["customer.created"]
    assert none == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"since": "yesterday"}, "?since"),
        ({"since": "2026-05-01T00:00:00"}, "?since"),
        ({"actor": "0"}, "?actor"),
        ({"trail": "both"}, "?trail"),
        ({"target_id": "1"}, "?target_id"),
        ({"who": "1"}, "?who"),
        ({"cursor": "made-up"}, "?cursor"),
    ],
)
async def test_a_wrong_question_is_refused_by_name(person, query, pointer):
    answer = await person.client.get("/api/audit", params=query)

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_pages_follow_each_other_through_both_trails(app, person):
    for _ in range(3):
        await make_product(person)
        await log_in(make_client(app), person)

    page = (await person.client.get("/api/audit", params={"limit": 2, "count": "exact"})).json()
    seen = [row["trail"] for row in page["items"]]
    while page["next_cursor"]:
        query = {"limit": 2, "cursor": page["next_cursor"]}
        page = (await person.client.get("/api/audit", params=query)).json()
        seen += [row["trail"] for row in page["items"]]

    assert seen == ["security", "changes"] * 3


async def test_only_an_admin_reads_the_trails(app, person):
    for role in ("user", "manager"):
        colleague = await make_colleague(app, person, role)
        for path in ("/api/audit", "/api/audit/status"):
            answer = await colleague.client.get(path)
            assert (answer.status_code, answer.json()["permission"]) == (403, "audit:read")
        await colleague.client.aclose()


async def test_the_status_tells_how_far_the_chain_reaches(app, person):
    nothing = (await person.client.get("/api/audit/status")).json()
    await make_product(person)
    waiting = (await person.client.get("/api/audit/status")).json()

    await seal_trails(app.state.database, None)

    sealed = (await person.client.get("/api/audit/status")).json()
    assert (nothing["sealed"], nothing["head"], nothing["waiting_since"]) == (0, None, None)
    assert (waiting["sealed"], waiting["sealed_up_to"]) == (0, None)
    assert waiting["waiting_since"] is not None
    assert sealed["sealed"] == 1
    assert len(sealed["head"]) == 64
    assert sealed["sealed_up_to"] == waiting["waiting_since"]
    assert sealed["waiting_since"] is None
    assert sealed["events_sealed_up_to"] is not None
