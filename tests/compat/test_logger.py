"""Each documented call of the time logger's sign-in, as its front end makes it: cookies and CSRF."""

from __future__ import annotations

import httpx2
import pytest

from tests.compat.speaking import make_front_end, new_account
from tests.identity.making import another_app, log_in
from tests.making import PASSWORD

pytestmark = pytest.mark.anyio
NAME = "logger"
PAGE = "http://localhost:8080"
FORGED = {"detail": "CSRF validation failed"}
ENTRY = {
    "project_code": "WEB",
    "activity": "Design",
    "start_utc": "2026-03-02T08:00:00Z",
    "end_utc": "2026-03-02T09:30:00Z",
}


@pytest.fixture
async def listing(app):
    """A process that lists the origin of the old front end, as `BACKEND_CORS_ORIGINS` does."""
    async with another_app(app, cors_origins=[PAGE], clock=app.state.database.clock) as product:
        yield product


class Page:
    """The old page: keeps cookies, repeats the readable one in a header, refreshes once on 401."""

    def __init__(self, app, **headers):
        sent = {"Origin": PAGE, "Sec-Fetch-Site": "same-site", **headers}
        self.client = make_front_end(app, NAME, **sent)
        self.calls = []

    async def send(self, method, path, **over):
        """One call with `credentials: include`; a 401 is followed by one refresh and one repeat."""
        answer = await self.send_once(method, path, **over)
        if answer.status_code == 401 and "/auth/" not in path:
            await self.send_once("POST", "/api/auth/refresh")
            answer = await self.send_once(method, path, **over)
        return answer

    async def send_once(self, method, path, **over):
        token = self.client.cookies.get("csrf_token", domain="erp.test")
        headers = {"X-CSRF-Token": token} if token else {}
        self.calls.append(f"{method} {path}")
        return await self.client.request(method, path, headers=headers, **over)

    def forget(self, *names):
        for name in names:
            self.client.cookies.delete(name, domain="erp.test", path="/")


@pytest.fixture
async def page(listing):
    somebody = Page(listing)
    yield somebody
    await somebody.client.aclose()


@pytest.fixture
async def signed_in(page):
    account = new_account()
    answer = await page.send("POST", "/api/auth/register", json=account)
    assert answer.status_code == 201, answer.text
    page.account, page.user = account, answer.json()
    return page


def cookies_of(answer):
    """Name and attributes of every cookie that the answer sets."""
    lines = answer.headers.get_list("set-cookie")
    return {line.partition("=")[0]: set(line.split("; ")[1:]) for line in lines}


async def test_it_is_alive(page):
    answer = await page.send("GET", "/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_registering_signs_in_by_cookies_of_the_old_names(page):
    account = new_account()

    made = await page.send("POST", "/api/auth/register", json=account)
    me = await page.send("GET", "/api/auth/me")

    cookies = cookies_of(made)
    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "email": account["email"],
        "full_name": None,
        "created_at": made.json()["created_at"],
    }
    assert isinstance(made.json()["id"], str)
    assert me.json() == made.json()
    assert cookies["access_token"] == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax"}
    assert cookies["refresh_token"] == {"HttpOnly", "Max-Age=1209600", "Path=/", "SameSite=strict"}
    assert cookies["csrf_token"] == {"Max-Age=1209600", "Path=/", "SameSite=strict"}
    assert not any("Domain" in each for each in cookies.values())


async def test_on_https_the_cookies_keep_their_names_and_are_secure(app):
    https = {"public_base_url": "https://erp.test", "cors_origins": ["https://log.erp.test"]}
    async with another_app(app, **https) as secure:
        front = make_front_end(secure, NAME, Origin="https://log.erp.test")
        front.headers["Sec-Fetch-Site"] = "same-site"
        answer = await front.post("/api/auth/register", json=new_account())
        await front.aclose()

    cookies = cookies_of(answer)
    assert {"access_token", "refresh_token", "csrf_token"} <= set(cookies)
    assert all("Secure" in each for each in cookies.values())


async def test_a_taken_address_is_409_in_the_old_words(signed_in):
    again = await signed_in.send("POST", "/api/auth/register", json=signed_in.account)

    assert (again.status_code, again.json()) == (409, {"detail": "Email already registered"})


async def test_signing_in_and_a_wrong_password(signed_in, listing):
    page = Page(listing)
    wrong = await page.send(
        "POST", "/api/auth/login", json=signed_in.account | {"password": "Wrong-Horse-7"}
    )
    right = await page.send("POST", "/api/auth/login", json=signed_in.account)
    me = await page.send("GET", "/api/auth/me")

    assert (wrong.status_code, wrong.json()) == (401, {"detail": "Invalid credentials"})
    assert (right.status_code, right.json()) == (200, signed_in.user)
    assert me.json() == signed_in.user
    await page.client.aclose()


async def test_signing_in_again_ends_the_session_that_the_browser_had(signed_in):
    before = signed_in.client.cookies.get("access_token", domain="erp.test")

    await signed_in.send("POST", "/api/auth/login", json=signed_in.account)

    old = await signed_in.client.get("/api/auth/me", headers={"Authorization": f"Bearer {before}"})
    assert old.status_code == 401


async def test_without_cookies_nobody_is_anybody(page):
    answer = await page.send("GET", "/api/auth/me")

    assert (answer.status_code, set(answer.json())) == (401, {"detail"})


async def test_an_expired_access_token_is_refreshed_once_and_the_call_repeated(signed_in, clock):
    clock.advance(minutes=11)

    answer = await signed_in.send("POST", "/api/time-entries/", json=ENTRY)

    assert answer.status_code == 201
    assert signed_in.calls[-3:] == [
        "POST /api/time-entries/",
        "POST /api/auth/refresh",
        "POST /api/time-entries/",
    ]


async def test_refreshing_rotates_all_cookies_and_answers_the_user(signed_in):
    jar = signed_in.client.cookies
    before = {name: jar.get(name, domain="erp.test") for name in ("access_token", "refresh_token")}

    answer = await signed_in.send_once("POST", "/api/auth/refresh")

    after = {name: jar.get(name, domain="erp.test") for name in before}
    assert (answer.status_code, answer.json()) == (200, signed_in.user)
    assert all(after[name] != before[name] for name in before)


async def test_a_stale_refresh_token_is_401_and_clears_the_cookies(signed_in, clock):
    stale = signed_in.client.cookies.get("refresh_token", domain="erp.test")
    await signed_in.send_once("POST", "/api/auth/refresh")
    await signed_in.send("GET", "/api/auth/me")
    clock.advance(minutes=1)
    signed_in.client.cookies.set("refresh_token", stale, domain="erp.test", path="/")

    answer = await signed_in.send_once("POST", "/api/auth/refresh")

    assert (answer.status_code, set(answer.json())) == (401, {"detail"})
    assert cookies_of(answer).keys() == {"access_token", "refresh_token", "csrf_token"}
    assert (await signed_in.send("GET", "/api/auth/me")).status_code == 401


async def test_without_a_refresh_cookie_refreshing_is_401(page):
    answer = await page.send_once("POST", "/api/auth/refresh")

    assert (answer.status_code, set(answer.json())) == (401, {"detail"})


async def test_signing_out_clears_the_cookies_and_ends_the_session(signed_in):
    access = signed_in.client.cookies.get("access_token", domain="erp.test")

    out = await signed_in.send("POST", "/api/auth/logout")

    assert (out.status_code, out.json()) == (200, {"ok": True})
    assert cookies_of(out).keys() == {"access_token", "refresh_token", "csrf_token"}
    after = await signed_in.client.get(
        "/api/auth/me", headers={"Authorization": f"Bearer {access}"}
    )
    assert after.status_code == 401


async def test_signing_out_wants_the_token_of_the_session(signed_in, page):
    signed_in.client.headers["X-CSRF-Token"] = "x"
    wrong = await signed_in.client.post("/api/auth/logout")
    del signed_in.client.headers["X-CSRF-Token"]
    none = await signed_in.client.post("/api/auth/logout")
    signed_in.forget("refresh_token")
    nobody = await signed_in.send("POST", "/api/auth/logout")

    for answer in (wrong, none, nobody):
        assert (answer.status_code, answer.json()) == (403, FORGED)
    assert (await signed_in.send("GET", "/api/auth/me")).status_code == 200


async def test_signing_out_of_a_session_that_has_ended_clears_the_cookies(signed_in, clock):
    clock.advance(days=15)

    out = await signed_in.send("POST", "/api/auth/logout")

    assert (out.status_code, out.json()) == (200, {"ok": True})
    assert "refresh_token" in cookies_of(out)


async def test_revoking_ends_every_session_without_the_header(signed_in, listing):
    second = Page(listing)
    await second.send("POST", "/api/auth/login", json=signed_in.account)

    done = await signed_in.client.post("/api/auth/revoke_all")

    assert (done.status_code, done.json()) == (200, {"ok": True})
    assert (await second.send("GET", "/api/auth/me")).status_code == 401
    assert (await second.send_once("POST", "/api/auth/refresh")).status_code == 401
    await second.client.aclose()


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/revoke_all"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_what_goes_without_the_header_wants_a_page_of_ours(signed_in, path, headers):
    for name in ("Origin", "Sec-Fetch-Site"):
        del signed_in.client.headers[name]
    token = signed_in.client.cookies.get("csrf_token", domain="erp.test")

    answer = await signed_in.client.post(path, headers=headers | {"X-CSRF-Token": token})

    assert (answer.status_code, answer.json()) == (403, FORGED)
    signed_in.client.headers |= {"Origin": PAGE, "Sec-Fetch-Site": "same-site"}
    assert (await signed_in.send("GET", "/api/auth/me")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/time-entries/"),
        ("PATCH", "/api/time-entries/{id}"),
        ("DELETE", "/api/time-entries/{id}"),
    ],
)
async def test_writing_entries_wants_the_token_of_the_session(signed_in, listing, method, path):
    entry = (await signed_in.send("POST", "/api/time-entries/", json=ENTRY)).json()
    stranger = Page(listing)
    await stranger.send("POST", "/api/auth/register", json=new_account())
    theirs = stranger.client.cookies.get("csrf_token", domain="erp.test")
    place = path.format(**entry)

    answers = [await signed_in.client.request(method, place, json=ENTRY)]
    signed_in.client.cookies.set("csrf_token", theirs, domain="erp.test", path="/")
    answers.append(await signed_in.send_once(method, place, json=ENTRY))

    for answer in answers:
        assert (answer.status_code, answer.json()) == (403, FORGED)
    read = await signed_in.send("GET", f"/api/time-entries/{entry['id']}")
    assert read.json() == entry
    await stranger.client.aclose()


@pytest.mark.parametrize("path", ["/api/auth/register", "/api/auth/login"])
async def test_a_foreign_page_signs_nobody_in(listing, path):
    evil = Page(listing, Origin="https://evil.example", **{"Sec-Fetch-Site": "cross-site"})

    answer = await evil.send("POST", path, json=new_account())

    assert (answer.status_code, answer.json()) == (403, FORGED)
    assert "set-cookie" not in answer.headers
    await evil.client.aclose()


async def test_the_listed_page_may_send_cookies_and_the_header(listing):
    front = make_front_end(listing, NAME)
    preflight = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "content-type,x-csrf-token",
    }

    asked = await front.options("/api/time-entries/x", headers=preflight | {"Origin": PAGE})
    answer = await front.get("/api/auth/me", headers={"Origin": PAGE})
    foreign = await front.get("/api/auth/me", headers={"Origin": "https://evil.example"})

    for each in (asked, answer):
        assert each.headers["access-control-allow-origin"] == PAGE
        assert each.headers["access-control-allow-credentials"] == "true"
    assert "x-csrf-token" in asked.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-origin" not in foreign.headers
    await front.aclose()


async def test_where_addresses_must_be_proved_known_and_unknown_ones_are_told_alike(app, person):
    strict = {"email_verification": "required", "cors_origins": [PAGE]}
    async with another_app(app, **strict) as product:
        page = Page(product)
        new = await page.send("POST", "/api/auth/register", json=new_account())
        known = await page.send(
            "POST", "/api/auth/register", json=new_account() | {"email": person.email}
        )
        unproved = await page.send(
            "POST", "/api/auth/login", json={"email": person.email, "password": PASSWORD}
        )
        await page.client.aclose()

    assert (new.status_code, new.json()) == (known.status_code, known.json())
    assert new.status_code == unproved.status_code == 403
    assert new.json() == unproved.json()
    assert "Confirm your email address" in new.json()["detail"]
    assert "access_token" not in cookies_of(new)


async def test_the_products_own_pages_do_not_read_these_cookies_on_https(app):
    https = {"public_base_url": "https://erp.test", "cors_origins": ["https://log.erp.test"]}
    async with another_app(app, **https) as secure:
        front = make_front_end(secure, NAME, Origin="https://log.erp.test")
        front.headers["Sec-Fetch-Site"] = "same-site"
        made = await front.post("/api/auth/register", json=new_account())
        pairs = "; ".join(line.partition(";")[0] for line in made.headers.get_list("set-cookie"))
        headers = {"Cookie": pairs}
        async with httpx2.AsyncClient(
            transport=front._transport, base_url="https://erp.test"
        ) as bare:
            here = await bare.get("/compat/logger/api/auth/me", headers=headers)
            there = await bare.get("/api/auth/me", headers=headers)

    assert (here.status_code, there.status_code) == (200, 401)


async def test_the_account_is_the_products_own(signed_in, listing, client):
    answer = await log_in(client, type("Somebody", (), signed_in.account)())

    assert answer.status_code == 200
