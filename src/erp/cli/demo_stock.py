"""A year in the storage of the demo: seasons, suppliers, counts, errors, and what runs low."""

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from erp.kernel.fields import plain_decimal
from erp.kernel.workspace import Workspace
from erp.organizations.actions.notices import read_all_notices
from erp.organizations.models import Member
from erp.products.models import Product
from erp.stock.actions.closing import close
from erp.stock.actions.count_posting import post_count
from erp.stock.actions.counting import start_count, write_line
from erp.stock.actions.locations import create_location
from erp.stock.actions.low import set_rule
from erp.stock.actions.posting import post
from erp.stock.actions.proving import prove
from erp.stock.actions.reserving import reserve
from erp.stock.actions.reversing import reverse
from erp.stock.schemas.counts import CountIn, CountLineIn, CountPostIn
from erp.stock.schemas.locations import LocationIn
from erp.stock.schemas.postings import PostingIn, ReversalIn
from erp.stock.schemas.reservations import ReservationIn
from erp.stock.schemas.upkeep import RuleIn

SUPPLIERS = ("Nordlicht Supply", "Habsburg Office", "Delta Trade", "Oak & Sons", "Kontor GmbH")
WEEKS = 52
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@dataclass(slots=True)
class Good:
    """A product, how many of it are sold in a usual week, and what is left in the main storage."""

    product: Product
    weekly: float
    supplier: str
    left: int = 0

    @property
    def minimum(self) -> int:
        """Below this it is ordered."""
        return max(2, round(self.weekly * 2))

    @property
    def target(self) -> int:
        """Up to this it is ordered."""
        return self.minimum * 3


@dataclass
class Year:
    """The year that is told, and the hand that tells it."""

    work: Workspace
    dice: random.Random
    members: list[UUID]
    ends_at: datetime
    goods: list[Good] = field(default_factory=list)
    documents: int = 0
    showroom: UUID | None = None

    def turn_to(self, moment: datetime) -> None:
        """What is written now was written then."""
        self.work.session.info["clock"] = lambda: moment

    def somebody(self) -> Workspace:
        """Another of the colleagues at work."""
        return replace(self.work, member_id=self.dice.choice(self.members))

    def document(self, letters: str) -> str:
        """The next number on a piece of paper."""
        self.documents += 1
        return f"{letters}-{self.documents:04d}"


async def tell_year(work: Workspace, dice: random.Random) -> None:
    """Fill the year that ends now; the session's clock is right again afterwards."""
    clock = work.session.info["clock"]
    members = list(await work.session.scalars(work.select(Member).order_by(Member.number)))
    year = Year(work, dice, [member.id for member in members], clock())
    products = work.select(Product).where(Product.kind == "goods").order_by(Product.number)
    for number, product in enumerate(await work.session.scalars(products)):
        weekly = min(12.0, dice.paretovariate(1.4))
        year.goods.append(Good(product, weekly, SUPPLIERS[number % len(SUPPLIERS)]))
    await _open(year)
    for week in range(1, WEEKS):
        await _live_through(year, week)
    await _end(year)
    work.session.info["clock"] = clock


async def _open(year: Year) -> None:
    year.turn_to(year.ends_at - WEEKS * WEEK)
    showroom = LocationIn(code="SHOWROOM", name="Showroom")
    year.showroom = (await create_location(year.work, showroom)).id
    for good in year.goods:
        good.left = good.target
    lines = [_line(good, good.left) for good in year.goods]
    await post(year.work, _posting("opening", lines, reason="First stocktaking"))
    for good in year.goods:
        if good.weekly > 1.9:
            rule = RuleIn(minimum=str(good.minimum), target=str(good.target))
            await set_rule(year.work, good.product.id, rule)


async def _live_through(year: Year, week: int) -> None:
    begins_at = year.ends_at - (WEEKS - week) * WEEK
    season = _season(begins_at)
    year.turn_to(begins_at + 2 * HOUR)
    await _receive(year, week)
    for day in (1, 4):
        year.turn_to(begins_at + day * DAY + 4 * HOUR)
        await _sell(year, season)
    if week % 4 == 0:
        await _show(year)
    if week % 13 == 0:
        year.turn_to(begins_at + 5 * DAY)
        await _count(year)
    if week == WEEKS - 3:
        for member_id in year.members:
            await read_all_notices(replace(year.work, member_id=member_id))


def _season(moment: datetime) -> float:
    """Slow in summer, lively before Christmas."""
    swing = math.cos((moment.timetuple().tm_yday - 345) / 365 * 2 * math.pi)
    return 1 + 0.45 * swing


async def _receive(year: Year, week: int) -> None:
    supplier = SUPPLIERS[week % len(SUPPLIERS)]
    wanted = [good for good in year.goods if good.supplier == supplier]
    short = [good for good in wanted if good.left < good.minimum + good.weekly]
    lines = []
    for good in short:
        cost = good.product.cost_price
        lines.append(_line(good, good.target - good.left, unit_cost=cost and plain_decimal(cost)))
        good.left = good.target
    if lines:
        reference = year.document("DN")
        await post(year.work, _posting("receipt", lines, reference=reference, reason=supplier))


async def _sell(year: Year, season: float) -> None:
    lines = [_line(good, quantity) for good, quantity in _wished(year, season)]
    if not lines:
        return
    posted = await post(
        year.somebody(), _posting("issue", lines, reference=year.document("SO"), reason="Sale")
    )
    if year.documents % 41 == 0:
        reason = ReversalIn(reason="Entered twice")
        await reverse(year.somebody(), posted.posting.id, reason)
        for good, line in zip(_named(year, lines), lines, strict=True):
            good.left += int(line["quantity"])
    elif year.documents % 17 == 0:
        good = _named(year, lines)[0]
        good.left += 1
        returned = _posting("return_in", [_line(good, 1)], reason="Wrong color")
        await post(year.somebody(), returned)


def _wished(year: Year, season: float) -> Iterator[tuple[Good, int]]:
    """What customers take on one of the week's two days."""
    for good in year.dice.sample(year.goods, 18):
        quantity = round(good.weekly * season * year.dice.uniform(0.4, 1.6))
        sold = min(quantity, good.left)
        if sold > 0:
            good.left -= sold
            yield good, sold


def _named(year: Year, lines: Iterable[dict[str, Any]]) -> list[Good]:
    by_id = {good.product.id: good for good in year.goods}
    return [by_id[line["product_id"]] for line in lines]


async def _show(year: Year) -> None:
    """Some pieces go to the showroom."""
    chosen = [good for good in year.dice.sample(year.goods, 5) if good.left > 4]
    lines = [_line(good, 1, to_location_id=year.showroom) for good in chosen]
    for good in chosen:
        good.left -= 1
    if lines:
        await post(year.somebody(), _posting("transfer", lines, reason="New in the showroom"))


async def _count(year: Year) -> None:
    """A fifth of the shelves are counted; here and there something is missing."""
    work = year.somebody()
    count = await start_count(work, CountIn())
    for good in year.dice.sample(year.goods, len(year.goods) // 5):
        if year.dice.random() < 0.12:
            good.left = max(0, good.left + year.dice.choice((-2, -1, -1, 1)))
        given = CountLineIn(counted=str(good.left))
        await write_line(work, count.id, good.product.id, given)
    await post_count(work, count.id, CountPostIn(reason="Quarterly stocktaking"))


async def _end(year: Year) -> None:
    """Some goods are kept for customers, what is long over is closed, and all is proved."""
    year.turn_to(year.ends_at - 3 * HOUR)
    for good in year.dice.sample(year.goods, 12):
        if good.left > 2:
            kept = ReservationIn(
                product_id=good.product.id,
                quantity=str(year.dice.randint(1, 2)),
                note="Picked up next week",
                expires_at=year.ends_at + 9 * DAY,
            )
            await reserve(year.somebody(), kept)
    last_month = (year.ends_at.replace(day=1) - DAY).replace(day=1) - DAY
    await close(year.work, last_month.date(), None)
    await prove(year.work)


def _line(good: Good, quantity: int, **over: Any) -> dict[str, Any]:
    return {"product_id": good.product.id, "quantity": str(quantity), **over}


def _posting(kind: str, lines: list[dict[str, Any]], **over: Any) -> PostingIn:
    return PostingIn.model_validate({"kind": kind, "lines": lines, **over})
