"""Tasks of the task hub, who is to do them, and their logs. Hours in logs become time entries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from erp.kernel.schema import fold
from erp.organizations.models import Member
from erp.projects.actions.assigning import keep_assignee
from erp.projects.actions.states import states_to_use
from erp.projects.actions.talk import keep_log
from erp.projects.actions.tasks import create_task
from erp.projects.models import Task, TaskAssignee, TaskLog
from erp.projects.schemas.talk import LogIn
from erp.projects.schemas.tasks import Priority, TaskIn
from erp.timesheets.actions.entries import create_entry
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.schemas.entries import TimeEntryIn
from erp.transfer.actions.reading import read_day, read_instant, read_seconds, translated
from erp.transfer.actions.run import Run
from erp.transfer.sources import OldRow

GROUPS: dict[str, str] = {
    **dict.fromkeys(("backlog", "draft"), "backlog"),
    **dict.fromkeys(("todo", "to do", "open", "new", "pending", "not started"), "unstarted"),
    **dict.fromkeys(("in progress", "started", "doing", "active", "review"), "started"),
    **dict.fromkeys(("done", "completed", "complete", "closed", "finished"), "completed"),
    **dict.fromkeys(("canceled", "cancelled", "rejected"), "canceled"),
}
PRIORITIES: dict[str, Priority] = {
    **dict.fromkeys(("none", "0"), "none"),
    **dict.fromkeys(("low", "minor"), "low"),
    **dict.fromkeys(("normal", "medium"), "normal"),
    **dict.fromkeys(("high", "major"), "high"),
    **dict.fromkeys(("urgent", "critical", "highest"), "urgent"),
}


@dataclass(frozen=True, slots=True)
class Hub:
    """The run, and what each old id of a user stands for."""

    run: Run
    names: dict[str, str]

    def member(self, row: OldRow, *columns: str) -> UUID:
        """Who is named in one of the columns. Raises `OldReferenceMissing`."""
        named = str(row.first(*columns))
        return self.run.find("member", self.names.get(fold(named), named))


async def take_task(hub: Hub, row: OldRow) -> None:
    """The task with its state; a finished one keeps the time at which it was."""
    run = hub.run

    async def make() -> Task:
        given = _read_task(run, row)
        group = translated(run, row, "status", GROUPS, "unstarted")
        given.state_id = await _state_of(run, group)
        task = await create_task(run.work, given)
        if task.completed_at is not None:
            task.completed_at = read_instant(row, "completed_at") or task.completed_at
        return task

    await run.take("task", row, make)


def _read_task(run: Run, row: OldRow) -> TaskIn:
    starts_on, due_on = read_day(row, "start_date"), read_day(row, "due_date", "end_date")
    if starts_on and due_on and due_on < starts_on:
        run.notice(row, f"is due {due_on} before it starts {starts_on}; the start was left out")
        starts_on = None
    parent = row.first("parent_id", "parent_task_id")
    return TaskIn.model_validate(
        {
            "project_id": run.find("project", row.first("project_id")),
            "title": row.first("title", "name"),
            "description": row.first("description"),
            "priority": translated(run, row, "priority", PRIORITIES, "none"),
            "parent_id": run.find("task", parent) if parent else None,
            "starts_on": starts_on and starts_on.isoformat(),
            "due_on": due_on and due_on.isoformat(),
            "estimate_seconds": read_seconds(row, "estimate_hours", "estimated_hours"),
            "external_source": run.report.source,
            "external_id": row.key,
        }
    )


async def _state_of(run: Run, group: str) -> UUID:
    """The default state where it is of the group, else the group's first on the board."""
    states = [each for each in (await states_to_use(run.work)).values() if each.group == group]
    in_order = sorted(states, key=lambda each: (not each.is_default, each.position))
    if in_order:
        return in_order[0].id
    return next(each.id for each in (await states_to_use(run.work)).values() if each.is_default)


async def take_assignee(hub: Hub, row: OldRow) -> None:
    """Somebody who is to do a task; who left since is told in the report."""
    run, kind = hub.run, "assignee"

    async def make() -> TaskAssignee:
        task = await run.work.get(Task, run.find("task", row.first("task_id")))
        member_id = hub.member(row, "user_id", "assignee_id", "user_guid")
        return await keep_assignee(run.work, task, member_id)

    if not run.has_taken(kind, row) and await _has_left(hub, row):
        run.notice(row, "is no longer active here and was not assigned")
        run.report.count(row.table, "skipped")
        return
    await run.take(kind, row, make)


async def _has_left(hub: Hub, row: OldRow) -> bool:
    named = str(row.first("user_id", "assignee_id", "user_guid"))
    member_id = hub.run.known.get(("member", hub.names.get(fold(named), named)))
    if member_id is None:
        return False  # taking the row says so
    return (await hub.run.work.get(Member, member_id)).status != "active"


async def take_log(hub: Hub, row: OldRow) -> None:
    """A line of the journal, and where it counts hours, a time entry beside it."""
    run = hub.run

    async def make() -> TaskLog:
        task = await run.work.get(Task, run.find("task", row.first("task_id")))
        member_id = hub.member(row, "user_id", "created_by", "user_guid")
        at = read_instant(row, "created_at", "logged_at", "date") or run.work.now()
        line = await keep_log(run.work, task, _read_log(row), member_id, at)
        await _take_hours(run, row, task, member_id)
        return line

    await run.take("task_log", row, make)


def _read_log(row: OldRow) -> LogIn:
    percent = row.first("percent", "progress")
    text = row.first("text", "message", "description", "note", "notes", "comment", "action")
    percent = None if percent is None else int(float(percent))
    is_empty = text is None and percent is None
    return LogIn(percent=percent, text="Logged" if is_empty else text)


async def _take_hours(run: Run, row: OldRow, task: Task, member_id: UUID) -> TimeEntry | None:
    seconds = read_seconds(row, "hours", "hours_spent", "time_spent", "duration_hours")
    at: datetime | None = read_instant(row, "work_date", "date", "logged_at", "created_at")
    if not seconds or at is None:
        return None
    given: dict[str, Any] = {
        "kind": "amount",
        "member_id": member_id,
        "task_id": task.id,
        "work_date": run.work.day_of(at).isoformat(),
        "seconds": seconds,
        "note": row.first("text", "message", "description", "note", "notes", "comment"),
    }
    return await create_entry(run.work, TimeEntryIn.model_validate(given))
