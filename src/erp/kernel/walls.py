"""The second wall: PostgreSQL itself shows a transaction no rows but those it was let in to.

Wall 1 is the `Workspace`, on both databases. Row-level security is wall 2, on PostgreSQL alone:
policies compare each row with settings that last as long as the transaction (decision 0019).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

NOBODY = UUID(int=0)  # whose rows are work that belongs to no organization


def _setting(name: str) -> str:
    """After its first use a setting of a pooled connection is empty, not NULL."""
    return f"NULLIF(current_setting('app.{name}', true), '')"


IN_ORGANIZATION = f"organization_id = {_setting('organization_id')}::uuid"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rows a command may see (`using`) and leave behind (`check`). No sub-queries: Citus."""

    name: str
    command: str
    using: str | None = None
    check: str | None = None

    def clauses(self) -> str:
        """The rule as CREATE POLICY takes it."""
        using = f" USING ({self.using})" if self.using else ""
        return f"FOR {self.command}{using}" + (f" WITH CHECK ({self.check})" if self.check else "")


TENANT = Policy("tenant", "ALL", using=IN_ORGANIZATION, check=IN_ORGANIZATION)
OWN_ROWS = Policy("own_rows", "SELECT", using=f"user_id = {_setting('user_id')}::uuid")
WORKERS_SCAN = Policy("workers_scan", "SELECT", using=f"{_setting('worker')} = 'on'")
PROMISES = Policy("promises", "INSERT", check=f"organization_id = '{NOBODY}'::uuid")


def policies_of(table: Table) -> tuple[Policy, ...]:
    """Every rule of a table; none for what organizations share."""
    return (TENANT, *table.info.get("admits", ())) if table.info["scope"] == "tenant" else ()


async def admit(
    session: AsyncSession,
    *,
    organization_id: UUID | None = None,
    user_id: UUID | None = None,
    worker: bool = False,
) -> None:
    """Let this transaction in to the rows of an organization, a user, or the worker's scan.

    Call it with what was proved, never with what was merely sent. Before the first statement it
    costs nothing: the settings travel with BEGIN. SQLite has no second wall. Events that are noted
    in this transaction are the organization's.
    """
    if organization_id not in (None, NOBODY):
        session.info["organization_id"] = organization_id
    given = {"organization_id": organization_id, "user_id": user_id}
    wanted = [_set(name, value) for name, value in given.items() if value is not None]
    wanted += ["SET LOCAL app.worker = 'on'"] if worker else []
    if not session.info.get("begins"):
        return
    if session.info.get("has_begun"):
        await session.run_sync(lambda sync: _send(sync.connection(), "; ".join(wanted)))
    else:
        session.info.setdefault("admitted", []).extend(wanted)


def _set(name: str, value: UUID) -> str:
    """A statement with a literal: SET takes no parameters, and Citus forwards nothing else."""
    return f"SET LOCAL app.{name} = '{UUID(str(value))}'"


def begin_by_hand(sessions: type[Session]) -> None:
    """Send BEGIN and the settings in one go; the driver would take a round trip for each.

    The driver's connections are in autocommit mode, in which it begins nothing itself but still
    commits and rolls back what was begun.
    """

    @event.listens_for(sessions, "after_begin")
    def begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if session.info.get("begins") and not transaction.nested:
            first = [session.info["begins"], *session.info.pop("admitted", ())]
            session.info["has_begun"] = True
            _send(connection, "; ".join(first))


def _send(connection: Connection, statements: str) -> None:
    """Run plain statements without preparing them: each text is seen once."""
    try:
        for note in connection.dispatch.before_cursor_execute:
            note(connection, None, statements, (), None, False)  # noqa: FBT003  SQLAlchemy's event
        driver: Any = connection.connection.dbapi_connection
        driver.run_async(lambda raw: raw.execute(statements, prepare=False))
    except Exception as error:
        # Its own way of telling lost connections from refusals; it raises.
        connection._handle_dbapi_exception(error, statements, (), None, None)  # noqa: SLF001
        raise
