"""What every dialect is made of: a sub-application with documentation and refusals of its own."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.responses import JSONResponse
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from erp.identity.access import Public
from erp.identity.actions.desk import NO_HABITS, Desk, Habits
from erp.kernel.db import run_afterwards
from erp.kernel.errors import Refusal
from erp.kernel.http import headers_of, refusal_for_faults, refusal_for_status, status_of
from erp.web.docs import docs_page

Words = Mapping[type[Refusal], tuple[int, str]]
Say = Callable[[Request, Refusal], Response]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One old API: where it is mounted, what it offers, how it says no.

    `lives` replaces settings of the process, such as how long an access token lives; `docs` are
    the paths of its documentation.
    """

    name: str
    title: str
    description: str
    router: APIRouter
    say: Say
    lives: Mapping[str, int]
    habits: Habits = NO_HABITS
    docs: tuple[str, ...] = ("/docs",)

    def application(self, state: State) -> FastAPI:
        """The sub-application, at the desk of the process but with the dialect's own lives."""
        app = _SubApplication(
            title=self.title,
            description=self.description,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
        )
        app.router.routes.extend([*self.router.routes, *_documentation(app, self).routes])
        desk: Desk = state.desk
        settings = desk.settings.model_copy(update=dict(self.lives))
        habits = replace(self.habits, client=self.name)
        own = replace(desk, settings=settings, habits=habits)
        app.state = State({**vars(state)["_state"], "desk": own})
        _refuse_in_words(app, self.say)
        return app


class _SubApplication(FastAPI):
    """Faults pass through to the border of the process, which repeats, logs and answers them."""

    def build_middleware_stack(self) -> ASGIApp:
        """Refusals are answered here; nothing else is."""
        within = AsyncExitStackMiddleware(self.router)
        return ExceptionMiddleware(within, handlers=self.exception_handlers)


def together(*routers: APIRouter) -> APIRouter:
    """The routes of a dialect that is told in several files."""
    whole = APIRouter()
    for router in routers:  # flat: including routers would match every path twice
        whole.routes.extend(router.routes)
    return whole


def _documentation(app: FastAPI, dialect: Dialect) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[Public])
    description = f"/compat/{dialect.name}/openapi.json"

    async def show_docs() -> Response:
        """The dialect's calls, to read and to try."""
        return docs_page(app.title, description, secrets.token_urlsafe(16))

    for path in dialect.docs:
        router.add_api_route(path, show_docs, methods=["GET"])

    @router.get("/openapi.json")
    async def show_openapi(request: Request) -> dict[str, Any]:
        """The dialect's OpenAPI document."""
        app.servers = [{"url": str(request.scope["root_path"])}]
        return app.openapi()

    return router


def _refuse_in_words(app: FastAPI, say: Say) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        await run_afterwards(request, request.app.state.database)  # no session was opened for them
        return say(request, _refusal(error))

    for kind in (Refusal, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, refused)


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestValidationError):
        return refusal_for_faults(error.errors(), error.body)
    return refusal_for_status(error)


def sentence_of(refusal: Refusal) -> str:
    """One line for people, naming each wrong field."""
    fields = [f"{each.pointer.lstrip('/?#')}: {each.detail}" for each in refusal.errors]
    return "; ".join(fields) or refusal.detail


def words_for(refusal: Refusal, words: Words) -> tuple[int, str]:
    """The dialect's own status and words for this kind of refusal, else the product's."""
    for kind in type(refusal).__mro__:
        if kind in words:
            return words[kind]
    return status_of(refusal), sentence_of(refusal)


def saying_detail(words: Words) -> Say:
    """Refusals as `{"detail": "text"}`, which three of the old front ends show."""

    def say(request: Request, refusal: Refusal) -> Response:
        status, text = words_for(refusal, words)
        return JSONResponse({"detail": text}, status, headers_of(request, refusal))

    return say
