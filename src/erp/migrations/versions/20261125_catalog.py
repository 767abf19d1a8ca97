"""Categories of products, and the bare names that tell twins."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "catalog"
down_revision: str | None = "timesheets"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", schema.Id(), nullable=True),
        sa.Column("path_key", schema.Key(), nullable=False),
        sa.Column("lineage", schema.Key(), nullable=False),
        sa.Column("search_key", schema.Key(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_categories_parent")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_categories_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["categories.organization_id", "categories.id"],
            name=op.f("fk_categories_organization_id_parent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_categories_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_categories")),
        sa.UniqueConstraint(
            "organization_id", "path_key", name=op.f("uq_categories_organization_id_path_key")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_categories_organization_id_parent_id"),
            ["organization_id", "parent_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_categories_organization_id_updated_at_id"),
            ["organization_id", "updated_at", "id"],
            unique=False,
        )

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("twin_key", schema.Key(), nullable=True))
        batch_op.add_column(sa.Column("category_id", schema.Id(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_products_organization_id_category_id"),
            ["organization_id", "category_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_products_organization_id_twin_key"),
            ["organization_id", "twin_key"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_products_organization_id_category_id"),
            "categories",
            ["organization_id", "category_id"],
            ["organization_id", "id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_products_organization_id_category_id"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_products_organization_id_twin_key"))
        batch_op.drop_index(batch_op.f("ix_products_organization_id_category_id"))
        batch_op.drop_column("category_id")
        batch_op.drop_column("twin_key")

    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_categories_organization_id_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_categories_organization_id_parent_id"))

    op.drop_table("categories")
