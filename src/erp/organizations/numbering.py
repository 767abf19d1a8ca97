"""Short numbers people can say, counted per organization."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.jobs import insert_into
from erp.organizations.models import Counter


async def take_number(
    session: AsyncSession, organization_id: UUID, series: str, year: int = 0
) -> int:
    """The next number of the series, from 1: one row lock, held until the transaction ends."""
    first = {"organization_id": organization_id, "series": series, "year": year, "n": 1}
    statement = (
        insert_into(session, Counter)
        .values(first)
        .on_conflict_do_update(
            index_elements=["organization_id", "series", "year"], set_={"n": Counter.n + 1}
        )
        .returning(Counter.n)
    )
    number: int = (await session.execute(statement)).scalar_one()
    return number
