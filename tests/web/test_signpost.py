"""The signpost leads where asking every route in turn would lead, only sooner."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Match, Mount, Route, Router

from erp.app import create_app
from erp.web.signpost import CHOSEN, Signpost
from tests.making import make_settings

METHODS = ("GET", "POST", "PATCH", "DELETE", "OPTIONS")
SEGMENTS = st.sampled_from(
    ["", "api", "products", "products.csv", "stock", "x", "health", "compat", "logger"]
)
PATHS = st.lists(SEGMENTS, max_size=5).map(lambda parts: "/" + "/".join(parts))
APP = create_app(make_settings(compat_apis=["logger", "cloud-erp"]))
SIGNPOST, *ROUTES = APP.router.routes


def scope_of(path: str, method: str) -> dict[str, Any]:
    return {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}


def ask_all(routes: Iterable[BaseRoute], scope: dict[str, Any]) -> tuple[Match, BaseRoute | None]:
    partial = None
    for route in routes:
        match, _ = route.matches(scope)
        if match == Match.FULL:
            return match, route
        partial = partial or (route if match == Match.PARTIAL else None)
    return (Match.PARTIAL, partial) if partial else (Match.NONE, None)


def ask(signpost: BaseRoute, scope: dict[str, Any]) -> tuple[Match, BaseRoute | None]:
    match, child_scope = signpost.matches(scope)
    return match, child_scope.get(CHOSEN)


@pytest.mark.parametrize("method", METHODS)
def test_every_route_is_found(method: str) -> None:
    paths = {re.sub(r"\{[^}]+\}", "some", route.path) for route in ROUTES}

    for path in paths | {f"{each}/more" for each in paths}:
        scope = scope_of(path, method)
        assert ask(SIGNPOST, scope) == ask_all(ROUTES, scope)


@given(path=PATHS, method=st.sampled_from(METHODS))
def test_whatever_is_asked_for_is_found_alike(path: str, method: str) -> None:
    scope = scope_of(path, method)

    assert ask(SIGNPOST, scope) == ask_all(ROUTES, scope)


async def nobody(request: object) -> None:
    raise NotImplementedError


def test_routes_that_begin_in_any_way_keep_their_place() -> None:
    first, any_room, mount, last = routes = [
        Route("/api/products", nobody, methods=["GET"]),
        Route("/api/{room}", nobody, methods=["POST"]),
        Mount("/files", Router()),
        Route("/{path:path}", nobody),
    ]
    signpost = Signpost(routes)

    assert ask(signpost, scope_of("/api/products", "GET"))[1] is first
    assert ask(signpost, scope_of("/api/products", "POST"))[1] is any_room
    assert ask(signpost, scope_of("/files/a/b", "GET"))[1] is mount
    assert ask(signpost, scope_of("/elsewhere", "GET"))[1] is last


def test_few_routes_are_asked() -> None:
    near = SIGNPOST.routes_near(scope_of("/api/products/some", "GET"))

    assert 0 < len(near) < len(ROUTES) / 10
