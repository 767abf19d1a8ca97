"""Projects and tasks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "projects"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "task_states",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", schema.Key(), nullable=False),
        sa.Column("state_group", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "state_group IN ('backlog', 'unstarted', 'started', 'completed', 'canceled')",
            name=op.f("ck_task_states_state_group"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_task_states_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_task_states_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_task_states")),
        sa.UniqueConstraint(
            "organization_id", "name_key", name=op.f("uq_task_states_organization_id_name_key")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("task_states", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("uq_task_states_organization_id_is_default"),
            ["organization_id", "is_default"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "projects",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", schema.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", schema.Key(), nullable=False),
        sa.Column("search_key", schema.Key(), nullable=False),
        sa.Column("customer_id", schema.Id(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lead_id", schema.Id(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("budget_seconds", sa.BigInteger(), nullable=True),
        sa.Column("budget_minor", sa.BigInteger(), nullable=True),
        sa.Column("external_source", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("archived_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'active', 'paused', 'done')", name=op.f("ck_projects_state")
        ),
        sa.CheckConstraint(
            "(external_source IS NULL) = (external_id IS NULL)", name=op.f("ck_projects_external")
        ),
        sa.CheckConstraint(
            "budget_seconds >= 0 AND budget_minor >= 0", name=op.f("ck_projects_budget")
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_projects_dates")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_projects_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["customers.organization_id", "customers.id"],
            name=op.f("fk_projects_organization_id_customer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "lead_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_projects_organization_id_lead_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_projects_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_projects")),
        sa.UniqueConstraint(
            "organization_id", "code_key", name=op.f("uq_projects_organization_id_code_key")
        ),
        sa.UniqueConstraint(
            "organization_id", "external_source", "external_id", name="uq_projects_external"
        ),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_projects_organization_id_number")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_organization_id_customer_id"),
            ["organization_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_projects_organization_id_name_key_id"),
            ["organization_id", "name_key", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_projects_organization_id_updated_at_id"),
            ["organization_id", "updated_at", "id"],
            unique=False,
        )

    op.create_table(
        "project_members",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("project_id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_project_members_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id"],
            ["projects.organization_id", "projects.id"],
            name=op.f("fk_project_members_organization_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_project_members_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_project_members")),
        sa.UniqueConstraint(
            "organization_id", "project_id", "member_id", name="uq_project_members_once"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("project_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_members_organization_id_member_id"),
            ["organization_id", "member_id"],
            unique=False,
        )

    op.create_table(
        "tasks",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("project_id", schema.Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("search_key", schema.Key(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("state_id", schema.Id(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("parent_id", schema.Id(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("estimate_seconds", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", schema.Instant(), nullable=True),
        sa.Column("external_source", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "priority IN ('none', 'low', 'normal', 'high', 'urgent')",
            name=op.f("ck_tasks_priority"),
        ),
        sa.CheckConstraint(
            "(external_source IS NULL) = (external_id IS NULL)", name=op.f("ck_tasks_external")
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_tasks_dates")),
        sa.CheckConstraint("estimate_seconds >= 0", name=op.f("ck_tasks_estimate")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_tasks_parent")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_tasks_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id", "parent_id"],
            ["tasks.organization_id", "tasks.project_id", "tasks.id"],
            name=op.f("fk_tasks_organization_id_project_id_parent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id"],
            ["projects.organization_id", "projects.id"],
            name=op.f("fk_tasks_organization_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "state_id"],
            ["task_states.organization_id", "task_states.id"],
            name=op.f("fk_tasks_organization_id_state_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_tasks_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_tasks")),
        sa.UniqueConstraint(
            "organization_id", "external_source", "external_id", name="uq_tasks_external"
        ),
        sa.UniqueConstraint(
            "organization_id",
            "project_id",
            "id",
            name=op.f("uq_tasks_organization_id_project_id_id"),
        ),
        sa.UniqueConstraint(
            "organization_id",
            "project_id",
            "number",
            name=op.f("uq_tasks_organization_id_project_id_number"),
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tasks_board",
            ["organization_id", "project_id", "state_id", "position", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_organization_id_due_on_id"),
            ["organization_id", "due_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_organization_id_parent_id"),
            ["organization_id", "parent_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_organization_id_state_id"),
            ["organization_id", "state_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_organization_id_updated_at_id"),
            ["organization_id", "updated_at", "id"],
            unique=False,
        )

    op.create_table(
        "comments",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("task_id", schema.Id(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("edited_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_comments_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "task_id"],
            ["tasks.organization_id", "tasks.id"],
            name=op.f("fk_comments_organization_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_comments_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_comments")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comments_organization_id_task_id_id"),
            ["organization_id", "task_id", "id"],
            unique=False,
        )

    op.create_table(
        "task_assignees",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("task_id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_task_assignees_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "task_id"],
            ["tasks.organization_id", "tasks.id"],
            name=op.f("fk_task_assignees_organization_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_task_assignees_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_task_assignees")),
        sa.UniqueConstraint(
            "organization_id", "task_id", "member_id", name="uq_task_assignees_once"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("task_assignees", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_assignees_organization_id_member_id"),
            ["organization_id", "member_id"],
            unique=False,
        )

    op.create_table(
        "task_dependencies",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("project_id", schema.Id(), nullable=False),
        sa.Column("task_id", schema.Id(), nullable=False),
        sa.Column("depends_on_id", schema.Id(), nullable=False),
        sa.CheckConstraint("task_id <> depends_on_id", name=op.f("ck_task_dependencies_other")),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id", "depends_on_id"],
            ["tasks.organization_id", "tasks.project_id", "tasks.id"],
            name="fk_task_dependencies_depends_on",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "project_id", "task_id"],
            ["tasks.organization_id", "tasks.project_id", "tasks.id"],
            name="fk_task_dependencies_task",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_task_dependencies_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_task_dependencies")),
        sa.UniqueConstraint(
            "organization_id", "task_id", "depends_on_id", name="uq_task_dependencies_once"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("task_dependencies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_dependencies_organization_id_depends_on_id"),
            ["organization_id", "depends_on_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_task_dependencies_organization_id_project_id"),
            ["organization_id", "project_id"],
            unique=False,
        )

    op.create_table(
        "task_logs",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("task_id", schema.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("assignee_id", schema.Id(), nullable=True),
        sa.Column("from_state_id", schema.Id(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state_id", schema.Id(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('created', 'moved', 'assigned', 'unassigned', 'progress', 'note')",
            name=op.f("ck_task_logs_kind"),
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_task_logs_percent")),
        sa.ForeignKeyConstraint(
            ["organization_id", "assignee_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_task_logs_organization_id_assignee_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_task_logs_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "task_id"],
            ["tasks.organization_id", "tasks.id"],
            name=op.f("fk_task_logs_organization_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_task_logs_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_task_logs")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("task_logs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_logs_organization_id_member_id_at"),
            ["organization_id", "member_id", "at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_task_logs_organization_id_task_id_id"),
            ["organization_id", "task_id", "id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("task_logs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_logs_organization_id_task_id_id"))
        batch_op.drop_index(batch_op.f("ix_task_logs_organization_id_member_id_at"))

    op.drop_table("task_logs")
    with op.batch_alter_table("task_dependencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_dependencies_organization_id_project_id"))
        batch_op.drop_index(batch_op.f("ix_task_dependencies_organization_id_depends_on_id"))

    op.drop_table("task_dependencies")
    with op.batch_alter_table("task_assignees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_assignees_organization_id_member_id"))

    op.drop_table("task_assignees")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_organization_id_task_id_id"))

    op.drop_table("comments")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_organization_id_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_tasks_organization_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_tasks_organization_id_parent_id"))
        batch_op.drop_index(batch_op.f("ix_tasks_organization_id_due_on_id"))
        batch_op.drop_index("ix_tasks_board")

    op.drop_table("tasks")
    with op.batch_alter_table("project_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_members_organization_id_member_id"))

    op.drop_table("project_members")
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_organization_id_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_projects_organization_id_name_key_id"))
        batch_op.drop_index(batch_op.f("ix_projects_organization_id_customer_id"))

    op.drop_table("projects")
    with op.batch_alter_table("task_states", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("uq_task_states_organization_id_is_default"),
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.drop_table("task_states")
