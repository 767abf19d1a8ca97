"""Company directories: identities, connections, and who gave a member the role."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "directory"
down_revision: str | None = "stock"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer_key", schema.Key(), nullable=False),
        sa.Column("subject", schema.Key(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email_at_link", sa.Text(), nullable=True),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("linked_at", schema.Instant(), nullable=False),
        sa.Column("last_login_at", schema.Instant(), nullable=True),
        sa.CheckConstraint("provider IN ('ace')", name=op.f("ck_identities_provider")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint(
            "provider",
            "issuer_key",
            "subject",
            name=op.f("uq_identities_provider_issuer_key_subject"),
        ),
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"])
    op.create_table(
        "directory_connections",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("account_key", schema.Key(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("jit_provision", sa.Boolean(), nullable=False),
        sa.Column("role_map", sa.JSON(), nullable=False),
        sa.Column("allowed_domains", sa.JSON(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("provider IN ('ace')", name=op.f("ck_directory_connections_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_connections")),
        sa.UniqueConstraint(
            "organization_id", "provider", "account_key", name="uq_directory_connections_account"
        ),
    )
    op.create_index(
        op.f("uq_directory_connections_provider_account_key"),
        "directory_connections",
        ["provider", "account_key"],
        unique=True,
        sqlite_where=sa.text("enabled"),
        postgresql_where=sa.text("enabled"),
    )
    with op.batch_alter_table("members") as batch_op:
        batch_op.add_column(
            sa.Column("role_by_directory", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("members") as batch_op:  # only the rows of today need the default
        batch_op.alter_column("role_by_directory", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("members") as batch_op:
        batch_op.drop_column("role_by_directory")
    op.drop_table("directory_connections")
    op.drop_table("identities")
