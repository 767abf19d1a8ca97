"""The ledger against a model of it: whatever is posted, reserved, counted, reversed and closed."""

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pydantic import SecretStr
from sqlalchemy import URL

from erp.app import create_app
from erp.kernel.errors import Refusal
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.access import permissions_of
from erp.organizations.models import Notice
from erp.products.actions.products import create_product
from erp.products.schemas import ProductIn
from erp.stock.actions.closing import close
from erp.stock.actions.count_posting import post_count
from erp.stock.actions.counting import start_count, write_line
from erp.stock.actions.locations import create_location
from erp.stock.actions.low import set_rule
from erp.stock.actions.posting import post
from erp.stock.actions.proving import prove
from erp.stock.actions.reserving import release, reserve
from erp.stock.actions.reversing import reverse
from erp.stock.models import StockBalance, StockReservation, StockRule, standard_location_id
from erp.stock.schemas.counts import CountIn, CountLineIn, CountPostIn
from erp.stock.schemas.locations import LocationIn
from erp.stock.schemas.postings import PostingIn, ReversalIn
from erp.stock.schemas.reservations import ReservationIn
from erp.stock.schemas.upkeep import RuleIn
from tests.making import make_settings, sign_up

MINIMUM = 6
KEPT_FOR = timedelta(hours=1)
products, places = st.sampled_from([0, 1]), st.sampled_from([0, 1])
quantities = st.integers(1, 9)


class Hands:
    """A clock that moves a little with each look, and by leaps when it is told to."""

    def __init__(self):
        self.now = datetime.now(UTC).replace(hour=12, minute=0, second=0)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class World:
    """One application on the suite's database, with an event loop of its own."""

    def __init__(self, url: URL):
        self.runner, self.clock = asyncio.Runner(), Hands()
        address = SecretStr(url.render_as_string(hide_password=False))
        self.app = create_app(make_settings(database_url=address), self.clock)
        self.app.state.health.schema_is_ready = True

    def run(self, work):
        return self.runner.run(work)

    async def found(self):
        """Somebody with an organization, as a workspace needs it."""
        person = await sign_up(self.app)
        me = (await person.client.get("/api/auth/me")).json()
        await person.client.aclose()
        return {
            "organization_id": UUID(me["organization"]["id"]),
            "member_id": UUID(me["member"]["id"]),
            "user_id": UUID(me["user"]["id"]),
        }

    @asynccontextmanager
    async def at_work(self, somebody):
        async with self.app.state.database.writing() as session:
            await admit(session, organization_id=somebody["organization_id"])
            yield Workspace(
                session=session,
                session_id=None,
                permissions=permissions_of("admin", "everyone"),
                currency="EUR",
                time_zone="UTC",
                request_id="model",
                **somebody,
            )

    def close(self) -> None:
        self.run(self.app.state.database.dispose())
        self.app.state.desk.passwords.close()
        self.runner.close()


class Ledger(RuleBasedStateMachine):
    """What the tables must say, kept beside them in plain variables."""

    def __init__(self, world: World):
        super().__init__()
        self.world, self.clock = world, world.clock
        self.on_hand: dict[tuple[int, int], int] = defaultdict(int)
        self.moves: list[tuple[datetime, tuple[int, int], int]] = []
        self.held: dict[UUID, dict] = {}
        self.postings: list[tuple[UUID, list[tuple[tuple[int, int], int]]]] = []
        self.undone: set[UUID] = set()
        self.closed: date | None = None
        self.crossings, self.is_low = 0, False

    @initialize()
    def begin(self):
        self.somebody = self.world.run(self.world.found())
        self.ids = self.world.run(self.make())
        self.note_low()

    async def make(self):
        async with self.world.at_work(self.somebody) as work:
            made = [
                (await create_product(work, ProductIn(name=name, sale_price="1"))).id
                for name in ("One", "Two")
            ]
            main = standard_location_id(work.organization_id, "storage")
            other = (await create_location(work, LocationIn(code="B", name="Other"))).id
            await set_rule(work, made[0], RuleIn(minimum=str(MINIMUM)))
        return {"products": made, "places": [main, other]}

    def attempt(self, act, *given):
        """The code of the refusal, or what the action made."""

        async def run():
            async with self.world.at_work(self.somebody) as work:
                return await act(work, *given)

        try:
            return self.world.run(run())
        except Refusal as refusal:
            return refusal.code()

    # what the model knows

    def reserved(self, key, *, but_expired=False):
        return sum(
            each["quantity"]
            for each in self.held.values()
            if each["key"] == key and not (but_expired and self.is_over(each))
        )

    def is_over(self, each):
        return each["until"] is not None and each["until"] <= self.clock.now

    def free(self, key):
        return self.on_hand[key] - self.reserved(key, but_expired=True)

    def drop_expired(self, keys):
        gone = [i for i, each in self.held.items() if each["key"] in keys and self.is_over(each)]
        for reservation_id in gone:
            del self.held[reservation_id]

    def note_low(self):
        keys = [(0, 0), (0, 1)]
        left = sum(self.on_hand[key] - self.reserved(key) for key in keys)
        if left < MINIMUM and not self.is_low:
            self.crossings += 1
        self.is_low = left < MINIMUM

    def book(self, posting_id, at, deltas):
        for key, delta in deltas:
            self.on_hand[key] += delta
            self.moves.append((at, key, delta))
        self.postings.append((posting_id, deltas))
        self.note_low()

    # what happens

    def post(self, kind, lines, deltas, *, days=0):
        """Post and compare; `deltas` are what the lines do to places."""
        at = self.clock.now - timedelta(days=days)
        body = PostingIn.model_validate(
            {"kind": kind, "lines": lines, "effective_at": at.isoformat() if days else None}
        )
        done = self.attempt(post, body)
        leaving = {key for key, delta in deltas if delta < 0}
        sums = defaultdict(int)
        for key, delta in deltas:
            sums[key] += delta
        if self.closed is not None and at.date() <= self.closed:
            assert done == "period_closed"
        elif any(self.free(key) + delta < 0 for key, delta in sums.items()):
            assert done == "not_enough_stock"
        else:
            assert not isinstance(done, str), done
            self.drop_expired(leaving)
            self.book(done.posting.id, done.posting.effective_at, deltas)

    def line(self, product, quantity, **ends):
        named = {name: str(self.ids["places"][place]) for name, place in ends.items()}
        product_id = str(self.ids["products"][product])
        return {"product_id": product_id, "quantity": str(quantity), **named}

    @rule(product=products, place=places, quantity=quantities, days=st.sampled_from([0, 0, 3]))
    def receive(self, product, place, quantity, days):
        one = self.line(product, quantity, to_location_id=place)
        self.post("receipt", [one], [((product, place), quantity)], days=days)

    @rule(product=products, place=places, first=quantities, second=quantities)
    def issue_two_lines(self, product, place, first, second):
        lines = [self.line(product, each, from_location_id=place) for each in (first, second)]
        self.post("issue", lines, [((product, place), -first), ((product, place), -second)])

    @rule(product=products, place=places, quantity=quantities)
    def transfer(self, product, place, quantity):
        there = 1 - place
        one = self.line(product, quantity, from_location_id=place, to_location_id=there)
        deltas = [((product, place), -quantity), ((product, there), quantity)]
        self.post("transfer", [one], deltas)

    @rule(
        product=products,
        place=places,
        quantity=quantities,
        expires=st.sampled_from([None, KEPT_FOR]),
    )
    def keep(self, product, place, quantity, expires):
        key, until = (product, place), None if expires is None else self.clock.now + expires
        given = ReservationIn(
            product_id=self.ids["products"][product],
            location_id=self.ids["places"][place],
            quantity=str(quantity),
            expires_at=until,
        )
        done = self.attempt(reserve, given)
        if self.free(key) < quantity:
            assert done == "not_enough_stock"
        else:
            self.drop_expired([key])
            self.held[done.id] = {"key": key, "quantity": quantity, "until": until}
            self.note_low()

    @rule(data=st.data())
    def let_go(self, data):
        if self.held:
            chosen = data.draw(st.sampled_from(sorted(self.held)))
            assert self.attempt(release, chosen).state == "released"
            del self.held[chosen]
            self.note_low()

    @rule(data=st.data(), more=st.integers(0, 3))
    def use_up(self, data, more):
        if not self.held:
            return
        chosen = data.draw(st.sampled_from(sorted(self.held)))
        mine = self.held[chosen]
        key, quantity = mine["key"], mine["quantity"] + more
        line = self.line(key[0], quantity, from_location_id=key[1])
        body = PostingIn.model_validate(
            {"kind": "issue", "lines": [line | {"reservation_id": str(chosen)}]}
        )
        own = 0 if self.is_over(mine) else mine["quantity"]
        done = self.attempt(post, body)
        if self.closed is not None and self.clock.now.date() <= self.closed:
            assert done == "period_closed"
        elif self.free(key) + own < quantity:
            assert done == "not_enough_stock"
        else:
            del self.held[chosen]
            self.drop_expired([key])
            self.book(done.posting.id, done.posting.effective_at, [(key, -quantity)])

    @rule(
        product=products,
        place=places,
        counted=st.integers(0, 12),
        sold=st.integers(0, 3),
        cut=st.booleans(),
    )
    def count(self, product, place, counted, sold, cut):
        key = (product, place)
        count = self.attempt(start_count, CountIn(location_id=self.ids["places"][place]))
        seen_at = self.clock()
        given = CountLineIn(counted=str(counted), counted_at=seen_at.isoformat())
        self.attempt(write_line, count.id, self.ids["products"][product], given)
        if sold:
            line = self.line(product, sold, from_location_id=place)
            self.post("issue", [line], [(key, -sold)])
        since = sum(delta for at, where, delta in self.moves if where == key and at > seen_at)
        left = counted + since
        done = self.attempt(post_count, count.id, CountPostIn(cut_reservations=cut))
        missing = self.reserved(key, but_expired=True) - max(left, 0)
        if self.closed is not None and seen_at.date() <= self.closed:
            assert done == "period_closed"
        elif left < 0 or (missing > 0 and not cut):
            assert done == "count_below_reserved"
        else:
            _count, posted = done
            self.drop_expired([key])
            self.cut(key, missing)
            difference = left - self.on_hand[key]
            deltas = [(key, difference)] if difference else []
            self.book(posted.posting.id, seen_at, deltas)

    def cut(self, key, missing):
        for reservation_id in sorted(self.held, reverse=True):
            mine = self.held[reservation_id]
            if mine["key"] == key and missing > 0:
                taken = min(missing, mine["quantity"])
                missing -= taken
                mine["quantity"] -= taken
                if not mine["quantity"]:
                    del self.held[reservation_id]

    @rule(data=st.data())
    def undo(self, data):
        if not self.postings:
            return
        posting_id, deltas = data.draw(st.sampled_from(self.postings))
        done = self.attempt(reverse, posting_id, ReversalIn())
        mirror = [(key, -delta) for key, delta in deltas]
        sums = defaultdict(int)
        for key, delta in mirror:
            sums[key] += delta
        if posting_id in self.undone:
            assert done in {"already_reversed", "reversal_is_final"}
        elif self.closed is not None and self.clock.now.date() <= self.closed:
            assert done == "period_closed"
        elif any(self.free(key) + delta < 0 for key, delta in sums.items()):
            assert done == "not_enough_stock"
        else:
            self.drop_expired({key for key, delta in mirror if delta < 0})
            self.book(done.posting.id, done.posting.effective_at, mirror)
            self.undone |= {posting_id, done.posting.id}

    @rule(days=st.sampled_from([1, 1, 5]))
    def close_days(self, days):
        until = self.clock.now.date() - timedelta(days=days)
        moves_back = self.closed is not None and until < self.closed
        done = self.attempt(close, until, None)
        if moves_back:
            assert done == "closing_moves_back"
        else:
            self.closed = until

    @rule(hours=st.sampled_from([2, 30]))
    def wait(self, hours):
        self.clock.now += timedelta(hours=hours)

    # what always holds

    @invariant()
    def the_tables_say_the_same(self):
        seen = self.world.run(self.look())
        for key, (on_hand, reserved) in seen["balances"].items():
            assert (on_hand, reserved) == (self.on_hand[key], self.reserved(key)), key
            assert on_hand >= reserved >= 0
        assert all(key in seen["balances"] for key, figure in self.on_hand.items() if figure)
        assert seen["held"] == {i: each["quantity"] for i, each in self.held.items()}
        assert (seen["is_low"], seen["notices"]) == (self.is_low, self.crossings)
        assert seen["proof"].ok, seen["proof"].differences

    async def look(self):
        index = {each: n for each_kind in self.ids.values() for n, each in enumerate(each_kind)}
        async with self.world.at_work(self.somebody) as work:
            balances = await work.session.scalars(work.select(StockBalance))
            active = work.select(StockReservation).where(StockReservation.state == "active")
            [rule_of_one] = await work.session.scalars(work.select(StockRule))
            notices = await work.session.scalars(work.select(Notice))
            return {
                "balances": {
                    (index[each.product_id], index[each.location_id]): (
                        each.on_hand,
                        each.reserved,
                    )
                    for each in balances
                },
                "held": {each.id: each.quantity for each in await work.session.scalars(active)},
                "is_low": rule_of_one.low_since is not None,
                "notices": sum(each.code == "stock_low" for each in notices),
                "proof": await prove(work),
            }


@pytest.fixture
def world(database_url):
    made = World(database_url)
    yield made
    made.close()


def test_the_ledger_follows_its_model(world):
    run_state_machine_as_test(
        lambda: Ledger(world),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
