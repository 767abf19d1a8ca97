"""Short numbers people can say, counted per organization."""

from collections import deque
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.jobs import insert_on
from erp.kernel.schema import Owned
from erp.kernel.workspace import Workspace
from erp.organizations.models import Counter

AHEAD = "numbers_ahead"


async def take_number(
    session: AsyncSession, organization_id: UUID, series: str, year: int = 0
) -> int:
    """The next number of the series, from 1: one row lock, held until the transaction ends."""
    if not year and (ahead := session.info.get(AHEAD, {}).get(series)):
        return int(ahead.popleft())
    return (await take_numbers(session, organization_id, series, year=year))[0]


async def take_numbers(
    session: AsyncSession, organization_id: UUID, series: str, count: int = 1, *, year: int = 0
) -> range:
    """The next numbers of the series, in one step and under the same lock."""
    counter = {"organization_id": organization_id, "series": series, "year": year, "n": count}
    statement = _count_on(session.get_bind().dialect.name)
    last: int = (await session.execute(statement, counter)).scalar_one()
    return range(last - count + 1, last + 1)


async def take_ahead(work: Workspace, series: str, count: int) -> None:
    """Set numbers aside for whoever asks next in this transaction, outside of any savepoint.

    PostgreSQL keeps as many versions of the counter's row as it is raised within a transaction, and
    looks at all of them each time.
    """
    taken = await take_numbers(work.session, work.organization_id, series, count)
    work.session.info.setdefault(AHEAD, {})[series] = deque(taken)


def has_ahead(work: Workspace, series: str) -> bool:
    """Whether numbers that were set aside are left."""
    return bool(work.session.info.get(AHEAD, {}).get(series))


async def give_back(work: Workspace, series: str) -> None:
    """Return the numbers that nobody asked for, as far as they are the last of the series."""
    left: deque[int] = work.session.info.get(AHEAD, {}).pop(series, deque())
    if not left or left[-1] - left[0] + 1 != len(left):
        return
    mine = update(Counter).where(Counter.organization_id == work.organization_id)
    last = mine.where(Counter.series == series, Counter.year == 0, Counter.n == left[-1])
    await work.session.execute(last.values(n=left[0] - 1))


def _forget_ahead(work: Workspace, series: str, number: int) -> None:
    """The number was given to a record that had it elsewhere."""
    ahead = work.session.info.get(AHEAD, {}).get(series)
    if ahead and number in ahead:
        ahead.remove(number)


async def keep_number(work: Workspace, record: Owned, series: str, wanted: int) -> None:
    """Give a record just made the number it had elsewhere, if it is free; the series goes on above.

    The record keeps the number it has where the wanted one is taken.
    """
    model: Any = type(record)
    taken = work.select(model).where(model.number == wanted)
    if wanted < 1 or await work.session.scalar(taken.limit(1)) is not None:
        return
    _forget_ahead(work, series, wanted)
    setattr(record, "number", wanted)  # noqa: B010  of every model that has one
    raised = update(Counter).where(
        Counter.organization_id == work.organization_id,
        Counter.series == series,
        Counter.year == 0,
        Counter.n < wanted,
    )
    await work.session.execute(raised.values(n=wanted))
    await work.session.flush()  # a locking read of the record would bring the old number back


async def take_numbers_of(
    session: AsyncSession, organization_id: UUID, counts: Mapping[str, int]
) -> dict[str, range]:
    """The next numbers of many series at once, so many of each; locked in the series' order."""
    if not counts:
        return {}
    rows = [
        {"organization_id": organization_id, "series": series, "year": 0, "n": count}
        for series, count in sorted(counts.items())
    ]
    insert = insert_on(session.get_bind().dialect.name, Counter.__table__).values(rows)
    upsert = _raised(insert).returning(Counter.__table__.c.series, Counter.__table__.c.n)
    return {
        series: range(last - counts[series] + 1, last + 1)
        for series, last in await session.execute(upsert)
    }


@cache
def _count_on(backend: str) -> Any:
    """Built once: that takes longer than running it."""
    counters = Counter.__table__
    return _raised(insert_on(backend, counters)).returning(counters.c.n)


def _raised(insert: Any) -> Any:
    return insert.on_conflict_do_update(
        index_elements=["organization_id", "series", "year"],
        set_={"n": Counter.__table__.c.n + insert.excluded.n},
    )
