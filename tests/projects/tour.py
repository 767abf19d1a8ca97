"""The tour's calls of projects and tasks."""

from __future__ import annotations

from fastapi import FastAPI

from erp.identity.directory.models import DirectoryConnection
from erp.identity.directory.provider import AccountProject
from tests.architecture.calling import Call, listed
from tests.identity.directories import connect, make_account
from tests.making import Person, make_colleague, make_customer
from tests.projects.making import make_comment, make_project, make_task, me, states_of

PROJECT = "/api/projects/{project_id}"
TASK = "/api/tasks/{task_id}"
STATE = "/api/task-states/{state_id}"
NEW = {"code": "NEW", "name": "New", "customer_id": "{ordering_id}", "lead_id": "{leading_id}"}
BELOW = {"project_id": "{home_id}", "title": "New", "parent_id": "{other_id}"}
BATCH = {
    "items": [
        {"op": "create", "data": {"project_id": "{home_id}", "title": "New"}},
        {"op": "change", "id": "{task_id}", "data": {"title": "Changed"}},
        {"op": "move", "id": "{other_id}", "data": {"state_id": "{column_id}"}},
    ]
}
SAVING = {
    "members": [{"name": "New", "ref": "new"}, {"id": "{leading_id}"}],
    "projects": [{"id": "{project_id}", "name": "Saved", "lead": {"id": "{leading_id}"}}],
    "tasks": [
        {"project": {"id": "{home_id}"}, "title": "Saved", "parent": {"id": "{other_id}"}},
        {"id": "{task_id}", "title": "Saved"},
    ],
    "assignees": [
        {"task": {"id": "{task_id}"}, "member": {"ref": "new"}},
        {"task": {"id": "{other_id}"}, "member": {"id": "{leading_id}"}},
    ],
}
CALLS = (
    *listed("/api/projects"),
    Call("POST", "/api/projects", NEW),
    Call("GET", PROJECT),
    Call("PATCH", PROJECT, {"name": "Patched", "customer_id": "{ordering_id}"}),
    Call("POST", PROJECT + "/archive"),
    Call("POST", PROJECT + "/restore"),
    Call("PUT", PROJECT + "/team", {"member_ids": ["{leading_id}"]}),
    Call("GET", PROJECT + "/board"),
    *listed("/api/task-states"),
    Call("POST", "/api/task-states", {"name": "New", "group": "started"}),
    Call("PATCH", STATE, {"name": "Patched"}),
    *listed("/api/tasks"),
    Call("POST", "/api/tasks", BELOW | {"assignee_ids": ["{leading_id}"]}),
    Call("POST", "/api/tasks/batch", BATCH),
    Call("POST", "/api/projects/batch", SAVING),
    Call("GET", TASK),
    Call("PATCH", TASK, {"title": "Patched", "state_id": "{column_id}"}),
    Call("POST", TASK + "/copy", {"project_id": "{home_id}"}),
    Call("POST", TASK + "/move", {"state_id": "{column_id}"}),
    Call("PUT", TASK + "/assignees", {"member_ids": ["{leading_id}"]}),
    Call("PUT", TASK + "/dependencies/{other_id}"),
    Call("DELETE", TASK + "/dependencies/{other_id}"),
    *listed("/api/task-logs"),
    *listed(TASK + "/logs"),
    Call("POST", TASK + "/logs", {"text": "New"}),
    *listed(TASK + "/comments"),
    Call("POST", TASK + "/comments", {"text": "New"}),
    Call("PATCH", "/api/comments/{comment_id}", {"text": "Patched"}),
    Call("DELETE", "/api/comments/{comment_id}"),
    Call("POST", "/api/directory/projects/preview"),
    Call("POST", "/api/directory/projects/apply", {"plan_id": "{plan_id}"}),
    Call("DELETE", TASK),
    Call("DELETE", STATE),
    Call("DELETE", PROJECT),
)


class QuietDirectory:
    """A directory at the edge of the product, with a project that is here already."""

    name = "ace"

    async def list_projects(self, connection: DirectoryConnection) -> list[AccountProject]:
        return [AccountProject(connection.account_id, "1", None, "Quiet", None, None, None, ())]

    def is_failing(self) -> bool:
        return False


async def make_records(app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    colleague = await make_colleague(app, person)
    home, project = await make_project(person), await make_project(person)
    task, other = await make_task(person, home), await make_task(person, home)
    state = await person.client.post("/api/task-states", json={"name": "Odd", "group": "started"})
    made = {
        "project_id": project["id"],
        "home_id": home["id"],
        "task_id": task["id"],
        "other_id": other["id"],
        "comment_id": (await make_comment(person, task))["id"],
        "state_id": state.json()["id"],
        "column_id": (await states_of(person))["backlog"]["id"],
        "ordering_id": (await make_customer(person))["id"],
        "leading_id": (await me(colleague))["id"],
    }
    app.state.desk.directories["quiet"] = QuietDirectory()
    await connect(app, person, make_account(), endpoint="quiet")
    made["plan_id"] = (await person.client.post("/api/directory/projects/preview")).json()["id"]
    await colleague.client.aclose()
    return made
