"""Taking projects over from a company directory: first a plan to look at, then its effect."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from erp.audit.actions import record
from erp.identity.directory.provider import AccountProject
from erp.kernel.errors import NotAllowed
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import take_numbers
from erp.projects.actions.planning import SYNC, SYNC_REASON, plan_projects
from erp.projects.errors import PlanExpired, SyncStale
from erp.projects.models import Project, ProjectMember, SyncPlan
from erp.projects.schemas.syncing import SyncItem, SyncPlanOut

LIFE = timedelta(hours=24)
DATES = ("starts_on", "due_on")


async def plan_sync(work: Workspace, listed: list[AccountProject]) -> SyncPlan:
    """Keep what the directory's list would change here; nothing changes yet."""
    items = await plan_projects(work, listed)
    await _end_old_plans(work)
    now = work.now()
    plan = SyncPlan(id=new_id(), source="directory", state="planned", expires_at=now + LIFE)
    plan.items = [item.model_dump(mode="json") for item in items]
    work.add(plan)
    await work.session.flush()  # the answer shows the version
    return plan


async def apply_plan(work: Workspace, plan_id: UUID) -> SyncPlan:
    """Do what the plan says, all of it. Raises `PlanExpired`, `SyncStale`, `NotAllowed`.

    The directory is not asked again: what was looked at is what happens.
    """
    plan = await work.get(SyncPlan, plan_id, lock=True)
    if plan.state != "planned" or plan.expires_at <= work.now():
        raise PlanExpired(state=plan.state)
    items = [SyncItem.model_validate(item) for item in plan.items]
    projects = await _lock_projects(work, items)
    await _ensure_fits(work, items, projects)
    await _create(work, [item for item in items if item.op == "create"])
    for item in items:
        if item.op == "change":
            _change(work, projects[item.project_id], item)
        elif item.op == "archive":
            _archive(work, projects[item.project_id])
    plan.state, plan.applied_at = "applied", work.now()
    record(work, "directory.synced", plan, changes={"items": [None, count_by_op(items)]})
    await work.session.flush()  # the answer shows the version
    return plan


async def take_over(work: Workspace, listed: list[AccountProject]) -> SyncPlanOut:
    """Plan and apply at once, for clients that show no preview."""
    plan = await plan_sync(work, listed)
    return show_plan(await apply_plan(work, plan.id))


def show_plan(plan: SyncPlan) -> SyncPlanOut:
    """The plan as clients see it."""
    items = [SyncItem.model_validate(item) for item in plan.items]
    named = ("id", "state", "expires_at", "applied_at", "version", "created_at")
    values = {name: getattr(plan, name) for name in named}
    return SyncPlanOut(items=items, counts=count_by_op(items), **values)


def count_by_op(items: list[SyncItem]) -> dict[Any, int]:
    """How many projects are to be made, changed, archived and left alone."""
    counts: dict[Any, int] = dict.fromkeys(("create", "change", "archive", "skip"), 0)
    for item in items:
        counts[item.op] += 1
    return counts


async def _end_old_plans(work: Workspace) -> None:
    old = update(SyncPlan).where(
        SyncPlan.organization_id == work.organization_id,
        SyncPlan.state == "planned",
        SyncPlan.expires_at <= work.now(),
    )
    ended = old.values(state="expired", version=SyncPlan.version + 1)
    await work.session.execute(ended.execution_options(synchronize_session=False))


async def _lock_projects(work: Workspace, items: list[SyncItem]) -> dict[UUID, Project]:
    named = [item.project_id for item in items if item.op in ("change", "archive")]
    query = work.select(Project).where(Project.id.in_(named)).order_by(Project.id)
    return {project.id: project for project in await work.lock(query)}


async def _ensure_fits(
    work: Workspace, items: list[SyncItem], projects: dict[UUID, Project]
) -> None:
    """Raises `SyncStale` naming what was changed since the plan was made."""
    if not work.sees_all(SYNC) and any(item.op == "archive" for item in items):
        raise NotAllowed("Somebody who may archive must apply this plan", permission=SYNC)
    stale = [
        item
        for item in items
        if item.op in ("change", "archive")
        and (item.project_id not in projects or projects[item.project_id].version != item.version)
    ]
    stale += await _find_taken(work, [item for item in items if item.op == "create"])
    if stale:
        named = [
            item.model_dump(mode="json", include={"project_id", "external_id", "code", "name"})
            for item in stale
        ]
        raise SyncStale(projects=named)


async def _find_taken(work: Workspace, items: list[SyncItem]) -> list[SyncItem]:
    """Which new projects somebody else made meanwhile, or whose code is gone."""
    codes = {fold(item.code) for item in items}
    names = {item.external_id for item in items}
    query = work.select(Project).where(Project.code_key.in_(codes) | Project.external_id.in_(names))
    found = await work.session.execute(
        query.with_only_columns(Project.code_key, Project.external_source, Project.external_id)
    )
    rows = list(found)
    taken = {row[0] for row in rows}
    known = {(row[1], row[2]) for row in rows}
    return [
        item
        for item in items
        if fold(item.code) in taken or (item.external_source, item.external_id) in known
    ]


async def _create(work: Workspace, items: list[SyncItem]) -> None:
    if not items:
        return
    numbers = await take_numbers(work.session, work.organization_id, "project", len(items))
    made = []
    for item, number in zip(items, numbers, strict=True):
        project = Project(id=item.project_id, number=number, currency=work.currency)
        project.external_source, project.external_id = item.external_source, item.external_id
        project.write({"state": "active", "billable": True} | _values(item))
        record(work, "project.created", project, reason=SYNC_REASON)
        made.append(project)
    await work.insert_all(made)
    for item in items:
        _join(work, item)


def _change(work: Workspace, project: Project, item: SyncItem) -> None:
    project.write(_values(item))
    told: dict[str, Any] = dict(item.changes)
    if item.added:
        told["team"] = [[], [each.number for each in item.added]]
        project.updated_at = work.now()  # the team is part of what the version covers
        _join(work, item)
    record(work, "project.changed", project, changes=told, reason=SYNC_REASON)


def _archive(work: Workspace, project: Project) -> None:
    project.archived_at = work.now()
    record(work, "project.archived", project, reason=SYNC_REASON)


def _join(work: Workspace, item: SyncItem) -> None:
    for each in item.added:
        work.add(ProjectMember(project_id=item.project_id, member_id=each.id))


def _values(item: SyncItem) -> dict[str, Any]:
    """The new values, as the record keeps them."""
    return {
        name: date.fromisoformat(after) if name in DATES and after else after
        for name, (_, after) in item.changes.items()
    }
