"""Makers of projects and tasks: valid by default, one call each."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.making import Person

_numbers = count(1)


async def make_project(person: Person, **over: Any) -> dict[str, Any]:
    """A project of the person's organization."""
    number = next(_numbers)
    body = {"code": f"JOB{number}", "name": f"Project {number}"} | over
    return await _made(person, "/api/projects", body)


async def make_task(person: Person, project: dict[str, Any], **over: Any) -> dict[str, Any]:
    """A task of the project."""
    body = {"project_id": project["id"], "title": f"Task {next(_numbers)}"} | over
    return await _made(person, "/api/tasks", body)


async def make_comment(person: Person, task: dict[str, Any], text: str = "Well") -> dict[str, Any]:
    """Something said about the task."""
    return await _made(person, f"/api/tasks/{task['id']}/comments", {"text": text})


async def states_of(person: Person) -> dict[str, dict[str, Any]]:
    """The states of the person's organization, by group."""
    items = (await person.client.get("/api/task-states")).json()["items"]
    return {each["group"]: each for each in reversed(items)}


async def complete(person: Person, task: dict[str, Any], **over: Any) -> Any:
    """The answer to completing the task."""
    done = (await states_of(person))["completed"]["id"]
    body = {"state_id": done} | over
    return await person.client.patch(f"/api/tasks/{task['id']}", json=body)


async def me(person: Person) -> dict[str, Any]:
    """The person as a member."""
    answer = await person.client.get("/api/auth/me")
    member: dict[str, Any] = answer.json()["member"]
    return member


async def _made(person: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await person.client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
