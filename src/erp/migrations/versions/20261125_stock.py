"""The ledger of stock, notices, and the first move of a product."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from erp.kernel import schema

revision: str = "stock"
down_revision: str | None = "projects"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", schema.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("archived_at", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'storage' OR archived_at IS NULL) AND "
            "(NOT is_default OR (kind = 'storage' AND archived_at IS NULL))",
            name=op.f("ck_locations_stays"),
        ),
        sa.CheckConstraint(
            "kind IN ('storage', 'supplier', 'customer', 'adjustment', 'opening', 'consumption')",
            name=op.f("ck_locations_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_locations_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_locations_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_locations")),
        sa.UniqueConstraint(
            "organization_id", "code_key", name=op.f("uq_locations_organization_id_code_key")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("uq_locations_organization_id_is_default"),
            ["organization_id", "is_default"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )
        batch_op.create_index(
            batch_op.f("uq_locations_organization_id_kind"),
            ["organization_id", "kind"],
            unique=True,
            sqlite_where=sa.text("kind <> 'storage'"),
            postgresql_where=sa.text("kind <> 'storage'"),
        )

    op.create_table(
        "notices",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("member_id", schema.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", schema.Id(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("read_at", schema.Instant(), nullable=True),
        sa.Column("snoozed_until", schema.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_notices_organization_id_member_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_notices_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "organization_id", "member_id", "dedupe_key", name="uq_notices_dedupe_key"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_member", ["organization_id", "member_id", "id"], unique=False
        )

    op.create_table(
        "stock_closings",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_stock_closings_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_stock_closings_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_closings")),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "stock_postings",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_at", schema.Instant(), nullable=False),
        sa.Column("posted_at", schema.Instant(), nullable=False),
        sa.Column("posted_by", schema.Id(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", schema.Id(), nullable=True),
        sa.Column("reverses_id", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)",
            name=op.f("ck_stock_postings_reverses"),
        ),
        sa.CheckConstraint(
            "kind IN ('opening', 'receipt', 'issue', 'return_in', 'return_out', 'transfer', "
            "'count', 'reversal', 'consumption')",
            name=op.f("ck_stock_postings_kind"),
        ),
        sa.CheckConstraint(
            "(subject_kind IS NULL) = (subject_id IS NULL)", name=op.f("ck_stock_postings_subject")
        ),
        sa.CheckConstraint("effective_at <= posted_at", name=op.f("ck_stock_postings_past")),
        sa.ForeignKeyConstraint(
            ["organization_id", "posted_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_stock_postings_organization_id_posted_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "reverses_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_stock_postings_organization_id_reverses_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_stock_postings_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_postings")),
        sa.UniqueConstraint(
            "organization_id",
            "reverses_id",
            name=op.f("uq_stock_postings_organization_id_reverses_id"),
        ),
        info={"scope": "tenant", "append_only": True},
    )
    with op.batch_alter_table("stock_postings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_postings_organization_id_effective_at_id"),
            ["organization_id", "effective_at", "id"],
            unique=False,
        )

    op.create_table(
        "stock_proofs",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("made_by", schema.Id(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "made_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_stock_proofs_organization_id_made_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stock_proofs_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_proofs")),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "stock_counts",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("location_id", schema.Id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("posting_id", schema.Id(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "(state = 'posted') = (posting_id IS NOT NULL)", name=op.f("ck_stock_counts_posted")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'posted', 'canceled')", name=op.f("ck_stock_counts_state")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_stock_counts_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "location_id"],
            ["locations.organization_id", "locations.id"],
            name=op.f("fk_stock_counts_organization_id_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_stock_counts_organization_id_posting_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stock_counts_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_counts")),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "stock_balances",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("product_id", schema.Id(), nullable=False),
        sa.Column("location_id", schema.Id(), nullable=False),
        sa.Column("on_hand", schema.Scaled(), nullable=False),
        sa.Column("reserved", schema.Scaled(), nullable=False),
        sa.CheckConstraint(
            "on_hand >= reserved AND reserved >= 0", name=op.f("ck_stock_balances_covered")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "location_id"],
            ["locations.organization_id", "locations.id"],
            name=op.f("fk_stock_balances_organization_id_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["products.organization_id", "products.id"],
            name=op.f("fk_stock_balances_organization_id_product_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_stock_balances_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_balances")),
        sa.UniqueConstraint(
            "organization_id", "product_id", "location_id", name="uq_stock_balances_place"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("stock_balances", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stock_balances_location",
            ["organization_id", "location_id", "product_id"],
            unique=False,
        )

    op.create_table(
        "stock_count_lines",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("count_id", schema.Id(), nullable=False),
        sa.Column("product_id", schema.Id(), nullable=False),
        sa.Column("counted", schema.Scaled(), nullable=False),
        sa.Column("counted_at", schema.Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_lines_counted")),
        sa.ForeignKeyConstraint(
            ["organization_id", "count_id"],
            ["stock_counts.organization_id", "stock_counts.id"],
            name=op.f("fk_stock_count_lines_organization_id_count_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["products.organization_id", "products.id"],
            name=op.f("fk_stock_count_lines_organization_id_product_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_stock_count_lines_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_count_lines")),
        sa.UniqueConstraint(
            "organization_id", "count_id", "product_id", name="uq_stock_count_lines_product"
        ),
        info={"scope": "tenant", "append_only": False},
    )
    op.create_table(
        "stock_moves",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("posting_id", schema.Id(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", schema.Instant(), nullable=False),
        sa.Column("product_id", schema.Id(), nullable=False),
        sa.Column("from_location_id", schema.Id(), nullable=False),
        sa.Column("to_location_id", schema.Id(), nullable=False),
        sa.Column("quantity", schema.Scaled(), nullable=False),
        sa.Column("unit_cost", schema.Scaled(), nullable=True),
        sa.CheckConstraint("from_location_id <> to_location_id", name=op.f("ck_stock_moves_ends")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_moves_quantity")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_stock_moves_unit_cost")),
        sa.ForeignKeyConstraint(
            ["organization_id", "from_location_id"],
            ["locations.organization_id", "locations.id"],
            name=op.f("fk_stock_moves_organization_id_from_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_stock_moves_organization_id_posting_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["products.organization_id", "products.id"],
            name=op.f("fk_stock_moves_organization_id_product_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "to_location_id"],
            ["locations.organization_id", "locations.id"],
            name=op.f("fk_stock_moves_organization_id_to_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stock_moves_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_moves")),
        sa.UniqueConstraint(
            "organization_id",
            "posting_id",
            "line",
            name=op.f("uq_stock_moves_organization_id_posting_id_line"),
        ),
        info={"scope": "tenant", "append_only": True},
    )
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stock_moves_product",
            ["organization_id", "product_id", "effective_at", "id"],
            unique=False,
        )

    op.create_table(
        "stock_reservations",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("product_id", schema.Id(), nullable=False),
        sa.Column("location_id", schema.Id(), nullable=False),
        sa.Column("quantity", schema.Scaled(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", schema.Id(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("expires_at", schema.Instant(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'released', 'consumed')", name=op.f("ck_stock_reservations_state")
        ),
        sa.CheckConstraint(
            "(subject_kind IS NULL) = (subject_id IS NULL)",
            name=op.f("ck_stock_reservations_subject"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_reservations_quantity")),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_stock_reservations_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "location_id"],
            ["locations.organization_id", "locations.id"],
            name=op.f("fk_stock_reservations_organization_id_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["products.organization_id", "products.id"],
            name=op.f("fk_stock_reservations_organization_id_product_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_stock_reservations_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_reservations")),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("stock_reservations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stock_reservations_active",
            ["organization_id", "product_id", "location_id"],
            unique=False,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.create_index(
            "ix_stock_reservations_expiry",
            ["organization_id", "expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "stock_rules",
        sa.Column("organization_id", schema.Id(), nullable=False),
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("product_id", schema.Id(), nullable=False),
        sa.Column("minimum", schema.Scaled(), nullable=False),
        sa.Column("target", schema.Scaled(), nullable=False),
        sa.Column("low_since", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("updated_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.CheckConstraint(
            "minimum >= 0 AND target >= minimum", name=op.f("ck_stock_rules_target")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["members.organization_id", "members.id"],
            name=op.f("fk_stock_rules_organization_id_created_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "product_id"],
            ["products.organization_id", "products.id"],
            name=op.f("fk_stock_rules_organization_id_product_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stock_rules_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_rules")),
        sa.UniqueConstraint(
            "organization_id", "product_id", name=op.f("uq_stock_rules_organization_id_product_id")
        ),
        info={"scope": "tenant", "append_only": False},
    )
    with op.batch_alter_table("stock_rules", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stock_rules_low",
            ["organization_id", "product_id"],
            unique=False,
            sqlite_where=sa.text("low_since IS NOT NULL"),
            postgresql_where=sa.text("low_since IS NOT NULL"),
        )

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_moved_at", schema.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("first_moved_at")

    with op.batch_alter_table("stock_rules", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_stock_rules_low",
            sqlite_where=sa.text("low_since IS NOT NULL"),
            postgresql_where=sa.text("low_since IS NOT NULL"),
        )

    op.drop_table("stock_rules")
    with op.batch_alter_table("stock_reservations", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_stock_reservations_expiry",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.drop_index(
            "ix_stock_reservations_active",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.drop_table("stock_reservations")
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_moves_product")

    op.drop_table("stock_moves")
    op.drop_table("stock_count_lines")
    with op.batch_alter_table("stock_balances", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_balances_location")

    op.drop_table("stock_balances")
    op.drop_table("stock_counts")
    op.drop_table("stock_proofs")
    with op.batch_alter_table("stock_postings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_postings_organization_id_effective_at_id"))

    op.drop_table("stock_postings")
    op.drop_table("stock_closings")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_member")

    op.drop_table("notices")
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("uq_locations_organization_id_kind"),
            sqlite_where=sa.text("kind <> 'storage'"),
            postgresql_where=sa.text("kind <> 'storage'"),
        )
        batch_op.drop_index(
            batch_op.f("uq_locations_organization_id_is_default"),
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.drop_table("locations")
