"""Locations, the ledger of moves, and what is derived from it."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    TenantOwned,
    fold,
    one_of,
    owned,
    refers_to,
    sorted_by,
    unique,
)
from erp.stock.errors import AlreadyReversed, CountEnded, LocationCodeTaken, LocationFixed

STORAGE = "storage"
ACTIVE = "state = 'active'"


class Standard(NamedTuple):
    """A location every organization has from its first use of stock."""

    kind: str
    code: str
    name: str


STANDARD_LOCATIONS = (
    Standard(STORAGE, "MAIN", "Main storage"),
    Standard("supplier", "SUPPLIER", "Suppliers"),
    Standard("customer", "CUSTOMER", "Customers"),
    Standard("adjustment", "ADJUSTMENT", "Adjustments"),
    Standard("opening", "OPENING", "Opening figures"),
    Standard("consumption", "CONSUMPTION", "Consumption"),
)


@lru_cache(maxsize=4096)
def standard_location_id(organization_id: UUID, kind: str) -> UUID:
    """The id of a standard location is known before its row is made (on first use)."""
    return uuid5(organization_id, f"location:{kind}")


@lru_cache(maxsize=1024)
def standard_location_ids(organization_id: UUID) -> frozenset[UUID]:
    """The default storage of the beginning, and every fixed end."""
    kinds = (each.kind for each in STANDARD_LOCATIONS)
    return frozenset(standard_location_id(organization_id, kind) for kind in kinds)


@lru_cache(maxsize=1024)
def fixed_location_ids(organization_id: UUID) -> frozenset[UUID]:
    """Every location that is no storage: where goods come from and go to."""
    first_storage = standard_location_id(organization_id, STORAGE)
    return standard_location_ids(organization_id) - {first_storage}


class Location(TenantOwned, Base):
    """A place goods are kept at (`storage`), or one of the fixed ends they come from and go to."""

    __tablename__ = "locations"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        unique("code_key", says=LocationCodeTaken),
        unique("is_default", says=Conflict, where="is_default"),
        unique("kind", says=Conflict, where="kind <> 'storage'"),
        one_of("kind", *(each.kind for each in STANDARD_LOCATIONS)),
        CheckConstraint(
            "(kind = 'storage' OR archived_at IS NULL) AND "
            "(NOT is_default OR (kind = 'storage' AND archived_at IS NULL))",
            name="stays",
        ),
    )

    code: Mapped[str]
    code_key: Mapped[str] = mapped_column(Key)
    name: Mapped[str]
    kind: Mapped[str]
    is_default: Mapped[bool]
    archived_at: Mapped[datetime | None]

    def write(self, values: dict[str, Any]) -> None:
        """Take the values, and keep what is derived from them true."""
        for name, value in values.items():
            setattr(self, name, value)
        self.code_key = fold(self.code)

    def ensure_storage(self) -> None:
        """Raises `LocationFixed` for the ends that every organization has."""
        if self.kind != STORAGE:
            raise LocationFixed


class StockPosting(Owned, Base):
    """One event of the ledger: what happened when, by whom and why. It is never changed."""

    __tablename__ = "stock_postings"
    __table_args__ = owned(
        refers_to("members", "posted_by"),
        refers_to("stock_postings", "reverses_id"),
        unique("reverses_id", says=AlreadyReversed),
        one_of(
            "kind",
            *("opening", "receipt", "issue", "return_in", "return_out", "transfer"),
            *("count", "reversal", "consumption"),
        ),
        CheckConstraint("effective_at <= posted_at", name="past"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reverses"),
        CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="subject"),
        sorted_by("effective_at", "id"),
        append_only=True,
    )

    kind: Mapped[str]
    effective_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    posted_by: Mapped[UUID | None]
    reference: Mapped[str | None]
    reason: Mapped[str | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]


class StockMove(Owned, Base):
    """So much of one product went from one location to another. It is never changed.

    A counted line takes effect when it was counted, hence an instant beside that of the posting.
    """

    __tablename__ = "stock_moves"
    __table_args__ = owned(
        refers_to("stock_postings", "posting_id"),
        refers_to("products", "product_id"),
        refers_to("locations", "from_location_id"),
        refers_to("locations", "to_location_id"),
        unique("posting_id", "line", says=Conflict),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_location_id <> to_location_id", name="ends"),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        sorted_by("product_id", "effective_at", "id", name="ix_stock_moves_product"),
        append_only=True,
    )

    posting_id: Mapped[UUID]
    line: Mapped[int]
    effective_at: Mapped[datetime]
    product_id: Mapped[UUID]
    from_location_id: Mapped[UUID]
    to_location_id: Mapped[UUID]
    quantity: Mapped[Decimal]
    unit_cost: Mapped[Decimal | None]


class StockBalance(Owned, Base):
    """What is on hand of a product at a storage location: the sum of its moves, and no more."""

    __tablename__ = "stock_balances"
    __table_args__ = owned(
        refers_to("products", "product_id"),
        refers_to("locations", "location_id"),
        unique("product_id", "location_id", says=Conflict, name="uq_stock_balances_place"),
        CheckConstraint("on_hand >= reserved AND reserved >= 0", name="covered"),
        sorted_by("location_id", "product_id", name="ix_stock_balances_location"),
    )

    product_id: Mapped[UUID]
    location_id: Mapped[UUID]
    on_hand: Mapped[Decimal]
    reserved: Mapped[Decimal]


class StockReservation(TenantOwned, Base):
    """Goods on the shelf that are promised to somebody; they still count as on hand."""

    __tablename__ = "stock_reservations"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("products", "product_id"),
        refers_to("locations", "location_id"),
        one_of("state", "active", "released", "consumed"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="subject"),
        Index(
            "ix_stock_reservations_active",
            *("organization_id", "product_id", "location_id"),
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
        Index(
            "ix_stock_reservations_expiry",
            *("organization_id", "expires_at"),
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
    )

    product_id: Mapped[UUID]
    location_id: Mapped[UUID]
    quantity: Mapped[Decimal]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    note: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    state: Mapped[str]


class StockCount(TenantOwned, Base):
    """A walk along the shelves of one location: counted now, posted when it is done."""

    __tablename__ = "stock_counts"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("locations", "location_id"),
        refers_to("stock_postings", "posting_id"),
        one_of("state", "draft", "posted", "canceled"),
        CheckConstraint("(state = 'posted') = (posting_id IS NOT NULL)", name="posted"),
    )

    location_id: Mapped[UUID]
    state: Mapped[str]
    posting_id: Mapped[UUID | None]

    def ensure_draft(self) -> None:
        """Raises `CountEnded` once it was posted or canceled."""
        if self.state != "draft":
            raise CountEnded(state=self.state)


class StockCountLine(Owned, Base):
    """How much of one product was seen, and when."""

    __tablename__ = "stock_count_lines"
    __table_args__ = owned(
        refers_to("stock_counts", "count_id", part_of=True),
        refers_to("products", "product_id"),
        unique("count_id", "product_id", says=Conflict, name="uq_stock_count_lines_product"),
        CheckConstraint("counted >= 0", name="counted"),
    )

    count_id: Mapped[UUID]
    product_id: Mapped[UUID]
    counted: Mapped[Decimal]
    counted_at: Mapped[datetime]
    note: Mapped[str | None]


class StockRule(TenantOwned, Base):
    """When a product is low, and up to which figure it is to be ordered."""

    __tablename__ = "stock_rules"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("products", "product_id"),
        unique("product_id", says=Conflict),
        CheckConstraint("minimum >= 0 AND target >= minimum", name="target"),
        Index(
            "ix_stock_rules_low",
            *("organization_id", "product_id"),
            sqlite_where=text("low_since IS NOT NULL"),
            postgresql_where=text("low_since IS NOT NULL"),
        ),
    )

    product_id: Mapped[UUID]
    minimum: Mapped[Decimal]
    target: Mapped[Decimal]
    low_since: Mapped[datetime | None]


def closing_id(organization_id: UUID) -> UUID:
    """An organization has one closing, whose id is known before its row is made."""
    return uuid5(organization_id, "stock_closing")


class StockClosing(TenantOwned, Base):
    """The last day nothing may be posted on any more; one row per organization."""

    __tablename__ = "stock_closings"
    __table_args__ = owned(refers_to("members", "created_by"))

    closed_until: Mapped[date | None]
    reason: Mapped[str | None]


class StockProof(Owned, Base):
    """Every balance compared with the sum of its moves, and a digest of what was seen."""

    __tablename__ = "stock_proofs"
    __table_args__ = owned(refers_to("members", "made_by"))

    at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    rows: Mapped[int]
    digest: Mapped[str]
    ok: Mapped[bool]
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
