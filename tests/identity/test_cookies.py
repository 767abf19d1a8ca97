"""Cookies to the letter, and never tokens in the body beside them."""

import re

import pytest
from fastapi import FastAPI

from tests.identity.making import (
    another_app,
    log_in,
    make_browser,
    open_browser,
    refresh,
    sign_up_by_code,
)
from tests.making import PASSWORD, Person, make_address, make_client

pytestmark = pytest.mark.anyio

HTTPS = "https://erp.example"
TOKENS = {"access_token", "refresh_token", "token_type", "expires_in"}
FORTNIGHT = 14 * 86_400
PRODUCTION = {
    "environment": "production",
    "public_base_url": HTTPS,
    "secret_key": "9f0c1d7e5b3a48e2a6d4c8b07f1e3d5a9b2c4e6f",
}
JWT = r"[\w-]+\.[\w-]+\.[\w-]+"
CSRF = r"[0-9a-f]{64}\.[\w-]{22}"


def set_cookies(answer) -> list[str]:
    """The Set-Cookie headers, without what is different each time."""
    headers = answer.headers.get_list("set-cookie")
    return [
        re.sub(rf"=({JWT});", "=<jwt>;", re.sub(rf"=({CSRF});", "=<csrf>;", header))
        for header in headers
    ]


async def test_cookies_of_a_local_set_up(app: FastAPI, person: Person):
    answer = await log_in(make_browser(app), person, mode="cookie")

    assert set_cookies(answer) == [
        "access_token=<jwt>; HttpOnly; Max-Age=900; Path=/; SameSite=lax",
        f"refresh_token=<jwt>; HttpOnly; Max-Age={FORTNIGHT}; Path=/; SameSite=strict",
        f"csrf_token=<csrf>; Max-Age={FORTNIGHT}; Path=/; SameSite=strict",
    ]


async def test_cookies_of_a_production_set_up(app: FastAPI):
    async with another_app(app, **PRODUCTION) as product:
        person = await sign_up_by_code(product)
        answer = await log_in(make_browser(product, HTTPS), person, mode="cookie")

    assert set_cookies(answer) == [
        "__Host-access_token=<jwt>; HttpOnly; Max-Age=900; Path=/; SameSite=lax; Secure",
        f"__Host-refresh_token=<jwt>; HttpOnly; Max-Age={FORTNIGHT}; Path=/; SameSite=strict; Secure",
        f"__Host-csrf_token=<csrf>; Max-Age={FORTNIGHT}; Path=/; SameSite=strict; Secure",
    ]


async def test_an_https_session_works_from_start_to_end(app: FastAPI):
    async with another_app(app, **PRODUCTION) as product:
        person = await sign_up_by_code(product)
        browser = make_browser(product, HTTPS)
        csrf = (await log_in(browser, person, mode="cookie")).json()["csrf_token"]
        me = await browser.get("/api/auth/me")
        pair = await browser.post("/api/auth/refresh", headers={"X-CSRF-Token": csrf})
        csrf = pair.json()["csrf_token"]
        out = await browser.post("/api/auth/logout", headers={"X-CSRF-Token": csrf})

    assert [each.status_code for each in (me, pair, out)] == [200, 200, 204]
    assert dict(browser.cookies) == {}


async def test_names_without_the_prefix_are_not_read_on_https(app: FastAPI):
    async with another_app(app, **PRODUCTION) as product:
        person = await sign_up_by_code(product)
        browser = make_browser(product, HTTPS)
        await log_in(browser, person, mode="cookie")
        planted = browser.cookies["__Host-access_token"]
        stranger = make_browser(product, HTTPS, Cookie=f"access_token={planted}")

        answer = await stranger.get("/api/auth/me")

    assert answer.status_code == 401


async def test_who_is_not_remembered_gets_cookies_for_the_browser_session(
    app: FastAPI, person: Person
):
    answer = await log_in(make_browser(app), person, mode="cookie", remember_me=False)

    assert set_cookies(answer) == [
        "access_token=<jwt>; HttpOnly; Max-Age=900; Path=/; SameSite=lax",
        "refresh_token=<jwt>; HttpOnly; Path=/; SameSite=strict",
        "csrf_token=<csrf>; Path=/; SameSite=strict",
    ]


async def test_a_refresh_keeps_the_kind_of_cookies(app: FastAPI, person: Person):
    browser = await open_browser(app, person, remember_me=False)

    answer = await browser.post("/api/auth/refresh")

    assert "Max-Age" not in set_cookies(answer)[1]
    assert len(set_cookies(answer)) == 3


async def test_sign_out_takes_the_cookies_back_as_they_were_set(app: FastAPI, person: Person):
    browser = await open_browser(app, person)

    answer = await browser.post("/api/auth/logout")

    bare = [re.sub(r"expires=[^;]+; ", "", header) for header in set_cookies(answer)]
    assert bare == [
        'access_token=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax',
        'refresh_token=""; HttpOnly; Max-Age=0; Path=/; SameSite=strict',
        'csrf_token=""; Max-Age=0; Path=/; SameSite=strict',
    ]
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


@pytest.mark.parametrize("path", ["/api/auth/register", "/api/auth/signup", "/api/auth/login"])
@pytest.mark.parametrize("mode", ["cookie", "bearer", None])
async def test_either_cookies_or_tokens_never_both(
    app: FastAPI, person: Person, path: str, mode: str | None
):
    email = person.email if path.endswith("login") else make_address()
    body = {"email": email, "password": PASSWORD} | ({"mode": mode} if mode else {})

    answer = await make_client(app).post(path, json=body)

    assert answer.is_success
    if mode == "cookie":
        assert not TOKENS & set(answer.json())
        assert "csrf_token" in answer.json()
        assert len(set_cookies(answer)) == 3
    else:
        assert set(answer.json()) >= TOKENS
        assert "csrf_token" not in answer.json()
        assert set_cookies(answer) == []


async def test_bearer_sessions_never_see_a_cookie(app: FastAPI, person: Person):
    answers = [
        await person.client.get("/api/auth/me"),
        await person.client.get("/api/auth/csrf"),
        await refresh(person.client, person.tokens["refresh_token"]),
        await refresh(person.client, "garbage"),
        await person.client.post("/api/auth/logout"),
    ]

    assert [set_cookies(answer) for answer in answers] == [[]] * 5


async def test_expires_in_is_what_the_access_token_says(person: Person):
    assert person.tokens["expires_in"] == 900
    assert person.tokens["token_type"] == "bearer"


async def test_the_csrf_token_can_be_asked_for(app: FastAPI, person: Person):
    browser = await open_browser(app, person)

    answer = await browser.get("/api/auth/csrf")

    assert answer.json() == {"csrf_token": browser.cookies["csrf_token"]}
    assert set_cookies(answer) == []


async def test_a_lost_csrf_cookie_is_made_anew(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    browser.cookies.delete("csrf_token")

    answer = await browser.get("/api/auth/csrf")
    token = answer.json()["csrf_token"]
    refreshed = await browser.post("/api/auth/refresh", headers={"X-CSRF-Token": token})

    assert set_cookies(answer) == ["csrf_token=<csrf>; Path=/; SameSite=strict"]
    assert refreshed.status_code == 200


async def test_without_a_session_there_is_no_csrf_token(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    await person.client.post("/api/auth/logout", json={"scope": "others"})

    ended = await browser.get("/api/auth/csrf")
    nobody = await make_browser(app).get("/api/auth/csrf")

    assert (ended.status_code, ended.json()["code"]) == (401, "session_revoked")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_signed_in")
