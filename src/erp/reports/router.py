"""Timelines and reports over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import READING, may
from erp.reports.queries import journal, stays, tasks, timeline
from erp.reports.schemas.tasks import (
    LogReportOut,
    LogReportQuery,
    StayPage,
    StayQuery,
    TaskReportOut,
    TaskReportQuery,
)
from erp.reports.schemas.timeline import TimelinePage, TimelineQuery

router = room_router("reports", "/api")
Reading = Annotated[Workspace, may("tasks:read")]


@also_as_files(router)
@router.get(
    "/customers/{customer_id}/timeline",
    response_model=TimelinePage,
    responses=refuses(*READING),
)
async def list_timeline(
    work: Annotated[Workspace, may("customers:read")],
    customer_id: UUID,
    query: Annotated[TimelineQuery, Query()],
) -> Response:
    """All that happened about one customer, in every room one may read; newest first."""
    return page(await timeline.list_timeline(work, customer_id, query))


@router.get("/reports/tasks", response_model=TaskReportOut, responses=refuses(*READING))
async def report_tasks(work: Reading, query: Annotated[TaskReportQuery, Query()]) -> TaskReportOut:
    """Tasks by state group, priority, project and assignee; open ones past their day; estimates."""
    return await tasks.sum_tasks(work, query)


@router.get("/reports/task-logs", response_model=LogReportOut, responses=refuses(*READING))
async def report_task_logs(
    work: Reading, query: Annotated[LogReportQuery, Query()]
) -> LogReportOut:
    """Journals by person and period, and the time that tasks spent in each group of states."""
    return await journal.sum_journal(work, query)


@also_as_files(router)
@router.get("/reports/task-stays", response_model=StayPage, responses=refuses(*READING))
async def list_task_stays(work: Reading, query: Annotated[StayQuery, Query()]) -> Response:
    """The rows of those times: how long each task stood in which state, the last one first."""
    return page(await stays.list_stays(work, query))
