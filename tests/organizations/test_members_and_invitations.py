"""Members, invitations and the organization's settings."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from erp.identity.models import User
from erp.kernel.crypto import KeyRing
from erp.kernel.jobs import OutboxRow
from tests.identity.making import rows
from tests.making import (
    PASSWORD,
    SECRET,
    MovableClock,
    Person,
    make_address,
    make_client,
    make_colleague,
)
from tests.organizations.making import set_organization

pytestmark = pytest.mark.anyio


async def invite(person: Person, email: str, role: str = "user") -> dict[str, Any]:
    answer = await person.client.post("/api/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def token_to(app: FastAPI, email: str) -> str:
    """The token of the newest invitation mailed to the address."""
    mails = await rows(app, OutboxRow, OutboxRow.payload["to"].as_string() == email)
    invitations = [mail for mail in mails if mail.payload["template"] == "organizations/invitation"]
    sealed = max(invitations, key=lambda mail: mail.created_at).payload["sealed"]
    return KeyRing(SECRET).unseal(sealed)["link"].partition("#token=")[2]


async def members_of(person: Person) -> list[dict[str, Any]]:
    return (await person.client.get("/api/members")).json()["items"]


async def test_an_invited_stranger_signs_up_into_the_organization(app: FastAPI, person: Person):
    email = make_address()
    await invite(person, email, "manager")
    token = await token_to(app, email)

    body = {"email": email, "password": PASSWORD, "invitation_token": token}
    answer = await make_client(app).post("/api/auth/register", json=body)

    assert answer.status_code == 201, answer.text
    [membership] = answer.json()["organizations"]
    assert (membership["slug"], membership["role"]) == (person.organization["slug"], "manager")
    assert answer.json()["user"]["email_verified"] is True
    assert [member["number"] for member in await members_of(person)] == [1, 2]


async def test_somebody_with_an_account_accepts(app: FastAPI, person: Person, other: Person):
    await invite(person, other.email)
    token = await token_to(app, other.email)

    answer = await other.client.post("/api/invitations/accept", json={"token": token})

    assert answer.status_code == 200, answer.text
    assert answer.json()["slug"] == person.organization["slug"]
    named = {"X-Organization": person.organization["slug"]}
    assert (await other.client.get("/api/products", headers=named)).status_code == 200


async def test_a_link_shows_where_it_leads(app: FastAPI, person: Person, other: Person):
    await invite(person, other.email)
    token = await token_to(app, other.email)

    answer = await make_client(app).post("/api/invitations/read", json={"token": token})

    assert answer.json() == {
        "organization": person.organization["name"],
        "email": other.email,
        "role": "user",
        "has_account": True,
    }


async def test_a_link_works_once_under_parallel_use(app: FastAPI, person: Person, other: Person):
    await invite(person, other.email)
    body = {"token": await token_to(app, other.email)}

    answers = await asyncio.gather(
        *(other.client.post("/api/invitations/accept", json=body) for _ in range(5))
    )

    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} <= {200, 400, 409}
    assert len(await members_of(person)) == 2


async def test_withdrawn_replaced_and_late_links_are_refused(
    app: FastAPI, person: Person, other: Person, clock: MovableClock
):
    first = await invite(person, other.email)
    replaced = await token_to(app, other.email)
    second = await invite(person, other.email)
    withdrawn = await token_to(app, other.email)
    await person.client.delete(f"/api/invitations/{second['id']}")
    third = make_address()
    await invite(person, third)
    late = await token_to(app, third)
    clock.advance(hours=24, seconds=1)

    answers = [
        await make_client(app).post("/api/invitations/read", json={"token": token})
        for token in (replaced, withdrawn, late, "made-up")
    ]

    assert first["id"] != second["id"]
    assert {answer.json()["code"] for answer in answers} == {"invitation_invalid"}


async def test_a_suspended_organization_takes_nobody_in(app: FastAPI, person: Person):
    email = make_address()
    await invite(person, email)
    token = await token_to(app, email)
    await set_organization(app, person, status="suspended")
    users = len(await rows(app, User))

    body = {"email": email, "password": PASSWORD, "invitation_token": token}
    answer = await make_client(app).post("/api/auth/register", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invitation_invalid")
    assert len(await rows(app, User)) == users


async def test_managers_see_who_is_invited_and_users_do_not(app: FastAPI, person: Person):
    manager = await make_colleague(app, person, "manager")
    user = await make_colleague(app, person, "user")
    made = await invite(person, make_address())

    seen = await manager.client.get("/api/invitations")
    refused = await user.client.get("/api/invitations")

    assert [each["id"] for each in seen.json()["items"]] == [made["id"]]
    assert (refused.status_code, refused.json()["permission"]) == (403, "members:read")


async def test_an_invitation_is_for_its_address(app: FastAPI, person: Person):
    email = make_address()
    await invite(person, email)
    body = {
        "email": make_address(),
        "password": PASSWORD,
        "invitation_token": await token_to(app, email),
    }

    answer = await make_client(app).post("/api/auth/register", json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "invited_elsewhere")


async def test_a_member_cannot_be_invited_again(person: Person):
    answer = await person.client.post("/api/invitations", json={"email": person.email})

    assert answer.json()["code"] == "member_exists"


async def test_only_admins_invite_and_change_members(app: FastAPI, person: Person):
    manager = await make_colleague(app, person, "manager")
    [_, colleague] = await members_of(person)

    invited = await manager.client.post("/api/invitations", json={"email": make_address()})
    changed = await manager.client.patch(f"/api/members/{colleague['id']}", json={"role": "admin"})

    assert (invited.status_code, changed.status_code) == (403, 403)
    assert (await manager.client.get("/api/members")).status_code == 200


async def test_whoever_works_here_knows_the_names_of_those_at_work(app: FastAPI, person: Person):
    colleague = await make_colleague(app, person, "user")
    [_, member] = await members_of(person)

    people = (await colleague.client.get("/api/people")).json()["items"]
    await person.client.patch(f"/api/members/{member['id']}", json={"status": "suspended"})
    left = (await person.client.get("/api/people")).json()["items"]

    assert [each["number"] for each in people] == [1, 2]
    assert people[0].keys() == {"id", "number", "name"}
    assert [each["number"] for each in left] == [1]


async def test_another_role_acts_at_once(app: FastAPI, person: Person):
    colleague = await make_colleague(app, person, "user")
    [_, member] = await members_of(person)

    await person.client.patch(f"/api/members/{member['id']}", json={"role": "manager"})

    assert (await colleague.client.get("/api/members")).status_code == 200


async def test_a_suspended_member_is_out_and_may_come_back(app: FastAPI, person: Person):
    colleague = await make_colleague(app, person, "user")
    [_, member] = await members_of(person)
    path = f"/api/members/{member['id']}"

    await person.client.patch(path, json={"status": "suspended"})
    out = await colleague.client.get("/api/products")
    await person.client.patch(path, json={"status": "active"})
    back = await colleague.client.get("/api/products")

    assert (out.status_code, back.status_code) == (404, 200)


async def test_nobody_changes_the_own_membership(person: Person):
    [me] = await members_of(person)

    answer = await person.client.patch(f"/api/members/{me['id']}", json={"role": "user"})

    assert answer.json()["code"] == "own_membership"


async def test_the_last_admin_stays_under_parallel_demotions(app: FastAPI, person: Person):
    second = await make_colleague(app, person, "admin")
    members = {member["is_me"]: member["id"] for member in await members_of(person)}

    await asyncio.gather(
        person.client.patch(f"/api/members/{members[False]}", json={"role": "user"}),
        second.client.patch(f"/api/members/{members[True]}", json={"role": "user"}),
    )

    admins = [
        member
        for client in (person.client, second.client)
        for member in (await client.get("/api/members")).json().get("items", [])
        if member["role"] == "admin"
    ]
    assert admins


async def test_a_removed_member_keeps_the_number_and_may_be_invited_back(
    app: FastAPI, person: Person
):
    colleague = await make_colleague(app, person, "user")
    [_, member] = await members_of(person)
    removed = await person.client.delete(f"/api/members/{member['id']}")

    await invite(person, colleague.email)
    token = await token_to(app, colleague.email)
    answer = await colleague.client.post("/api/invitations/accept", json={"token": token})

    assert removed.status_code == 204
    assert answer.json()["member_number"] == member["number"]


async def test_members_and_invitations_of_another_organization_do_not_exist(
    person: Person, other: Person
):
    [theirs] = await members_of(other)
    invitation = await invite(other, make_address())

    answers = [
        await person.client.patch(f"/api/members/{theirs['id']}", json={"role": "user"}),
        await person.client.delete(f"/api/members/{theirs['id']}"),
        await person.client.delete(f"/api/invitations/{invitation['id']}"),
    ]

    assert {answer.status_code for answer in answers} == {404}


async def test_an_organization_is_renamed_with_its_version(person: Person):
    now = (await person.client.get("/api/organization")).json()
    fresh = {"If-Match": f'"{now["version"]}"'}

    first = await person.client.patch("/api/organization", json={"name": "Next"}, headers=fresh)
    second = await person.client.patch("/api/organization", json={"name": "Late"}, headers=fresh)

    assert (first.status_code, first.json()["name"]) == (200, "Next")
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    assert second.json()["current"]["name"] == "Next"


@pytest.mark.parametrize("slug", ["api", "login", "A", "x", "-x", "ä", "a" * 40])
async def test_unfit_slugs_are_refused(person: Person, slug: str):
    answer = await person.client.patch("/api/organization", json={"slug": slug})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/slug"


async def test_a_taken_slug_is_refused(person: Person, other: Person):
    body = {"slug": other.organization["slug"]}

    answer = await person.client.patch("/api/organization", json=body)

    assert answer.json()["code"] == "slug_taken"


async def test_one_more_organization_is_founded(person: Person):
    answer = await person.client.post("/api/organizations", json={"name": "Second Firm"})

    me = (await person.client.get("/api/auth/me")).json()
    assert answer.status_code == 201
    assert len(me["organizations"]) == 2
