"""Schemes of pending passwords; API keys."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "accounts"
down_revision: str | None = "directory"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("password_scheme", sa.Text(), nullable=True))
    op.execute("UPDATE registrations SET password_scheme = 'argon2id'")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.alter_column("password_scheme", existing_type=sa.Text(), nullable=False)

    op.create_table(
        "api_keys",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("last_used_at", schema.Instant(), nullable=True),
        sa.Column("last_used_ip", sa.Text(), nullable=True),
        sa.Column("revoked_at", schema.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
        info={"scope": "local", "append_only": False},
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_keys_organization_id_user_id"),
            ["organization_id", "user_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_api_keys_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("api_keys")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_column("password_scheme")
