"""Merges of customers, what tells twins, and whose timeline a change belongs to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "catalog_2"
down_revision: str | None = "transfer"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DELETED = sa.text("action LIKE '%.deleted'")
OFTEN_NULL = ("merged_into_id", "phone_key", "vat_id", "email_key")
TELLING = (*OFTEN_NULL, "twin_key")


def upgrade() -> None:
    op.create_table(
        "customer_merges",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("survivor_id", schema.Id(), nullable=False),
        sa.Column("absorbed_id", schema.Id(), nullable=False),
        sa.Column("absorbed_archived_at", schema.Instant(), nullable=True),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("flattened", sa.JSON(), nullable=False),
        sa.Column("undone_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "absorbed_id"],
            ["customers.organization_id", "customers.id"],
            name=op.f("fk_customer_merges_organization_id_absorbed_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_customer_merges_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "survivor_id"],
            ["customers.organization_id", "customers.id"],
            name=op.f("fk_customer_merges_organization_id_survivor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_customer_merges_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_customer_merges")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("customer_merges", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_merges_organization_id_survivor_id_id"),
            ["organization_id", "survivor_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_customer_merges_organization_id_absorbed_id_id"),
            ["organization_id", "absorbed_id", "id"],
            unique=False,
        )

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("twin_key", schema.Key(), nullable=True))
        batch_op.add_column(sa.Column("phone_key", schema.Key(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", schema.Id(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_customers_merged_into_id"), "merged_into_id <> id"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_customers_merged"), "merged_into_id IS NULL OR archived_at IS NOT NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_customers_organization_id_merged_into_id"),
            "customers",
            ["organization_id", "merged_into_id"],
            ["organization_id", "id"],
            ondelete="RESTRICT",
        )
        for column in TELLING:
            some = sa.text(f"{column} IS NOT NULL") if column in OFTEN_NULL else None
            batch_op.create_index(
                batch_op.f(f"ix_customers_organization_id_{column}"),
                ["organization_id", column],
                unique=False,
                **({"sqlite_where": some, "postgresql_where": some} if some is not None else {}),
            )

    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about_id", schema.Id(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_audit_log_organization_id_about_id_id"),
            ["organization_id", "about_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_audit_log_deleted",
            ["organization_id", "at", "id"],
            unique=False,
            sqlite_where=DELETED,
            postgresql_where=DELETED,
        )


def downgrade() -> None:
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_deleted")
        batch_op.drop_index(batch_op.f("ix_audit_log_organization_id_about_id_id"))
        batch_op.drop_column("about_id")

    with op.batch_alter_table("customers", schema=None) as batch_op:
        for column in reversed(TELLING):
            batch_op.drop_index(batch_op.f(f"ix_customers_organization_id_{column}"))
        batch_op.drop_constraint(
            batch_op.f("fk_customers_organization_id_merged_into_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("ck_customers_merged"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_customers_merged_into_id"), type_="check")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("phone_key")
        batch_op.drop_column("twin_key")

    with op.batch_alter_table("customer_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_merges_organization_id_absorbed_id_id"))
        batch_op.drop_index(batch_op.f("ix_customer_merges_organization_id_survivor_id_id"))

    op.drop_table("customer_merges")
