"""The form of the OAuth2 password flow: the same door as every other sign-in, in other words."""

import asyncio

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from erp.identity.models import User
from tests.identity.making import (
    another_app,
    claims_of,
    log_in,
    make_browser,
    run,
    session_of,
    user_id_of,
)
from tests.identity.test_cookies import PRODUCTION
from tests.making import MovableClock, Person, make_address, make_client, sign_up

pytestmark = pytest.mark.anyio

TOKEN = "/api/auth/token"


async def ask(client, name: str, password: str, **over: str):
    form = {"grant_type": "password", "username": name, "password": password} | over
    return await client.post(TOKEN, data=form)


async def test_address_and_password_buy_an_access_token_alone(app: FastAPI, person: Person):
    async with make_client(app) as client:
        answer = await ask(client, person.email, person.password, scope="", client_id="x")
        token = answer.json()["access_token"]
        me = await client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert sorted(answer.json()) == ["access_token", "expires_in", "token_type"]
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert answer.headers.get_list("set-cookie") == []
    assert me.json()["user"]["email"] == person.email
    assert me.json()["session"]["client"] == "swagger"


async def test_a_user_name_works_too(app: FastAPI):
    person = await sign_up(app, username=f"form{make_address()[6:14].strip('.')}x")
    name = person.tokens["user"]["username"]

    answer = await ask(make_client(app), name, person.password)

    assert answer.status_code == 200


async def test_the_session_ends_with_its_token(app: FastAPI, person: Person, clock: MovableClock):
    answer = await ask(make_client(app), person.email, person.password)
    claims = claims_of(answer.json()["access_token"])

    row = await session_of(app, claims["sid"])

    assert (row.absolute_expires_at - row.created_at).total_seconds() == pytest.approx(900, abs=5)
    assert row.idle_expires_at == row.absolute_expires_at


async def test_the_browser_of_the_documentation_sends_an_empty_client(app: FastAPI, person: Person):
    browser = make_browser(app)
    headers = {"Authorization": "Basic Og==", "X-Requested-With": "XMLHttpRequest"}
    form = {"grant_type": "password", "username": person.email, "password": person.password}

    answer = await browser.post(TOKEN, data=form, headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": "ada"}, "invalid_request"),
        ({"grant_type": "password", "username": "ada", "password": "x" * 2000}, "invalid_request"),
        ({"grant_type": "password", "username": "a\0b", "password": "x"}, "invalid_request"),
        ({"grant_type": "password", "username": "ada", "password": "Wrong"}, "invalid_grant"),
    ],
)
async def test_refusals_are_those_of_rfc_6749(app: FastAPI, form: dict, error: str):
    answer = await make_client(app).post(TOKEN, data=form)
    if not form:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await make_client(app).post(TOKEN, content=b"", headers=kind)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=password&username=a&username=b&password=c",
        b"grant_type=password&username=%ff&password=c",
        "grant_type=password&username=é&password=c".encode(),
        b"&".join(b"f%d=1" % n for n in range(50)),
    ],
)
async def test_what_is_no_clean_form_is_refused(app: FastAPI, body: bytes):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = await make_client(app).post(TOKEN, content=body, headers=kind)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_json_is_no_form(app: FastAPI, person: Person):
    body = {"grant_type": "password", "username": person.email, "password": person.password}

    answer = await make_client(app).post(TOKEN, json=body)

    assert answer.status_code == 415


async def test_the_form_shares_its_limits_with_the_other_ways_in(app: FastAPI, person: Person):
    client = make_client(app)

    answers = [await ask(client, person.email, "Wrong-Horse-7") for _ in range(3)]
    others = [await log_in(client, person, password="Wrong-Horse-7") for _ in range(2)]
    last = [await ask(client, person.email, person.password), await log_in(client, person)]

    assert [answer.json()["error"] for answer in answers] == ["invalid_grant"] * 3
    assert [answer.status_code for answer in others] == [401] * 2
    assert [answer.status_code for answer in last] == [429] * 2
    assert int(last[0].headers["retry-after"]) >= 1


async def test_50_parallel_wrong_forms_never_pass_the_limit(app: FastAPI, person: Person):
    client = make_client(app)

    answers = await asyncio.gather(*(ask(client, person.email, "Wrong-Horse-7") for _ in range(50)))

    assert sorted(each.status_code for each in answers) == [400] * 5 + [429] * 45


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"is_active": False}, "This account is disabled; ask an administrator."),
        (
            {"must_change_password": True},
            "Set a new password with a reset link before you sign in.",
        ),
    ],
)
async def test_the_state_is_told_only_after_the_right_password(
    app: FastAPI, person: Person, values: dict, sentence: str
):
    await run(app, update(User).where(User.id == user_id_of(person)).values(**values))

    wrong = await ask(make_client(app), person.email, "Wrong-Horse-7")
    right = await ask(make_client(app), person.email, person.password)

    assert (
        wrong.json()["error_description"] == "The e-mail address, user name or password is wrong."
    )
    assert right.json() == {"error": "invalid_grant", "error_description": sentence}


async def test_a_foreign_page_gets_no_token(app: FastAPI, person: Person):
    browser = make_client(app, Origin="https://evil.example")

    answer = await ask(browser, person.email, person.password)

    assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")


async def test_in_production_the_form_is_off_unless_wanted(app: FastAPI, person: Person):
    answers, described = [], []
    for over in ({}, {"enable_password_form": True}):
        async with another_app(app, **PRODUCTION, **over) as product:
            answers.append(await ask(make_client(product), person.email, "Wrong-Horse-7"))
            document = product.openapi()
            described.append(
                (
                    TOKEN in document["paths"],
                    "password" in document["components"]["securitySchemes"],
                )
            )

    assert [answer.status_code for answer in answers] == [404, 400]
    assert described == [(False, False), (True, True)]


def test_the_description_offers_the_flow_to_every_call_of_a_person(app: FastAPI):
    document = app.openapi()

    scheme = document["components"]["securitySchemes"]["password"]
    assert scheme["type"] == "oauth2"
    assert scheme["flows"]["password"]["tokenUrl"] == TOKEN
    assert {"password": []} in document["paths"]["/api/products"]["get"]["security"]
    assert "security" not in document["paths"][TOKEN]["post"]
