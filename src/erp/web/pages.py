"""The browser UI: hashed assets for a year, and an index with a fresh nonce for everything else.

Files come from a table read at start; no path of a request is ever joined to a folder.
"""

import mimetypes
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from erp.kernel.errors import MethodNotAllowed, NoSuchPath, Refusal
from erp.kernel.http import problem
from erp.web.signpost import Signpost

STATIC = Path(__file__).parent / "static"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
FOR_A_YEAR = "public, max-age=31536000, immutable"
NONCE = "__NONCE__"
NO_PAGES = ("/api/", "/assets/", "/docs-assets/", "/health/", "/compat/")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Cloud ERP Lite</title>
<p>The browser UI is not built yet. Run <code>make setup</code>, then start again.
The API is at <a href="/api/docs">/api/docs</a>.</p></html>"""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the UI in every encoding it was built in."""

    media_type: str
    variants: dict[str, bytes] = field(default_factory=dict)


def read_assets(folder: Path = STATIC) -> dict[str, Asset]:
    """Every built file by its address; compressed twins become variants of their file."""
    assets: dict[str, Asset] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        is_ours = path.is_file() and not path.name.startswith(".")
        if not is_ours or path.suffix in (".map", ".br", ".gz"):
            continue
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        asset = assets[f"/{path.relative_to(folder).as_posix()}"] = Asset(kind)
        asset.variants[""] = path.read_bytes()
        for encoding, suffix in ENCODINGS.items():
            twin = path.with_name(path.name + suffix)
            if twin.is_file():
                asset.variants[encoding] = twin.read_bytes()
    return assets


class Web:
    """Answers what no room answers: UI files, the index, and clear refusals under /api."""

    def __init__(self, rooms: Signpost, assets: dict[str, Asset]) -> None:
        """`rooms` leads to the rooms' routes, to tell a wrong method from a wrong address."""
        self.rooms = rooms
        self.assets = assets
        index = assets.get("/index.html")
        self.index = index.variants[""].decode() if index else NOT_BUILT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request that matched no room's route."""
        request = Request(scope)
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = problem(request, refusal)
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        self._ensure_method_fits(request)
        if asset := self.assets.get(path):
            if path != "/index.html":
                return serve_asset(asset, request.headers, path)
        elif f"{path}/".startswith(NO_PAGES):
            raise NoSuchPath
        return self._serve_index()

    def _ensure_method_fits(self, request: Request) -> None:
        partial = [route for route in self._routes_near(request) if _is_at(route, request.scope)]
        if partial:
            allowed = sorted({name for route in partial for name in route.methods or ()})
            raise MethodNotAllowed(allow=", ".join(allowed))
        if request.method not in ("GET", "HEAD"):
            raise NoSuchPath

    def _routes_near(self, request: Request) -> list[Route]:
        return [each for each in self.rooms.routes_near(request.scope) if isinstance(each, Route)]

    def _serve_index(self) -> Response:
        nonce = secrets.token_urlsafe(16)
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": POLICY.format(nonce=nonce),
        }
        return Response(self.index.replace(NONCE, nonce), headers=headers, media_type="text/html")


def _is_at(route: Route, scope: Scope) -> bool:
    return route.matches(dict(scope))[0] == Match.PARTIAL


def serve_asset(asset: Asset, headers: Headers, path: str) -> Response:
    """The smallest variant the client accepts."""
    accepted = _accepted(headers.get("accept-encoding", ""))
    encoding = next((each for each in ENCODINGS if each in accepted and each in asset.variants), "")
    sent = {"Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if path.startswith("/assets/"):
        sent["Cache-Control"] = FOR_A_YEAR
    if encoding:
        sent["Content-Encoding"] = encoding
    return Response(asset.variants[encoding], headers=sent, media_type=asset.media_type)


def _accepted(header: str) -> set[str]:
    """The encodings named, but those of weight 0 (RFC 9110 12.5.3)."""
    parts = [part.replace(" ", "").partition(";q=") for part in header.lower().split(",")]
    return {name for name, weighed, weight in parts if not weighed or weight.strip("0.")}
