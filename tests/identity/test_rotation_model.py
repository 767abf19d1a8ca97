"""Rotation against a model of it: whatever the order of refreshes, uses, pauses and ends."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import URL

from erp.identity.actions.desk import Desk, Habits, Visitor, open_desk
from erp.identity.actions.fixed_tokens import renew_access
from erp.identity.actions.sessions import begin_session, revoke, rotate, touch
from erp.identity.models import SessionRow, User
from erp.kernel.db import Database
from erp.kernel.errors import Refusal
from tests.making import make_settings

VISITOR = Visitor("192.0.2.1", "model", "model")
PAUSES = [1, 19, 3600, 13 * 3600, 5 * 86_400]  # seconds
MOST_TRIES = 30


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now


class World:
    """One database, one event loop, one clock."""

    def __init__(self, url: URL):
        self.runner, self.clock = asyncio.Runner(), Hands()
        self.desk: Desk = open_desk(make_settings(), Database(url, clock=self.clock))

    async def begin(self, remember, is_fixed):
        desk = replace(self.desk, habits=Habits(has_fixed_tokens=is_fixed))
        visitor = replace(VISITOR, client="task-hub") if is_fixed else VISITOR
        async with desk.database.writing() as session:
            user = User(full_name="Model")
            session.add(user)
            await session.flush()
            return await begin_session(
                session, desk, user, visitor, organization_id=None, remember=remember
            )

    async def row(self, session_id: UUID) -> SessionRow:
        async with self.desk.database.reading() as session:
            return await session.get_one(SessionRow, session_id)

    def close(self) -> None:
        self.runner.run(self.desk.database.dispose())
        self.desk.passwords.close()
        self.runner.close()


class Rotation(RuleBasedStateMachine):
    """What the rows must say, kept beside them in plain variables."""

    def __init__(self, world: World):
        super().__init__()
        self.world, self.run, self.clock = world, world.runner.run, world.clock

    @initialize(
        remember=st.sampled_from([True, True, False]),
        is_fixed=st.sampled_from([False, False, True]),
    )
    def sign_in(self, remember, is_fixed):
        first = self.run(self.world.begin(remember, is_fixed))
        self.is_fixed = is_fixed
        self.session_id, self.tokens = first.session_id, {0: first.refresh}
        self.life = timedelta(days=14) if remember else timedelta(hours=12)
        self.gen = self.confirmed = self.tries = 0
        self.is_revoked = False
        self.rotated_at = self.clock.now
        self.absolute_end = self.clock.now + timedelta(days=30)
        self.idle_end = self.clock.now + self.life
        self.ends = {0: min(self.idle_end, self.absolute_end)}

    def is_live(self) -> bool:
        return not self.is_revoked and self.clock.now < min(self.idle_end, self.absolute_end)

    def expect(self, gen: int) -> str | int:
        """The code of the refusal, or the generation that the token buys; moves the model."""
        if self.ends[gen] + timedelta(seconds=30) <= self.clock.now:
            return "refresh_token_expired"
        if self.is_fixed or not self.is_live():
            return "refresh_token_invalid" if self.is_fixed else "session_revoked"
        if gen == self.gen:
            self.gen, self.rotated_at = gen + 1, self.clock.now
            self.idle_end = self.clock.now + self.life
            self.ends[self.gen] = min(self.idle_end, self.absolute_end)
            return self.gen
        in_window = self.clock.now - self.rotated_at <= timedelta(seconds=20)
        if gen == self.gen - 1 and (in_window or self.confirmed < self.gen):
            return self.gen
        self.is_revoked = True
        return "refresh_token_reused"

    async def try_token(self, token: str) -> str | tuple[int, str]:
        try:
            pair = await rotate(self.world.desk, token, VISITOR)
        except Refusal as refusal:
            return refusal.code()
        claims = self.world.desk.keys.verify("refresh", pair.refresh, self.clock.now.timestamp())
        return claims["gen"], pair.refresh

    @rule(
        back=st.sampled_from([0, 0, 1, 1, 2]),
        times=st.sampled_from([1, 1, 2, 4]),
        after=st.sampled_from([0, 0, 20, 21, 3600]),
    )
    def refresh(self, back, times, after):
        gen = self.gen - back
        assume(gen >= 0 and self.tries + times <= MOST_TRIES)
        self.tries += times
        self.wait(after)

        async def all_at_once():
            return await asyncio.gather(*(self.try_token(self.tokens[gen]) for _ in range(times)))

        found = self.run(all_at_once())

        expected = sorted(str(self.expect(gen)) for _ in range(times))
        assert sorted(str(each if isinstance(each, str) else each[0]) for each in found) == expected
        for new, token in (each for each in found if not isinstance(each, str)):
            assert self.tokens.setdefault(new, token) == token

    @rule(back=st.sampled_from([0, 0, 1]), times=st.sampled_from([1, 3]))
    def renew_access_alone(self, back, times):
        gen = self.gen - back
        assume(gen >= 0 and self.tries + times <= MOST_TRIES)
        self.tries += times
        is_old = self.ends[gen] + timedelta(seconds=30) <= self.clock.now

        async def try_renewing():
            try:
                _row, pair = await renew_access(self.world.desk, self.tokens[gen])
            except Refusal as refusal:
                return refusal.code()
            return pair.refresh

        async def all_at_once():
            return await asyncio.gather(*(try_renewing() for _ in range(times)))

        if is_old:
            expected = "refresh_token_expired"
        elif not self.is_fixed:
            expected = "refresh_token_invalid"
        else:
            expected = self.tokens[gen] if self.is_live() else "session_revoked"
        assert self.run(all_at_once()) == [expected] * times

    @rule(back=st.integers(0, 1))
    def use_the_access_token(self, back):
        gen = self.gen - back
        assume(gen >= 0 and self.is_live())

        async def note():
            async with self.world.desk.database.writing() as session:
                await touch(session, self.session_id, gen, self.clock.now)

        self.run(note())
        self.confirmed = max(self.confirmed, gen)

    @rule(seconds=st.sampled_from(PAUSES))
    def pause(self, seconds):
        self.wait(seconds)

    def wait(self, seconds):
        self.clock.now += timedelta(seconds=seconds)

    @rule(really=st.sampled_from([False, False, False, False, True]))
    def sign_out(self, really):
        assume(really)

        async def end():
            async with self.world.desk.database.writing() as session:
                return await revoke(session, self.session_id, "logout", VISITOR)

        assert self.run(end()) is not self.is_revoked
        self.is_revoked = True

    @invariant()
    def the_row_agrees(self):
        if hasattr(self, "session_id"):
            row = self.run(self.world.row(self.session_id))
            assert (row.gen, row.confirmed_gen) == (self.gen, self.confirmed)
            assert (row.revoked_at is not None) is self.is_revoked
            assert row.idle_expires_at == self.idle_end
            assert row.rotates is not self.is_fixed


@pytest.fixture
def world(database_url: URL):
    made = World(database_url)
    yield made
    made.close()


def test_rotation_keeps_its_promises_under_random_interleavings(world: World):
    run_state_machine_as_test(
        lambda: Rotation(world),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
