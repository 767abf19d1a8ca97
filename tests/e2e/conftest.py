"""Journeys through the real product: its server on a throw-away database, and Chromium.

Each test signs up somebody of its own through the API, so journeys never meet. A test fails on
whatever the browser complains about: script errors, refused styles and scripts, failed calls.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from erp.migrations.upgrade import migrate
from erp.web.pages import STATIC
from tests.conftest import empty_database
from tests.making import PASSWORD, make_address, make_ip
from tests.process.running import Running, serving, settings_for

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
DESKTOP = {"width": 1280, "height": 800}
STATUS_NEWS = ("Failed to load resource: the server responded with a status of",)
OFFLINE_NEWS = ("Failed to load resource: net::ERR_INTERNET_DISCONNECTED", "TypeError: offline")
TELL_REFUSALS = """addEventListener("securitypolicyviolation", (event) =>
    console.error("refused by the content security policy", event.violatedDirective, event.blockedURI))"""

expect.set_options(timeout=10_000)

DATABASES = ("sqlite", "postgres")
both_databases = pytest.mark.parametrize("backend", DATABASES, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A journey proves a screen, so one database will do: the name of the test chooses which.

    Those that say `both_databases` cross what databases differ in. See docs/decisions/0042.
    """
    own = metafunc.definition
    is_said = any("backend" in mark.args[0] for mark in own.iter_markers("parametrize"))
    if "backend" in metafunc.fixturenames and not is_said:
        chosen = DATABASES[zlib.crc32(own.name.encode()) % len(DATABASES)]
        own.add_marker(pytest.mark.parametrize("backend", [chosen], indirect=True))


def find_browser() -> str | None:
    """The Chromium of `ERP_BROWSER` or of this machine."""
    named = os.environ.get("ERP_BROWSER")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, for as long as journeys run one after the other."""
    executable = find_browser()
    if executable is None:
        pytest.skip("browser: no Chromium found, install Debian's package or set ERP_BROWSER")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=QUIET.split())
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The product, served as people serve it."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("browser: the UI is not built, run `python ui/build.py`")
    folder = tmp_path_factory.mktemp(f"e2e_{backend}")
    with empty_database(backend, "e2e", request, folder) as url:
        migrate(url)
        settings = settings_for(folder, url, TRUSTED_PROXIES="127.0.0.0/8")
        with serving(folder, settings) as running:
            yield running


@dataclass
class Visit:
    """A browser window of somebody, and what to expect of it."""

    page: Page
    base_url: str
    slug: str = ""
    email: str = ""

    def go(self, path: str = "") -> None:
        """Open a page of one's organization."""
        self.page.goto(f"{self.base_url}/{self.slug}{path}")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Do something behind the browser's back, signed in as the same person."""
        sent = {"X-Organization": self.slug, "X-CSRF-Token": self.csrf_token(), **headers}
        context = self.page.context
        answer = context.request.fetch(
            self.base_url + path, method=method, data=body, headers=sent | self.origin()
        )
        assert answer.ok, answer.text()
        return answer.json() if answer.status != 204 else None

    def csrf_token(self) -> str:
        cookies = self.page.context.cookies(self.base_url)
        return next((each["value"] for each in cookies if each["name"] == "csrf_token"), "")

    def origin(self) -> dict[str, str]:
        return {"Origin": self.base_url}

    def make_product(self, **fields: str) -> dict[str, Any]:
        body = {"name": "Oak desk", "sku": "OAK-1", "sale_price": "12.50"} | fields
        made: dict[str, Any] = self.call("POST", "/api/products", body)
        return made

    def make_customer(self, **fields: str) -> dict[str, Any]:
        made: dict[str, Any] = self.call("POST", "/api/customers", {"name": "Acme"} | fields)
        return made


@dataclass
class Expected:
    """What a test provokes on purpose: statuses of answers, and how messages begin."""

    statuses: tuple[int, ...] = ()
    words: tuple[str, ...] = STATUS_NEWS


@contextmanager
def watched(context: BrowserContext, expected: Expected) -> Iterator[Page]:
    """A page whose every complaint fails the test."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(expected.words):
            complaints.append(message.text)

    def check(response: Response) -> None:
        if response.status >= 400 and response.status not in expected.statuses:
            complaints.append(f"{response.status} {response.request.method} {response.url}")

    page = context.new_page()
    page.add_init_script(TELL_REFUSALS)
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", check)
    yield page
    assert not complaints, complaints


@pytest.fixture
def expected() -> Expected:
    """`expected.statuses = (409,)` allows the browser to get a 409."""
    return Expected()


Opens = Callable[..., Visit]


@pytest.fixture
def open_window(server: Running, browser: Browser, expected: Expected) -> Iterator[Opens]:
    """Open windows that share nothing; options go to the browser's context."""
    open_ones: list[tuple[BrowserContext, Any]] = []

    def open_one(**options: Any) -> Visit:
        settings = {"viewport": DESKTOP, "locale": "en-US", "reduced_motion": "reduce"} | options
        proxied = {"X-Forwarded-For": make_ip()}
        context = browser.new_context(extra_http_headers=proxied, **settings)
        watch = watched(context, expected)
        open_ones.append((context, watch))
        return Visit(watch.__enter__(), server.base_url)

    yield open_one
    for context, watch in reversed(open_ones):
        context.close()
        watch.__exit__(None, None, None)


@pytest.fixture
def stranger(open_window: Opens) -> Visit:
    """Nobody signed in."""
    return open_window()


def signed_in(visit: Visit, **fields: str) -> Visit:
    """Sign a new person up through the API, with cookies."""
    visit.email = make_address()
    body = {
        "email": visit.email,
        "password": PASSWORD,
        "mode": "cookie",
        "full_name": "Ada Lovelace",
    }
    answer = visit.page.context.request.post(
        f"{visit.base_url}/api/auth/register", data=body | fields, headers=visit.origin()
    )
    assert answer.status == 201, answer.text()
    visit.slug = answer.json()["organizations"][0]["slug"]
    return visit


@pytest.fixture
def ada(open_window: Opens) -> Visit:
    """Somebody signed in to an organization of her own."""
    return signed_in(open_window())


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker, from the UI's own development packages."""
    path = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("browser: axe-core is not installed, run `npm ci` in ui/")
    return path.read_text()
