"""The hours of the demo: four believable weeks of everybody, three of them handed in."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from erp.kernel.workspace import Workspace
from erp.organizations.access import OWN, permissions_of
from erp.organizations.models import Member
from erp.projects.actions.projects import create_project
from erp.projects.models import Project
from erp.projects.schemas.projects import ProjectIn
from erp.timesheets.actions.entries import create_entry
from erp.timesheets.actions.rates import create_rate, set_rule
from erp.timesheets.actions.weeks import approve_week, set_schedule, submit_week
from erp.timesheets.schemas.entries import TimeEntryIn
from erp.timesheets.schemas.rates import BillingRuleIn, RateIn
from erp.timesheets.schemas.weeks import ScheduleIn

WEEKS = 3
SHIFTS = ((8, 10), (10, 12), (13, 15), (15, 17))
MINUTES = (0, 5, 10, 15)
ACTIVITIES = ("Assembly", "Planning", "Customer visit", "Design", "Office", "Delivery")
NOTES = (
    None,
    None,
    "Waiting for parts [prio:low]",
    "Went well",
    "Follow up next week [prio:high]",
    "By phone [place:office]",
)
PROJECTS = (
    ("SHOP", "Shop fitting", True),
    ("CARE", "Maintenance", True),
    ("INT", "Internal", False),
)


async def record_hours(work: Workspace) -> None:
    """Let every member of the organization work on its projects until yesterday."""
    dice = random.Random(11)  # noqa: S311  the same weeks every time
    members = list(await work.session.scalars(work.select(Member).order_by(Member.number)))
    projects = await _projects_to_use(work)
    first = work.today() - timedelta(days=work.today().weekday() + 7 * WEEKS)
    await _agree_on_money(work, projects, first)
    for member in members:
        hours = {"monday", "tuesday", "wednesday", "thursday", "friday"}
        due = dict.fromkeys(sorted(hours), 8 * 3600)
        await set_schedule(work, member.id, ScheduleIn(valid_from=first.isoformat(), **due))
        await _fill_days(_at_work(work, member), dice, projects, first)
    await _hand_in(work, members, first)


def _at_work(work: Workspace, member: Member) -> Workspace:
    return replace(
        work,
        member_id=member.id,
        user_id=member.user_id,
        permissions=permissions_of(member.role, "everyone"),
        own=OWN[member.role],
    )


async def _projects_to_use(work: Workspace) -> Sequence[Project]:
    found = await work.session.scalars(
        work.select(Project).where(Project.archived_at.is_(None)).order_by(Project.number).limit(4)
    )
    return list(found) or [
        await create_project(work, ProjectIn(code=code, name=name, billable=billable))
        for code, name, billable in PROJECTS
    ]


async def _agree_on_money(work: Workspace, projects: Sequence[Project], first: date) -> None:
    since = first.isoformat()
    for kind, rate in (("bill", "85"), ("cost", "41.5")):
        await create_rate(work, RateIn(kind=kind, rate=rate, valid_from=since))
    special = RateIn(kind="bill", rate="98", project_id=projects[0].id, valid_from=since)
    await create_rate(work, special)
    await set_rule(work, None, BillingRuleIn(step=900, direction="up", applies_to="entry"))


async def _fill_days(
    work: Workspace, dice: random.Random, projects: Sequence[Project], first: date
) -> None:
    for day in _working_days(first, work.today()):
        for begin, end in SHIFTS:
            if dice.random() < 0.06:  # a doctor's appointment, a long lunch
                continue
            given = TimeEntryIn(
                project_id=dice.choice(projects).id,
                started_at=_at(work, day, begin, dice.choice(MINUTES)),
                ended_at=_at(work, day, end, 0),
                activity=dice.choice(ACTIVITIES),
                note=dice.choice(NOTES),
            )
            await create_entry(work, given)


def _working_days(first: date, today: date) -> Iterator[date]:
    """Monday to Friday, up to yesterday."""
    for number in range((today - first).days):
        day = first + timedelta(days=number)
        if day.weekday() < 5:
            yield day


def _at(work: Workspace, day: date, hour: int, minute: int) -> datetime:
    local = datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(work.time_zone))
    return local.astimezone(UTC)


async def _hand_in(work: Workspace, members: Sequence[Member], first: date) -> None:
    """The oldest weeks are approved, last week waits, and the user has forgotten it."""
    for number in range(WEEKS):
        day = first + timedelta(days=7 * number)
        is_last = number == WEEKS - 1
        for member in members:
            if is_last and member.role == "user":
                continue
            await submit_week(_at_work(work, member), member.id, day, None)
            if not is_last:
                boss = next(each for each in members if each.role != "user" and each is not member)
                await approve_week(_at_work(work, boss), member.id, day, None)
