"""The API's own description: OpenAPI, its page, and what each problem code means."""

import secrets
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute

from erp.identity.access import Public
from erp.kernel.errors import (
    DatabaseBusy,
    Malformed,
    Refusal,
    StillStarting,
    TooLarge,
    UnsupportedMedia,
    ValidationFailed,
)
from erp.kernel.http import PROBLEM, Problem, refuses, status_of

DESCRIPTION = """
The back office of a small company: customers, products, people and history.

- **Sign in** at `POST /api/auth/login`: `mode: "bearer"` returns tokens, `mode: "cookie"` sets
cookies, and then every POST, PATCH and DELETE repeats the `csrf_token` cookie in `X-CSRF-Token`.
- **Organization**: the session's active one, or the one named in `X-Organization: <slug>`.
- **Errors** are `application/problem+json` (RFC 9457) with a stable `code`.
- **Edits**: send the `ETag` you read as `If-Match`, and a change in between answers 412.
- **Repeats**: send an `Idempotency-Key` with each POST, and sending it twice has one effect.
- **Decimals** travel as text, instants in UTC as RFC 3339.
"""
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · API</title>
<link rel="stylesheet" href="/docs-assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs-assets/swagger-ui-bundle.js"></script>
<script nonce="{nonce}">
SwaggerUIBundle({{
  url: "{address}", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none"
}});
</script>
</body>
</html>
"""
EVERY_CALL = (Malformed, DatabaseBusy, StillStarting)
EVERY_BODY = (*EVERY_CALL, TooLarge, UnsupportedMedia, ValidationFailed)
ORGANIZATION_HEADER = {
    "name": "X-Organization",
    "in": "header",
    "required": False,
    "description": "The slug of the organization to work in; the session's active one if left out",
    "schema": {"type": "string", "maxLength": 100},
}

PASSWORD_FORM = "/api/auth/token"
PASSWORD_FLOW = {
    "type": "oauth2",
    "description": "Address or user name, and password; leave client id and secret empty",
    "flows": {"password": {"tokenUrl": PASSWORD_FORM, "scopes": {}}},
}

router = APIRouter(prefix="/api", include_in_schema=False, dependencies=[Public])


@router.get("/docs")
async def show_docs(request: Request) -> Response:
    """The interactive documentation; works without any other host."""
    return docs_page(request.app.title, "/api/openapi.json", secrets.token_urlsafe(16))


def docs_page(title: str, address: str, nonce: str) -> Response:
    """Swagger UI on the OpenAPI document at the address."""
    page = PAGE.format(title=escape(title), address=address, nonce=nonce)
    policy = {"Content-Security-Policy": POLICY.format(nonce=nonce)}
    return Response(page, headers=policy, media_type="text/html")


@router.get("/openapi.json")
async def show_openapi(request: Request) -> dict[str, Any]:
    """The OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    return document


@router.get("/docs/problems")
async def show_problems() -> Response:
    """Every problem code and what it says."""
    rows = "".join(
        f'<tr id="{each.code()}"><td><code>{each.code()}</code></td>'
        f"<td>{status_of(each)}</td><td>{escape(each.sentence())}</td></tr>"
        for each in sorted(every_refusal(Refusal), key=lambda each: each.code())
    )
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title>'
    page = f"{head}<h1>Problems</h1><table>{rows}</table></html>"
    return Response(page, media_type="text/html")


def every_refusal(kind: type[Refusal]) -> set[type[Refusal]]:
    """Every kind of refusal below this one."""
    found = set(kind.__subclasses__())
    return found.union(*(every_refusal(each) for each in found))


def describe(app: FastAPI) -> None:
    """Add to the OpenAPI document what routes cannot say: ways to sign in, permissions."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _add_problem(document)
            _add_security(app, document)
            _add_refusals(document)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _add_problem(document: dict[str, Any]) -> None:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs")
    document.setdefault("components", {}).setdefault("schemas", {}).update(parts, Problem=schema)


def _add_security(app: FastAPI, document: dict[str, Any]) -> None:
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["bearer"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    schemes["cookie"] = {"type": "apiKey", "in": "cookie", "name": "access_token"}
    ways: list[dict[str, Any]] = [{"bearer": []}, {"cookie": []}]
    if app.state.settings.takes_password_form:
        schemes["password"] = PASSWORD_FLOW
        ways.append({"password": []})
    else:
        del document["paths"][PASSWORD_FORM]
    for route in api_routes(app):
        marks = marks_of(route)
        for method in route.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}:
            operation = document["paths"].get(route.path, {}).get(method.lower())
            if operation is None or marks == ["public"]:
                continue
            operation["security"] = ways
            if marks != ["signed_in"]:
                operation["x-permission"] = marks[0]
                operation.setdefault("parameters", []).append(ORGANIZATION_HEADER)


def _add_refusals(document: dict[str, Any]) -> None:
    """What the border may answer to every call, so that no room has to repeat it."""
    for operations in document["paths"].values():
        for operation in operations.values():
            kinds = EVERY_BODY if "requestBody" in operation else EVERY_CALL
            for status, refusal in refuses(*kinds).items():
                known = operation["responses"].setdefault(str(status), refusal)
                if PROBLEM not in known.get("content", {}):  # FastAPI's own words for a wrong value
                    operation["responses"][str(status)] = refusal
                elif known is not refusal:
                    _join_codes(known, refusal)


def _join_codes(known: dict[str, Any], more: dict[str, Any]) -> None:
    here, there = (each["content"][PROBLEM]["schema"]["allOf"][1] for each in (known, more))
    codes = {*here["properties"]["code"]["enum"], *there["properties"]["code"]["enum"]}
    here["properties"]["code"]["enum"] = sorted(codes)


def api_routes(app: FastAPI) -> list[Any]:
    """Every route of the rooms, as it is reached."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def marks_of(route: Any) -> list[str]:
    """The marks a route carries: `public`, `signed_in` or permissions. There must be one."""
    found = []
    for dependency in _dependencies(route.dependant):
        mark = getattr(dependency.call, "mark", None)
        if mark is not None:
            found.append(mark)
    return found


def _dependencies(dependant: Any) -> list[Any]:
    found = list(dependant.dependencies)
    for each in dependant.dependencies:
        found += _dependencies(each)
    return found
