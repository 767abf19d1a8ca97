"""Settings that rooms depend on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "timesheets_2"
down_revision: str | None = "projects_2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "setting_pins",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("pinned_at", schema.Instant(), nullable=False),
        sa.CheckConstraint(
            "setting IN ('currency', 'time_zone', 'week_start', 'writers')",
            name=op.f("ck_setting_pins_setting"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_setting_pins_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_setting_pins")),
        sa.UniqueConstraint(
            "organization_id", "setting", name=op.f("uq_setting_pins_organization_id_setting")
        ),
        info={"scope": "tenant", "append_only": False},
    )


def downgrade() -> None:
    op.drop_table("setting_pins")
