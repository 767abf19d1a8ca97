"""Seals on both trails; security events are read by organization and id."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "walls"
down_revision: str | None = "timesheets_2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "security_seals",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", schema.Id(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", schema.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_security_seals")),
        sa.UniqueConstraint("event_id", name=op.f("uq_security_seals_event_id")),
        info={"scope": "local", "append_only": True},
    )
    op.create_table(
        "audit_seals",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", schema.Id(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "audit_id"],
            ["audit_log.organization_id", "audit_log.id"],
            name=op.f("fk_audit_seals_organization_id_audit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_audit_seals_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "seq", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint(
            "organization_id", "audit_id", name=op.f("uq_audit_seals_organization_id_audit_id")
        ),
        info={"scope": "tenant", "append_only": True, "admits": ()},
    )
    with op.batch_alter_table("security_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_security_events_organization_id_at"))
        batch_op.create_index(
            batch_op.f("ix_security_events_organization_id_id"),
            ["organization_id", "id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("security_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_security_events_organization_id_id"))
        batch_op.create_index(
            batch_op.f("ix_security_events_organization_id_at"),
            ["organization_id", "at"],
            unique=False,
        )

    op.drop_table("audit_seals")
    op.drop_table("security_seals")
