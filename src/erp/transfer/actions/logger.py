"""The logger: users, projects by code, and time entries in UTC."""

from collections import defaultdict

from erp.kernel.errors import Refusal, wrong_field
from erp.kernel.schema import fold
from erp.projects.actions.projects import create_project
from erp.projects.models import Project
from erp.projects.schemas.projects import ProjectIn
from erp.timesheets.actions.entries import create_entry
from erp.timesheets.models.days import whole_second
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.intervals import SECOND, Span
from erp.timesheets.schemas.entries import TimeEntryIn
from erp.transfer.actions.codes import take_project
from erp.transfer.actions.fitting import OldTime, fit
from erp.transfer.actions.people import take_person
from erp.transfer.actions.reading import read_instant
from erp.transfer.actions.run import Run
from erp.transfer.errors import HoursDoNotFit
from erp.transfer.schemas.reports import Outcome
from erp.transfer.sources import OldRow, Source


async def bring(run: Run, source: Source) -> None:
    """Everybody, every project, and each person's hours in their order. Tags stay in the notes."""
    for row in source.rows("users"):
        await take_person(run, row)
    entries = source.rows("time_entries")
    codes = await _take_projects(run, source.rows("projects"), entries)
    for times in _by_person(run, entries).values():
        for each in fit(times):
            await _take_entry(run, each, codes)


async def _take_projects(run: Run, projects: list[OldRow], entries: list[OldRow]) -> dict[str, str]:
    """Everybody's projects of one code are one project here. Gives the codes by the old ids."""
    codes: dict[str, str] = {}
    wanted: dict[str, OldRow] = {}
    for row in [*projects, *entries]:
        code = str(row.first("code", "project_code") or "")
        if row.table == "projects":
            codes[row.key] = code
        if code:
            named = {"code": code, "name": row.first("name") or code, "id": fold(code)}
            wanted.setdefault(fold(code), OldRow("projects", row.position, named))
    for row in wanted.values():
        await _take_project(run, row)
    return codes


async def _take_project(run: Run, row: OldRow) -> None:
    async def make() -> Project:
        return await create_project(
            run.work, ProjectIn(code=row.first("code"), name=row.first("name"))
        )

    await take_project(run, row, str(row.first("code")), make)


def _by_person(run: Run, entries: list[OldRow]) -> dict[str, list[OldTime]]:
    found: dict[str, list[OldTime]] = defaultdict(list)
    for row in entries:
        try:
            found[_owner_of(row)].append(OldTime(row, _read_span(row)))
        except Refusal as refusal:
            run.refuse(row, refusal)
    return found


def _owner_of(row: OldRow) -> str:
    return str(row.first("user_id", "owner_id"))


def _read_span(row: OldRow) -> Span:
    """In whole seconds, of which an entry has one at least."""
    start, end = read_instant(row, "start_utc"), read_instant(row, "end_utc")
    if start is None:
        raise wrong_field("/start_utc", "missing", "An entry begins at some time")
    if end is None or end <= start:
        return Span(whole_second(start), end)
    return Span(whole_second(start), max(whole_second(end), whole_second(start) + SECOND))


async def _take_entry(run: Run, each: OldTime, codes: dict[str, str]) -> None:
    """What does not fit is refused with what `--trim` would make of it."""
    row = each.row
    if each.change and not run.has_taken("time_entry", row):
        if not run.choices.trim:
            run.refuse(row, HoursDoNotFit(f"It fits with --trim: {each.change}"))
            return
        run.notice(row, each.change)

    async def make() -> TimeEntry:
        if each.within is not None:
            return await run.work.get(TimeEntry, run.find("time_entry", each.within.key))
        return await create_entry(run.work, _read_entry(run, each, codes))

    outcome: Outcome = "created" if each.within is None else "joined"
    await run.take("time_entry", row, make, outcome=outcome)


def _read_entry(run: Run, each: OldTime, codes: dict[str, str]) -> TimeEntryIn:
    row = each.row
    code = row.first("project_code") or codes.get(str(row.first("project_id")), "")
    return TimeEntryIn(
        member_id=run.find("member", _owner_of(row)),
        project_id=run.find("project", fold(str(code))),
        started_at=each.span.start,
        ended_at=each.span.end,
        activity=row.first("activity"),
        note=row.first("notes", "note"),
        resolve="trim_mine" if run.choices.trim else None,
    )
