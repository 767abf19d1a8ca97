"""Comparing a directory's projects with ours: what a synchronization would change."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_

from erp.audit.actions import as_json
from erp.audit.models import AuditRow
from erp.identity.directory.models import Identity
from erp.identity.directory.provider import AccountProject, ProjectMember
from erp.identity.models import User
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.queries import person
from erp.organizations.schemas import PersonOut
from erp.projects.models import Project
from erp.projects.models import ProjectMember as Teammate
from erp.projects.schemas.syncing import SyncItem

PROVIDER = "ace"
SYNC = "projects:sync"
SYNC_REASON = "directory"  # what the trail says of projects a synchronization made
LONGEST_SOURCE, LONGEST_CODE = 40, 32
STATES: dict[str, str] = {
    **dict.fromkeys(("planned", "planning", "draft", "new", "proposed"), "planned"),
    **dict.fromkeys(("active", "open", "running", "in progress", "started"), "active"),
    **dict.fromkeys(("paused", "on hold", "suspended", "waiting"), "paused"),
    **dict.fromkeys(("done", "closed", "completed", "finished", "canceled"), "done"),
}


def source_of(account_id: str) -> str:
    """How a project names the directory's account that it came from."""
    named = f"{PROVIDER}:{fold(account_id)}"
    if len(named) <= LONGEST_SOURCE:
        return named
    return f"{PROVIDER}:{hashlib.sha256(named.encode()).hexdigest()[:32]}"


@dataclass(slots=True)
class Here:
    """What is known here before the directory's list is gone through."""

    projects: dict[tuple[str, str], Project] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    people: dict[tuple[str, str], PersonOut] = field(default_factory=dict)
    teams: dict[UUID, set[UUID]] = field(default_factory=dict)


async def plan_projects(work: Workspace, listed: Iterable[AccountProject]) -> list[SyncItem]:
    """One item for each project of the directory, and for ours that it no longer lists."""
    found = {(source_of(each.account_id), each.id): each for each in listed}
    here = await _read_here(work, found)
    items = [_compare(here, source, each) for (source, _), each in found.items()]
    if work.sees_all(SYNC):
        items += await _gone(work, here, found)
    return items


async def _read_here(work: Workspace, found: Mapping[tuple[str, str], AccountProject]) -> Here:
    here = Here()
    sources = {source for source, _ in found}
    mine = work.select(Project).where(Project.external_source.in_(sources))
    for project in await work.session.scalars(mine.order_by(Project.number)):
        here.projects[str(project.external_source), str(project.external_id)] = project
    codes = work.select(Project).with_only_columns(Project.code_key)
    here.codes = set(await work.session.scalars(codes))
    here.people = await _find_people(work, found.values())
    known = [project.id for project in here.projects.values()]
    team = work.select(Teammate).where(Teammate.project_id.in_(known))
    for each in await work.session.scalars(team):
        here.teams.setdefault(each.project_id, set()).add(each.member_id)
    return here


async def _find_people(
    work: Workspace, found: Iterable[AccountProject]
) -> dict[tuple[str, str], PersonOut]:
    """Active members by what the directory calls them; never by their address."""
    accounts = {fold(each.account_id) for each in found}
    named = {member.subject for each in found for member in each.members}
    query = (
        work.select(Member)
        .join(User, User.id == Member.user_id)
        .join(Identity, and_(Identity.user_id == User.id, Identity.provider == PROVIDER))
        .where(Member.status == "active")
        .where(Identity.issuer_key.in_(accounts), Identity.subject.in_(named))
        .add_columns(User, Identity.issuer_key, Identity.subject)
    )
    return {
        (issuer, subject): person(member, user)
        for member, user, issuer, subject in await work.session.execute(query)
    }


def _compare(here: Here, source: str, there: AccountProject) -> SyncItem:
    project = here.projects.get((source, there.id))
    known, unknown = _people(here, there)
    if project is None:
        values = _values(there) | {"code": _free_code(here, there)}
        changes = {name: [None, as_json(value)] for name, value in values.items()}
        return _item("create", source, there.id, changes, known, unknown)
    team = here.teams.get(project.id, set())
    added = [each for each in known if each.id not in team]
    changes = {
        name: [as_json(getattr(project, name)), as_json(value)]
        for name, value in _values(there).items()
        if getattr(project, name) != value
    }
    is_same = not changes and not added
    op = "skip" if is_same or project.archived_at is not None else "change"
    item = _item(op, source, there.id, changes, added, unknown, project)
    if op == "skip":
        note = "archived" if project.archived_at is not None else "unchanged"
        return item.model_copy(update={"note": note, "changes": {}, "added": []})
    return item


def _item(  # noqa: PLR0913, PLR0917  what makes an item, each with a name
    op: Any,
    source: str,
    external_id: str,
    changes: dict[str, list[Any]],
    added: list[PersonOut],
    unknown: list[str],
    project: Project | None = None,
) -> SyncItem:
    after = {name: pair[1] for name, pair in changes.items()}
    return SyncItem(
        op=op,
        project_id=new_id() if project is None else project.id,
        external_source=source,
        external_id=external_id,
        code=after["code"] if project is None else project.code,
        name=after["name"] if project is None else project.name,
        version=None if project is None else project.version,
        changes=changes,
        added=added,
        unknown=unknown,
        note=None,
    )


def _values(there: AccountProject) -> dict[str, Any]:
    """What the directory says about a project, as far as it says it."""
    said: dict[str, Any] = {"name": there.name}
    if there.status is not None:
        state = STATES.get(" ".join(fold(there.status).replace("_", " ").split()))
        said |= {"state": state} if state else {}
    return said | _dates(there.starts_on, there.ends_on)


def _dates(starts_on: date | None, ends_on: date | None) -> dict[str, date]:
    """Dates that are said and in order; an end before the beginning is a slip over there."""
    dates = {"starts_on": starts_on, "due_on": ends_on}
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        del dates["due_on"]
    return {name: day for name, day in dates.items() if day is not None}


def _free_code(here: Here, there: AccountProject) -> str:
    """The directory's code, or its id; with a number behind where another project has it."""
    wanted = (there.code or there.id)[:LONGEST_CODE]
    code, count = wanted, 1
    while fold(code) in here.codes:
        count += 1
        code = f"{wanted[: LONGEST_CODE - 5]}-{count}"
    here.codes.add(fold(code))
    return code


def _people(here: Here, there: AccountProject) -> tuple[list[PersonOut], list[str]]:
    """The members who are known here, and the directory's names of the others."""

    def find(member: ProjectMember) -> PersonOut | None:
        return here.people.get((fold(there.account_id), member.subject))

    known = {found.id: found for each in there.members if (found := find(each)) is not None}
    unknown = [each.username for each in there.members if find(each) is None]
    return sorted(known.values(), key=lambda each: each.number), unknown


async def _gone(
    work: Workspace, here: Here, found: Mapping[tuple[str, str], AccountProject]
) -> list[SyncItem]:
    """Live projects that the directory had made here and no longer lists; others are kept."""
    lost = {
        key: project
        for key, project in here.projects.items()
        if key not in found and project.archived_at is None
    }
    made = await _made_by_sync(work, [project.id for project in lost.values()])
    return [
        _item("archive", *key, {"archived": [False, True]}, [], [], project)
        if project.id in made
        else _item("skip", *key, {}, [], [], project).model_copy(update={"note": "kept"})
        for key, project in lost.items()
    ]


async def _made_by_sync(work: Workspace, project_ids: list[UUID]) -> set[UUID]:
    """Which of the projects came into being by a synchronization, as the trail tells."""
    created = work.select(AuditRow).where(
        AuditRow.target_kind == "project",
        AuditRow.target_id.in_(project_ids),
        AuditRow.action == "project.created",
    )
    rows = await work.session.scalars(created)
    return {row.target_id for row in rows if row.data.get("reason") == SYNC_REASON}
