"""Projects of older systems by their code, under which people here may know one already."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from erp.kernel.schema import fold
from erp.projects.models import Project
from erp.transfer.actions.run import Run
from erp.transfer.errors import KnownCode
from erp.transfer.sources import OldRow


async def take_project(
    run: Run, row: OldRow, code: str, make: Callable[[], Awaitable[Project]]
) -> None:
    """Make the project; one that has the code here is used with `--join`, else refused."""
    known = await _find_by_code(run, code)
    if known is None or run.has_taken("project", row):
        await run.take("project", row, make)
    elif run.choices.join or known.id in run.known.values():
        run.notice(row, f"is project {known.code}, which has the same code")
        await run.take("project", row, lambda: _same(run, known.id), outcome="joined")
    else:
        run.refuse(row, KnownCode())


async def _find_by_code(run: Run, code: str) -> Project | None:
    query = run.work.select(Project).where(Project.code_key == fold(code))
    return (await run.work.session.scalars(query)).one_or_none()


async def _same(run: Run, project_id: UUID) -> Project:
    return await run.work.get(Project, project_id)
