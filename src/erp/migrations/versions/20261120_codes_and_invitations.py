"""Codes and invitations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", schema.Key(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("organization_name", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("binding_hash", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("consumed_at", schema.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("binding_hash", name=op.f("uq_registrations_binding_hash")),
        info={"scope": "local", "append_only": False},
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registrations_email_key"), ["email_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_registrations_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "challenges",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("registration_id", schema.Id(), nullable=True),
        sa.Column("user_id", schema.Id(), nullable=True),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("code_mac", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("max_attempts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("used_at", schema.Instant(), nullable=True),
        sa.Column("superseded_at", schema.Instant(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('verify_email', 'change_email', 'mfa_email')",
            name=op.f("ck_challenges_purpose"),
        ),
        sa.CheckConstraint(
            "(registration_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_challenges_whose")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_challenges_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        info={"scope": "local", "append_only": False},
    )
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenges_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_challenges_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_challenges_user_id"), ["user_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", schema.Key(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", schema.Id(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("accepted_at", schema.Instant(), nullable=True),
        sa.Column("revoked_at", schema.Instant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('admin', 'manager', 'user')", name=op.f("ck_invitations_role")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "invited_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_invitations_organization_id_invited_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_invitations_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_invitations")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitations_organization_id_email_key"),
            ["organization_id", "email_key"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_organization_id_email_key"))

    op.drop_table("invitations")
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenges_user_id"))
        batch_op.drop_index(batch_op.f("ix_challenges_registration_id"))
        batch_op.drop_index(batch_op.f("ix_challenges_expires_at"))

    op.drop_table("challenges")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_expires_at"))
        batch_op.drop_index(batch_op.f("ix_registrations_email_key"))

    op.drop_table("registrations")
