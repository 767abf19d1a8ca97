"""Products and the units they are counted in."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import (
    Base,
    Key,
    TenantOwned,
    fold,
    one_of,
    owned,
    plain,
    refers_to,
    sorted_by,
    unique,
)
from erp.products.errors import BarcodeTaken, SkuTaken


class Standard(NamedTuple):
    """A unit every organization starts with; `un_code` is from UN/ECE Recommendation 20."""

    code: str
    name: str
    decimals: int
    un_code: str


STANDARD_UNITS = (
    Standard("pc", "Piece", 0, "C62"),
    Standard("pair", "Pair", 0, "PR"),
    Standard("set", "Set", 0, "SET"),
    Standard("pack", "Pack", 0, "PK"),
    Standard("h", "Hour", 2, "HUR"),
    Standard("day", "Day", 2, "DAY"),
    Standard("kg", "Kilogram", 3, "KGM"),
    Standard("g", "Gram", 0, "GRM"),
    Standard("m", "Meter", 3, "MTR"),
    Standard("m2", "Square meter", 3, "MTK"),
    Standard("m3", "Cubic meter", 3, "MTQ"),
    Standard("l", "Liter", 3, "LTR"),
)


def standard_unit_id(organization_id: UUID, code: str) -> UUID:
    """The id of a standard unit is known before its row is made (on first use)."""
    return uuid5(organization_id, f"unit:{code}")


class Unit(TenantOwned, Base):
    """What a quantity counts, and how finely: `decimals` places at most."""

    __tablename__ = "units"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        unique("code", says=Conflict),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals"),
    )

    code: Mapped[str] = mapped_column(Key)
    name: Mapped[str]
    decimals: Mapped[int]
    un_code: Mapped[str]


class Product(TenantOwned, Base):
    """A good that can be stocked, or a service."""

    __tablename__ = "products"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("units", "unit_id"),
        unique("number", says=Conflict),
        unique("sku_key", says=SkuTaken),
        unique("barcode", says=BarcodeTaken),
        one_of("kind", "goods", "service"),
        CheckConstraint("sale_price >= 0 AND cost_price >= 0", name="prices"),
        sorted_by("name_key", "id"),
        sorted_by("updated_at", "id"),
    )

    number: Mapped[int]
    sku: Mapped[str | None]
    sku_key: Mapped[str | None] = mapped_column(Key)
    barcode: Mapped[str | None] = mapped_column(Key)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    description: Mapped[str | None]
    supplier_code: Mapped[str | None]
    kind: Mapped[str]
    unit_id: Mapped[UUID]
    currency: Mapped[str]
    sale_price: Mapped[Decimal]
    cost_price: Mapped[Decimal | None]
    archived_at: Mapped[datetime | None]
    first_moved_at: Mapped[datetime | None]

    def write(self, values: dict[str, Any]) -> None:
        """Take the values, and keep what is derived from them true."""
        for name, value in values.items():
            setattr(self, name, value)
        self.sku_key = fold(self.sku) if self.sku else None
        self.name_key = plain(self.name)
        words = (self.name, self.sku, self.barcode, self.supplier_code, str(self.number))
        self.search_key = plain(" ".join(word for word in words if word))
