"""The task hub: colleagues, projects, tasks with their assignees and logs."""

from collections.abc import Iterator

from erp.kernel.schema import fold
from erp.projects.actions.planning import STATES, source_of
from erp.projects.actions.projects import create_project
from erp.projects.models import Project
from erp.projects.schemas.projects import ProjectIn
from erp.transfer.actions.codes import take_project
from erp.transfer.actions.colleagues import take_colleague
from erp.transfer.actions.reading import read_day, translated
from erp.transfer.actions.run import Run
from erp.transfer.actions.tasks import Hub, take_assignee, take_log, take_task
from erp.transfer.sources import OldRow, Source

USER_IDS = ("id", "guid", "user_id", "ace_user_id")
LONGEST_CODE = 32


async def bring(run: Run, source: Source) -> None:
    """Everybody and everything, each kind after what it refers to."""
    users = source.rows("users")
    for row in users:
        await take_colleague(run, row)
    for row in source.rows("projects"):
        await _take_project(run, row)
    hub = Hub(run, _names(users))
    for row in parents_first(source.rows("tasks")):
        await take_task(hub, row)
    for row in source.rows("task_assignees"):
        await take_assignee(hub, row.keyed("task_id", "user_id"))
    for row in source.rows("task_logs"):
        await take_log(hub, row)


async def _take_project(run: Run, row: OldRow) -> None:
    code = str(row.first("code", "project_code") or row.first("ace_project_id") or row.key)
    code = code[:LONGEST_CODE]

    async def make() -> Project:
        return await create_project(run.work, _read_project(run, row, code))

    await take_project(run, row, code, make)


def _read_project(run: Run, row: OldRow, code: str) -> ProjectIn:
    """What came from a directory stays that directory's, so that synchronizing finds it again."""
    account_id, there = row.first("account_id"), row.first("ace_project_id")
    source = source_of(str(account_id)) if account_id and there else run.report.source
    starts_on = read_day(row, "start_date", "starts_on")
    due_on = read_day(row, "end_date", "due_date")
    if starts_on and due_on and due_on < starts_on:
        run.notice(row, f"ends {due_on} before it starts {starts_on}; the end was left out")
        due_on = None
    return ProjectIn.model_validate(
        {
            "code": code,
            "name": row.first("name", "title") or code,
            "state": translated(run, row, "status", STATES, "active"),
            "starts_on": starts_on and starts_on.isoformat(),
            "due_on": due_on and due_on.isoformat(),
            "external_source": source,
            "external_id": str(there if source != run.report.source else row.key),
        }
    )


def _names(users: list[OldRow]) -> dict[str, str]:
    """The key of each user by every id; where two ids meet, the first column is meant."""
    names: dict[str, str] = {}
    for column in USER_IDS:
        for row in users:
            if (value := row.first(column)) is not None:
                names.setdefault(fold(str(value)), row.key)
    return names


def parents_first(rows: list[OldRow]) -> Iterator[OldRow]:
    """Tasks before their subtasks; a circle comes last, and is refused."""
    waiting, known = list(rows), set[str]()
    while waiting:
        ready = [row for row in waiting if _parent_of(row) in known | {""}]
        yield from ready
        if not ready:
            yield from waiting
            return
        known |= {row.key for row in ready}
        waiting = [row for row in waiting if row.key not in known]


def _parent_of(row: OldRow) -> str:
    return str(row.first("parent_id", "parent_task_id") or "")
