"""Hours against their promises: whatever is done in whatever order, around clock changes."""

import asyncio
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import URL, select

from erp.identity.actions.desk import open_desk
from erp.identity.models import User
from erp.kernel.batch import Batch
from erp.kernel.db import Database
from erp.kernel.errors import Refusal
from erp.kernel.schema import new_id
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.access import OWN, permissions_of
from erp.organizations.actions.founding import found_organization
from erp.organizations.models import Member, Organization
from erp.projects.models import Project
from erp.timesheets.actions.batches import save_batch
from erp.timesheets.actions.cells import fill_cell
from erp.timesheets.actions.entries import change_entry, create_entry, delete_entry
from erp.timesheets.actions.timer import start_timer, stop_timer
from erp.timesheets.actions.weeks import (
    approve_week,
    close_period,
    reject_week,
    reopen_week,
    submit_week,
    withdraw_week,
)
from erp.timesheets.models.days import days_between, length_of, seconds_between
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.weeks import TimeClosing, Timesheet
from erp.timesheets.queries.grid import read_grid
from erp.timesheets.schemas.entries import TimeEntryEdit, TimeEntryIn, TimerIn, TimerStop
from erp.timesheets.schemas.weeks import CellIn, TimeCloseIn
from tests.making import make_settings

PLACES = [  # each begins just after something that happens to clocks or calendars
    ("Europe/Berlin", datetime(2026, 3, 30, 9, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 26, 9, tzinfo=UTC)),
    ("America/Chicago", datetime(2026, 3, 9, 20, tzinfo=UTC)),
    ("America/Chicago", datetime(2026, 11, 2, 20, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2028, 3, 1, 9, tzinfo=UTC)),
]
FIXES = [None, None, "trim_mine", "trim_theirs", "split_theirs"]
STEPS = {"submit": submit_week, "withdraw": withdraw_week, "approve": approve_week}
REASONED = {"reject": reject_week, "reopen": reopen_week}
WAYS = [
    *(["submit"], ["submit", "approve"], ["reopen"]),
    ["submit", "withdraw", "submit", "reject", "submit", "approve", "reopen"],
]
QUARTERS = st.integers(0, 4 * 24 * 4)  # quarters of an hour before now: four days
LENGTHS = st.one_of(st.integers(1, 8), st.integers(1, 100))
DAYS_BACK = st.integers(0, 5)


class World:
    """One database, one event loop, a clock that stands still, and a company with two people."""

    def __init__(self, url: URL):
        self.runner, self.now = asyncio.Runner(), datetime.now(UTC)
        self.database = Database(url, clock=lambda: self.now)
        self.desk = open_desk(make_settings(), self.database)

    async def found(self, zone: str) -> None:
        async with self.database.writing() as session:
            boss, worker = User(full_name="Boss"), User(full_name="Worker")
            session.add_all([boss, worker])
            await session.flush()
            admin = await found_organization(session, self.desk, boss, "Hours")
            home = await session.get_one(Organization, admin.organization_id)
            home.time_zone, self.zone = zone, zone
            member = Member(organization_id=home.id, number=2, user_id=worker.id, role="user")
            session.add(member)
            await session.flush()
            project = Project(organization_id=home.id, id=new_id(), number=1, state="active")
            project.currency = "EUR"
            project.write({"code": "P", "name": "Project", "billable": True})
            session.add(project)
            self.home, self.project_id = home.id, project.id
            self.boss, self.worker = (admin.id, boss.id, "admin"), (member.id, worker.id, "user")

    async def work(self, session, who) -> Workspace:
        await admit(session, organization_id=self.home)
        member_id, user_id, role = who
        return Workspace(
            session=session,
            organization_id=self.home,
            member_id=member_id,
            user_id=user_id,
            session_id=None,
            permissions=permissions_of(role, "everyone"),
            currency="EUR",
            time_zone=self.zone,
            request_id="model",
            own=OWN[role],
        )

    async def attempt(self, who, call) -> str | None:
        """The code of the refusal, or None for what was done and committed."""
        try:
            async with self.database.writing() as session:
                await call(await self.work(session, who))
        except Refusal as refusal:
            return refusal.code()
        return None

    async def read(self, call):
        async with self.database.reading() as session:
            return await call(await self.work(session, self.boss))

    async def rows(self, model):
        async with self.database.reading() as session:
            await admit(session, organization_id=self.home)
            query = select(model).where(model.organization_id == self.home)
            return list(await session.scalars(query.order_by(model.id)))

    def close(self) -> None:
        self.runner.run(self.database.dispose())
        self.desk.passwords.close()
        self.runner.close()


def values_of(entry: TimeEntry) -> tuple:
    names = [column.name for column in TimeEntry.__table__.columns]
    return tuple(getattr(entry, name) for name in names)


class Hours(RuleBasedStateMachine):
    """What is done to hours, and what must hold after each step."""

    def __init__(self, world: World):
        super().__init__()
        self.world, self.run = world, world.runner.run
        self.done = defaultdict(int)

    @initialize(place=st.sampled_from(PLACES))
    def found(self, place):
        zone, self.world.now = place
        self.run(self.world.found(zone))
        self.entries, self.locked = {}, set()

    def do(self, who, call, *, verb: str) -> str | None:
        code = self.run(self.world.attempt(who, call))
        self.done[verb, code] += 1
        return code

    def at(self, quarters: int) -> datetime:
        return self.world.now - timedelta(minutes=15 * quarters)

    def day(self, back: int) -> date:
        return (self.world.now - timedelta(days=back)).date()

    def some_id(self, pick: int) -> UUID | None:
        ids = sorted(self.entries)
        return ids[pick % len(ids)] if ids else None

    def span(self, quarters: int, length: int) -> dict[str, datetime]:
        start = self.at(quarters)
        return {
            "started_at": start,
            "ended_at": min(start + timedelta(minutes=15 * length), self.world.now),
        }

    @rule(quarters=QUARTERS, length=LENGTHS, fix=st.sampled_from(FIXES))
    def create(self, quarters, length, fix):
        given = TimeEntryIn(
            project_id=self.world.project_id, **self.span(quarters, length), resolve=fix
        )
        self.do(self.world.worker, lambda work: create_entry(work, given), verb="create")

    @rule(back=DAYS_BACK, hours=st.integers(1, 25))
    def create_amount(self, back, hours):
        given = TimeEntryIn(
            project_id=self.world.project_id,
            kind="amount",
            work_date=self.day(back).isoformat(),
            seconds=hours * 3600,
        )
        self.do(self.world.worker, lambda work: create_entry(work, given), verb="amount")

    @rule(back=DAYS_BACK, hours=st.integers(0, 25))
    def fill(self, back, hours):
        day = self.day(back)
        given = CellIn(
            project_id=self.world.project_id,
            activity="Cell",
            day=day.isoformat(),
            seconds=hours * 3600,
        )
        mine = self.world.worker[0]
        self.do(self.world.worker, lambda work: fill_cell(work, mine, day, given), verb="fill")

    @rule(pick=st.integers(0, 20), quarters=QUARTERS, length=LENGTHS, fix=st.sampled_from(FIXES))
    def move(self, pick, quarters, length, fix):
        if found := self.some_id(pick):
            edit = TimeEntryEdit(**self.span(quarters, length), resolve=fix)
            call = lambda work: change_entry(work, found, edit, None)  # noqa: E731
            self.do(self.world.worker, call, verb="move")

    @rule(
        pick=st.integers(0, 20),
        edit=st.sampled_from(
            [
                {"note": "A [tag:x]"},
                {"ended_at": None},
                {"needs_review": False},
                {"seconds": 7200},
                {"billable": False},
            ]
        ),
        by_boss=st.booleans(),
    )
    def edit(self, pick, edit, by_boss):
        if found := self.some_id(pick):
            given = TimeEntryEdit(**edit)
            who = self.world.boss if by_boss else self.world.worker
            self.do(who, lambda work: change_entry(work, found, given, None), verb="edit")

    @rule(pick=st.integers(0, 20))
    def delete(self, pick):
        if found := self.some_id(pick):
            self.do(self.world.worker, lambda work: delete_entry(work, found, None), verb="delete")

    @rule(quarters=st.one_of(st.just(0), st.integers(0, 80)), switch=st.booleans())
    def start(self, quarters, switch):
        given = TimerIn(
            project_id=self.world.project_id, started_at=self.at(quarters), switch=switch
        )
        self.do(self.world.worker, lambda work: start_timer(work, given), verb="start")

    @rule()
    def stop(self):
        runs = any(
            values["ended_at"] is None and values["kind"] == "clock" for values in self.told()
        )
        code = self.do(self.world.worker, lambda work: stop_timer(work, TimerStop()), verb="stop")
        assert code == (None if runs else "no_timer")

    @rule(pick=st.integers(0, 20), quarters=QUARTERS, length=LENGTHS, whole=st.booleans())
    def batch(self, pick, quarters, length, whole):
        data = {"project_id": str(self.world.project_id), "note": "Batch"}
        times = {name: moment.isoformat() for name, moment in self.span(quarters, length).items()}
        items = [{"op": "create", "data": data | times}]
        if found := self.some_id(pick):
            items.append({"op": "change", "id": str(found), "data": {"note": "By batch"}})
            items.append({"op": "delete", "id": str(self.some_id(pick + 1))})
        given = Batch[TimeEntryIn, TimeEntryEdit].model_validate(
            {"items": items, "all_or_nothing": whole}
        )
        self.do(self.world.worker, lambda work: save_batch(work, given), verb="batch")

    @rule(back=DAYS_BACK, verbs=st.sampled_from(WAYS))
    def step(self, back, verbs):
        if len(verbs) > 1:
            self.tidy()
        for verb in verbs:
            self.go(verb, self.day(back))

    def tidy(self):
        """Finish what stands in the way of handing in."""
        worker, confirmed = self.world.worker, TimeEntryEdit(needs_review=False)
        self.do(worker, lambda work: stop_timer(work, TimerStop()), verb="tidy")
        for entry in self.run(self.world.rows(TimeEntry)):
            if entry.needs_review:
                call = lambda work, i=entry.id: change_entry(work, i, confirmed, None)  # noqa: E731
                self.do(worker, call, verb="tidy")

    def go(self, verb, day):
        who = self.world.worker if verb in ("submit", "withdraw") else self.world.boss
        mine = self.world.worker[0]
        if verb in STEPS:
            self.do(who, lambda work: STEPS[verb](work, mine, day, None), verb=verb)
        else:
            self.do(who, lambda work: REASONED[verb](work, mine, day, None, "Why"), verb=verb)

    @rule(back=st.integers(2, 9), reason=st.sampled_from([None, "Why"]))
    def close_books(self, back, reason):
        given = TimeCloseIn(until=self.day(back).isoformat(), reason=reason)
        self.do(self.world.boss, lambda work: close_period(work, given), verb="close")

    @rule(hours=st.integers(1, 30))
    def wait(self, hours):
        self.world.now += timedelta(hours=hours)

    def told(self):
        return [
            dict(zip([column.name for column in TimeEntry.__table__.columns], values, strict=True))
            for values in self.entries.values()
        ]

    @precondition(lambda self: hasattr(self, "entries"))
    @invariant()
    def promises_hold(self):
        before, locked_before = self.entries, self.locked
        found = self.run(self.world.rows(TimeEntry))
        weeks = self.run(self.world.rows(Timesheet))
        closings = self.run(self.world.rows(TimeClosing))
        self.entries = {entry.id: values_of(entry) for entry in found}
        self.locked = locked_days(weeks, closings, self.world.now.date())

        self.check_locked(before, locked_before)
        check_no_overlap(found)
        self.check_days(found)
        self.check_sums(found)

    def check_locked(self, before, locked):
        """Nothing of a day that was locked came, went or changed."""
        place = [column.name for column in TimeEntry.__table__.columns].index("work_date")
        was = {key: each for key, each in before.items() if each[place] in locked}
        now = {key: each for key, each in self.entries.items() if each[place] in locked}
        assert now == was

    def check_days(self, found):
        by_day = defaultdict(list)
        for entry in found:
            by_day[entry.work_date].append(entry)
        for day, entries in by_day.items():
            unfinished = [each for each in entries if each.is_running or each.needs_review]
            if day in self.locked:
                assert unfinished == []
            if any(each.kind == "amount" for each in entries) and not unfinished:
                assert sum(each.seconds for each in entries) <= length_of(day, self.world.zone)

    def check_sums(self, found):
        days = {entry.work_date for entry in found} | {self.day(0)}
        for day in days:
            grid = self.run(
                self.world.read(lambda work, on=day: read_grid(work, self.world.worker[0], on))
            )
            mine = [each for each in found if grid.starts_on <= each.work_date <= grid.ends_on]
            assert grid.seconds == sum(each.seconds or 0 for each in mine)
            assert grid.seconds == sum(row.seconds for row in grid.rows)
            assert grid.billable_seconds == sum(each.seconds or 0 for each in mine if each.billable)
            assert [each.locked is not None for each in grid.days] == [
                each.day in self.locked for each in grid.days
            ]


def locked_days(weeks, closings, today) -> set[date]:
    days = set()
    for week in weeks:
        if week.state in ("submitted", "approved"):
            days |= set(days_between(week.starts_on, week.ends_on))
    for closing in closings:
        if closing.closed_until:
            days |= set(days_between(today - timedelta(days=60), closing.closed_until))
    return days


def check_no_overlap(found):
    clock = sorted(
        (each for each in found if each.kind == "clock"), key=lambda each: each.begins_at
    )
    for first, second in pairwise(clock):
        assert first.ended_at is not None
        assert first.ended_at <= second.started_at
    for each in clock:
        assert each.started_at == each.begins_at
        if each.ended_at:
            assert each.seconds == seconds_between(each.started_at, each.ended_at) > 0


@pytest.fixture
def world(database_url: URL):
    made = World(database_url)
    yield made
    made.close()


def test_hours_keep_their_promises_whatever_is_done(world: World):
    done = defaultdict(int)

    def begin():
        machine = Hours(world)
        machine.done = done
        return machine

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    reached = {key for key, count in done.items() if count}
    verbs = (
        "create",
        "amount",
        "fill",
        "move",
        "edit",
        "delete",
        "start",
        "stop",
        "batch",
        "close",
    )
    assert {(verb, None) for verb in (*verbs, *STEPS, *REASONED)} <= reached
    assert {
        ("create", "entry_locked"),
        ("create", "time_overlap"),
        ("move", "time_overlap"),
    } <= reached
    assert ("delete", "entry_locked") in reached
