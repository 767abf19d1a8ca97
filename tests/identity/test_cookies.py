"""Cookies to the letter, and never tokens in the body beside them."""

import re

import pytest
from fastapi import FastAPI

from tests.identity.making import (
    another_app,
    log_in,
    make_browser,
    newest_sealed,
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
DEVICE = r"[\w-]{22}\.\d{10}(?:\.[0-9a-f]{24}){2}\.[0-9a-f]{64}"
REG = r"[\w-]{43}\.[0-9a-f]{24}"
HALF_A_YEAR, DAY = 180 * 86_400, 86_400


def set_cookies(answer) -> list[str]:
    """The Set-Cookie headers, without what is different each time."""
    headers = answer.headers.get_list("set-cookie")
    kinds = {"csrf": CSRF, "device": DEVICE, "reg": REG, "jwt": JWT}
    for name, pattern in kinds.items():
        headers = [re.sub(rf"=({pattern});", f"=<{name}>;", header) for header in headers]
    return headers


async def test_cookies_of_a_local_set_up(app: FastAPI, person: Person):
    answer = await log_in(make_browser(app), person, mode="cookie")

    assert set_cookies(answer) == [
        f"device=<device>; HttpOnly; Max-Age={HALF_A_YEAR}; Path=/; SameSite=strict",
        "access_token=<jwt>; HttpOnly; Max-Age=900; Path=/; SameSite=lax",
        f"refresh_token=<jwt>; HttpOnly; Max-Age={FORTNIGHT}; Path=/; SameSite=strict",
        f"csrf_token=<csrf>; Max-Age={FORTNIGHT}; Path=/; SameSite=strict",
    ]


async def test_cookies_of_a_production_set_up(app: FastAPI):
    async with another_app(app, **PRODUCTION) as product:
        person = await sign_up_by_code(product)
        answer = await log_in(make_browser(product, HTTPS), person, mode="cookie")

    assert set_cookies(answer) == [
        f"__Host-device=<device>; HttpOnly; Max-Age={HALF_A_YEAR}; Path=/; SameSite=strict; Secure",
        "__Host-access_token=<jwt>; HttpOnly; Max-Age=900; Path=/; SameSite=lax; Secure",
        f"__Host-refresh_token=<jwt>; HttpOnly; Max-Age={FORTNIGHT}; Path=/; SameSite=strict; Secure",
        f"__Host-csrf_token=<csrf>; Max-Age={FORTNIGHT}; Path=/; SameSite=strict; Secure",
    ]


async def test_a_sign_up_by_cookies_is_bound_by_a_cookie_and_its_body_holds_no_token(app: FastAPI):
    async with another_app(app, **PRODUCTION) as product:
        browser = make_browser(product, HTTPS)
        body = {"email": make_address(), "password": PASSWORD, "mode": "cookie"}
        pending = await browser.post("/api/auth/register", json=body)
        code = (await newest_sealed(product, "identity/verify_email", body["email"]))["code"]
        proof = {"email": body["email"], "otp": code, "mode": "cookie"}
        verified = await browser.post("/api/auth/verify-email", json=proof)

    assert pending.json() == {"status": "verification_pending", "resend_after": 60}
    assert set_cookies(pending) == [
        f"__Host-reg=<reg>; HttpOnly; Max-Age={DAY}; Path=/; SameSite=strict; Secure"
    ]
    assert not TOKENS & set(verified.json())
    gone, *kept = [re.sub(r"expires=[^;]+; ", "", each) for each in set_cookies(verified)]
    assert gone == '__Host-reg=""; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure'
    assert [each.partition("=")[0] for each in kept] == [
        *("__Host-device", "__Host-access_token", "__Host-refresh_token", "__Host-csrf_token")
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
    assert set(dict(browser.cookies)) == {"__Host-device"}


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
        assert len(set_cookies(answer)) == 4
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
