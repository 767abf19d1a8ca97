"""Which row of an older system became which record; addresses without a country."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "transfer"
down_revision: str | None = "catalog"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "import_references",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("batch_id", schema.Id(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", schema.Key(), nullable=False),
        sa.Column("target_id", schema.Id(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_import_references_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_import_references")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "kind",
            "source_id",
            name="uq_import_references_row",
        ),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_index(
        op.f("ix_import_references_organization_id_batch_id"),
        "import_references",
        ["organization_id", "batch_id"],
    )
    with op.batch_alter_table("customer_addresses") as batch_op:
        batch_op.alter_column("country", existing_type=sa.Text(), nullable=True)


def downgrade() -> None:
    op.execute(
        "UPDATE customer_addresses SET country = 'ZZ' WHERE country IS NULL"
    )  # CLDR: unknown
    with op.batch_alter_table("customer_addresses") as batch_op:
        batch_op.alter_column("country", existing_type=sa.Text(), nullable=False)
    op.drop_table("import_references")
