"""Pages that call as the five old front ends did, from another origin, in a real browser.

The pages lie in `old_front_ends/`. Each knows its base URL from the address, and nothing else of us.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, Page, expect

from erp.cli.sandbox import TOKEN
from erp.kernel.settings import OldApi
from erp.migrations.upgrade import migrate
from tests.conftest import empty_database
from tests.e2e.company import mail_to
from tests.e2e.conftest import Expected, watched
from tests.making import PASSWORD, make_address
from tests.process.running import (
    Running,
    free_port,
    serving,
    settings_for,
    sign_up_at,
    start_erp,
)

PAGES = Path(__file__).parent / "old_front_ends"
Opens = Callable[[str], Page]


class _Pages(SimpleHTTPRequestHandler):
    """The old pages, with nothing to say to the terminal and no icon."""

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    """Another origin: a server of files, as old front ends were served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=PAGES)) as files:
        thread = threading.Thread(target=files.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{files.server_port}"
        files.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def old_server(
    backend: str,
    pages: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    """The product with every dialect on, and the pages' origin among those it trusts."""
    folder = tmp_path_factory.mktemp(f"old_{backend}")
    with empty_database(backend, "old_front_ends", request, folder) as url:
        migrate(url)
        port = free_port()
        settings = settings_for(
            folder,
            url,
            ACE_API_URL=f"http://127.0.0.1:{port}/ace/login",
            ACE_API_TOKEN=TOKEN,
            COMPAT_APIS=",".join(get_args(OldApi)),
            CORS_ORIGINS=pages,
        )
        with (
            start_erp(folder, settings, "directory-sandbox", "--port", str(port)),
            serving(folder, settings) as running,
        ):
            yield running


@pytest.fixture
def open_page(
    old_server: Running, browser: Browser, expected: Expected, pages: str
) -> Iterator[Opens]:
    """Open an old page that is told only where its API is now."""
    context = browser.new_context()  # nothing is intercepted, so that preflights are real
    with watched(context, expected) as page:

        def open_one(name: str) -> Page:
            page.goto(f"{pages}/{name}.html?api={old_server.base_url}/compat/{name}")
            return page

        yield open_one
        context.close()


def type_in(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def status(page: Page, text: str) -> None:
    expect(page.get_by_role("status")).to_have_text(text)


def test_the_cloud_erp_registers_signs_in_and_lists(open_page: Opens, expected: Expected):
    expected.statuses = (400, 401)
    page, email = open_page("cloud-erp"), make_address()

    click(page, "Products")
    status(page, "401 Sign in to do this.")
    type_in(page, email=email, password=PASSWORD)
    click(page, "Register")
    status(page, "User registered string")
    click(page, "Register")
    status(page, "400 Email already registered")
    type_in(page, password="Wrong-Horse-1")
    click(page, "Log in")
    status(page, "400 Invalid credentials")
    type_in(page, password=PASSWORD)
    click(page, "Log in")
    status(page, "bearer")
    expect(page.locator("#me")).to_have_text(email)
    click(page, "Products")
    status(page, "product ok")


def test_medicalcare_reads_refusals_from_answers_with_status_200(
    open_page: Opens, old_server: Running
):
    page, email = open_page("medicalcare"), make_address()

    type_in(page, email=email, password=PASSWORD, name="Mia Care")
    click(page, "Sign up")
    status(page, "200 User created, please log in")
    type_in(page, password="Wrong-Horse-1")
    click(page, "Log in")
    status(page, "200 Invalid credentials")
    click(page, "Forgot password")
    status(page, "200 If this email is registered, a reset link was sent")
    type_in(page, name=mail_to(old_server, email, r"#token=(\S+)"), password="Other-Horse-8")
    click(page, "Reset password")
    status(page, "200 Password reset successful")
    click(page, "Log in")
    status(page, "Welcome Mia Care")
    expect(page.locator("#profile")).to_have_text(f"{email} Mia Care")
    type_in(page, name="Mia Clinic")
    click(page, "Save profile")
    expect(page.locator("#profile")).to_have_text(f"{email} Mia Clinic")


def test_medicalcare_is_asked_to_sign_in_again_when_its_token_is_none(
    open_page: Opens, expected: Expected
):
    expected.statuses = (401,)
    page = open_page("medicalcare")

    click(page, "Save profile")

    status(page, "Please log in")


def test_the_inventory_manager_works_with_numbers_and_plain_arrays(
    open_page: Opens, old_server: Running, expected: Expected
):
    expected.statuses = (401, 422)
    email = make_address()
    sign_up_at(old_server, email)
    page = open_page("inventory-manager")

    type_in(page, username=email, password="Wrong-Horse-1")
    click(page, "Sign in")
    status(page, "Invalid username or password")
    type_in(page, password=PASSWORD)
    click(page, "Sign in")
    status(page, "admin true")
    type_in(page, name="Lamp", price="19.99", stock="5")
    click(page, "Save")
    expect(page.get_by_role("row")).to_have_text("Lamp 19.99 5")
    page.get_by_role("row").click()
    status(page, "true Lamp")
    type_in(page, name="", price="20.5", stock="7")
    click(page, "Save")
    expect(page.get_by_role("row")).to_have_text("Lamp 20.50 7")
    page.evaluate("localStorage.setItem('token', 'worn-out')")
    click(page, "Save")
    expect(page).to_have_url(re.compile("#/login$"))


def test_the_logger_lives_by_cookies_csrf_and_one_refresh(open_page: Opens, expected: Expected):
    expected.statuses = (401, 403, 409)
    page, email = open_page("logger"), make_address()

    type_in(page, email=email, password=PASSWORD, code="WEB")
    click(page, "Register")
    status(page, f"{email} string")
    click(page, "Start")
    expect(page.get_by_role("listitem")).to_have_text("WEB running")
    page.context.clear_cookies(name="access_token")
    click(page, "Stop")
    expect(page.get_by_role("listitem")).to_have_text("WEB done")
    assert page.evaluate("calls").count("refresh 200") == 1
    page.evaluate("document.cookie = 'csrf_token=; path=/; max-age=0'")
    click(page, "Log out")
    status(page, "403 CSRF validation failed")
    type_in(page, email=email, password=PASSWORD)
    click(page, "Log in")
    status(page, f"{email} string")
    click(page, "Log out")
    status(page, "left true")
    click(page, "Start")
    expect(page.get_by_role("status")).to_contain_text("401")
    assert page.evaluate("calls.slice(-2)") == ["refresh 401", "POST 401"]


def test_the_task_hub_signs_in_by_the_directory_and_saves(
    open_page: Opens, old_server: Running, expected: Expected
):
    expected.statuses = (401, 404)
    connect_account(old_server)
    page = open_page("task-hub")

    type_in(page, account="northwind", username="ada", password="wrong")
    click(page, "Sign in")
    status(page, "401 INVALID_CREDENTIALS")
    type_in(page, password="Ada-Sandbox-1")
    click(page, "Sign in")
    status(page, "true ada")
    click(page, "Fetch projects")
    status(page, "fetched true")
    click(page, "Save a task")
    expect(page.get_by_role("listitem")).to_have_text("Write it Hub")
    status(page, "saved true")
    click(page, "Refresh")
    status(page, "refreshed")
    expect(page.get_by_role("listitem")).to_have_text("Write it Hub")


def connect_account(server: Running) -> None:
    """An administrator lets everybody of the directory's account work in the organization."""
    tokens = sign_up_at(server, make_address())
    with server.client(Authorization=f"Bearer {tokens['access_token']}") as client:
        claim = {"account_id": "northwind", "role_map": {"lead": "manager"}}
        made = client.post("/api/directory-connections", json=claim).json()
        proof = {"account_id": "northwind", "username": "grace", "password": "Grace-Sandbox-1"}
        assert client.post("/api/auth/identities", json=proof).status_code == 201
        path = f"/api/directory-connections/{made['id']}"
        assert client.patch(path, json={"enabled": True}).status_code == 200
