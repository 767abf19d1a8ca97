"""Pages of other sites can do nothing with a person's cookies."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from erp.identity.models import SessionRow, User
from erp.web.docs import marks_of
from tests.identity.making import (
    another_app,
    log_in,
    open_browser,
    rows,
    session_id_of,
    session_of,
    user_id_of,
)
from tests.making import PASSWORD, Person, make_address, make_client

pytestmark = pytest.mark.anyio

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
WITHOUT_SESSION = {  # they read no cookie
    *("/api/auth/register", "/api/auth/signup", "/api/auth/verify-email", "/api/auth/verify-otp"),
    *("/api/auth/resend-otp", "/api/auth/forgot-password", "/api/auth/reset-password"),
    *("/api/auth/login", "/api/auth/login/directory", "/api/auth/login/ace", "/api/auth/token"),
    "/api/invitations/read",
}
ENDS_SESSION = {
    *("/api/auth/refresh", "/api/auth/logout", "/api/auth/revoke-all", "/api/auth/revoke_all"),
}
SWITCH = "/api/auth/switch-organization"
EVIL = "https://evil.example"


def unsafe_calls(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every call that changes something by cookies."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    return sorted(
        (method, route.path)
        for route in routes
        for method in route.methods & UNSAFE
        if route.path not in WITHOUT_SESSION
    )


def filled(path: str) -> str:
    """The path with some id for each parameter."""
    some = "01890a5d-ac96-774b-bcce-b302099a8057"
    return "/".join(some if part.startswith("{") else part for part in path.split("/"))


def test_the_walk_sees_refresh_and_sign_out_and_every_room(app: FastAPI):
    calls = unsafe_calls(app)

    assert {("POST", "/api/auth/refresh"), ("PATCH", "/api/auth/refresh")} <= set(calls)
    assert {("POST", "/api/auth/logout"), ("POST", SWITCH)} <= set(calls)
    assert {path.split("/")[2] for _method, path in calls} >= {
        *("auth", "customers", "products", "members", "invitations", "organization"),
    }
    public = [r for r in app.routes if isinstance(r, APIRoute) and marks_of(r) == ["public"]]
    unsafe = {route.path for route in public if route.methods & UNSAFE}
    assert unsafe == WITHOUT_SESSION | {"/api/auth/refresh", "/api/auth/logout"}


async def test_every_unsafe_route_needs_the_sessions_own_csrf_token(
    app: FastAPI, person: Person, other: Person
):
    browser = await open_browser(app, person)
    own = browser.headers.pop("X-CSRF-Token")
    second = (await open_browser(app, person)).headers["X-CSRF-Token"]
    foreign = (await open_browser(app, other)).headers["X-CSRF-Token"]
    mac, _, nonce = own.partition(".")
    forged = ["", "x", f"{mac}.{nonce[:-1]}x", f"{'0' * 64}.{nonce}", mac, f"{mac}.", own.upper()]
    wrong = []

    for method, path in unsafe_calls(app):
        for token in (None, second, foreign, *forged):
            for in_cookie in {own, token or own}:
                browser.cookies.set("csrf_token", in_cookie, domain="erp.test", path="/")
                headers = {} if token is None else {"X-CSRF-Token": token}
                answer = await browser.request(method, filled(path), headers=headers)
                if (answer.status_code, answer.json().get("code")) != (403, "csrf_failed"):
                    wrong.append((method, path, token, answer.status_code))

    assert wrong == []
    assert (await browser.get("/api/auth/me")).status_code == 200


async def test_header_and_cookie_must_be_one_token(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    session_id = (await browser.get("/api/auth/me")).json()["session"]["id"]
    twin = app.state.desk.keys.make_csrf_token(session_id)

    answer = await browser.post("/api/auth/refresh", headers={"X-CSRF-Token": twin})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


async def test_the_right_token_opens_every_unsafe_route(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    calls = [call for call in unsafe_calls(app) if call[1] not in ENDS_SESSION]

    codes = [
        (await browser.request(method, filled(path), json={})).json().get("code")
        for method, path in calls
    ]

    assert not {"csrf_failed", "origin_refused", "not_signed_in"} & set(codes)


@pytest.mark.parametrize("path", sorted(ENDS_SESSION))
async def test_the_right_token_opens_what_ends_or_renews_the_session(
    app: FastAPI, person: Person, path: str
):
    browser = await open_browser(app, person)

    answer = await browser.post(path, json={})

    assert answer.status_code == (200 if path.endswith("refresh") else 204)


@pytest.mark.parametrize("token", ["\xe9", "é" * 40, "\xff.\xff", "\xf0\x9d\x9f\x98"])
async def test_a_csrf_header_beyond_ascii_is_refused_not_a_fault(
    app: FastAPI, person: Person, token: str
):
    browser = await open_browser(app, person)

    for path in (SWITCH, "/api/auth/refresh", "/api/auth/logout", "/api/products"):
        answer = await browser.post(path, headers={"X-CSRF-Token": token.encode("latin-1")})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://erp.test.evil.example"},
        {"Origin": "https://erp.test"},
        {"Origin": "http://erp.test:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://erp.test", "Sec-Fetch-Site": "cross-site"},
        {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
async def test_with_cookies_a_browser_says_it_stands_on_our_page(
    app: FastAPI, person: Person, headers: dict
):
    browser = await open_browser(app, person)
    del browser.headers["Origin"]
    body = {"organization": person.organization["slug"]}

    answers = [
        await browser.post(SWITCH, json=body, headers=headers),
        await browser.post("/api/products", json={"name": "Stolen"}, headers=headers),
        await browser.post("/api/auth/refresh", headers=headers),
        await browser.post("/api/auth/logout", headers=headers),
    ]

    assert [answer.json()["code"] for answer in answers] == ["origin_refused"] * 4
    assert (await browser.get("/api/auth/me")).status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
async def test_fetch_metadata_alone_is_enough(app: FastAPI, person: Person, site: str):
    browser = await open_browser(app, person)
    del browser.headers["Origin"]
    body = {"organization": person.organization["slug"]}

    answer = await browser.post(SWITCH, json=body, headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", sorted(WITHOUT_SESSION))
@pytest.mark.parametrize("origin", [EVIL, "null", "http://evil.test"])
async def test_a_foreign_page_can_sign_nobody_in_or_up(
    app: FastAPI, person: Person, path: str, origin: str
):
    signing_up = {"email": make_address(), "password": PASSWORD}
    proving = {"email": person.email, "otp": "000000"}
    at_company = {"account_id": "acme", "username": "ada", "password": PASSWORD}
    bodies = {
        "register": signing_up,
        "signup": signing_up,
        "verify-email": proving,
        "verify-otp": proving,
        "resend-otp": {"email": person.email},
        "login": {"email": person.email, "password": PASSWORD},
        "directory": at_company,
        "ace": at_company,
        "token": {},
        "forgot-password": {"email": person.email},
        "reset-password": {"token": "x", "new_password": "Some-Thing-New-8"},
        "read": {"token": "x"},
    }
    body = bodies[path.rpartition("/")[2]]
    users = len(await rows(app, User))

    answer = await make_client(app, Origin=origin).post(path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")
    assert answer.headers.get_list("set-cookie") == []
    assert len(await rows(app, User)) == users


async def test_cookies_are_for_pages_of_our_own_site_alone(app: FastAPI, person: Person):
    async with another_app(app, cors_origins=["https://shop.example"]) as product:
        listed = make_client(product, Origin="https://shop.example")
        answers = {
            (mode, site): await log_in(
                listed, person, mode=mode, headers={"Sec-Fetch-Site": site} if site else {}
            )
            for mode in ("cookie", "bearer")
            for site in ("cross-site", "same-site", None)
        }

    assert {key: answer.status_code for key, answer in answers.items()} == {
        ("cookie", "cross-site"): 403,
        ("cookie", "same-site"): 200,
        ("cookie", None): 403,
        ("bearer", "cross-site"): 200,
        ("bearer", "same-site"): 200,
        ("bearer", None): 200,
    }


async def test_a_program_without_an_origin_may_sign_in(app: FastAPI, person: Person):
    assert (await log_in(make_client(app), person)).status_code == 200


async def test_a_foreign_form_signs_nobody_out(app: FastAPI, person: Person):
    form = {"Origin": EVIL, "Content-Type": "application/x-www-form-urlencoded"}

    answer = await make_client(app).post("/api/auth/logout", headers=form)

    assert answer.status_code == 403
    assert {"set-cookie", "clear-site-data"}.isdisjoint(answer.headers)


@pytest.mark.parametrize("header", ["Bearer garbage", "Bearer", "", "Basic YTpi", "bearer  "])
async def test_a_bad_authorization_header_never_falls_back_to_cookies(
    app: FastAPI, person: Person, header: str
):
    browser = await open_browser(app, person)
    browser.headers["Authorization"] = header

    reading = await browser.get("/api/auth/me")
    changing = await browser.post("/api/products", json={"name": "Chair"})
    refreshing = await browser.post("/api/auth/refresh")
    leaving = await browser.post("/api/auth/logout", json={"scope": "all"})

    assert [each.status_code for each in (reading, changing, refreshing)] == [401] * 3
    assert leaving.status_code == 204
    live = await rows(app, SessionRow, SessionRow.user_id == user_id_of(person))
    assert [row.revoked_at for row in live] == [None] * 2


async def test_a_token_in_the_body_counts_and_the_cookies_do_not(app: FastAPI, person: Person):
    browser = await open_browser(app, person)
    body = {"refresh_token": person.tokens["refresh_token"]}

    answer = await browser.post("/api/auth/refresh", json=body)

    assert sorted(answer.json()) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert answer.headers.get_list("set-cookie") == []
    assert (await session_of(app, session_id_of(person))).gen == 1
