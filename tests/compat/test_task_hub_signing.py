"""Signing in at the task hub, as its front end does: through the company directory."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from erp.identity.models import SessionRow, User
from tests.compat.hub import (
    ACCOUNT,
    BY_NAME,
    NAME,
    assert_refused,
    at_hub,
    data_of,
    login_of,
    serve_account,
)
from tests.compat.speaking import make_front_end
from tests.identity.directories import asking, member_of, sandbox_at_work
from tests.identity.making import claims_of, rows, session_of
from tests.making import make_client, make_ip, sign_up

pytestmark = pytest.mark.anyio
ADA = BY_NAME["ada"]


@pytest.fixture
async def hub(app, person, clock):
    """A process that asks the sandbox, whose account belongs to the person's organization."""
    async with sandbox_at_work() as address, asking(app, address, clock=clock) as product:
        await serve_account(product, person)
        yield product


@pytest.mark.parametrize("path", ["/user/login", "/auth/login"])
@pytest.mark.parametrize(
    "body",
    [
        login_of(ADA),
        {"accountId": ACCOUNT, "email": "ada", "password": ADA.password},
        {"accountId": ACCOUNT, "username": "ada", "password": ADA.password, "remember": True},
    ],
    ids=["new names", "old names", "mixed"],
)
async def test_signing_in_answers_who_one_is_here_and_there(hub, person, path, body):
    async with make_front_end(hub, NAME) as front:
        answer = await front.post(path, json=body)

    data = data_of(answer)
    assert data | {"access_token": "", "refresh_token": "", "user_id": ""} == {
        "guid": "guid-northwind-ada",
        "user_id": "",
        "ace_user_id": "1",
        "username": "ada",
        "account_id": "northwind",
        "role": "manager",
        "access_token": "",
        "refresh_token": "",
    }
    access, refresh = claims_of(data["access_token"]), claims_of(data["refresh_token"])
    assert (access["type"], access["role"], refresh["type"]) == ("access", "manager", "refresh")
    assert access["exp"] - access["iat"] == 30 * 60
    assert refresh["exp"] - refresh["iat"] == pytest.approx(7 * 86_400, abs=1)
    member = await member_of(hub, person, access["sub"])
    assert data["user_id"] == str(member.id)


async def test_a_second_sign_in_updates_the_same_user(hub, person):
    async with at_hub(hub, "ada") as first, at_hub(hub, "ada") as second:
        pass

    assert second.kept["user_id"] == first.kept["user_id"]
    assert len(await rows(hub, User, User.email == ADA.email)) == 1


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"password": "Wrong-Sandbox-1"}, 401, "INVALID_CREDENTIALS"),
        ({"username": "nobody"}, 401, "INVALID_CREDENTIALS"),
        ({"account_id": "nowhere"}, 401, "INVALID_ACCOUNT_ID"),
        ({"username": "linus", "password": "Linus-Sandbox-1"}, 403, "ACE_ACCOUNT_LOCKED"),
        ({"username": "otto", "password": "Otto-Sandbox-1"}, 403, "ACE_PASSWORD_EXPIRED"),
        ({"password": None}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_refused_sign_ins_have_the_old_shape_and_their_own_code(hub, over, status, code):
    async with make_front_end(hub, NAME) as front:
        answer = await front.post("/user/login", json=login_of(ADA, **over))

    assert_refused(answer, status, code)
    assert "Sandbox-1" not in answer.text
    if code == "INVALID_CREDENTIALS":
        assert answer.json() == {
            "error": "Invalid Credentials",
            "error_code": "INVALID_CREDENTIALS",
            "message": "The provided email/username or password is incorrect",
            "data": None,
        }
    if code == "VALIDATION_FAILED":
        assert [each["field"] for each in answer.json()["data"]["errors"]] == ["password"]


async def test_a_directory_that_is_away_is_no_wrong_password(app, person):
    async with asking(app, "http://127.0.0.1:9/ace/login") as product:
        await serve_account(product, person)
        async with make_front_end(product, NAME) as front:
            answer = await front.post("/user/login", json=login_of(ADA))

    assert_refused(answer, 503, "DIRECTORY_UNAVAILABLE")


async def test_an_address_that_somebody_has_here_is_never_taken_over(hub, person):
    await sign_up(hub, email=ADA.email)

    async with make_front_end(hub, NAME) as front:
        answer = await front.post("/user/login", json=login_of(ADA))

    assert_refused(answer, 409, "ACCOUNT_LINK_REQUIRED")


async def test_tries_of_the_front_end_are_limited_before_the_directory_is_asked(hub):
    wrong = login_of(ADA, password="Wrong-Sandbox-1")
    async with make_front_end(hub, NAME) as front:
        answers = [await front.post("/user/login", json=wrong) for _ in range(5)]

    assert [each.json()["error_code"] for each in answers[:4]] == ["INVALID_CREDENTIALS"] * 4
    assert_refused(answers[4], 429, "TOO_MANY_ATTEMPTS")
    assert int(answers[4].headers["retry-after"]) > 0


async def test_tries_at_the_front_end_count_at_the_main_door_too(hub):
    wrong = login_of(ADA, password="Wrong-Sandbox-1")
    async with make_front_end(hub, NAME) as front, make_client(hub) as product:
        for _ in range(4):
            await front.post("/user/login", json=wrong)
        refused = await product.post("/api/auth/login/directory", json=login_of(ADA))

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")


# One refresh token for a week.


async def test_one_refresh_token_serves_a_week(hub, clock):
    async with at_hub(hub, "ada") as front:
        for days in (0, 3, 3.9):
            clock.advance(days=days)
            answer = await front.refresh()
            assert (answer.status_code, set(answer.json())) == (200, {"access_token"})
            token = answer.json()["access_token"]
            front.client.headers["Authorization"] = f"Bearer {token}"
            listed = await front.get(f"/tasks/{front.kept['user_id']}")
            assert data_of(listed) == []
        clock.advance(days=0.2)
        late = await front.refresh()

    assert claims_of(token)["role"] == "manager"
    assert_refused(late, 401, "REFRESH_TOKEN_EXPIRED")


async def test_the_session_ends_after_a_week_however_young_its_access_token(hub, clock):
    async with at_hub(hub, "ada") as front:
        clock.advance(days=6.995)
        token = (await front.refresh()).json()["access_token"]
        front.client.headers["Authorization"] = f"Bearer {token}"
        clock.advance(minutes=20)
        answer = await front.get(f"/tasks/{front.kept['user_id']}")

    assert_refused(answer, 401, "SESSION_REVOKED")


async def test_many_refreshes_at_once_leave_the_session_as_it_was(hub):
    async with at_hub(hub, "ada") as front:
        answers = await asyncio.gather(*(front.refresh() for _ in range(12)))
    session_id = UUID(claims_of(front.kept["access_token"])["sid"])

    row = await session_of(hub, session_id)

    assert {answer.status_code for answer in answers} == {200}
    assert (row.gen, row.rotates, row.revoked_at, row.client) == (0, False, None, NAME)
    assert row.absolute_expires_at - row.created_at == timedelta(days=7)
    assert row.idle_expires_at == row.absolute_expires_at


async def test_the_refresh_token_may_come_as_bearer(hub):
    async with at_hub(hub, "ada") as front:
        by_header = await front.client.patch(
            "/auth/refresh", headers={"Authorization": f"Bearer {front.kept['refresh_token']}"}
        )
        both = await front.client.patch(
            "/auth/refresh",
            json={"refresh_token": front.kept["refresh_token"]},
            headers={"Authorization": "Bearer an.old.one"},
        )

    assert (by_header.status_code, both.status_code) == (200, 200)


async def test_only_refresh_tokens_refresh(hub):
    async with at_hub(hub, "ada") as front:
        access = front.kept["access_token"]
        client = front.client
        sent = [
            await client.patch("/auth/refresh", json={"refresh_token": access}),
            await client.patch("/auth/refresh"),  # the header holds the access token
            await client.patch("/auth/refresh", json={"refresh_token": "no.such.token"}),
        ]
        del client.headers["Authorization"]
        sent.append(await client.patch("/auth/refresh"))

    for answer in sent:
        assert_refused(answer, 401, "REFRESH_TOKEN_INVALID")


async def test_the_refresh_token_is_dead_once_its_session_was_ended(hub):
    async with at_hub(hub, "ada") as front, at_hub(hub, "ada") as phone:
        header = {"Authorization": f"Bearer {phone.kept['access_token']}"}
        async with make_client(hub, **header) as product:
            listed = (await product.get("/api/auth/sessions")).json()["items"]
            session_id = claims_of(front.kept["refresh_token"])["sid"]
            ended = await product.delete(f"/api/auth/sessions/{session_id}")
        dead, alive = await front.refresh(), await phone.refresh()
        call = await front.get(f"/tasks/{front.kept['user_id']}")

    mine = [each for each in listed if each["client"] == NAME]
    assert session_id in {each["id"] for each in mine}
    assert ended.status_code == 204
    assert_refused(dead, 401, "SESSION_REVOKED")
    assert_refused(call, 401, "SESSION_REVOKED")
    assert alive.status_code == 200


async def test_the_refresh_token_is_dead_at_every_other_door(hub):
    async with at_hub(hub, "ada") as front, make_client(hub) as product:
        token = front.kept["refresh_token"]
        header = {"Authorization": f"Bearer {token}"}
        refused = [
            await product.post("/api/auth/refresh", json={"refresh_token": token}),
            await product.patch("/api/auth/refresh", json={"refresh_token": token}),
        ]
        as_access = [
            await product.get("/api/auth/me", headers=header),
            await front.client.get(f"/tasks/{front.kept['user_id']}", headers=header),
        ]
        still = await front.refresh()

    assert [each.json()["code"] for each in refused] == ["refresh_token_invalid"] * 2
    assert [each.status_code for each in (*refused, *as_access)] == [401] * 4
    assert still.status_code == 200  # nothing was revoked by the mistake


async def test_rotating_tokens_are_refused_at_the_task_hub_and_stay_good(hub, person):
    token = person.tokens["refresh_token"]
    async with make_front_end(hub, NAME) as front, make_client(hub) as product:
        refused = await front.patch("/auth/refresh", json={"refresh_token": token})
        rotated = await product.post("/api/auth/refresh", json={"refresh_token": token})

    assert_refused(refused, 401, "REFRESH_TOKEN_INVALID")
    assert rotated.status_code == 200


async def test_who_was_removed_from_the_organization_refreshes_no_more(hub, person):
    async with at_hub(hub, "ada") as front:
        listed = (await person.client.get("/api/members")).json()["items"]
        [ada] = [each for each in listed if each["id"] == front.kept["user_id"]]
        gone = await person.client.delete(f"/api/members/{ada['id']}")
        answer = await front.refresh()

    assert gone.status_code in {200, 204}, gone.text
    assert_refused(answer, 401, "SESSION_REVOKED")


async def test_refreshes_are_limited(hub):
    async with at_hub(hub, "ada") as front:
        answers = [await front.refresh() for _ in range(31)]

    assert {each.status_code for each in answers[:30]} == {200}
    assert_refused(answers[30], 429, "TOO_MANY_ATTEMPTS")


async def test_no_session_of_any_other_door_keeps_its_refresh_token(hub, person):
    here = {"X-Forwarded-For": make_ip()}
    account = {"email": person.email, "password": person.password}
    form = {"grant_type": "password", "username": person.email, "password": person.password}
    async with make_client(hub, **here) as product, at_hub(hub, "ada"):
        answers = [
            await product.post("/api/auth/login", json=account),
            await product.post("/api/auth/login", json=account | {"mode": "cookie"}),
            await product.post("/api/auth/token", data=form),
            await product.post("/api/auth/login/directory", json=login_of(BY_NAME["grace"])),
            await product.post("/compat/cloud-erp/auth/login", json=account),
            await product.post("/compat/medicalcare/auth/login", json=account),
        ]

    fixed = await rows(hub, SessionRow, SessionRow.rotates.is_(False))

    assert [answer.status_code for answer in answers] == [200] * 6
    assert fixed
    assert {row.client for row in fixed} == {NAME}
