"""Sign-up: a user, a first organization of which he or she is the admin, a session."""

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from erp.identity.models import SessionRow, User
from erp.organizations.models import Organization
from tests.identity.making import (
    another_app,
    events_about,
    log_in,
    mails_to,
    session_id_of,
    session_of,
    user_of,
)
from tests.making import PASSWORD, Person, make_address, make_client, sign_up

pytestmark = pytest.mark.anyio


async def register(app: FastAPI, path: str = "register", **over):
    body = {"email": make_address(), "password": PASSWORD} | over
    return await make_client(app).post(f"/api/auth/{path}", json=body)


@pytest.mark.parametrize("path", ["register", "signup"])
async def test_a_sign_up_makes_user_organization_and_session(app: FastAPI, path: str):
    answer = await register(
        app, path, email="Ada@" + make_address().replace("@", "."), full_name="  Ada King ",
        organization_name="King & Daughters", locale="de-DE",
    )  # fmt: skip

    made = answer.json()
    assert answer.status_code == 201
    assert made["status"] == "active"
    assert made["user"]["full_name"] == "Ada King"
    assert (made["user"]["email_verified"], made["user"]["locale"]) == (False, "de-DE")
    (home,) = made["organizations"]
    assert (home["name"], home["role"], home["member_number"]) == ("King & Daughters", "admin", 1)
    assert home["slug"].startswith("king-daughters")


async def test_the_session_works_in_the_new_organization(app: FastAPI, person: Person):
    row = await session_of(app, session_id_of(person))

    assert str(row.organization_id) == person.organization["id"]
    assert (row.auth_method, row.amr, row.gen, row.rotates) == ("password", "pwd", 0, True)


@pytest.mark.parametrize(
    ("over", "name"),
    [
        ({"full_name": "Ada King"}, "Ada King"),
        ({"username": "ada.{n}"}, "ada.{n}"),
        ({}, "person{n}"),
        ({"full_name": "Ada King", "organization_name": "Works"}, "Works"),
    ],
)
async def test_the_first_organization_is_named_for_its_founder(app: FastAPI, over: dict, name: str):
    number = make_address().partition("@")[0].removeprefix("person")
    over = {key: value.format(n=number) for key, value in over.items()}

    answer = await register(app, email=f"person{number}@example.com", **over)

    assert answer.json()["organizations"][0]["name"] == name.format(n=number)


async def test_organizations_of_one_name_get_slugs_of_their_own(app: FastAPI):
    names = [(await sign_up(app, organization_name="Twin Works")) for _ in range(3)]

    slugs = [each.organization["slug"] for each in names]

    assert len(set(slugs)) == 3
    assert all(slug.startswith("twin-works") for slug in slugs)


async def test_a_new_organization_takes_the_settings_of_the_process(app: FastAPI):
    async with another_app(app, currency="CHF", time_zone="Europe/Zurich") as swiss:
        person = await sign_up(swiss)
        here = (await person.client.get("/api/auth/me")).json()["organization"]

    assert (here["currency"], here["time_zone"]) == ("CHF", "Europe/Zurich")
    assert (here["week_start"], here["writers"]) == ("monday", "everyone")


async def test_an_address_is_taken_in_any_spelling(app: FastAPI, person: Person):
    answer = await register(app, email=person.email.upper().replace("EXAMPLE.COM", "Example.Com"))

    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/email"]


async def test_a_user_name_is_taken_in_any_case(app: FastAPI):
    name = make_address().partition("@")[0]
    await sign_up(app, username=name)

    answer = await register(app, username=name.upper())

    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/username"]


async def test_a_refused_sign_up_leaves_nothing_behind(app: FastAPI, person: Person):
    async def counts():
        async with app.state.database.reading() as session:
            return [
                await session.scalar(select(func.count()).select_from(model))
                for model in (User, Organization, SessionRow)
            ]

    before = await counts()

    await register(app, email=person.email, organization_name="Never Made")

    assert await counts() == before


async def test_a_sign_up_promises_one_mail_and_notes_one_event(app: FastAPI, person: Person):
    assert await mails_to(app, person.email) == ["identity/welcome"]
    assert await events_about(app, person) == ["user.registered"]


async def test_a_new_user_has_no_rights_beyond_the_organization(app: FastAPI, person: Person):
    user = await user_of(app, person)

    assert (user.is_platform_admin, user.is_active, user.email_verified_at) == (False, True, None)


@pytest.mark.parametrize(
    "field",
    [
        "role", "is_active", "is_admin", "is_platform_admin", "organization_id", "user_id", "id",
        "email_verified", "email_verified_at", "password_hash", "must_change_password", "version",
        "permissions", "slug", "status", "number", "created_by",
    ],
)  # fmt: skip
async def test_nobody_hands_rights_to_himself(app: FastAPI, person: Person, field: str):
    extra = {field: "admin"}
    asked = [
        ("/api/auth/register", {"email": make_address(), "password": PASSWORD}),
        ("/api/auth/login", {"email": person.email, "password": PASSWORD}),
        ("/api/auth/refresh", {"refresh_token": person.tokens["refresh_token"]}),
        ("/api/auth/logout", {}),
        ("/api/auth/reset-password", {"token": "x", "new_password": PASSWORD}),
        ("/api/auth/switch-organization", {"organization": person.organization["slug"]}),
    ]

    answers = [await person.client.post(path, json=body | extra) for path, body in asked]

    assert [answer.status_code for answer in answers] == [422] * len(asked)
    for answer in answers:
        found = answer.json()["errors"]
        assert [(each["pointer"], each["code"]) for each in found] == [
            (f"/{field}", "extra_forbidden")
        ]


def test_every_body_refuses_fields_it_does_not_know(app: FastAPI):
    document = app.openapi()
    schemas = document["components"]["schemas"]
    bodies = {
        reference["$ref"].rpartition("/")[2]
        for item in document["paths"].values()
        for operation in item.values()
        if "requestBody" in operation
        for reference in _references(operation["requestBody"])
    }

    lenient = {name for name in bodies if schemas[name].get("additionalProperties") is not False}

    assert len(bodies) > 10
    assert lenient == set()


def _references(node) -> list[dict]:
    if isinstance(node, dict):
        inner = [found for value in node.values() for found in _references(value)]
        return [node, *inner] if "$ref" in node else inner
    return [found for each in node for found in _references(each)] if isinstance(node, list) else []


async def test_a_made_up_invitation_opens_nothing(app: FastAPI):
    answer = await register(app, invitation_token="made-up")

    assert (answer.status_code, answer.json()["code"]) == (400, "invitation_invalid")


async def test_where_addresses_must_be_proved_a_sign_up_waits_for_its_code(app: FastAPI):
    async with another_app(app, email_verification="required") as strict:
        answer = await register(strict)
        ways = (await make_client(strict).get("/api/auth/options")).json()

    assert answer.status_code == 202
    assert sorted(answer.json()) == ["registration_token", "resend_after", "status"]
    assert answer.json()["status"] == "verification_pending"
    assert (ways["sign_up"], ways["verification"]) == (True, "required")


async def test_the_ways_in_are_told_to_everybody(app: FastAPI):
    answer = await make_client(app).get("/api/auth/options")

    assert answer.json() == {
        "password": True,
        "sign_up": True,
        "verification": "off",
        "directory": True,
        "password_rule": {
            "min_length": 8,
            "max_length": 256,
            "composition": True,
            "composition_waived_from": 15,
            "told_by_the_server": ["too_common", "contains_personal"],
        },
    }


async def test_the_composition_rule_follows_the_setting(app: FastAPI):
    async with another_app(app, password_composition="off") as lax:
        ways = (await make_client(lax).get("/api/auth/options")).json()
        answer = await register(lax, password="only-lower")

    assert ways["password_rule"]["composition"] is False
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "email",
    [
        "",
        "no-at-sign",
        "a@b",
        "a b@example.com",
        "a@example.com\r\nBcc: x@y.z",
        "x" * 250 + "@example.com",
    ],
)
async def test_what_is_no_address_is_refused(app: FastAPI, email: str):
    answer = await register(app, email=email)

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/email"]


async def test_the_whole_way_works_without_any_mail_server(app: FastAPI):
    person = await sign_up(app)

    answer = await log_in(make_client(app), person)

    assert answer.status_code == 200
    assert answer.json()["organizations"] == person.tokens["organizations"]
