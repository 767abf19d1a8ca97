"""Signing in through a company directory: who gets in, as whom, and where."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.directory.models import DirectoryConnection, Identity
from erp.identity.directory.provider import ExternalIdentity
from erp.identity.models import SecurityEvent, SessionRow, User
from tests.identity.directories import (
    asking,
    connect,
    home_of,
    log_in_there,
    make_account,
    make_somebody,
    member_of,
)
from tests.identity.making import (
    claims_of,
    make_browser,
    open_browser,
    rows,
    run,
    session_of,
    user_id_of,
)
from tests.making import PASSWORD, Person, make_address, make_client, make_colleague
from tests.organizations.making import invite, set_organization
from tests.strangers import Stranger

pytestmark = pytest.mark.anyio

CODES = {
    (401, "INVALID_CREDENTIALS"): (401, "invalid_credentials"),
    (401, None): (401, "invalid_credentials"),
    (404, "INVALID_ACCOUNT_ID"): (401, "invalid_account_id"),
    (400, "INVALID_ACCOUNT_ID"): (401, "invalid_account_id"),
    (423, None): (403, "ace_account_locked"),
    (423, "ACCOUNT_LOCKED"): (403, "ace_account_locked"),
    (401, "ACE_ACCOUNT_LOCKED"): (403, "ace_account_locked"),
    (403, None): (403, "ace_password_expired"),
    (403, "PASSWORD_EXPIRED"): (403, "ace_password_expired"),
}


async def users_named(app: FastAPI, email: str) -> int:
    return len(await rows(app, User, User.email == email))


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def test_the_first_sign_in_makes_a_user_without_password_and_a_member(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account)
    stranger.say(200, somebody | {"account_id": account})

    answer = await log_in_there(asker, account)

    told = answer.json()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (told["user"]["email"], told["user"]["username"]) == (somebody["email"], None)
    assert (told["user"]["full_name"], told["user"]["email_verified"]) == ("Ada Lovelace", False)
    [place] = told["organizations"]
    assert (place["id"], place["role"]) == (person.organization["id"], "user")
    [user] = await rows(asker, User, User.email == somebody["email"])
    assert (user.password_hash, user.username_key) == (None, None)
    [identity] = await rows(asker, Identity, Identity.user_id == user.id)
    assert identity.key == ("ace", account.casefold(), somebody["guid"])
    assert identity.claims == {"account_id": account, "user_id": "7", "groups": ["developer"]}
    row = await session_of(asker, claims_of(told["access_token"])["sid"])
    assert (row.auth_method, row.organization_id) == ("directory", home_of(person))


async def test_the_session_works_like_any_other(asker: FastAPI, person: Person, stranger: Stranger):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})
    tokens = (await log_in_there(asker, account)).json()
    client = make_client(asker, Authorization=f"Bearer {tokens['access_token']}")

    me = await client.get("/api/auth/me")
    refreshed = await client.post(
        "/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
    )

    assert me.json()["session"]["auth_method"] == "directory"
    assert me.json()["organization"]["id"] == person.organization["id"]
    assert refreshed.status_code == 200


async def test_name_and_password_are_forwarded_once_and_as_typed(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, typed = make_account(), "  \uff21ffe\u0301 pa\tss\x7f"
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account.upper()})

    await log_in_there(asker, f" {account.upper()} ", username="Ada", password=typed)

    [asked] = stranger.asked
    body = json.loads(asked.partition(b"\r\n\r\n")[2])
    assert body == {"account_id": account, "username": "Ada", "password": typed}


async def test_later_sign_ins_find_the_same_user_and_follow_the_profile(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    moved = make_address()
    await connect(asker, person, account)
    stranger.say(200, somebody | {"account_id": account})
    first = (await log_in_there(asker, account)).json()
    changed = {"full_name": "Ada King", "email": moved, "username": "aking", "role": "lead"}
    stranger.say(200, somebody | changed | {"account_id": account})

    second = (await log_in_there(asker, account, username="aking")).json()

    assert first["user"]["id"] == second["user"]["id"]
    assert (second["user"]["full_name"], second["user"]["email"]) == ("Ada King", moved)
    [identity] = await rows(asker, Identity, Identity.subject == somebody["guid"])
    assert (identity.username, identity.claims["groups"]) == ("aking", ["lead"])
    assert identity.email_at_link == somebody["email"]
    assert identity.last_login_at > identity.linked_at
    assert len(second["organizations"]) == 1


async def test_an_address_somebody_has_by_now_is_not_taken_over(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account)
    stranger.say(200, somebody | {"account_id": account})
    await log_in_there(asker, account)
    stranger.say(200, somebody | {"account_id": account, "email": person.email})

    again = await log_in_there(asker, account)

    assert again.json()["user"]["email"] == somebody["email"]


@pytest.mark.parametrize("path", ["/api/auth/login/directory", "/api/auth/login/ace"])
async def test_a_browser_gets_cookies_and_its_old_session_ends(
    asker: FastAPI, person: Person, stranger: Stranger, path: str
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})
    browser = await open_browser(asker, person)
    old = claims_of(browser.cookies["access_token"])["sid"]

    answer = await log_in_there(asker, account, client=browser, path=path, mode="cookie")

    assert "access_token" not in answer.json()
    assert answer.json()["csrf_token"]
    assert claims_of(browser.cookies["access_token"])["sid"] != old
    assert (await session_of(asker, old)).revoked_reason == "logout"


async def test_a_page_of_another_site_gets_nowhere(asker: FastAPI, stranger: Stranger):
    browser = make_browser(asker)
    foreign = {"Origin": "https://evil.example"}

    answer = await log_in_there(asker, "acme", client=browser, headers=foreign)

    assert outcome(answer) == (403, "origin_refused")
    assert stranger.asked == []


@pytest.mark.parametrize(("said", "expected"), CODES.items())
async def test_each_refusal_of_the_directory_has_its_code(
    asker: FastAPI, person: Person, stranger: Stranger, said, expected: tuple[int, str]
):
    account = make_account()
    await connect(asker, person, account)
    status, word = said
    stranger.say(status, {"error_code": word} if word else b"")

    answer = await log_in_there(asker, account)

    assert outcome(answer) == expected
    assert "access_token" not in answer.text
    [event] = await rows(
        asker, SecurityEvent, SecurityEvent.request_id == answer.json()["request_id"]
    )
    assert (event.event, event.outcome) == ("user.login_failed", "refused")
    assert (event.reason_code, event.actor_kind) == (expected[1], "anonymous")


async def test_an_account_nobody_connected_is_never_asked_about(
    asker: FastAPI, person: Person, stranger: Stranger
):
    claimed = make_account()
    await connect(asker, person, claimed, enabled=False)
    stranger.say(200, make_somebody() | {"account_id": claimed})

    answers = [await log_in_there(asker, account) for account in (make_account(), claimed)]

    assert [outcome(each) for each in answers] == [(401, "invalid_account_id")] * 2
    assert stranger.asked == []


async def test_uniform_errors_hide_which_accounts_exist(
    app: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(app, person, account)
    async with asking(app, stranger.address, directory_uniform_errors=True) as asker:
        unknown = await log_in_there(asker, make_account())
        stranger.say(404, {"error_code": "INVALID_ACCOUNT_ID"})
        gone = await log_in_there(asker, account)
        stranger.say(401, {"error_code": "INVALID_CREDENTIALS"})
        wrong = await log_in_there(asker, account)

    told = [{**each.json(), "request_id": ""} for each in (unknown, gone, wrong)]
    assert outcome(wrong) == (401, "invalid_credentials")
    assert told[0] == told[1] == told[2]


async def test_the_directory_is_spared_before_it_locks_somebody_out(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(401, {"error_code": "INVALID_CREDENTIALS"})

    answers = await asyncio.gather(
        *(log_in_there(asker, account, username=name) for name in ("Ada", " ada", "ADA ") * 7)
    )

    statuses = [each.status_code for each in answers]
    refused = next(each for each in answers if each.status_code == 429)
    assert (statuses.count(401), statuses.count(429)) == (4, 17)
    assert len(stranger.asked) == 4
    assert outcome(refused) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 900


async def test_unknown_accounts_throttle_alike(asker: FastAPI):
    account = make_account()

    statuses = [(await log_in_there(asker, account)).status_code for _ in range(6)]

    assert statuses == [401] * 4 + [429] * 2


async def test_one_address_has_sixty_tries_through_whichever_door(asker: FastAPI, person: Person):
    client = make_client(asker)
    there = [await log_in_there(asker, make_account(), client=client) for _ in range(59)]
    by_password = {"email": make_address(), "password": PASSWORD}

    here = [await client.post("/api/auth/login", json=by_password) for _ in range(2)]

    assert {each.status_code for each in there} == {401}
    assert [each.status_code for each in here] == [401, 429]


async def test_success_gives_the_try_back(asker: FastAPI, person: Person, stranger: Stranger):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})

    statuses = [(await log_in_there(asker, account)).status_code for _ in range(6)]

    assert set(statuses) == {200}


async def test_a_directory_that_was_not_reached_costs_no_try(app: FastAPI, person: Person):
    account = make_account()
    await connect(app, person, account)

    answers = [await log_in_there(app, account) for _ in range(8)]

    assert {outcome(each) for each in answers} == {(503, "directory_unavailable")}
    assert answers[-1].headers["retry-after"]


async def test_a_failing_directory_is_told_by_the_health_page_and_hurts_nothing_else(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(500, {})
    health = make_client(asker)

    async def told() -> tuple[int, str, bool]:
        answer = await health.get("/health")
        body = answer.json()
        return answer.status_code, body["status"], "directory" in (body.get("failing") or ())

    before = await told()
    answers = [await log_in_there(asker, account, username=f"a{number}") for number in range(6)]
    during = await told()
    ready = await health.get("/health/ready")

    assert not before[2]
    assert [each.status_code for each in answers] == [502] * 5 + [503]
    assert during == (200, "degraded", True)
    assert ready.status_code == 200


async def test_a_directory_user_with_the_address_of_a_local_admin_is_not_the_admin(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account, role_map={"developer": "admin"})
    stranger.say(200, make_somebody() | {"account_id": account, "email": person.email.upper()})
    before = await rows(asker, SessionRow, SessionRow.user_id == user_id_of(person))

    answer = await log_in_there(asker, account)

    assert outcome(answer) == (409, "account_link_required")
    assert "set-cookie" not in answer.headers
    after = await rows(asker, SessionRow, SessionRow.user_id == user_id_of(person))
    assert len(after) == len(before) == 1
    assert await rows(asker, Identity, Identity.issuer_key == account) == []
    event = (
        await rows(asker, SecurityEvent, SecurityEvent.reason_code == "account_link_required")
    )[-1]
    assert event.event == "user.login_failed"


@pytest.mark.parametrize("over", [{"jit_provision": False}, {"allowed_domains": ["other.example"]}])
async def test_who_may_not_join_leaves_no_trace_but_the_event(
    asker: FastAPI, person: Person, stranger: Stranger, over: dict[str, Any]
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account, **over)
    stranger.say(200, somebody | {"account_id": account})

    answer = await log_in_there(asker, account)

    assert outcome(answer) == (403, "user_not_provisioned")
    assert await users_named(asker, somebody["email"]) == 0
    events = await rows(
        asker, SecurityEvent, SecurityEvent.request_id == answer.json()["request_id"]
    )
    assert [each.reason_code for each in events] == ["user_not_provisioned"]


async def test_a_suspended_organization_lets_nobody_in(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account)
    await set_organization(asker, person, status="suspended")
    stranger.say(200, somebody | {"account_id": account})

    answer = await log_in_there(asker, account)

    assert outcome(answer) == (403, "user_not_provisioned")
    assert await users_named(asker, somebody["email"]) == 0


async def test_an_address_of_an_allowed_domain_joins(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account, allowed_domains=["example.com"])
    stranger.say(200, make_somebody() | {"account_id": account})

    assert (await log_in_there(asker, account)).status_code == 200


async def test_a_role_by_invitation_stays(asker: FastAPI, person: Person, stranger: Stranger):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account)
    stranger.say(200, somebody | {"account_id": account})
    tokens = (await log_in_there(asker, account)).json()
    member = await member_of(asker, person, tokens["user"]["id"])
    await person.client.delete(f"/api/members/{member.id}")
    token = await invite(asker, person, somebody["email"], "manager")
    client = make_client(asker, Authorization=f"Bearer {tokens['access_token']}")
    joined = await client.post("/api/invitations/accept", json={"token": token})

    again = (await log_in_there(asker, account)).json()

    assert joined.status_code == 200
    assert again["organizations"][0]["role"] == "manager"


@pytest.mark.parametrize("status", ["removed", "suspended"])
async def test_who_was_sent_away_does_not_come_back_by_signing_in(
    asker: FastAPI, person: Person, stranger: Stranger, status: str
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})
    user_id = (await log_in_there(asker, account)).json()["user"]["id"]
    member = await member_of(asker, person, user_id)
    path = f"/api/members/{member.id}"
    if status == "removed":
        await person.client.delete(path)
    else:
        await person.client.patch(path, json={"status": "suspended"})

    answer = await log_in_there(asker, account)

    assert outcome(answer) == (403, "user_not_provisioned")
    assert (await member_of(asker, person, user_id)).status == status


async def test_a_disabled_user_is_told_so_only_after_the_directory_agreed(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})
    user_id = (await log_in_there(asker, account)).json()["user"]["id"]
    await run(asker, update(User).where(User.id == user_id).values(is_active=False))

    right = await log_in_there(asker, account)
    stranger.say(401, b"")
    wrong = await log_in_there(asker, account)

    assert outcome(right) == (403, "account_disabled")
    assert outcome(wrong) == (401, "invalid_credentials")


async def test_one_account_serves_one_organization_and_joins_no_other(
    asker: FastAPI, person: Person, other: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, other, account, enabled=False)
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})

    told = (await log_in_there(asker, account)).json()

    assert [each["id"] for each in told["organizations"]] == [person.organization["id"]]


async def test_a_person_of_two_accounts_is_two_users(
    asker: FastAPI, person: Person, other: Person, stranger: Stranger
):
    somebody, accounts = make_somebody(), [make_account(), make_account()]
    found = []

    for account, host in zip(accounts, (person, other), strict=True):
        await connect(asker, host, account)
        stranger.say(200, somebody | {"account_id": account, "email": make_address()})
        found.append((await log_in_there(asker, account)).json()["user"]["id"])

    assert found[0] != found[1]


async def test_who_has_no_address_and_no_name_is_called_by_the_user_name(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    bare = {key: make_somebody()[key] for key in ("guid", "user_id", "username")}
    stranger.say(200, bare | {"account_id": account})

    told = (await log_in_there(asker, account)).json()

    assert (told["user"]["full_name"], told["user"]["email"]) == ("ada", None)


@pytest.mark.parametrize(
    ("role_map", "group", "expected"),
    [
        ({}, "lead", "user"),
        ({"lead": "manager"}, "lead", "manager"),
        ({"lead": "manager"}, "Lead", "user"),
        ({"lead": "admin"}, "lead", "admin"),
        ({"lead": "admin"}, None, "user"),
        ({"lead": "admin"}, "admin", "user"),
    ],
)
async def test_the_role_comes_from_the_map_alone(
    asker: FastAPI, person: Person, stranger: Stranger, role_map, group, expected: str
):
    account = make_account()
    await connect(asker, person, account, role_map=role_map)
    stranger.say(200, make_somebody() | {"account_id": account, "role": group})

    told = (await log_in_there(asker, account)).json()

    assert told["organizations"][0]["role"] == expected


async def test_the_role_follows_the_directory_until_an_admin_sets_one(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account, role_map={"lead": "manager", "boss": "admin"})
    roles = []

    async def sign_in_as(group: str) -> str:
        stranger.say(200, somebody | {"account_id": account, "role": group})
        told = (await log_in_there(asker, account)).json()
        roles.append(told["organizations"][0]["role"])
        user_id: str = told["user"]["id"]
        return user_id

    for group in ("lead", "boss", "developer"):
        user_id = await sign_in_as(group)
    member = await member_of(asker, person, user_id)
    answer = await person.client.patch(f"/api/members/{member.id}", json={"role": "user"})
    for group in ("lead", "boss"):
        await sign_in_as(group)

    assert answer.status_code == 200
    assert roles == ["manager", "admin", "user", "user", "user"]


async def test_a_role_that_an_admin_gave_is_not_lowered(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account, role_map={"lead": "manager"})
    stranger.say(200, somebody | {"account_id": account})
    user_id = (await log_in_there(asker, account)).json()["user"]["id"]
    member = await member_of(asker, person, user_id)
    await person.client.patch(f"/api/members/{member.id}", json={"role": "admin"})

    told = (await log_in_there(asker, account)).json()

    assert told["organizations"][0]["role"] == "admin"


async def test_the_directory_never_takes_the_last_admin_away(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, leads = make_account(), [make_somebody(), make_somebody()]
    await connect(asker, person, account, role_map={"lead": "admin"})
    members = []
    for somebody in leads:
        stranger.say(200, somebody | {"account_id": account, "role": "lead"})
        told = (await log_in_there(asker, account, username=somebody["guid"])).json()
        members.append(await member_of(asker, person, told["user"]["id"]))
    colleague = make_client(asker, Authorization=f"Bearer {told['access_token']}")
    mine = await member_of(asker, person, str(user_id_of(person)))
    await colleague.patch(f"/api/members/{mine.id}", json={"role": "user"})

    roles = []
    for somebody in leads:
        stranger.say(200, somebody | {"account_id": account, "role": "developer"})
        told = (await log_in_there(asker, account, username=somebody["guid"])).json()
        roles.append(told["organizations"][0]["role"])

    assert sorted(roles) == ["admin", "user"]


async def test_first_sign_ins_at_once_make_one_user(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    await connect(asker, person, account)
    stranger.say(200, somebody | {"account_id": account})

    answers = await asyncio.gather(*(log_in_there(asker, account) for _ in range(4)))

    assert [each.status_code for each in answers] == [200] * 4
    assert len({each.json()["user"]["id"] for each in answers}) == 1
    assert len(await rows(asker, Identity, Identity.subject == somebody["guid"])) == 1
    assert await users_named(asker, somebody["email"]) == 1
    members = (await person.client.get("/api/members")).json()["items"]
    assert [each["number"] for each in members] == [1, 2]


async def test_a_connection_that_is_switched_off_meanwhile_lets_nobody_in(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account, somebody = make_account(), make_somebody()
    connection = await connect(asker, person, account)
    stranger.say(200, somebody | {"account_id": account})
    stranger.pause = 0.6
    off = update(DirectoryConnection).where(DirectoryConnection.id == connection)

    signing_in = asyncio.create_task(log_in_there(asker, account))
    await asyncio.sleep(0.3)
    await run(asker, off.values(enabled=False))

    assert outcome(await signing_in) == (401, "invalid_account_id")
    assert await users_named(asker, somebody["email"]) == 0


async def test_an_answer_about_another_account_is_none(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": "globex"})

    assert outcome(await log_in_there(asker, account)) == (502, "directory_bad_response")


class Watchful:
    """A directory of another make, that looks whether anybody holds a transaction."""

    name = "ace"

    def __init__(self, app: FastAPI) -> None:
        self.gates = app.state.database._gates
        self.free = {writes: gate._value for writes, gate in self.gates.items()}
        self.seen: list[bool] = []

    async def authenticate(self, connection, credentials) -> ExternalIdentity:
        self.seen.append({writes: gate._value for writes, gate in self.gates.items()} == self.free)
        return ExternalIdentity(
            provider="ace",
            issuer=connection.account_id,
            issuer_key=connection.account_key,
            subject=credentials.username,
            username=credentials.username,
            email=f"{credentials.username}@example.com",
            email_verified=True,
            display_name=None,
            groups=(),
        )

    async def list_projects(self, connection):
        return []

    def is_failing(self) -> bool:
        return False


async def test_the_directory_is_asked_while_no_transaction_is_open(asker: FastAPI, person: Person):
    account, name = make_account(), make_address().partition("@")[0]
    await connect(asker, person, account)
    directory = asker.state.desk.directories["ace"] = Watchful(asker)

    tokens = (await log_in_there(asker, account, username=name)).json()
    client = make_client(asker, Authorization=f"Bearer {tokens['access_token']}")
    again = await client.post("/api/auth/reauthenticate", json={"password": "any"})
    link = {"account_id": account, "username": f"{name}2", "password": "any"}
    linked = await client.post("/api/auth/identities", json=link)

    assert (again.status_code, linked.status_code) == (204, 201)
    assert directory.seen == [True] * 3
    assert tokens["user"]["email_verified"] is True


async def test_the_trail_tells_how_somebody_came(
    asker: FastAPI, person: Person, stranger: Stranger
):
    account = make_account()
    await connect(asker, person, account)
    stranger.say(200, make_somebody() | {"account_id": account})

    user_id = (await log_in_there(asker, account)).json()["user"]["id"]
    await log_in_there(asker, account)

    events = await rows(asker, SecurityEvent, SecurityEvent.subject_id == user_id)
    told = [(each.event, each.reason_code) for each in sorted(events, key=lambda each: each.id)]
    assert told == [
        ("user.registered", "ace"),
        ("member.joined", "directory"),
        ("user.login", None),
        ("device.new", None),
        ("user.login", None),
    ]


async def test_the_ways_in_say_whether_a_directory_is_set_up(app: FastAPI, asker: FastAPI):
    async with asking(app, "") as without:
        off = (await make_client(without).get("/api/auth/options")).json()
    on = (await make_client(asker).get("/api/auth/options")).json()

    assert (off["directory"], on["directory"]) == (False, True)


@pytest.mark.parametrize(
    "over",
    [
        {"account_id": ""},
        {"account_id": "a\x07b"},
        {"account_id": "x" * 201},
        {"username": ""},
        {"username": None},
        {"password": ""},
        {"password": "x" * 1025},
        {"password": 7},
        {"role": "admin"},
    ],
)
async def test_what_cannot_be_a_sign_in_is_refused_unasked(
    asker: FastAPI, stranger: Stranger, over: dict[str, Any]
):
    answer = await log_in_there(asker, **{"account_id": "acme"} | over)

    assert answer.status_code == 422
    assert stranger.asked == []


async def test_a_colleague_with_a_local_account_keeps_it(
    asker: FastAPI, app: FastAPI, person: Person
):
    """Connecting a directory changes nothing for those who sign in by password."""
    await connect(asker, person, make_account())
    colleague = await make_colleague(app, person)

    body = {"email": colleague.email, "password": PASSWORD}
    answer = await make_client(asker).post("/api/auth/login", json=body)

    assert answer.status_code == 200
