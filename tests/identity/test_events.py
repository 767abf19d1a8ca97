"""Each event of sign-in and access leaves exactly one row, with the word OWASP has for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from erp.cli.accounts import make_admin
from erp.identity.actions.accounts import make_reset_link
from erp.identity.actions.events import BY_STRANGERS, OWASP
from erp.identity.models import SecurityEvent, User
from erp.organizations.models import Organization
from tests.identity.making import (
    log_in,
    make_browser,
    refresh,
    rows,
    sign_in_again,
    user_id_of,
    user_of,
)
from tests.making import (
    PASSWORD,
    Person,
    make_address,
    make_client,
    make_colleague,
)
from tests.organizations.making import invite

pytestmark = pytest.mark.anyio

WRONG = "Wrong-Horse-7"
Act = Callable[[FastAPI, Person], Awaitable[Any]]


async def events_of(app: FastAPI, answer: Any) -> list[SecurityEvent]:
    """What a request left in the trail."""
    request_id = answer.headers["x-request-id"]
    found = await rows(app, SecurityEvent, SecurityEvent.request_id == request_id)
    return sorted(found, key=lambda each: each.event)


async def fail_to_sign_in(_app: FastAPI, person: Person) -> Any:
    return await log_in(person.client, person, password=WRONG)


async def sign_in(app: FastAPI, person: Person) -> Any:
    return await log_in(make_client(app), person)


async def sign_up(app: FastAPI, _person: Person) -> Any:
    body = {"email": make_address(), "password": PASSWORD}
    return await make_client(app).post("/api/auth/register", json=body)


async def sign_out(_app: FastAPI, person: Person) -> Any:
    return await person.client.post("/api/auth/logout")


async def ask_for_a_link(app: FastAPI, person: Person) -> Any:
    body = {"email": person.email}
    return await make_client(app).post("/api/auth/forgot-password", json=body)


async def prove_wrongly(_app: FastAPI, person: Person) -> Any:
    return await person.client.post("/api/auth/reauthenticate", json={"password": WRONG})


async def prove(_app: FastAPI, person: Person) -> Any:
    return await person.client.post("/api/auth/reauthenticate", json={"password": PASSWORD})


async def change_password(_app: FastAPI, person: Person) -> Any:
    body = {"current_password": PASSWORD, "new_password": "Another-Horse-7"}
    return await person.client.post("/api/auth/change-password", json=body)


async def change_password_wrongly(_app: FastAPI, person: Person) -> Any:
    body = {"current_password": WRONG, "new_password": "Another-Horse-7"}
    return await person.client.post("/api/auth/change-password", json=body)


async def type_a_wrong_code(app: FastAPI, person: Person) -> Any:
    body = {"email": make_address(), "otp": "000000"}
    return await make_client(app).post("/api/auth/verify-email", json=body)


async def name_another_organization(_app: FastAPI, person: Person) -> Any:
    return await person.client.get("/api/products", headers={"X-Organization": "nowhere"})


async def switch_to_another_organization(_app: FastAPI, person: Person) -> Any:
    path = "/api/auth/switch-organization"
    return await person.client.post(path, json={"organization": "nowhere"})


async def overstep(app: FastAPI, person: Person) -> Any:
    colleague = await make_colleague(app, person, "user")
    return await colleague.client.get("/api/members")


async def forge(app: FastAPI, person: Person, **headers: str) -> Any:
    browser = make_browser(app)
    await log_in(browser, person, mode="cookie")
    browser.headers.pop("x-csrf-token", None)
    return await browser.post("/api/products", json={"name": "Forged"}, headers=headers)


async def forge_from_another_page(app: FastAPI, person: Person) -> Any:
    return await forge(app, person, Origin="https://evil.example")


async def send_an_invitation(_app: FastAPI, person: Person) -> Any:
    return await person.client.post("/api/invitations", json={"email": make_address()})


async def withdraw_an_invitation(app: FastAPI, person: Person) -> Any:
    made = await send_an_invitation(app, person)
    return await person.client.delete(f"/api/invitations/{made.json()['id']}")


async def follow_an_invitation(app: FastAPI, person: Person) -> Any:
    address = make_address()
    token = await invite(app, person, address)
    body = {"email": address, "password": PASSWORD, "invitation_token": token}
    return await make_client(app).post("/api/auth/register", json=body)


async def found_an_organization(_app: FastAPI, person: Person) -> Any:
    return await person.client.post("/api/organizations", json={"name": f"New {uuid4()}"})


async def rename_the_organization(_app: FastAPI, person: Person) -> Any:
    return await person.client.patch("/api/organization", json={"name": "Renamed"})


EVENTS: list[tuple[Act, list[str]]] = [
    (sign_up, ["user.registered"]),
    (sign_in, ["device.new", "user.login"]),
    (fail_to_sign_in, ["user.login_failed"]),
    (sign_out, ["session.revoked"]),
    (ask_for_a_link, ["password.reset_asked"]),
    (prove, ["session.reauthenticated"]),
    (prove_wrongly, ["session.proof_failed"]),
    (change_password, ["password.changed", "session.revoked"]),
    (change_password_wrongly, ["session.proof_failed"]),
    (type_a_wrong_code, ["code.refused"]),
    (name_another_organization, ["organization.refused"]),
    (switch_to_another_organization, ["organization.refused"]),
    (overstep, ["access.refused"]),
    (forge, ["csrf.refused"]),
    (forge_from_another_page, ["csrf.refused"]),
    (send_an_invitation, ["member.invited"]),
    (withdraw_an_invitation, ["invitation.withdrawn"]),
    (follow_an_invitation, ["member.joined", "user.registered"]),
    (found_an_organization, ["organization.created"]),
    (rename_the_organization, ["organization.changed"]),
]


@pytest.mark.parametrize(("act", "due"), EVENTS, ids=[act.__name__ for act, _ in EVENTS])
async def test_each_event_leaves_one_row(app: FastAPI, person: Person, act: Act, due: list[str]):
    answer = await act(app, person)

    found = await events_of(app, answer)

    assert [each.event for each in found] == due
    for each in found:
        assert (each.data or {}).get("owasp") == OWASP.get(each.event)
        assert (each.outcome == "refused") is each.event.endswith(("refused", "failed"))
        assert (each.actor_id is None) or each.event not in BY_STRANGERS
        assert each.ip


async def test_what_refuses_a_member_is_told_to_the_organization(app: FastAPI, person: Person):
    answer = await overstep(app, person)

    [event] = await events_of(app, answer)

    assert str(event.organization_id) == person.organization["id"]
    assert event.data == {"owasp": "authz_fail", "permission": "members:read"}
    assert event.reason_code == "not_allowed"


async def test_a_forged_request_names_whose_cookies_were_used(app: FastAPI, person: Person):
    [event] = await events_of(app, await forge(app, person))

    assert event.subject_id == user_id_of(person)
    assert event.session_id is not None
    assert event.reason_code == "csrf_failed"
    assert event.data == {"owasp": "malicious_csrf"}


async def test_a_sign_in_belongs_to_the_organization_it_leads_to(app: FastAPI, person: Person):
    again = await sign_in_again(app, person)
    answer = await again.client.post("/api/auth/logout")

    [event] = await events_of(app, answer)

    assert str(event.organization_id) == person.organization["id"]


async def test_the_failure_that_closes_the_door_for_a_while_says_so(app: FastAPI, person: Person):
    answers = [await log_in(person.client, person, password=WRONG) for _ in range(6)]

    events = [[each.event for each in await events_of(app, answer)] for answer in answers]

    assert events[3] == ["user.login_failed"]
    assert events[4] == ["login.limited", "user.login_failed"]
    assert (answers[5].status_code, events[5]) == (429, [])


async def test_a_used_link_leaves_its_events(app: FastAPI, person: Person):
    desk = app.state.desk
    async with desk.database.writing() as session:
        link = await make_reset_link(session, desk, await user_of(app, person))
    body = {"token": link.partition("#token=")[2], "new_password": "Another-Horse-7"}

    answer = await make_client(app).post("/api/auth/reset-password", json=body)

    assert answer.status_code == 204, answer.text
    found = [each.event for each in await events_of(app, answer)]
    assert found == ["password.reset", "session.revoked"]


async def test_a_replayed_token_leaves_its_events(app: FastAPI, person: Person, clock):
    first = person.tokens["refresh_token"]
    client = make_client(app)
    second = (await refresh(client, first)).json()
    client.headers["Authorization"] = f"Bearer {second['access_token']}"
    await client.get("/api/auth/me")
    clock.advance(seconds=30)

    answer = await refresh(make_client(app), first)

    found = await events_of(app, answer)
    assert [each.event for each in found] == ["session.revoked", "token.reuse_detected"]
    assert {str(each.organization_id) for each in found} == {person.organization["id"]}


async def test_a_link_for_an_administrator_leaves_an_event(app: FastAPI):
    address = make_address()

    await make_admin(app.state.settings, address, None)

    [event] = [
        each
        for each in await rows(app, SecurityEvent, SecurityEvent.event == "password.link_made")
        if each.subject_id in {user.id for user in await users_with(app, address)}
    ]
    assert (event.actor_kind, event.reason_code) == ("job", "operator")


async def users_with(app: FastAPI, address: str) -> list[Any]:
    return await rows(app, User, User.email_key == address)


async def test_no_event_is_noted_for_an_organization_that_does_not_exist(app: FastAPI):
    homes = {each.id for each in await rows(app, Organization)}
    named = {each.organization_id for each in await rows(app, SecurityEvent)} - {None}

    assert named <= homes
