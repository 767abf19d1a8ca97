"""What requests and answers look like: problems, single records, versions.

Problems follow RFC 9457. This is the only file that knows the status number of a refusal.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from erp.kernel import errors
from erp.kernel.db import run_afterwards
from erp.kernel.errors import (
    FieldError,
    Malformed,
    NotFound,
    Refusal,
    UnsupportedMedia,
    ValidationFailed,
    wrong_field,
)
from erp.kernel.strict_json import StrictRequest

STATUS: dict[type[Refusal], int] = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Unacceptable: 422,
    errors.TooMany: 429,
    errors.ServerFault: 500,
    errors.UnusableAnswer: 502,
    errors.Unavailable: 503,
    errors.TimedOut: 504,
}
LONGEST_VERSION = 18
PROBLEM = "application/problem+json"


class ProblemField(BaseModel):
    """One wrong field."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemField]


def status_of(refusal: Refusal | type[Refusal]) -> int:
    """The status number of the kind that the refusal is."""
    kind = refusal if isinstance(refusal, type) else type(refusal)
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def problem(request: Request, refusal: Refusal) -> Response:
    """The refusal as problem+json."""
    status = status_of(refusal)
    body = {
        "type": f"/api/docs/problems#{refusal.code()}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refusal.detail,
        "instance": request.url.path,
        "code": refusal.code(),
        "request_id": request.scope.get("request_id", ""),
        "errors": [
            {"pointer": each.pointer, "code": each.code, "detail": each.detail}
            for each in refusal.errors
        ],
        **refusal.members,
    }
    content = orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z)
    return Response(content, status, headers_of(request, refusal), PROBLEM)


def headers_of(request: Request, refusal: Refusal) -> dict[str, str]:
    """What clients act on without reading the body."""
    return dict(_headers_for(request, refusal))


def _headers_for(request: Request, refusal: Refusal) -> Iterator[tuple[str, str]]:
    """Challenges follow RFC 6750 §3."""
    if refusal.retry_after is not None:
        yield "Retry-After", str(refusal.retry_after)
    if allowed := refusal.members.get("allow"):
        yield "Allow", str(allowed)
    if status_of(refusal) == HTTPStatus.UNAUTHORIZED:
        sent = bool(request.headers.get("authorization"))
        error = ', error="invalid_token"' if sent else ""
        yield "WWW-Authenticate", f'Bearer realm="erp"{error}'
    if permission := refusal.members.get("permission"):
        error = f'error="insufficient_scope", scope="{permission}"'
        yield "WWW-Authenticate", f'Bearer realm="erp", {error}'


def answer_refusals(app: FastAPI) -> None:
    """Let every refusal leave as a problem."""

    async def refused(request: Request, refusal: Exception) -> Response:
        await run_afterwards(request, request.app.state.database)  # no session was opened for them
        return problem(request, cast("Refusal", refusal))

    async def invalid(request: Request, error: Exception) -> Response:
        body = getattr(error, "body", None)
        faults = error.errors() if isinstance(error, RequestValidationError) else ()
        return problem(request, refusal_for_faults(faults, body))

    async def raised(request: Request, error: Exception) -> Response:
        return problem(request, refusal_for_status(error))

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, raised)


BY_STATUS: dict[int, type[Refusal]] = {
    404: errors.NoSuchPath,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
}


def refusal_for_status(error: Exception) -> Refusal:
    """What the framework raised by a status number, in the product's kinds."""
    if isinstance(error.__cause__, Refusal):
        return error.__cause__
    status = error.status_code if isinstance(error, HTTPException) else 400
    return BY_STATUS.get(status, Malformed)()


def refusal_for_faults(faults: Iterable[dict[str, Any]], body: Any = None) -> Refusal:
    """What Pydantic found, without the values that were sent: they may be secrets."""
    listed = tuple(_field_error(fault, body) for fault in faults)
    if any(each.pointer.startswith("{") for each in listed):
        return NotFound()
    if any(each.code == "json_invalid" for each in listed):
        return Malformed("The body is not valid JSON")
    return ValidationFailed(errors=listed)


def _field_error(fault: dict[str, Any], body: Any) -> FieldError:
    place, *path = fault["loc"]
    code = str(fault["type"])
    if place == "query" and code == "extra_forbidden":
        code = "unknown_parameter"
    named = ".".join(str(part) for part in path)
    pointers = {"query": f"?{named}", "path": f"{{{named}}}", "header": f"#{named}"}
    pointer = pointers.get(str(place)) or _pointer(path, body)
    return FieldError(pointer, code, _printable(str(fault["msg"])))


def _pointer(path: list[int | str], body: Any) -> str:
    """RFC 6901, without the tags that Pydantic puts between for a choice of models."""
    steps, node = [], body
    for position, part in enumerate(path):
        is_there = isinstance(node, list) or (isinstance(node, dict) and part in node)
        if is_there or position == len(path) - 1:
            steps.append(str(part).replace("~", "~0").replace("/", "~1"))
            node = node[part] if is_there else None
    return "".join(f"/{step}" for step in steps)


def _printable(message: str) -> str:
    return message.encode("utf-8", "replace").decode()


def refuses(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """What a route may refuse with, for OpenAPI: the codes as literals per status."""
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals:
        by_status.setdefault(status_of(refusal), []).append(refusal)
    return {
        status: {
            "description": " · ".join(sorted(each.sentence() for each in kinds)),
            "content": {PROBLEM: {"schema": _problem_schema(kinds)}},
        }
        for status, kinds in by_status.items()
    }


def _problem_schema(kinds: list[type[Refusal]]) -> dict[str, Any]:
    codes = sorted({each.code() for each in kinds})
    narrowed = {"type": "object", "properties": {"code": {"type": "string", "enum": codes}}}
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]}


@cache
def _adapter(schema: type[BaseModel]) -> TypeAdapter[Any]:
    return TypeAdapter(schema)


def answer(
    schema: type[BaseModel], record: Any, *, made_at: str | None = None, hide: Any = None
) -> Response:
    """One record, with its `ETag` if it has versions; 201 and `Location` when it was just made."""
    adapter = _adapter(schema)
    shown = adapter.validate_python(record, from_attributes=True)
    content = adapter.dump_json(shown, exclude=hide)
    return _with_version(content, getattr(shown, "version", None), made_at)


def answer_shown(shown: dict[str, Any], *, made_at: str | None = None) -> Response:
    """One record that `fetch_one` has made ready, with its `ETag`; 201 if it was just made."""
    content = orjson.dumps(shown, option=orjson.OPT_UTC_Z)
    return _with_version(content, shown.get("version"), made_at)


def _with_version(content: bytes, version: int | None, made_at: str | None) -> Response:
    """What is never changed has no version, and no `ETag`."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    headers |= {"Location": made_at} if made_at else {}
    return Response(content, 201 if made_at else 200, headers, "application/json")


def page(content: bytes) -> Response:
    """A list that is JSON already."""
    return Response(content, media_type="application/json")


def _read_version(
    if_match: Annotated[
        str | None,
        Header(
            description='The `ETag` that was read, such as `"3"`',
            json_schema_extra={"pattern": r'^(\*|(W/)?"[0-9]{1,18}")$', "maxLength": 24},
        ),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_VERSION):
        raise Malformed('If-Match must be an ETag such as "3"')
    return int(number)


ReadVersion = Annotated[int | None, Depends(_read_version)]


def room_router(tag: str, prefix: str) -> APIRouter:
    """A router whose operations are named `tag_function` for generated clients."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=RoomRoute,
        generate_unique_id_function=lambda route: f"{tag}_{route.name}",
    )


class RoomRoute(APIRoute):
    """A route whose JSON bodies are read strictly, and whose answer others may still note down."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler; both run inside the request's transaction."""
        documented = self.dependant
        self.dependant = _reading_the_query_at_once(documented)
        handle = super().get_route_handler()
        self.dependant = documented
        reads_json = self.body_field is not None
        known = _parameters_of(documented)

        async def handle_strictly(request: Request) -> Response:
            if request.scope["query_string"]:
                _ensure_known(request, known)
            if reads_json:
                _ensure_json(request)
                request = StrictRequest(request.scope, request.receive)
            response = await handle(request)
            for note in request.scope.get("noted_by", ()):
                await note(response)
            return response

        return handle_strictly


def _reading_the_query_at_once(dependant: Dependant) -> Dependant:
    """FastAPI looks at each field of a query model in turn; Pydantic reads them all in one go."""
    if len(dependant.query_params) != 1:
        return dependant
    [param] = dependant.query_params
    model = param.field_info.annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return dependant

    async def read(request: Request) -> BaseModel:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError as error:
            faults = [{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors()]
            raise RequestValidationError(faults) from None

    reader = Dependant(name=param.name, call=read, request_param_name="request")
    return replace(dependant, query_params=[], dependencies=[*dependant.dependencies, reader])


def _parameters_of(dependant: Dependant) -> frozenset[str]:
    """The names a query may hold, those of models and of dependencies included."""
    names: set[str] = set()
    for param in dependant.query_params:
        model: Any = param.field_info.annotation
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        names |= _names_in(model) if is_model else {param.alias}
    return frozenset(names).union(*map(_parameters_of, dependant.dependencies))


def _names_in(model: type[BaseModel]) -> set[str]:
    return {each.alias or name for name, each in model.model_fields.items()}


def _ensure_known(request: Request, known: frozenset[str]) -> None:
    """A misspelt `dry_run` must not be overheard."""
    for name in request.query_params:
        if name not in known:
            raise wrong_field(f"?{name}", "unknown_parameter", "There is no such parameter")


def _ensure_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_empty = request.headers.get("content-length") == "0" or (
        "content-length" not in request.headers and "transfer-encoding" not in request.headers
    )
    if not is_empty and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMedia
