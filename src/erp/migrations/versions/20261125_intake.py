"""Imports by file, and the rows of the files."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "intake"
down_revision: str | None = "walls"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", schema.Key(), nullable=False),
        sa.Column("format", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("applied_at", schema.Instant(), nullable=True),
        sa.Column("undone_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('products', 'customers', 'stock')", name=op.f("ck_imports_kind")
        ),
        sa.CheckConstraint(
            "state IN ('uploaded', 'mapped', 'checked', 'applied', 'undone', 'discarded')",
            name=op.f("ck_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_imports_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_imports_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_imports")),
        info={"scope": "tenant", "append_only": False},
    )
    for columns in (["created_at", "id"], ["kind", "digest"]):
        name = f"ix_imports_organization_id_{'_'.join(columns)}"
        op.create_index(op.f(name), "imports", ["organization_id", *columns])
    _create_rows()


def _create_rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("import_id", schema.Id(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("target_id", schema.Id(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('unchecked', 'create', 'change', 'skip', 'error')",
            name=op.f("ck_import_rows_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "import_id"],
            ["imports.organization_id", "imports.id"],
            name=op.f("fk_import_rows_organization_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_import_rows_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint(
            "organization_id",
            "import_id",
            "line",
            name=op.f("uq_import_rows_organization_id_import_id_line"),
        ),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_index(
        op.f("ix_import_rows_outcome"),
        "import_rows",
        ["organization_id", "import_id", "outcome", "line"],
    )


def downgrade() -> None:
    op.drop_table("import_rows")
    op.drop_table("imports")
