"""What sign-in leaves behind: events that stay, no secrets in logs, answers nobody keeps."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from erp.identity.models import SecurityEvent
from erp.kernel.errors import Conflict
from tests.identity.making import (
    claims_of,
    events_about,
    log_in,
    make_browser,
    refresh,
    rows,
    session_id_of,
    sign_in_again,
    user_id_of,
)
from tests.making import PASSWORD, SECRET, Person, make_address, make_client, make_product

pytestmark = pytest.mark.anyio


async def test_each_step_of_a_person_leaves_its_event(app: FastAPI, person: Person):
    again = await sign_in_again(app, person)
    await log_in(person.client, person, password="Wrong-Horse-7")
    await again.client.post("/api/auth/logout")
    await person.client.get("/api/products", headers={"X-Organization": "nowhere"})

    assert await events_about(app, person) == [
        "user.registered",
        "device.new",
        "user.login",
        "user.login_failed",
        "session.revoked",
        "organization.refused",
    ]


async def test_an_event_says_who_from_where_and_why(app: FastAPI, person: Person):
    agent = "Mozilla/5.0 (events)"
    client = make_client(app, **{"User-Agent": agent, "X-Forwarded-For": "192.0.2.77"})
    answer = await log_in(client, person)
    failed = await log_in(client, person, password="Wrong-Horse-7")

    noted = {
        event.request_id: event
        for event in await rows(app, SecurityEvent, SecurityEvent.subject_id == user_id_of(person))
    }

    came, went = (noted[each.headers["x-request-id"]] for each in (answer, failed))
    assert (came.event, came.outcome, came.reason_code) == ("user.login", "done", None)
    assert (came.actor_kind, came.actor_id) == ("user", user_id_of(person))
    assert str(came.session_id) == claims_of(answer.json()["access_token"])["sid"]
    assert (came.ip, came.user_agent) == ("192.0.2.77", agent)
    assert came.data == {"owasp": "authn_login_success"}
    assert (went.event, went.outcome) == ("user.login_failed", "refused")
    assert (went.actor_kind, went.actor_id) == ("anonymous", None)
    assert went.reason_code == "invalid_credentials"


async def test_an_unknown_name_leaves_an_event_about_nobody(app: FastAPI):
    answer = await log_in(make_client(app), Person(None, make_address(), "Wrong-7-Horse", {}, {}))

    request_id = answer.headers["x-request-id"]
    (event,) = await rows(app, SecurityEvent, SecurityEvent.request_id == request_id)
    assert (event.event, event.subject_id, event.data) == (
        "user.login_failed",
        None,
        {"owasp": "authn_login_fail"},
    )


CHANGES = (
    "UPDATE security_events SET outcome = 'changed'",
    "DELETE FROM security_events",
    "UPDATE audit_log SET action = 'changed'",
    "DELETE FROM audit_log",
)


@pytest.mark.parametrize("change", CHANGES)
async def test_sqlite_lets_nobody_change_the_trail(
    app: FastAPI, person: Person, backend: str, change: str
):
    await make_product(person)
    if backend != "sqlite":
        assert await triggers(app) == []  # there the privileges of the role guard the trail
        return

    with pytest.raises(Conflict) as refused:
        async with app.state.database.writing() as session:
            await session.execute(text(change))

    assert "is append-only" in str(refused.value.__cause__)


async def triggers(app: FastAPI) -> list[str]:
    async with app.state.database.reading() as session:
        found = await session.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
        return list(found)


async def test_no_answer_of_sign_in_is_kept_by_anybody(app: FastAPI, person: Person):
    browser = make_browser(app)
    body = {"organization": person.organization["slug"]}
    answers = [
        await browser.get("/api/auth/options"),
        await log_in(browser, person, mode="cookie"),
        await log_in(browser, person, password="Wrong-Horse-7"),
        await browser.post("/api/auth/register", json={}),
        await browser.get("/api/auth/csrf"),
        await browser.post("/api/auth/refresh"),
        await browser.post("/api/auth/reset-password", json={}),
        await browser.post("/api/auth/verify-email", json={}),
        await browser.post("/api/auth/resend-otp", json={"email": person.email}),
        await browser.post("/api/auth/forgot-password", json={"email": person.email}),
        await person.client.get("/api/auth/sessions"),
        await person.client.post("/api/auth/reauthenticate", json={"password": PASSWORD}),
        await person.client.post("/api/auth/change-password", json={}),
        await refresh(person.client, person.tokens["refresh_token"]),
        await person.client.get("/api/auth/me"),
        await person.client.post("/api/auth/switch-organization", json=body),
        await person.client.post("/api/auth/logout"),
    ]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


# The id of a row: it opens nothing without a token that was signed for it.
NAMED_NOT_SECRET = {("/api/auth/sessions/{session_id}", "session_id")}


def test_no_secret_travels_in_an_address(app: FastAPI):
    paths = app.openapi()["paths"]

    places = {
        (path, each["name"].lower())
        for path, item in paths.items()
        for operation in item.values()
        for each in operation.get("parameters", ())
        if each["in"] in ("query", "path")
    }

    secret = re.compile("token|password|secret|otp|csrf|session")
    assert len(places) > 20
    assert {place for place in places if secret.search(place[1])} == NAMED_NOT_SECRET
    assert not [path for path in paths if re.search(r"\{[^}]*(token|secret)", path)]


SCRIPT = """
import asyncio, sys
from erp.app import create_app
from erp.kernel.log import set_up_logs
from erp.migrations.upgrade import migrate
from tests.identity.test_trail import walk_all_flows
from tests.making import make_settings
settings = make_settings(data_dir=sys.argv[1], log_level="DEBUG")
migrate(settings.url)
set_up_logs("DEBUG", "json")
app = create_app(settings)
app.state.health.schema_is_ready = True
asyncio.run(walk_all_flows(app))
"""
CANARY = "Canary-7-in-a-Cage"
JSON = {"Content-Type": "application/json"}


async def walk_all_flows(app: FastAPI) -> None:
    """Every way a secret comes in or goes out, once right and once wrong; prints them at the end."""
    browser = make_browser(app)
    email, secrets = make_address(), {CANARY, SECRET}
    body = {"email": email, "password": CANARY, "mode": "cookie"}
    for path in ("register", "register", "login"):
        await browser.post(f"/api/auth/{path}", json=body)
        secrets |= set(browser.cookies.values())
    csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
    await browser.post("/api/auth/login", json={"email": email, "password": "Canary-wrong"})
    await browser.post("/api/auth/login", json={"email": email, "password": "Canary-mode", "x": 1})
    await browser.post("/api/auth/login", content=b'{"password": "Canary-broken', headers=JSON)
    await browser.get("/api/auth/nowhere%0d%0aa%20line%20of%20its%20own")
    await browser.post("/api/auth/refresh", headers=csrf)
    secrets |= set(browser.cookies.values())
    await refresh(browser, "Canary.refresh.token")
    reset = {"token": "Canary-reset-token", "new_password": "Canary-new-7"}
    await browser.post("/api/auth/reset-password", json=reset)
    proof = {"email": email, "otp": "031337", "registration_token": "Canary-binding"}
    await browser.post("/api/auth/verify-email", json=proof)
    await browser.post("/api/auth/resend-otp", json={"registration_token": "Canary-binding"})
    await browser.post("/api/auth/forgot-password", json={"email": email})
    await browser.post("/api/invitations/read", json={"token": "Canary-invitation"})
    csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
    change = {"current_password": "Canary-wrong", "new_password": "Canary-new-7"}
    await browser.post("/api/auth/change-password", json=change, headers=csrf)
    await browser.post("/api/auth/reauthenticate", json={"password": CANARY}, headers=csrf)
    await browser.get("/api/auth/me", headers={"Authorization": "Bearer Canary-bearer"})
    await browser.post("/api/auth/logout", headers={"X-CSRF-Token": "Canary-wrong-csrf"})
    csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
    await browser.post("/api/auth/logout", headers=csrf)
    print("SECRETS", *sorted(secrets), file=sys.stderr)


def test_no_secret_of_any_flow_reaches_a_log_line(tmp_path: Path):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)

    lines = ran.stdout.splitlines()
    statuses = [json.loads(line)["status"] for line in lines]
    secrets = ran.stderr.rpartition("SECRETS ")[2].split()
    assert statuses == [
        *(201, 409, 200, 401, 422, 400, 404, 200, 401, 400),
        *(400, 202, 202, 400, 401, 204),
        *(401, 403, 204),
    ]
    assert len(secrets) >= 11
    assert [line for line in lines if "canary" in line.lower()] == []
    assert [secret for secret in secrets if secret in ran.stdout] == []


async def test_a_refused_value_is_not_sent_back(app: FastAPI):
    body = {"email": "not-an-address", "password": CANARY * 20, "username": CANARY}

    answer = await make_client(app).post("/api/auth/register", json=body)

    assert answer.status_code == 422
    assert CANARY not in answer.text


async def test_the_events_of_a_session_carry_its_id(app: FastAPI, person: Person):
    await person.client.post("/api/auth/logout")

    where = SecurityEvent.session_id == session_id_of(person)
    assert [event.event for event in await rows(app, SecurityEvent, where)] == ["session.revoked"]
