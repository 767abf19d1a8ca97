"""Projects and tasks, made behind the browser's back."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Visit
from tests.process.running import wait_for

Record = dict[str, Any]


def make_project(visit: Visit, **fields: Any) -> Record:
    made: Record = visit.call("POST", "/api/projects", {"code": "WEB", "name": "Website"} | fields)
    return made


def make_task(visit: Visit, project: Record, title: str, group: str = "", **fields: Any) -> Record:
    """A task in the default column, or in the one of the group."""
    if group:
        fields["state_id"] = state_of(visit, group)
    body = {"project_id": project["id"], "title": title} | fields
    made: Record = visit.call("POST", "/api/tasks", body)
    return made


def state_of(visit: Visit, group: str) -> str:
    states = visit.call("GET", "/api/task-states")["items"]
    return next(str(state["id"]) for state in states if state["group"] == group)


def my_id(visit: Visit) -> str:
    return str(visit.call("GET", "/api/auth/me")["member"]["id"])


def titles_in(visit: Visit, project: Record, group: str) -> list[str]:
    """The cards of a column as the server has them."""
    board = visit.call("GET", f"/api/projects/{project['id']}/board")
    column = next(each for each in board["columns"] if each["state"]["group"] == group)
    return [task["title"] for task in column["tasks"]]


def wait_for_titles(visit: Visit, project: Record, **expected: list[str]) -> None:
    """Until columns are stored like this: a board shows a move before it is stored."""

    def stored() -> dict[str, list[str]]:
        return {group: titles_in(visit, project, group) for group in expected}

    wait_for(lambda: stored() == expected, stored)
