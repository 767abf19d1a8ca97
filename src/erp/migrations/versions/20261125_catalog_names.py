"""Fill in what tells twins, and whose timeline earlier changes belong to."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema
from erp.migrations.walls import each_organization

revision: str = "catalog_3"
down_revision: str | None = "catalog_2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AT_ONCE = 1000
# fmt: off
LEGAL_FORMS = frozenset((
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "eg", "ek", "eu", "ev",
    "gbr", "gmbh", "inc", "incorporated", "kft", "kg", "kgaa", "limited", "llc", "llp", "ltd",
    "mbh", "nv", "ohg", "oy", "plc", "pty", "sa", "sarl", "sas", "se", "sl", "spa", "srl", "sro",
    "ug",
))
# fmt: on
OF_CUSTOMERS = """
    UPDATE audit_log SET about_id = target_id
    WHERE organization_id = :home AND target_kind = 'customer'
"""
OF_PARTS = (
    """
    UPDATE audit_log SET about_id = (
        SELECT customer_id FROM customer_contacts AS part
        WHERE part.organization_id = audit_log.organization_id AND part.id = audit_log.target_id
    ) WHERE organization_id = :home AND target_kind = 'contact'
    """,
    """
    UPDATE audit_log SET about_id = (
        SELECT customer_id FROM customer_addresses AS part
        WHERE part.organization_id = audit_log.organization_id AND part.id = audit_log.target_id
    ) WHERE organization_id = :home AND target_kind = 'address'
    """,
)


def table(name: str, *columns: str) -> sa.TableClause:
    keys = [sa.column("organization_id", schema.Id()), sa.column("id", schema.Id())]
    return sa.table(name, *keys, *(sa.column(each, sa.Text()) for each in columns))


def upgrade() -> None:
    for organization_id in each_organization(op.get_bind()):
        fill_in(organization_id)


def fill_in(organization_id: UUID) -> None:
    products = table("products", "name", "twin_key")
    customers = table("customers", "name", "phone", "twin_key", "phone_key")
    fill(products, organization_id, lambda row: {"twin_key": bare(row.name, frozenset())})
    fill(
        customers,
        organization_id,
        lambda row: {
            "twin_key": bare(row.name, LEGAL_FORMS),
            "phone_key": re.sub(r"\D", "", row.phone or "")[-8:] or None,
        },
    )
    # Columns beside what happened may be filled in; triggers come back when migrations are done.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS no_update_audit_log")
    for statement in (OF_CUSTOMERS, *OF_PARTS):
        home = sa.bindparam("home", organization_id, schema.Id())
        op.execute(sa.text(statement).bindparams(home))


def fill(
    records: sa.TableClause, home: UUID, derive: Callable[[Any], dict[str, str | None]]
) -> None:
    """Row by row in batches, by key, so that memory stays bounded."""
    connection, columns = op.get_bind(), records.c
    after = UUID(int=0)
    while True:
        rows = sa.select(records).where(columns.organization_id == home, columns.id > after)
        found = connection.execute(rows.order_by(columns.id).limit(AT_ONCE)).all()
        for row in found:
            same = (columns.organization_id == home, columns.id == row.id)
            connection.execute(sa.update(records).where(*same).values(**derive(row)))
        if len(found) < AT_ONCE:
            return
        after = found[-1].id


def bare(name: str, without: frozenset[str]) -> str | None:
    """The form of November 2026; the product's own may change after this migration."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    parts = unicodedata.normalize("NFKD", folded)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    words = re.sub(r"[^\w]+|_", " ", re.sub("[.'\u2019]", "", plain)).split()
    return "".join([each for each in words if each not in without] or words) or None


def downgrade() -> None:
    pass
