"""Placeholder members and plans of synchronization."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "projects_2"
down_revision: str | None = "catalog_3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "placeholders",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.Column("external_source", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_placeholders_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_placeholders_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_placeholders")),
        sa.UniqueConstraint(
            "organization_id", "external_source", "external_id", name="uq_placeholders_external"
        ),
        sa.UniqueConstraint(
            "organization_id", "member_id", name=op.f("uq_placeholders_organization_id_member_id")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "sync_plans",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("applied_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'applied', 'expired')", name=op.f("ck_sync_plans_state")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_sync_plans_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sync_plans_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_sync_plans")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("sync_plans", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sync_plans_organization_id_expires_at"),
            ["organization_id", "expires_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("sync_plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_plans_organization_id_expires_at"))

    op.drop_table("sync_plans")
    op.drop_table("placeholders")
