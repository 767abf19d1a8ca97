"""What people do with projects and their teams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from erp.audit.actions import as_json, changes_of, ensure_unchanged, record
from erp.customers.models import Customer
from erp.kernel.errors import wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import take_number
from erp.organizations.queries import name_people
from erp.projects.actions.people import ensure_members, numbers_of, pointers_to
from erp.projects.errors import ProjectCodeTaken
from erp.projects.models import Project, ProjectMember
from erp.projects.queries.projects import MONEY, read_project
from erp.projects.schemas.projects import ProjectEdit, ProjectIn


async def create_project(work: Workspace, given: ProjectIn) -> Project:
    """A new project with the next number, and its maker in the team. Raises `ProjectCodeTaken`."""
    values = given.model_dump()
    await _ensure_acceptable(work, values, given.model_fields_set)
    project = Project(id=new_id(), currency=work.currency)
    project.number = await take_number(work.session, work.organization_id, "project")
    async with _naming_the_holder(work, project):
        project.write(values)
        work.add(project)
        record(work, "project.created", project, changes=await _told(work, project, None))
    work.add(ProjectMember(project_id=project.id, member_id=work.member_id))
    await work.session.flush()  # the answer shows the team
    return project


async def change_project(
    work: Workspace, project_id: UUID, edit: ProjectEdit, version: int | None
) -> Project:
    """Change what was sent. Raises `Stale`, `ProjectCodeTaken`."""
    values = edit.changes()
    project = await lock_project(work, project_id, version)
    await _ensure_acceptable(work, values, set(values), before=project)
    amount = project.budget_amount
    async with _naming_the_holder(work, project):
        project.write(values)
        if told := await _told(work, project, amount):
            record(work, "project.changed", project, changes=told)
    return project


async def archive_project(work: Workspace, project_id: UUID, version: int | None) -> Project:
    """Take the project out of lists and pickers, with its tasks; twice changes nothing."""
    project = await lock_project(work, project_id, version)
    if project.archived_at is None:
        project.archived_at = work.now()
        record(work, "project.archived", project)
        await work.session.flush()  # the answer shows the version
    return project


async def restore_project(work: Workspace, project_id: UUID, version: int | None) -> Project:
    """Bring an archived project back."""
    project = await lock_project(work, project_id, version)
    if project.archived_at is not None:
        project.archived_at = None
        record(work, "project.restored", project)
        await work.session.flush()  # the answer shows the version
    return project


async def delete_project(work: Workspace, project_id: UUID, version: int | None) -> None:
    """Remove a project without tasks and hours, its team included. Raises `InUse`."""
    project = await lock_project(work, project_id, version)
    record(work, "project.deleted", project, changes={"name": [project.name, None]})
    await work.session.delete(project)


async def set_team(
    work: Workspace, project_id: UUID, member_ids: list[UUID], version: int | None
) -> Project:
    """These members are the team from now on; one who left before is kept, not added."""
    project = await lock_project(work, project_id, version)
    query = work.select(ProjectMember).where(ProjectMember.project_id == project_id)
    before = {each.member_id: each for each in await work.session.scalars(query)}
    added = list(dict.fromkeys(each for each in member_ids if each not in before))
    places = pointers_to(member_ids)
    await ensure_members(work, {each: places[each] for each in added})
    gone = [each for each in before if each not in set(member_ids)]
    if added or gone:
        numbers = [await numbers_of(work, before), await numbers_of(work, member_ids)]
        record(work, "project.changed", project, changes={"team": numbers})
        for each in gone:
            await work.session.delete(before[each])
        for each in added:
            work.add(ProjectMember(project_id=project_id, member_id=each))
        project.updated_at = work.now()  # the team is part of what the version covers
        await work.session.flush()  # the answer shows the team
    return project


async def lock_project(work: Workspace, project_id: UUID, version: int | None = None) -> Project:
    """The project, locked against other writers. Raises `NotFound`, `Stale`."""
    project = await work.get(Project, project_id, lock=True)
    if version is not None and project.version != version:
        shown = await read_project(work, project_id)
        await ensure_unchanged(work, project, version, lambda: shown)
    return project


async def _ensure_acceptable(
    work: Workspace, values: dict[str, Any], sent: set[str], before: Project | None = None
) -> None:
    if "budget_amount" in sent:
        work.ensure_can(MONEY)
    lead_id, customer_id = values.get("lead_id"), values.get("customer_id")
    if before is None or lead_id != before.lead_id:
        await ensure_members(work, {lead_id: "/lead_id"})
    if customer_id is not None and (before is None or customer_id != before.customer_id):
        await _ensure_customer(work, customer_id)


async def _ensure_customer(work: Workspace, customer_id: UUID) -> None:
    customer = await work.find(Customer, customer_id)
    if customer is None:
        raise wrong_field("/customer_id", "unknown_customer", "There is no such customer")
    customer.ensure_open_for_new_work()


async def _told(work: Workspace, project: Project, amount: Any) -> dict[str, list[Any]]:
    """What changed, by names and amounts instead of ids and minor units."""
    told = changes_of(project)
    told.pop("budget_minor", None)
    if project.budget_amount != amount:
        told["budget_amount"] = [as_json(amount), as_json(project.budget_amount)]
    if leads := told.pop("lead_id", None):
        ids = [each and UUID(each) for each in leads]
        people = await name_people(work, ids)
        told["lead"] = [people[each].name if each in people else None for each in ids]
    if customers := told.pop("customer_id", None):
        told["customer"] = [
            (await work.get(Customer, UUID(each))).name if each else None for each in customers
        ]
    return told


@asynccontextmanager
async def _naming_the_holder(work: Workspace, project: Project) -> AsyncIterator[None]:
    """Write within; a taken code is refused with the project that holds it."""
    wanted = ""
    try:
        async with work.attempt():
            yield
            wanted = project.code_key
    except ProjectCodeTaken:
        query = work.select(Project).where(Project.code_key == wanted)
        holder = await work.session.scalar(query)
        if holder is None:  # removed in this very moment
            raise
        archived = holder.archived_at is not None
        told = {name: getattr(holder, name) for name in ("id", "number", "code", "name")}
        raise ProjectCodeTaken(holder=told | {"archived": archived}) from None
