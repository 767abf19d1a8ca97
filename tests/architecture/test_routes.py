"""What holds for every route, and what stands between the API and its clients."""

import inspect
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from erp.kernel.errors import Refusal
from erp.kernel.paging import FeedQuery
from erp.organizations.access import KEPT_BY_WRITERS, PERMISSIONS, Permission, Role
from erp.organizations.actions.founding import slugs_for
from erp.organizations.models import RESERVED_SLUGS
from erp.web.docs import api_routes, every_refusal, marks_of
from erp.web.pages import NO_PAGES

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
ROUTE_TREE = ROOT / "ui" / "src" / "routeTree.gen.ts"
COMMITTED = ROOT / "ui" / "src" / "api" / "openapi.json"
RULES_OF_FIELDS = {
    "products:costs",
    "reports:money",
    "members:place",
}  # asked for by what is sent or shown, not by a route
OWN_MARKS = {
    "notices:read",  # having read a notice is noted on the notice itself
    "imports:run",  # a file shows itself to those alone who may write what is in it
}
PUBLIC_BY_TOKEN = {"/api/invitations/read"}  # the page of a mailed link, before any sign-in
DECIDED = {
    *("api", "assets", "compat", "health", "docs", "login", "signup", "verify", "forgot"),
    *("reset", "invite", "me", "admin", "new"),
}


async def test_every_route_has_exactly_one_mark(app):
    wrong = {
        f"{sorted(route.methods)} {route.path}": marks
        for route in api_routes(app)
        if len(marks := marks_of(route)) != 1
    }

    assert wrong == {}


async def test_every_mark_is_known_and_every_permission_is_used(app):
    marks = {mark for route in api_routes(app) for mark in marks_of(route)}

    assert marks - {"public", "signed_in"} == set(get_args(Permission)) - RULES_OF_FIELDS


async def test_only_ways_in_documentation_and_health_are_public(app):
    public = {route.path for route in api_routes(app) if marks_of(route) == ["public"]}

    allowed = ("/api/auth/", "/api/docs", "/api/openapi.json", "/health")
    assert {path for path in public if not path.startswith(allowed)} == PUBLIC_BY_TOKEN


def test_the_permission_table_knows_each_role_and_no_strange_words():
    assert set(PERMISSIONS) == set(get_args(Role))
    assert frozenset().union(*PERMISSIONS.values()) == set(get_args(Permission))
    assert PERMISSIONS["user"] <= PERMISSIONS["manager"] <= PERMISSIONS["admin"]
    assert set(get_args(Permission)) >= KEPT_BY_WRITERS


async def test_reading_permissions_stand_on_reading_routes(app):
    for route in api_routes(app):
        [mark] = marks_of(route)
        if mark in OWN_MARKS:
            continue
        if mark.endswith(":read"):
            assert route.methods <= {"GET", "HEAD"}, route.path
        elif ":" in mark:
            assert route.methods & {"POST", "PUT", "PATCH", "DELETE"}, route.path


async def test_every_list_is_also_a_file(app):
    """Put `@also_as_files(router)` above the route of the list."""
    paths = {route.path for route in api_routes(app)}
    lists = {
        route.path
        for route in api_routes(app)
        if route.methods == {"GET"} and ":" in marks_of(route)[0]
        if "items" in getattr(route.response_model, "model_fields", {})
        if not route.path.endswith("/duplicates")  # a hint while typing, not a list
    }

    assert len(lists) >= 7
    assert {f"{path}.{kind}" for path in lists for kind in ("csv", "xlsx")} <= paths


async def test_every_list_that_is_a_feed_can_be_sorted_by_changes(app):
    queries = {
        query
        for route in api_routes(app)
        for param in inspect.signature(route.endpoint).parameters.values()
        if isinstance(query := getattr(param.annotation, "__origin__", None), type)
        if issubclass(query, FeedQuery)
    }

    assert len(queries) >= 3
    for query in queries:
        assert "updated_at" in get_args(query.model_fields["sort"].annotation), query


async def test_every_operation_has_a_name_of_its_own(app):
    document = app.openapi()

    names = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))


async def test_the_committed_description_is_the_present_one(app):
    present = json.loads(json.dumps(app.openapi()))

    assert json.loads(COMMITTED.read_text()) == present, "run `make api` and commit the result"


def test_every_problem_code_is_a_word_of_its_own():
    codes = [refusal.code() for refusal in every_refusal(Refusal)]

    assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []
    assert len(codes) == len(set(codes))


def test_every_problem_has_a_sentence():
    sentences = {refusal.code(): refusal.sentence() for refusal in every_refusal(Refusal)}

    wrong = {code: said for code, said in sentences.items() if not re.fullmatch(r"[A-Z].+\.", said)}
    assert wrong == {}


def test_no_organization_takes_an_address_of_the_product():
    taken = {prefix.strip("/") for prefix in NO_PAGES} | DECIDED

    assert taken <= RESERVED_SLUGS


@pytest.mark.skipif(not ROUTE_TREE.is_file(), reason="the route tree is not generated")
def test_no_organization_takes_an_address_of_the_ui():
    paths = re.findall(r"fullPath: '/([^'/]*)", ROUTE_TREE.read_text())

    pages = {path for path in paths if path and not path.startswith("$")}
    assert {"login", "signup"} <= pages <= RESERVED_SLUGS


@pytest.mark.parametrize("name", sorted(RESERVED_SLUGS))
def test_a_reserved_name_gets_another_slug(name):
    made = list(slugs_for(name))

    assert name not in made
    assert made[0].startswith(f"{name}-")
