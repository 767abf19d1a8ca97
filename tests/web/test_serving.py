"""The browser UI as it is served: index, assets, encodings, and nothing else of the machine."""

import gzip
import re

import httpx2
import pytest
from httpx2 import ASGITransport

from erp.web.pages import NOT_BUILT, STATIC, Web, read_assets
from erp.web.signpost import Signpost

pytestmark = pytest.mark.anyio

INDEX = '<!doctype html><meta name="csp-nonce" content="__NONCE__"><script src="/assets/a.js">'
SCRIPT = b"console.log('asset')" * 50
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@pytest.fixture
def built(tmp_path):
    """A made-up build, beside a file that must stay private."""
    (tmp_path / "secret.txt").write_text("private")
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "docs-assets").mkdir()
    (folder / "index.html").write_text(INDEX)
    (folder / "theme.js").write_text("theme()")
    (folder / ".stamp").write_text("private")
    (folder / "assets" / "a.js").write_bytes(SCRIPT)
    (folder / "assets" / "a.js.map").write_text("private")
    (folder / "assets" / "a.js.br").write_bytes(b"brotli twin")
    (folder / "assets" / "a.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "plain.svg").write_text("<svg/>")
    (folder / "docs-assets" / "swagger-ui.css").write_text("body {}")
    return folder


@pytest.fixture
async def visitor(built):
    """A browser that asks for nothing in particular."""
    async with browse(Web(Signpost([]), read_assets(built))) as client:
        yield client


def browse(web):
    headers = {"Accept-Encoding": "identity"}
    transport = ASGITransport(app=web, raise_app_exceptions=True)
    return httpx2.AsyncClient(transport=transport, base_url="http://erp.test", headers=headers)


@pytest.mark.parametrize("path", ["/", "/index.html", "/acme/products", "/login?next=%2F", "/a.b"])
async def test_every_address_of_the_ui_answers_the_index(visitor, path):
    answer = await visitor.get(path)

    nonce = re.search(r'content="([^"]+)"', answer.text)[1]
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == POLICY.format(nonce=nonce)
    assert answer.text == INDEX.replace("__NONCE__", nonce)


async def test_each_index_has_a_nonce_of_its_own(visitor):
    policies = {(await visitor.get("/")).headers["Content-Security-Policy"] for _ in range(20)}

    nonces = {re.search(r"nonce-([\w-]{20,})'", policy)[1] for policy in policies}
    assert len(nonces) == 20


async def test_assets_are_kept_for_a_year(visitor):
    answer = await visitor.get("/assets/a.js")

    assert (answer.status_code, answer.content) == (200, SCRIPT)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000", None),
        ("zstd", None),
        ("", None),
        ("identity", None),
        (";q=;,,br;x", None),
    ],
)
async def test_assets_come_in_an_encoding_the_client_accepts(visitor, accepted, encoding):
    request = visitor.build_request("GET", "/assets/a.js", headers={"Accept-Encoding": accepted})
    answer = await visitor.send(request, stream=True)

    sent = b"".join([part async for part in answer.aiter_raw()])
    bodies = {"br": b"brotli twin", "gzip": gzip.compress(SCRIPT), None: SCRIPT}
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert sent[12:] == bodies[encoding][12:]


async def test_an_asset_without_twins_comes_as_it_is(visitor):
    answer = await visitor.get("/assets/plain.svg", headers={"Accept-Encoding": "br, gzip"})

    assert (answer.text, answer.headers["Content-Type"]) == ("<svg/>", "image/svg+xml")
    assert "Content-Encoding" not in answer.headers


async def test_files_whose_names_never_change_are_asked_for_again(visitor):
    for path in ("/theme.js", "/docs-assets/swagger-ui.css"):
        assert (await visitor.get(path)).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        *("/assets/missing.js", "/assets/", "/assets", "/docs-assets/missing.css"),
        *("/assets/a.js.map", "/assets/a.js.br", "/assets/a.js.gz"),
        *("/api/x", "/api/", "/api", "/health/x", "/compat/x"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json"])
async def test_what_is_missing_is_a_problem_whatever_is_accepted(visitor, path, accept):
    answer = await visitor.get(path, headers={"Accept": accept})

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_path")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "//etc/passwd",
        "///etc/passwd",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/..%5c..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/.stamp",
        "/assets/a.js%00.svg",
    ],
)
async def test_no_address_leads_out_of_the_build(visitor, path):
    raw = httpx2.Request("GET", "http://erp.test/")
    raw.url = raw.url.copy_with(raw_path=path.encode())

    answer = await visitor.send(raw)

    assert "private" not in answer.text
    assert "root:" not in answer.text
    assert answer.text.startswith("<!doctype") or answer.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_pages_are_only_read(visitor, method):
    answer = await visitor.request(method, "/acme/products")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_path")


async def test_without_a_build_a_page_says_how_to_make_one(tmp_path):
    async with browse(Web(Signpost([]), read_assets(tmp_path / "nothing"))) as client:
        answer = await client.get("/")

    assert (answer.status_code, answer.text) == (200, NOT_BUILT)


async def test_the_application_adds_its_headers_to_pages(client):
    answer = await client.get("/acme/products")

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src")
    assert len(answer.headers.get_list("Content-Security-Policy")) == 1
    assert answer.headers.get_list("Cache-Control") == ["no-cache"]


async def test_a_wrong_method_names_the_right_ones(client):
    answer = await client.request("PUT", "/api/products")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.skipif(not STATIC.is_dir(), reason="the UI is not built")
def test_the_build_loads_nothing_inline_and_nothing_from_elsewhere():
    index = (STATIC / "index.html").read_text()

    assert 'content="__NONCE__"' in index
    assert re.findall(r"<script(?![^>]*\bsrc=)", index) == []
    assert re.findall(r"<style|\son\w+=|\sstyle=", index) == []
    assert re.findall(r"""(?:src|href)=["'](?!/)""", index) == []


@pytest.mark.skipif(not STATIC.is_dir(), reason="the UI is not built")
def test_every_file_the_built_index_names_is_served():
    assets = read_assets()

    named = re.findall(r'(?:src|href)="([^"]+)"', assets["/index.html"].variants[""].decode())

    assert [path for path in named if path not in assets] == []
    assert {"br", "gzip"} <= set(
        assets[next(p for p in named if p.endswith(".js") and "assets" in p)].variants
    )
