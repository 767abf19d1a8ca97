"""What time is spent on: a project, and perhaps one of its tasks."""

from dataclasses import dataclass
from uuid import UUID

from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.projects.actions.projects import create_project
from erp.projects.errors import ProjectCodeTaken
from erp.projects.models import Project, Task
from erp.projects.schemas.projects import ProjectIn
from erp.timesheets.errors import TaskNotInProject, UnknownProject
from erp.timesheets.schemas.entries import SubjectIn


@dataclass(frozen=True, slots=True)
class Subject:
    """An open project, kept from being archived meanwhile, and a task of it or none."""

    project: Project
    task_id: UUID | None


async def find_subject(work: Workspace, given: SubjectIn) -> Subject:
    """What was named, by id or code, or the project of the task.

    Raises `UnknownProject`, `ProjectArchived`, `TaskNotInProject`.
    """
    task = await _find_task(work, given.task_id)
    project_id = await _project_named(work, given)
    if project_id is None and task is not None:
        project_id = task.project_id
    named = await work.share(work.select(Project).where(Project.id == project_id))
    if not named:
        raise UnknownProject
    project = named[0]
    project.ensure_open()
    if task is not None and task.project_id != project.id:
        raise TaskNotInProject
    return Subject(project, given.task_id)


async def _find_task(work: Workspace, task_id: UUID | None) -> Task | None:
    if task_id is None:
        return None
    task = await work.find(Task, task_id)
    if task is None:
        raise TaskNotInProject
    return task


async def _project_named(work: Workspace, given: SubjectIn) -> UUID | None:
    if given.project_code is None:
        return given.project_id
    known = await _find_by_code(work, given.project_code)
    if known is None and given.create_project:
        known = await _make_project(work, given.project_code)
    if known is None:
        raise UnknownProject
    if given.project_id is not None and given.project_id != known.id:
        raise UnknownProject("project_id and project_code name different projects")
    return known.id


async def _make_project(work: Workspace, code: str) -> Project | None:
    """A project of this code, unless somebody makes one in this very moment."""
    work.ensure_can("projects:write")
    try:
        return await create_project(work, ProjectIn(code=code, name=code))
    except ProjectCodeTaken:
        return await _find_by_code(work, code)


async def _find_by_code(work: Workspace, code: str) -> Project | None:
    query = work.select(Project).where(Project.code_key == fold(code))
    return (await work.session.scalars(query)).one_or_none()
