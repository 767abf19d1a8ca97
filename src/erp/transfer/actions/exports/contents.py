"""What the file of an organization holds: every table of tenants, the organization, its people.

What stays behind is named here with its reason, so a table cannot be forgotten (decision 0039).
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    collate,
    select,  # noqa: TID251  a table is known by its name alone; each query names the organization
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.models import User
from erp.kernel.jobs import without_secrets
from erp.kernel.mail import KIND as MAIL
from erp.kernel.schema import Base
from erp.organizations.models import Member, Organization
from erp.transfer.actions.backups.contents import REVISION
from erp.transfer.actions.backups.parking import PARKED
from erp.transfer.errors import BackupImpossible

ORGANIZATION, PEOPLE, MEMBERS, OUTBOX = "organizations", "users", "members", "outbox"

LEFT_BEHIND = {
    "idempotency_keys": "answers of a day, for requests that were sent to this instance",
    "sessions": "who is signed in here",
    "one_time_tokens": "links that were mailed from here",
    "challenges": "codes that were mailed from here",
    "registrations": "people on their way in, members of nothing yet",
    "throttles": "counters of this instance",
    "api_keys": "secrets: programs get new ones",
    "identities": "accounts at a directory, as this instance proved them: linked anew",
    "directory_connections": "whom this instance trusts: an administrator connects again",
    "security_events": "one chain over the whole instance, with addresses of everybody",
    "security_seals": "the seals of that chain",
}
PASSWORD_COLUMNS = frozenset(
    {
        *("password_hash", "password_scheme", "password_changed_at"),
        *("must_change_password", "password_disabled_at"),
    }
)
# What somebody may do to this instance, and did here, is not the organization's to tell.
PRIVATE_COLUMNS = frozenset({"is_platform_admin", "last_login_at"})
LINK_LEFT_BEHIND = "its link or code was left behind by an export"


def list_exported() -> list[Table]:
    """Every table of the file, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if _is_exported(table)]


def _is_exported(table: Table) -> bool:
    if table.info["scope"] == "tenant":
        return table.name not in LEFT_BEHIND
    return table.name in (ORGANIZATION, PEOPLE)


def file_of(table: str) -> str:
    """The name of a table's file."""
    return f"{table}.jsonl"


def columns_of(table: Table, *, with_passwords: bool) -> list[str]:
    """The columns of a table that the file tells, in their order."""
    if table.name != PEOPLE:
        return list(table.c.keys())
    untold = PRIVATE_COLUMNS if with_passwords else PRIVATE_COLUMNS | PASSWORD_COLUMNS
    return [name for name in table.c.keys() if name not in untold]  # noqa: SIM118  no mapping


def select_rows(table: Table, home: UUID, columns: list[str], *, is_sqlite: bool) -> Select[Any]:
    """The rows of the organization in the order of their key, which both databases share."""
    query = select(*(table.c[name] for name in columns)).where(_belongs_to(table, home))
    return query.order_by(*(_by_bytes(each, is_sqlite) for each in table.primary_key.columns))


def _by_bytes(column: ColumnElement[Any], is_sqlite: bool) -> ColumnElement[Any]:  # noqa: FBT001  a fact about the database
    needs_telling = isinstance(column.type, Text) and not is_sqlite
    return collate(column, "C") if needs_telling else column


def _belongs_to(table: Table, home: UUID) -> ColumnElement[bool]:
    if table.name == ORGANIZATION:
        return Organization.id == home
    if table.name == PEOPLE:
        return User.id.in_(select(Member.user_id).where(Member.organization_id == home))
    return table.c.organization_id == home


async def ensure_revision(session: AsyncSession, newest: str) -> None:
    """Raises `BackupImpossible` unless the database is at the schema of this release."""
    found = await session.scalar(text(REVISION))
    if found != newest:
        raise BackupImpossible(f"The database is at schema {found}; run erp migrate first")


def settle_job(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the outbox as it may travel: not leased, without secrets, its mail put aside.

    A mail may go out before the file is put in elsewhere; one whose link stays behind never can.
    """
    payload = without_secrets(row["payload"])
    settled = row | {"payload": payload, "lease_until": None}
    if row["kind"] == MAIL and row["done_at"] is None and row["dead_at"] is None:
        why = PARKED if "values" in payload else LINK_LEFT_BEHIND
        settled |= {"dead_at": row["created_at"], "last_error": why}
    return settled
