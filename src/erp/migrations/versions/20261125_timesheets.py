"""Hours: entries with tags, weeks, schedules, closings, rates and billing rules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "timesheets"
down_revision: str | None = "accounts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "time_closings",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_time_closings_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_time_closings_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_time_closings")),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "timesheets",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", schema.Instant(), nullable=True),
        sa.Column("decided_by", schema.Id(), nullable=True),
        sa.Column("decided_at", schema.Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'rejected', 'reopened', 'submitted', 'approved')",
            name=op.f("ck_timesheets_state"),
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_timesheets_decided")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_timesheets_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "decided_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_timesheets_organization_id_decided_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_timesheets_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_timesheets_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_timesheets")),
        sa.UniqueConstraint(
            "organization_id",
            "member_id",
            "starts_on",
            name=op.f("uq_timesheets_organization_id_member_id_starts_on"),
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("timesheets", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_timesheets_organization_id_starts_on_id"),
            ["organization_id", "starts_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_timesheets_state", ["organization_id", "state", "starts_on", "id"], unique=False
        )

    op.create_table(
        "work_schedules",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("monday", sa.BigInteger(), nullable=False),
        sa.Column("tuesday", sa.BigInteger(), nullable=False),
        sa.Column("wednesday", sa.BigInteger(), nullable=False),
        sa.Column("thursday", sa.BigInteger(), nullable=False),
        sa.Column("friday", sa.BigInteger(), nullable=False),
        sa.Column("saturday", sa.BigInteger(), nullable=False),
        sa.Column("sunday", sa.BigInteger(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint("friday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_friday")),
        sa.CheckConstraint("monday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_monday")),
        sa.CheckConstraint("saturday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_saturday")),
        sa.CheckConstraint("sunday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_sunday")),
        sa.CheckConstraint("thursday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_thursday")),
        sa.CheckConstraint("tuesday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_tuesday")),
        sa.CheckConstraint(
            "wednesday BETWEEN 0 AND 86400", name=op.f("ck_work_schedules_wednesday")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_work_schedules_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_work_schedules_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_work_schedules_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_work_schedules")),
        sa.UniqueConstraint(
            "organization_id",
            "member_id",
            "valid_from",
            name="uq_work_schedules_from",
        ),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "billing_rules",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("project_id", schema.Id(), nullable=True),
        sa.Column("scope_key", schema.Key(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("applies_to", sa.Text(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "applies_to IN ('entry', 'day')", name=op.f("ck_billing_rules_applies_to")
        ),
        sa.CheckConstraint(
            "direction IN ('up', 'nearest', 'down')", name=op.f("ck_billing_rules_direction")
        ),
        sa.CheckConstraint("step BETWEEN 60 AND 3600", name=op.f("ck_billing_rules_step")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_billing_rules_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id"],
            ["projects.organization_id", "projects.id"],
            name=op.f("fk_billing_rules_organization_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_billing_rules_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_billing_rules")),
        sa.UniqueConstraint(
            "organization_id", "scope_key", name=op.f("uq_billing_rules_organization_id_scope_key")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "rates",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=True),
        sa.Column("project_id", schema.Id(), nullable=True),
        sa.Column("scope_key", schema.Key(), nullable=False),
        sa.Column("rate", schema.Scaled(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint("kind IN ('bill', 'cost')", name=op.f("ck_rates_kind")),
        sa.CheckConstraint("rate >= 0", name=op.f("ck_rates_rate")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_rates_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_rates_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id"],
            ["projects.organization_id", "projects.id"],
            name=op.f("fk_rates_organization_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_rates_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_rates")),
        sa.UniqueConstraint(
            "organization_id", "kind", "scope_key", "valid_from", name="uq_rates_scope"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("rates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rates_organization_id_valid_from_id"),
            ["organization_id", "valid_from", "id"],
            unique=False,
        )

    op.create_table(
        "time_entries",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.Column("project_id", schema.Id(), nullable=False),
        sa.Column("task_id", schema.Id(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", schema.Instant(), nullable=True),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("seconds", sa.BigInteger(), nullable=True),
        sa.Column("begins_at", schema.Instant(), nullable=False),
        sa.Column("work_date", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("search_key", schema.Key(), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("bill_rate", schema.Scaled(), nullable=True),
        sa.Column("bill_source", sa.Text(), nullable=True),
        sa.Column("cost_rate", schema.Scaled(), nullable=True),
        sa.Column("cost_source", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("billed_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'clock' AND started_at IS NOT NULL AND (ended_at IS NULL) = (seconds IS NULL))"
            " OR (kind = 'amount' AND started_at IS NULL AND ended_at IS NULL"
            " AND seconds IS NOT NULL)",
            name=op.f("ck_time_entries_shape"),
        ),
        sa.CheckConstraint(
            "bill_source IN ('entry', 'member_project', 'project', 'member', 'organization')",
            name=op.f("ck_time_entries_bill_source"),
        ),
        sa.CheckConstraint(
            "cost_source IN ('entry', 'member_project', 'project', 'member', 'organization')",
            name=op.f("ck_time_entries_cost_source"),
        ),
        sa.CheckConstraint("kind IN ('clock', 'amount')", name=op.f("ck_time_entries_kind")),
        sa.CheckConstraint("bill_rate >= 0 AND cost_rate >= 0", name=op.f("ck_time_entries_rates")),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_time_entries_order")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_time_entries_seconds")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_time_entries_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_time_entries_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id", "task_id"],
            ["tasks.organization_id", "tasks.project_id", "tasks.id"],
            name="fk_time_entries_task",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id"],
            ["projects.organization_id", "projects.id"],
            name=op.f("fk_time_entries_organization_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_time_entries_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_time_entries")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("time_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_time_entries_member",
            ["organization_id", "member_id", "begins_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_time_entries_organization_id_begins_at_id"),
            ["organization_id", "begins_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_time_entries_day",
            ["organization_id", "member_id", "work_date"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_time_entries_organization_id_task_id"),
            ["organization_id", "task_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_time_entries_organization_id_updated_at_id"),
            ["organization_id", "updated_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_time_entries_project",
            ["organization_id", "project_id", "begins_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_time_entries_running",
            ["organization_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'clock' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'clock' AND ended_at IS NULL"),
        )

    op.create_table(
        "time_entry_tags",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("entry_id", schema.Id(), nullable=False),
        sa.Column("name", schema.Key(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_key", schema.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "entry_id"],
            ["time_entries.organization_id", "time_entries.id"],
            name=op.f("fk_time_entry_tags_organization_id_entry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_time_entry_tags_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_time_entry_tags")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("time_entry_tags", schema=None) as batch_op:
        batch_op.create_index(
            "ix_time_entry_tags_name",
            ["organization_id", "name", "value_key", "entry_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_time_entry_tags_organization_id_entry_id"),
            ["organization_id", "entry_id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("time_entry_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_time_entry_tags_organization_id_entry_id"))
        batch_op.drop_index("ix_time_entry_tags_name")

    op.drop_table("time_entry_tags")
    with op.batch_alter_table("time_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_time_entries_running",
            sqlite_where=sa.text("kind = 'clock' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'clock' AND ended_at IS NULL"),
        )
        batch_op.drop_index("ix_time_entries_project")
        batch_op.drop_index(batch_op.f("ix_time_entries_organization_id_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_time_entries_organization_id_task_id"))
        batch_op.drop_index("ix_time_entries_day")
        batch_op.drop_index(batch_op.f("ix_time_entries_organization_id_begins_at_id"))
        batch_op.drop_index("ix_time_entries_member")

    op.drop_table("time_entries")
    with op.batch_alter_table("rates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rates_organization_id_valid_from_id"))

    op.drop_table("rates")
    op.drop_table("billing_rules")
    op.drop_table("work_schedules")
    with op.batch_alter_table("timesheets", schema=None) as batch_op:
        batch_op.drop_index("ix_timesheets_state")
        batch_op.drop_index(batch_op.f("ix_timesheets_organization_id_starts_on_id"))

    op.drop_table("timesheets")
    op.drop_table("time_closings")
