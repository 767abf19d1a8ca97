"""Each documented call of the cloud ERP, as its front end makes it."""

from __future__ import annotations

import pytest

from tests.compat.speaking import front_end, new_account
from tests.identity.making import another_app, claims_of
from tests.making import make_client, make_product

pytestmark = pytest.mark.anyio
NAME = "cloud-erp"


async def test_it_is_alive(app):
    async with front_end(app, NAME) as erp:
        answer = await erp.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_registering_answers_the_id_that_me_knows_again(app):
    account = new_account()
    async with front_end(app, NAME) as erp:
        registered = await erp.post("/auth/register", json=account)
        signed_in = await erp.post("/auth/login", json=account)
        token = signed_in.json()["access_token"]
        me = await erp.get("/auth/me", headers={"Authorization": f"Bearer {token}"})

    made = registered.json()
    assert registered.status_code == 200
    assert made == {"message": "User registered", "user_id": made["user_id"]}
    assert signed_in.status_code == 200
    assert signed_in.json() == {"access_token": token, "token_type": "bearer"}
    assert me.json() == {"id": made["user_id"], "email": account["email"]}
    assert claims_of(token)["sub"] == made["user_id"]
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 60 * 60


async def test_a_taken_address_is_said_in_the_old_words(app):
    account = new_account()
    async with front_end(app, NAME) as erp:
        await erp.post("/auth/register", json=account)
        again = await erp.post("/auth/register", json=account)

    assert (again.status_code, again.json()) == (400, {"detail": "Email already registered"})


async def test_a_wrong_password_is_said_in_the_old_words(app, person):
    wrong = {"email": person.email, "password": "Wrong-Horse-7"}
    async with front_end(app, NAME) as erp:
        answer = await erp.post("/auth/login", json=wrong)

    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid credentials"})


async def test_the_form_of_the_authorize_button_signs_in(app, person):
    form = {"username": person.email, "password": person.password, "grant_type": "password"}
    async with front_end(app, NAME) as erp:
        answer = await erp.post("/auth/login", data=form)

    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"access_token", "token_type"}


async def test_what_is_wrong_with_a_sign_up_is_one_text(app):
    async with front_end(app, NAME) as erp:
        weak = await erp.post("/auth/register", json=new_account() | {"password": "short"})
        bad = await erp.post("/auth/register", json={"email": "no address", "password": "x"})

    assert (weak.status_code, bad.status_code) == (422, 422)
    assert "at least 8 characters" in weak.json()["detail"]
    assert bad.json() == {"detail": "email: This is not an e-mail address"}


async def test_without_a_good_token_nobody_is_anybody(app):
    async with front_end(app, NAME) as erp:
        none = await erp.get("/auth/me")
        bad = await erp.get("/auth/me", headers={"Authorization": "Bearer no.such.token"})

    assert (none.status_code, bad.status_code) == (401, 401)
    assert set(none.json()) == set(bad.json()) == {"detail"}
    assert none.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/users/test", "user ok"),
        ("/organizations/test", "organization ok"),
        ("/products/test", "product ok"),
    ],
)
async def test_the_smoke_routes_answer(app, path, said):
    async with front_end(app, NAME) as erp:
        answer = await erp.get(path)

    assert answer.json() == {"msg": said}


async def test_lists_hold_what_is_there_and_nothing_of_others(app, person, other):
    product = await make_product(person, sale_price="9.50")
    await make_product(other)
    async with front_end(app, NAME, person) as erp:
        users = (await erp.get("/users")).json()
        organizations = (await erp.get("/organizations")).json()
        products = (await erp.get("/products")).json()

    assert users == [{"id": users[0]["id"], "email": person.email}]
    assert [each["name"] for each in organizations] == [person.organization["name"]]
    assert [(each["id"], each["sale_price"]) for each in products] == [(product["id"], "9.5")]


async def test_where_addresses_must_be_proved_known_and_unknown_ones_are_told_alike(app, person):
    known = new_account() | {"email": person.email}
    async with (
        another_app(app, email_verification="required") as strict,
        front_end(strict, NAME) as erp,
    ):
        new = await erp.post("/auth/register", json=new_account())
        old = await erp.post("/auth/register", json=known)

    assert (new.status_code, old.status_code) == (202, 202)
    assert new.json() == old.json()
    assert "Confirm your email address" in new.json()["message"]


async def test_its_documentation_names_its_calls(app):
    async with front_end(app, NAME) as erp:
        page = await erp.get("/docs")
        document = (await erp.get("/openapi.json")).json()

    assert "/compat/cloud-erp/openapi.json" in page.text
    assert "/auth/login" in document["paths"]
    assert document["servers"] == [{"url": "/compat/cloud-erp"}]


async def test_a_dialect_that_is_not_named_is_not_there(app):
    async with another_app(app, compat_apis=[]) as plain, make_client(plain) as client:
        answer = await client.get("/compat/cloud-erp/health")

    assert answer.status_code == 404
