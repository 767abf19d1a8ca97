"""Short numbers people can say, counted per organization."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.jobs import insert_on
from erp.organizations.models import Counter


async def take_number(
    session: AsyncSession, organization_id: UUID, series: str, year: int = 0
) -> int:
    """The next number of the series, from 1: one row lock, held until the transaction ends."""
    counter = {"organization_id": organization_id, "series": series, "year": year, "n": 1}
    statement = _count_on(session.get_bind().dialect.name)
    number: int = (await session.execute(statement, counter)).scalar_one()
    return number


@cache
def _count_on(backend: str) -> Any:
    """Built once: that takes longer than running it."""
    counters = Counter.__table__
    return (
        insert_on(backend, counters)
        .on_conflict_do_update(
            index_elements=["organization_id", "series", "year"], set_={"n": counters.c.n + 1}
        )
        .returning(counters.c.n)
    )
