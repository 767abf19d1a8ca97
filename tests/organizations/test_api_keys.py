"""API keys: some of a member's permissions, in one organization, for a program."""

import asyncio
import hashlib
import re
from datetime import UTC, datetime
from uuid import UUID
from zlib import crc32

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from erp.identity.actions.keys import ALPHABET, make_key_text, read_key_text
from erp.identity.jobs import clean_up_identity
from erp.identity.models import ApiKey, SecurityEvent, User
from erp.organizations.actions.keys import MOST_KEYS
from erp.organizations.models import IdempotencyKey
from erp.web.docs import api_routes, marks_of
from tests.identity.making import mails_to, open_browser, rows, run, user_id_of
from tests.making import MovableClock, Person, make_client, make_colleague, make_product
from tests.organizations.making import found_second, set_member, set_organization

pytestmark = pytest.mark.anyio

KEYS = "/api/api-keys"
READING = ["products:read"]


async def make_key(person: Person, *scopes: str, **over) -> dict:
    body = {"name": "Robot", "scopes": scopes or READING, "expires_in_days": 30} | over
    answer = await person.client.post(KEYS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def robot(app: FastAPI, key: dict, **headers: str) -> httpx2.AsyncClient:
    """A program that has the key."""
    return make_client(app, Authorization=f"Bearer {key['key']}", **headers)


async def key_row(app: FastAPI, key: dict) -> ApiKey:
    [row] = await rows(app, ApiKey, ApiKey.id == UUID(key["id"]))
    return row


def base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits.rjust(6, "0")


async def test_a_key_is_shown_once_and_kept_as_a_digest(app: FastAPI, person: Person):
    key = await make_key(person)

    listed = await person.client.get(KEYS)
    row = await key_row(app, key)

    text, secret = key["key"], key["key"].split("_")[3]
    assert re.fullmatch("erp_sk_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}", text)
    assert text.endswith(base62(crc32(text.rpartition("_")[0].encode())))
    assert secret not in listed.text
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(vars(row))
    [shown] = listed.json()["items"]
    assert shown == {name: value for name, value in key.items() if name != "key"}
    assert (shown["is_mine"], shown["owner"], shown["scopes"]) == (True, "Ada Lovelace", READING)


async def test_a_key_opens_what_its_scopes_say_and_nothing_else(app: FastAPI, person: Person):
    await make_product(person, name="Lamp")
    key = await make_key(person, "products:read", "customers:write")

    async with robot(app, key) as client:
        reading = await client.get("/api/products")
        writing = await client.post("/api/products", json={"name": "Chair", "sale_price": "1"})
        customer = await client.post("/api/customers", json={"name": "Acme"})

    assert [each["name"] for each in reading.json()["items"]] == ["Lamp"]
    assert (writing.status_code, writing.json()["permission"]) == (403, "products:write")
    assert customer.status_code == 201


async def test_a_key_can_do_no_more_than_its_owner_at_present(app: FastAPI, person: Person):
    manager = await make_colleague(app, person, "manager")
    key = await make_key(manager, "products:costs", "products:read", "customers:write")
    product = await make_product(person, cost_price="5")
    path = f"/api/products/{product['id']}"

    async with robot(app, key) as client:
        before = await client.get(path)
        await set_member(app, manager, person, role="user")
        after = await client.get(path)
        await set_organization(app, person, writers="managers")
        writing = await client.post("/api/customers", json={"name": "Acme"})

    assert before.json()["cost_price"] == "5"
    assert "cost_price" not in after.json()
    assert writing.status_code == 403


@pytest.mark.parametrize(
    "scopes", [["members:read"], ["members:invite"], ["keys:write"], ["nothing:read"], []]
)
async def test_no_key_is_made_for_members_keys_or_nothing(person: Person, scopes: list):
    body = {"name": "Robot", "scopes": scopes, "expires_in_days": 30}

    answer = await person.client.post(KEYS, json=body)

    assert answer.status_code == 422


async def test_nobody_gives_a_key_what_he_has_not(app: FastAPI, person: Person):
    user = await make_colleague(app, person, "user")
    body = {"name": "Robot", "scopes": ["products:costs"], "expires_in_days": 30}

    answer = await user.client.post(KEYS, json=body)

    assert (answer.status_code, answer.json()["permission"]) == (403, "products:costs")


@pytest.mark.parametrize("days", [0, -1, 366, None])
async def test_a_key_ends_within_a_year(person: Person, days: int | None):
    body = {"name": "Robot", "scopes": READING, "expires_in_days": days}

    answer = await person.client.post(KEYS, json=body)

    assert answer.status_code == 422


async def test_a_key_never_gets_where_people_come_in(app: FastAPI, person: Person):
    key = await make_key(person, "products:read", "organization:read", "organization:write")
    await run(
        app,
        update(ApiKey)
        .where(ApiKey.id == UUID(key["id"]))
        .values(scopes="products:read members:read members:write members:invite keys:write"),
    )
    kept = ("/api/auth/", "/api/users", KEYS, "/api/members", "/api/invitations")
    calls = [
        (method, re.sub(r"\{[^}]+\}", key["id"], route.path))
        for route in api_routes(app)
        if route.path.startswith(kept) and marks_of(route) != ["public"]
        for method in route.methods
    ]

    async with robot(app, key) as client:
        answers = {call: await client.request(*call, json={}) for call in calls}

    assert len(answers) > 15
    assert {answer.status_code for answer in answers.values()} == {403}
    assert {answer.json()["code"] for answer in answers.values()} == {
        "api_key_refused",
        "not_allowed",
    }


async def test_a_key_is_told_to_be_a_person_where_one_is_due(app: FastAPI, person: Person):
    key = await make_key(person)

    async with robot(app, key) as client:
        answers = [
            await client.get("/api/auth/me"),
            await client.get("/api/auth/sessions"),
            await client.post("/api/auth/logout", json={"scope": "all"}),
            await client.post("/api/organizations", json={"name": "Mine"}),
        ]

    assert [answer.json()["code"] for answer in answers] == ["api_key_refused"] * 4
    assert (await person.client.get("/api/auth/me")).status_code == 200


@pytest.mark.parametrize("how", ["removed", "suspended"])
async def test_a_key_dies_with_the_membership(app: FastAPI, person: Person, how: str):
    user = await make_colleague(app, person, "user")
    key = await make_key(user)
    members = (await person.client.get("/api/members")).json()["items"]
    path = f"/api/members/{next(each['id'] for each in members if not each['is_me'])}"

    async with robot(app, key) as client:
        alive = await client.get("/api/products")
        if how == "removed":
            await person.client.delete(path)
        else:
            await person.client.patch(path, json={"status": "suspended"})
        dead = await client.get("/api/products")
        await set_member(app, user, person, status="active")
        back = await client.get("/api/products")

    assert [alive.status_code, dead.status_code] == [200, 401]
    assert dead.json()["code"] == "api_key_invalid"
    assert back.status_code == (401 if how == "removed" else 200)


async def test_a_key_dies_with_the_account_and_the_organization(app: FastAPI, person: Person):
    key = await make_key(person)

    async with robot(app, key) as client:
        await run(app, update(User).where(User.id == user_id_of(person)).values(is_active=False))
        disabled = await client.get("/api/products")
        await run(app, update(User).where(User.id == user_id_of(person)).values(is_active=True))
        await set_organization(app, person, status="suspended")
        suspended = await client.get("/api/products")

    assert [disabled.status_code, suspended.status_code] == [401, 401]


async def test_a_key_dies_of_age_and_is_forgotten_later(
    app: FastAPI, person: Person, clock: MovableClock
):
    key = await make_key(person, expires_in_days=365)

    async with robot(app, key) as client:
        clock.advance(days=364, hours=23)
        young = await client.get("/api/products")
        clock.advance(hours=2)
        old = await client.get("/api/products")
        clock.advance(days=31)
        async with app.state.database.writing() as session:
            await clean_up_identity(session, None)

    assert [young.status_code, old.status_code] == [200, 401]
    assert await rows(app, ApiKey, ApiKey.id == UUID(key["id"])) == []


async def test_a_revoked_key_is_dead_at_once_and_revoking_twice_is_fine(
    app: FastAPI, person: Person
):
    key = await make_key(person)

    async with robot(app, key) as client:
        before = await client.get("/api/products")
        ended = [await person.client.delete(f"{KEYS}/{key['id']}") for _ in range(2)]
        after = await client.get("/api/products")

    assert [before.status_code, after.status_code] == [200, 401]
    assert [answer.status_code for answer in ended] == [204, 204]
    assert after.headers["www-authenticate"] == 'Bearer realm="erp", error="invalid_token"'
    assert (await person.client.get(KEYS)).json()["items"] == []


async def test_people_see_and_end_their_own_keys_and_admins_everybodys(
    app: FastAPI, person: Person
):
    user = await make_colleague(app, person, "user")
    manager = await make_colleague(app, person, "manager")
    theirs, managers, admins = [await make_key(each) for each in (user, manager, person)]

    seen = {
        name: {each["id"] for each in (await who.client.get(KEYS)).json()["items"]}
        for name, who in (("user", user), ("manager", manager), ("admin", person))
    }
    foreign = await manager.client.delete(f"{KEYS}/{theirs['id']}")
    by_admin = await person.client.delete(f"{KEYS}/{theirs['id']}")

    assert seen == {
        "user": {theirs["id"]},
        "manager": {managers["id"]},
        "admin": {theirs["id"], managers["id"], admins["id"]},
    }
    assert (foreign.status_code, by_admin.status_code) == (404, 204)
    assert (await mails_to(app, user.email))[-1] == "identity/api_key_revoked"


async def test_a_key_works_in_its_organization_alone(app: FastAPI, person: Person, other: Person):
    second = await found_second(app, person, "Second")
    key = await make_key(person)

    codes = {}
    async with robot(app, key) as client:
        for slug in (person.organization["slug"], second.slug, other.organization["slug"], "none"):
            answer = await client.get("/api/products", headers={"X-Organization": slug})
            codes[slug] = answer.status_code

    assert list(codes.values()) == [200, 404, 404, 404]
    listed = await person.client.get(KEYS, headers={"X-Organization": second.slug})
    assert listed.json()["items"] == []


async def test_a_key_beside_cookies_is_the_one_credential(app: FastAPI, person: Person):
    key = await make_key(person)
    browser = await open_browser(app, person)

    good = await browser.get("/api/products", headers={"Authorization": f"Bearer {key['key']}"})
    bad = await browser.get("/api/products", headers={"Authorization": "Bearer erp_sk_x"})

    assert (good.status_code, bad.status_code) == (200, 401)
    assert good.headers.get_list("set-cookie") == []


async def test_a_key_in_any_other_place_opens_nothing(app: FastAPI, person: Person):
    key = await make_key(person)
    async with make_client(app) as client:
        client.cookies.set("access_token", key["key"])

        answers = [
            await client.get("/api/products"),
            await client.get("/api/products", headers={"Authorization": f"Basic {key['key']}"}),
            await client.get("/api/products", headers={"X-API-Key": key["key"]}),
        ]

    assert [answer.status_code for answer in answers] == [401] * 3


def changed(text: str) -> list[str]:
    """Near misses of a key, with a right checksum where that matters."""
    parts = read_key_text(text)
    other = make_key_text()
    forged = str(type(parts)(parts.prefix, other.secret))
    mistyped = text[:-1] + ("0" if text[-1] != "0" else "1")
    return [forged, str(other), mistyped, text + "x", text[:-7], text.lower(), f"{text} {text}"]


async def test_no_near_miss_of_a_key_is_taken(app: FastAPI, person: Person):
    key = await make_key(person)
    wrong = []

    for text in changed(key["key"]):
        async with make_client(app, Authorization=f"Bearer {text}") as client:
            answer = await client.get("/api/products")
        if (answer.status_code, answer.json()["code"]) != (401, "api_key_invalid"):
            wrong.append((text, answer.text))

    assert wrong == []


async def test_a_mistyped_key_costs_no_query(app: FastAPI, person: Person):
    key = await make_key(person)
    seen = []
    event.listen(Engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))

    async with make_client(app, Authorization=f"Bearer {key['key'][:-1]}!") as client:
        answer = await client.get("/api/products")

    event.remove(Engine, "before_cursor_execute", note)
    assert answer.status_code == 401
    assert [statement for statement in seen if "api_keys" in statement] == []


async def test_the_last_use_is_noted_once_a_minute(
    app: FastAPI, person: Person, clock: MovableClock
):
    key = await make_key(person)

    async with robot(app, key) as client:
        await asyncio.gather(*(client.get("/api/products") for _ in range(5)))
        first = await key_row(app, key)
        clock.advance(seconds=30)
        await client.get("/api/products")
        second = await key_row(app, key)
        clock.advance(seconds=40)
        await client.get("/api/products")
        third = await key_row(app, key)
        address = client.headers["x-forwarded-for"]

    assert first.last_used_at == second.last_used_at < third.last_used_at
    assert third.last_used_ip == address


async def test_making_a_key_wants_a_recent_sign_in(
    app: FastAPI, person: Person, clock: MovableClock
):
    clock.advance(minutes=11)
    body = {"name": "Robot", "scopes": READING, "expires_in_days": 30}

    late = await person.client.post(KEYS, json=body)
    await person.client.post("/api/auth/reauthenticate", json={"password": person.password})
    again = await person.client.post(KEYS, json=body)

    assert (late.status_code, late.json()["code"]) == (403, "reauthentication_required")
    assert again.status_code == 201


async def test_keys_are_told_by_mail_and_leave_events(app: FastAPI, person: Person):
    key = await make_key(person)
    await person.client.delete(f"{KEYS}/{key['id']}")

    noted = await rows(app, SecurityEvent, SecurityEvent.subject_id == UUID(key["id"]))

    assert sorted(each.event for each in noted) == ["api_key.created", "api_key.revoked"]
    assert {each.subject_kind for each in noted} == {"api_key"}
    assert {str(each.organization_id) for each in noted} == {person.organization["id"]}
    assert key["key"].split("_")[3] not in str([each.data for each in noted])
    assert (await mails_to(app, person.email))[-2:] == [
        "identity/api_key_made",
        "identity/api_key_revoked",
    ]


async def test_a_repeated_request_gets_the_same_key_and_its_secret_rests_sealed(
    app: FastAPI, person: Person
):
    body = {"name": "Robot", "scopes": READING, "expires_in_days": 30}
    headers = {"Idempotency-Key": f"key-{datetime.now(UTC):%H%M%S%f}"}

    answers = [await person.client.post(KEYS, json=body, headers=headers) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    secret = answers[0].json()["key"].split("_")[3]
    mine = IdempotencyKey.key == headers["Idempotency-Key"]
    [stored] = await rows(app, IdempotencyKey, mine)
    assert secret not in stored.response
    assert len((await person.client.get(KEYS)).json()["items"]) == 1


async def test_a_key_gets_no_answer_that_was_stored_for_its_owner(app: FastAPI, person: Person):
    key = await make_key(person, "products:read", "products:write")
    body = {"name": "Lamp", "sale_price": "1", "cost_price": "0.5"}
    headers = {"Idempotency-Key": f"costs-{datetime.now(UTC):%H%M%S%f}"}
    mine = await person.client.post("/api/products", json=body, headers=headers)

    async with robot(app, key) as client:
        theirs = await client.post("/api/products", json=body, headers=headers)

    assert mine.json()["cost_price"] == "0.5"
    assert "idempotent-replayed" not in theirs.headers
    assert "cost_price" not in theirs.text or theirs.status_code == 403


async def test_nobody_hoards_keys(app: FastAPI, person: Person):
    keys = [make_key_text() for _ in range(MOST_KEYS)]
    async with app.state.database.writing() as session:
        for text in keys:
            session.add(
                ApiKey(
                    organization_id=UUID(person.organization["id"]),
                    user_id=user_id_of(person),
                    name="Robot",
                    prefix=text.prefix,
                    secret_hash="",
                    scopes="products:read",
                    created_at=app.state.desk.now(),
                    expires_at=app.state.desk.now(),
                )
            )
    body = {"name": "One more", "scopes": READING, "expires_in_days": 30}

    answer = await person.client.post(KEYS, json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "api_key_limit")


async def test_a_change_by_key_is_its_owners(app: FastAPI, person: Person):
    key = await make_key(person, "products:write", "products:read", "history:read")

    async with robot(app, key) as client:
        made = (await client.post("/api/products", json={"name": "Lamp", "sale_price": "1"})).json()
        history = await client.get(f"/api/audit/product/{made['id']}")

    assert [each["actor"]["name"] for each in history.json()["items"]] == ["Ada Lovelace"]
