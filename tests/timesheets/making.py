"""Makers for tests of hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select, update

from erp.identity.models import User
from erp.kernel.schema import new_id
from erp.organizations.models import Member, Organization
from erp.organizations.numbering import take_number
from erp.projects.actions.states import state_named, states_to_use
from erp.projects.models import Project, Task
from tests.identity.making import user_id_of
from tests.making import Person, reading_all, workspace_of

_numbers = count(1)


async def make_project(app: FastAPI, person: Person, **over: Any) -> str:
    """The id of a project of the person's organization."""
    async with workspace_of(app, person) as work:
        number = await take_number(work.session, work.organization_id, "project")
        project = Project(id=new_id(), number=number, state="active", currency="EUR")
        values = {"code": f"P{number}", "name": f"Project {number}", "billable": True}
        project.write(values | over)
        work.add(project)
        return str(project.id)


async def make_task(app: FastAPI, person: Person, project_id: str, **over: Any) -> str:
    """The id of a task of the project."""
    async with workspace_of(app, person) as work:
        state_id = state_named(await states_to_use(work), None).id
        values = {"number": next(_numbers), "title": "Work", "priority": "none", "position": 0}
        task = Task(id=new_id(), project_id=UUID(project_id), state_id=state_id)
        task.write(values | over)
        work.add(task)
        return str(task.id)


def at(moment: str) -> str:
    """An instant of a day that has long passed: `09:00` is on Monday, 2 March 2026, UTC."""
    return f"2026-03-02T{moment}:00Z" if len(moment) == 5 else moment


def ago(**by: float) -> str:
    """An instant before now, in whole seconds."""
    return (datetime.now(UTC).replace(microsecond=0) - timedelta(**by)).isoformat()


async def make_entry(person: Person, project_id: str, start: str, end: str, **over: Any) -> Any:
    """A clock entry, as the API shows it."""
    body = {"project_id": project_id, "started_at": at(start), "ended_at": at(end)} | over
    answer = await person.client.post("/api/time-entries", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def set_zone(app: FastAPI, person: Person, zone: str) -> None:
    """Move the person's organization to another time zone."""
    async with app.state.database.writing() as session:
        mine = Organization.id == UUID(person.organization["id"])
        await session.execute(update(Organization).where(mine).values(time_zone=zone))


async def member_id_of(app: FastAPI, person: Person, host: Person) -> str:
    """The person's membership in the host's organization."""
    async with reading_all(app) as session:
        query = select(Member.id).join(User, User.id == Member.user_id)
        query = query.where(Member.organization_id == UUID(host.organization["id"]))
        return str(await session.scalar(query.where(User.id == user_id_of(person))))


async def list_spans(person: Person) -> list[tuple[str, str | None]]:
    """Start and end of every clock entry, by time."""
    page = "/api/time-entries?sort=started_at&kind=clock&limit=200"
    items = (await person.client.get(page)).json()["items"]
    return [(plain(each["started_at"]), plain(each["ended_at"])) for each in items]


def plain(moment: str | None) -> str | None:
    """An instant without its fraction: one database prints it, the other does not."""
    return None if moment is None else f"{datetime.fromisoformat(moment):%Y-%m-%dT%H:%M:%SZ}"
