"""Sign-in and users of the inventory manager, as its front end calls them."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update

from erp.identity.models import SecurityEvent, User
from erp.kernel.jobs import OutboxRow
from tests.compat.speaking import front_end
from tests.identity.making import another_app, claims_of, log_in, newest_sealed
from tests.identity.test_recovery import follow
from tests.making import (
    PASSWORD,
    Person,
    make_address,
    make_client,
    make_colleague,
    reading_all,
    sign_up,
    writing_all,
)

pytestmark = pytest.mark.anyio
NAME = "inventory-manager"
INACTIVE = {"detail": "User account is inactive"}
HANDED = "Handed-Horse-7"


@pytest.fixture
async def front(app, person):
    """The old front end of an administrator."""
    async with front_end(app, NAME, person) as client:
        yield client


def new_user(**over):
    address = make_address()
    name = address.partition("@")[0].replace("+", ".")[:50]
    user = {"username": name, "email": address, "full_name": "John Doe", "password": HANDED}
    return user | {"role": "user"} | over


async def mails_to(app, email):
    """What the outbox holds for this address."""
    async with reading_all(app) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail.deliver"))
        return [each.payload for each in rows if each.payload["to"] == email]


async def log_in_here(front, user, **over):
    body = {"username": user["username"], "password": user["password"]} | over
    return await front.post("/api/auth/login", json=body)


async def events_of(app, email):
    """What the trail tells of the account with this address."""
    async with reading_all(app) as session:
        user_id = await session.scalar(select(User.id).where(User.email == email))
        query = select(SecurityEvent.event).where(SecurityEvent.subject_id == user_id)
        return list(await session.scalars(query.order_by(SecurityEvent.id)))


async def test_signing_in_by_user_name_tells_who_one_is(app):
    person = await sign_up(app, username=(name := make_address().partition("@")[0]))
    async with front_end(app, NAME) as front:
        answer = await front.post(
            "/api/auth/login", json={"username": name.upper(), "password": PASSWORD}
        )
        token = answer.json()["access_token"]
        me = await front.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})

    user = {
        "id": 1,
        "username": name,
        "email": person.email,
        "full_name": "Ada Lovelace",
        "role": "admin",
        "is_active": True,
    }
    assert answer.status_code == 200
    assert answer.json() == {"access_token": token, "token_type": "bearer", "user": user}
    assert me.json() == user
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 60 * 60


async def test_who_has_no_user_name_signs_in_by_address(app, person):
    async with front_end(app, NAME) as front:
        answer = await log_in_here(front, {"username": person.email, "password": PASSWORD})

    assert answer.json()["user"]["username"] == person.email


@pytest.mark.parametrize("name", ["nobody.at.all", None])
async def test_a_wrong_name_or_password_is_said_in_the_old_words(app, person, name):
    async with front_end(app, NAME) as front:
        body = {"username": name or person.email, "password": "Wrong-Horse-7"}
        answer = await front.post("/api/auth/login", json=body)

    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid username or password"})


async def test_an_inactive_user_is_refused_at_once_and_at_the_door(app, front):
    user = new_user()
    number = (await front.post("/api/users", json=user)).json()["id"]
    token = (await log_in_here(front, user)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}

    suspended = await front.put(f"/api/users/{number}", json={"is_active": False})
    calls = [await front.get(path, headers=bearer) for path in ("/api/auth/me", "/api/products")]
    at_door = await log_in_here(front, user)
    wrong = await log_in_here(front, user, password="Wrong-Horse-7")
    await front.put(f"/api/users/{number}", json={"is_active": True})
    again = await log_in_here(front, user)

    assert suspended.json()["is_active"] is False
    assert [(each.status_code, each.json()) for each in (*calls, at_door)] == [(401, INACTIVE)] * 3
    assert wrong.json() == {"detail": "Invalid username or password"}
    assert again.status_code == 200


async def test_a_disabled_account_is_inactive_too(app, person):
    async with writing_all(app) as session:
        mine = User.id == UUID(person.tokens["user"]["id"])
        await session.execute(update(User).where(mine).values(is_active=False))
    async with front_end(app, NAME) as front:
        answer = await log_in_here(front, {"username": person.email, "password": PASSWORD})

    assert (answer.status_code, answer.json()) == (401, INACTIVE)


async def test_signing_out_ends_the_session_and_is_fine_without_one(app, person, front):
    out = await front.post("/api/auth/logout")
    after = await front.get("/api/auth/me")
    async with front_end(app, NAME) as stranger:
        nobody = await stranger.post("/api/auth/logout")

    assert out.status_code == nobody.status_code == 200
    assert set(out.json()) == {"message"}
    assert after.status_code == 401


async def test_a_user_is_made_read_changed_and_removed(app, front, person):
    user = new_user()
    made = await front.post("/api/users", json=user)
    number = int(made.json()["id"])
    read = await front.get(f"/api/users/{number}")
    listed = await front.get("/api/users")
    changed = await front.put(f"/api/users/{number}", json={"role": "manager", "full_name": "Jo"})
    removed = await front.delete(f"/api/users/{number}")
    gone = await front.get(f"/api/users/{number}")

    assert made.status_code == 201
    shown = {name: user[name] for name in ("username", "email", "full_name", "role")}
    assert made.json() == shown | {
        "id": 2,
        "is_active": True,
        "created_at": made.json()["created_at"],
    }
    assert read.json() == made.json()
    assert [each["id"] for each in listed.json()] == [1, 2]
    assert listed.json()[1] == made.json()
    assert changed.json() == made.json() | {"role": "manager", "full_name": "Jo"}
    assert removed.status_code == 204
    assert (gone.status_code, gone.json()) == (404, {"detail": "User not found"})
    assert len((await front.get("/api/users")).json()) == 1
    assert {"user.registered", "member.added", "user.renamed", "member.role_changed"} <= set(
        await events_of(app, user["email"])
    )


@pytest.mark.parametrize(
    ("field", "words"),
    [("email", "Email already registered"), ("username", "Username already registered")],
)
async def test_a_taken_name_or_address_is_400_whoever_has_it(app, front, other, field, words):
    theirs = new_user()
    async with front_end(app, NAME, other) as elsewhere:
        await elsewhere.post("/api/users", json=theirs)

    answer = await front.post("/api/users", json=new_user(**{field: theirs[field]}))

    assert (answer.status_code, answer.json()) == (400, {"detail": words})
    assert len((await front.get("/api/users")).json()) == 1


async def test_a_weak_password_is_refused_with_every_reason(front):
    answer = await front.post("/api/users", json=new_user(password="abc123"))

    assert answer.status_code == 422
    assert "at least 8 characters" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["user", "manager"])
async def test_managers_look_and_only_administrators_change(app, person, role):
    colleague = await make_colleague(app, person, role)
    slug = {"X-Organization": person.organization["slug"]}
    async with front_end(app, NAME, colleague) as front:
        front.headers.update(slug)
        reads = [await front.get(path) for path in ("/api/users", "/api/users/1")]
        writes = [
            await front.post("/api/users", json=new_user()),
            await front.put("/api/users/1", json={"role": "user"}),
            await front.delete("/api/users/1"),
        ]

    may_read = 200 if role == "manager" else 403
    assert [each.status_code for each in reads] == [may_read] * 2
    assert [each.status_code for each in writes] == [403] * 3
    assert writes[0].json() == {"detail": "Your role does not allow this."}
    await colleague.client.aclose()


async def test_nobody_changes_or_removes_oneself_but_may_send_what_stands(front):
    me = (await front.get("/api/users/1")).json()

    same = await front.put("/api/users/1", json=me)
    demoted = await front.put("/api/users/1", json=me | {"role": "user"})
    removed = await front.delete("/api/users/1")

    assert (same.status_code, same.json()) == (200, me)
    assert (demoted.status_code, removed.status_code) == (409, 409)


async def test_a_handed_out_password_opens_this_door_for_a_week_and_no_other(app, front, clock):
    user = new_user()
    await front.post("/api/users", json=user)
    owner = Person(make_client(app), user["email"], HANDED, {}, {})

    here = await log_in_here(front, user)
    bearer = {"Authorization": f"Bearer {here.json()['access_token']}"}
    in_dialect = await front.get("/api/products", headers=bearer)
    outside = [
        await owner.client.get(path, headers=bearer)
        for path in ("/api/products", "/api/auth/me", "/compat/cloud-erp/products")
    ]
    at_main = await log_in(owner.client, owner)
    clock.advance(days=7, minutes=1)
    late = await log_in_here(front, user)

    assert (here.status_code, in_dialect.status_code) == (200, 200)
    assert [each.status_code for each in outside] == [401] * 3
    assert (at_main.status_code, at_main.json()["code"]) == (403, "password_reset_required")
    assert late.status_code == 403
    assert late.json() == {"detail": "Set a new password with a reset link before you sign in."}
    await owner.client.aclose()


async def test_the_owner_is_told_and_a_reset_makes_the_account_his_own(app, front, person):
    user = new_user()
    await front.post("/api/users", json=user)
    [told] = await mails_to(app, user["email"])
    async with make_client(app) as client:
        await client.post("/api/auth/forgot-password", json={"email": user["email"]})
        token = await follow(app, user["email"])
        reset = {"token": token, "new_password": "Chosen-Horse-8"}
        await client.post("/api/auth/reset-password", json=reset)
        owner = Person(client, user["email"], "Chosen-Horse-8", {}, {})
        at_main = await log_in(client, owner)
    with_old, with_own = [
        await log_in_here(front, user, password=password) for password in (HANDED, "Chosen-Horse-8")
    ]

    assert told["template"] == "organizations/account_made"
    assert told["values"]["link"] == "http://erp.test/forgot"
    assert told["values"]["organization"] == person.organization["name"]
    assert at_main.status_code == 200
    assert (with_old.status_code, with_own.status_code) == (401, 200)


async def test_where_addresses_must_be_proved_a_handed_out_password_still_signs_in(app, person):
    user = new_user()
    async with (
        another_app(app, email_verification="required") as strict,
        front_end(strict, NAME, person) as front,
    ):
        await front.post("/api/users", json=user)
        admitted = await log_in_here(front, user)
        plain = await log_in_here(front, {"username": person.email, "password": PASSWORD})

    assert admitted.status_code == 200
    assert plain.status_code == 403
    assert "Confirm your email address" in plain.json()["detail"]


async def test_another_address_is_proposed_and_the_answer_shows_the_one_in_force(app, front):
    user, wanted = new_user(), make_address()
    number = (await front.post("/api/users", json=user)).json()["id"]

    changed = await front.put(f"/api/users/{number}", json={"email": wanted})

    assert changed.json()["email"] == user["email"]
    assert (await newest_sealed(app, "identity/change_email", wanted))["code"].isdigit()
    assert "email.proposed" in await events_of(app, user["email"])


async def test_the_owner_takes_a_proposed_address_by_its_code(app, front, person):
    colleague = await make_colleague(app, person)
    wanted = make_address()

    await front.put("/api/users/2", json={"email": wanted})
    code = (await newest_sealed(app, "identity/change_email", wanted))["code"]
    confirmed = await colleague.client.post("/api/users/me/email/confirm", json={"otp": code})

    assert confirmed.status_code == 204
    assert (await front.get("/api/users/2")).json()["email"] == wanted
    await colleague.client.aclose()


async def test_names_of_an_account_with_a_password_of_its_own_are_its_owners(app, front, person):
    colleague = await make_colleague(app, person)
    shown = (await front.get("/api/users/2")).json()

    same = await front.put("/api/users/2", json=shown)
    renamed = [
        await front.put("/api/users/2", json=names)
        for names in ({"full_name": "Mallory"}, {"username": "mallory.here"})
    ]

    assert (same.status_code, same.json()) == (200, shown)
    assert [each.status_code for each in renamed] == [403, 403]
    assert (await front.get("/api/users/2")).json() == shown
    await colleague.client.aclose()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "Another-Horse-8"),
        ("username", "ab"),
        ("username", "with blank"),
        ("username", "some@example.com"),
        ("email", "no address"),
        ("role", "owner"),
        ("is_active", None),
    ],
)
async def test_wrong_fields_of_a_user_are_named(front, field, value):
    number = (await front.post("/api/users", json=new_user())).json()["id"]

    changed = await front.put(f"/api/users/{number}", json={field: value})

    assert changed.status_code == 422
    assert changed.json()["detail"].startswith(field)
    assert value is None or str(value) not in changed.json()["detail"]


async def test_too_many_proposals_are_refused(front):
    number = (await front.post("/api/users", json=new_user())).json()["id"]

    answers = [
        await front.put(f"/api/users/{number}", json={"email": make_address()}) for _ in range(6)
    ]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
