"""Where a person works: me, the header, switching, and the end of a membership."""

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.models import SecurityEvent, SessionRow
from tests.identity.making import (
    open_browser,
    rows,
    run,
    session_id_of,
    session_of,
    sign_in_again,
    user_id_of,
)
from tests.making import Person, make_client, make_product
from tests.organizations.making import found_second, join, set_member, set_organization

pytestmark = pytest.mark.anyio

SWITCH = "/api/auth/switch-organization"


def in_(slug: str) -> dict[str, str]:
    return {"X-Organization": slug}


async def where(person: Person, **headers: str) -> str | None:
    me = await person.client.get("/api/auth/me", headers=headers)
    return (me.json()["organization"] or {}).get("slug")


async def test_me_tells_person_session_place_and_rights(app: FastAPI, person: Person):
    me = (await person.client.get("/api/auth/me")).json()

    assert sorted(me) == [
        "member", "organization", "organizations", "permissions", "session", "user"
    ]  # fmt: skip
    assert me["user"] == person.tokens["user"]
    assert sorted(me["user"]) == [
        "email", "email_verified", "full_name", "id", "locale", "time_zone", "username", "version"
    ]  # fmt: skip
    assert me["session"]["id"] == str(session_id_of(person))
    assert (me["session"]["auth_method"], me["session"]["client"]) == ("password", "api")
    assert me["session"]["created_at"].endswith("Z")
    assert me["organization"]["slug"] == person.organization["slug"]
    assert (me["member"]["number"], me["member"]["role"]) == (1, "admin")
    assert me["permissions"] == sorted(me["permissions"]) == person.organization["permissions"]
    assert me["organizations"] == person.tokens["organizations"]


async def test_a_browser_is_told_apart_from_a_program(app: FastAPI, person: Person):
    client = make_client(app, **{"Sec-Fetch-Site": "same-origin"})
    body = {"email": person.email, "password": person.password}
    token = (await client.post("/api/auth/login", json=body)).json()["access_token"]

    me = await client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert me.json()["session"]["client"] == "spa"


async def test_me_lists_every_organization_by_name(app: FastAPI, person: Person, other: Person):
    await found_second(app, person, "Aardvark Works")
    await join(app, person, other, "manager")

    found = (await person.client.get("/api/auth/me")).json()["organizations"]

    assert [each["role"] for each in found].count("manager") == 1
    assert [each["name"] for each in found] == sorted(each["name"] for each in found)
    assert len(found) == 3


async def test_members_are_numbered_within_their_organization(
    app: FastAPI, person: Person, other: Person
):
    await join(app, other, person)

    me = (await other.client.get("/api/auth/me")).json()

    assert sorted(each["member_number"] for each in me["organizations"]) == [1, 2]


async def test_switching_moves_this_session_and_no_other(app: FastAPI, person: Person):
    second = await found_second(app, person, "Second Works")
    elsewhere = await sign_in_again(app, person)

    answer = await person.client.post(SWITCH, json={"organization": second.slug})

    assert answer.status_code == 200
    assert sorted(answer.json()) == ["member", "organization", "permissions"]
    assert answer.json()["organization"]["slug"] == second.slug
    assert answer.json()["member"]["role"] == "admin"
    assert await where(person) == second.slug
    assert await where(elsewhere) == person.organization["slug"]


async def test_after_switching_the_rooms_are_those_of_the_new_place(app: FastAPI, person: Person):
    await make_product(person, name="First")
    second = await found_second(app, person, "Second Works")
    await person.client.post(SWITCH, json={"organization": second.slug})

    listed = (await person.client.get("/api/products")).json()["items"]
    made = await make_product(person, name="Second")

    assert listed == []
    assert made["number"] == 1


async def test_the_next_sign_in_starts_where_the_last_one_worked(app: FastAPI, person: Person):
    second = await found_second(app, person, "Zebra Works")
    await person.client.post(SWITCH, json={"organization": second.slug})

    again = await sign_in_again(app, person)

    assert await where(again) == second.slug


async def test_a_place_that_is_lost_is_not_where_one_starts(
    app: FastAPI, person: Person, other: Person
):
    slug = await join(app, person, other)
    await person.client.post(SWITCH, json={"organization": slug})
    await set_member(app, person, other, status="removed")

    again = await sign_in_again(app, person)

    assert await where(person) is None
    assert await where(again) == person.organization["slug"]


async def test_the_header_wins_over_the_session(app: FastAPI, person: Person):
    second = await found_second(app, person, "Second Works")
    await make_product(person, name="First")

    there = await person.client.get("/api/products", headers=in_(second.slug))
    here = await person.client.get("/api/products")

    assert (there.json()["items"], len(here.json()["items"])) == ([], 1)
    assert await where(person, **in_(second.slug)) == second.slug
    assert await where(person) == person.organization["slug"]


async def test_the_header_decides_where_a_change_lands(app: FastAPI, person: Person):
    second = await found_second(app, person, "Second Works")

    answer = await person.client.post(
        "/api/products", json={"name": "There", "sale_price": "1"}, headers=in_(second.slug)
    )

    there = await person.client.get("/api/products", headers=in_(second.slug))
    assert [each["id"] for each in there.json()["items"]] == [answer.json()["id"]]
    assert (await person.client.get("/api/products")).json()["items"] == []


@pytest.mark.parametrize("path", ["/api/products", "/api/customers", "/api/auth/me"])
async def test_a_foreign_and_an_unknown_slug_look_alike_and_leave_an_event(
    app: FastAPI, person: Person, other: Person, path: str
):
    slugs = [other.organization["slug"], "nobody-has-this", "", "..", "x" * 300, "a'b"]

    answers = [await person.client.get(path, headers=in_(slug)) for slug in slugs]

    bodies = [{**answer.json(), "request_id": None} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert (bodies[0]["status"], bodies[0]["code"]) == (404, "organization_not_found")
    about = SecurityEvent.subject_id == user_id_of(person)
    noted = [each for each in await rows(app, SecurityEvent, about) if each.outcome == "refused"]
    assert {(each.event, each.reason_code) for each in noted} == {
        ("organization.refused", "organization_not_found")
    }
    assert {each.request_id for each in noted} == {
        answer.headers["x-request-id"] for answer in answers
    }


async def test_a_foreign_header_stops_a_change(app: FastAPI, person: Person, other: Person):
    slug = other.organization["slug"]

    answer = await person.client.post("/api/products", json={"name": "Spy"}, headers=in_(slug))

    assert (answer.status_code, answer.json()["code"]) == (404, "organization_not_found")
    assert (await other.client.get("/api/products")).json()["items"] == []


async def test_nobody_switches_into_a_foreign_or_unknown_place(
    app: FastAPI, person: Person, other: Person
):
    slugs = (other.organization["slug"], "nobody-has-this")

    answers = [await person.client.post(SWITCH, json={"organization": slug}) for slug in slugs]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (404, "organization_not_found")
    ] * 2
    assert await where(person) == person.organization["slug"]
    about = SecurityEvent.subject_id == user_id_of(person)
    refused = [each for each in await rows(app, SecurityEvent, about) if each.outcome == "refused"]
    assert len(refused) == 2


@pytest.mark.parametrize("status", ["suspended", "removed", "invited"])
async def test_who_is_no_active_member_finds_nothing_at_once(
    app: FastAPI, person: Person, other: Person, status: str
):
    slug = await join(app, person, other)
    before = await person.client.get("/api/products", headers=in_(slug))
    await set_member(app, person, other, status=status)

    answers = [
        await person.client.get("/api/products", headers=in_(slug)),
        await person.client.post("/api/products", json={"name": "Chair"}, headers=in_(slug)),
        await person.client.post(SWITCH, json={"organization": slug}),
    ]

    assert before.status_code == 200
    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (404, "organization_not_found")
    }
    me = (await person.client.get("/api/auth/me")).json()
    assert slug not in [each["slug"] for each in me["organizations"]]


async def test_a_suspended_organization_is_gone_for_its_members(app: FastAPI, person: Person):
    await set_organization(app, person, status="suspended")

    products = await person.client.get("/api/products")
    me = await person.client.get("/api/auth/me")

    assert (products.status_code, products.json()["code"]) == (404, "organization_not_found")
    assert (me.status_code, me.json()["organization"], me.json()["organizations"]) == (
        200,
        None,
        [],
    )
    assert me.json()["permissions"] == []


async def test_a_session_without_a_place_works_by_header(app: FastAPI, person: Person):
    row = update(SessionRow).where(SessionRow.id == session_id_of(person))
    await run(app, row.values(organization_id=None))

    lost = await person.client.get("/api/products")
    found = await person.client.get("/api/products", headers=in_(person.organization["slug"]))

    assert (lost.status_code, found.status_code) == (404, 200)


async def test_a_session_cannot_point_into_a_foreign_organization(
    app: FastAPI, person: Person, other: Person
):
    foreign = (await session_of(app, session_id_of(other))).organization_id
    row = update(SessionRow).where(SessionRow.id == session_id_of(person))
    await run(app, row.values(organization_id=foreign))

    answer = await person.client.get("/api/products")

    assert answer.status_code == 404


async def test_a_browser_switches_with_its_csrf_token(app: FastAPI, person: Person):
    second = await found_second(app, person, "Second Works")
    browser = await open_browser(app, person)

    answer = await browser.post(SWITCH, json={"organization": second.slug})

    assert answer.status_code == 200
    assert answer.headers.get_list("set-cookie") == []
