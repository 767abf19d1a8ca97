"""For migrations that move data: forced row-level security hides all rows, the owner's too."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, text


def each_organization(connection: Connection) -> Iterator[UUID]:
    """Every organization, with its rows in sight until the next; the nil UUID is work of none."""
    found = connection.execute(text("SELECT id FROM organizations ORDER BY id")).scalars()
    for organization_id in [*[UUID(str(each)) for each in found], UUID(int=0)]:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL app.organization_id = '{organization_id}'")
        yield organization_id
