"""Products and the units they are counted in."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict, wrong_field
from erp.kernel.schema import (
    Base,
    Key,
    TenantOwned,
    bare,
    fold,
    one_of,
    owned,
    plain,
    refers_to,
    sorted_by,
    unique,
)
from erp.products.errors import (
    BarcodeTaken,
    CategoryCycle,
    CategoryNameTaken,
    CategoryTooDeep,
    ProductArchived,
    ProductHasMoves,
    SkuTaken,
    UnitCodeTaken,
)


class Standard(NamedTuple):
    """A unit every organization starts with; `un_code` is from UN/ECE Recommendation 20."""

    code: str
    name: str
    decimals: int
    un_code: str


DEEPEST = 5
STEP = "\x1f"  # sorts before all that names hold, so that a branch stays together
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
        unique("code", says=UnitCodeTaken),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals"),
    )

    code: Mapped[str] = mapped_column(Key)
    name: Mapped[str]
    decimals: Mapped[int]
    un_code: Mapped[str]


class Counting(Protocol):
    """A unit, or a row that tells of one."""

    @property
    def code(self) -> str:
        """Such as `kg`."""

    @property
    def decimals(self) -> int:
        """How many places it counts, 0 to 4."""


def ensure_counts(unit: Counting, quantity: Decimal, pointer: str) -> None:
    """Nobody sells half a piece. Raises `ValidationFailed` naming the unit."""
    if quantity != quantity.quantize(Decimal(1).scaleb(-unit.decimals)):
        few = f"{unit.decimals} decimals at most" if unit.decimals else "no decimals"
        raise wrong_field(pointer, "decimal_expected", f"The unit {unit.code} takes {few}")


class Category(TenantOwned, Base):
    """A drawer for products, within another or at the root.

    `path_key` holds the folded names and `lineage` the ids, from the root to the category itself.
    """

    __tablename__ = "categories"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("categories", "parent_id"),
        unique("path_key", says=CategoryNameTaken),
        CheckConstraint("parent_id <> id", name="parent"),
        sorted_by("parent_id"),
        sorted_by("updated_at", "id"),
    )

    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    path_key: Mapped[str] = mapped_column(Key)
    lineage: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)

    @property
    def depth(self) -> int:
        """1 at the root."""
        return depth_of(self.lineage)

    def stand_within(self, parent: "Category | None") -> None:
        """Take a place in the tree. Raises `CategoryCycle`, `CategoryTooDeep`."""
        if parent is not None and str(self.id) in parent.lineage:
            raise CategoryCycle
        self.parent_id = parent.id if parent else None
        self.path_key = _below(parent.path_key if parent else None, fold(self.name))
        self.lineage = _below(parent.lineage if parent else None, str(self.id))
        self.search_key = plain(self.name)
        if self.depth > DEEPEST:
            raise CategoryTooDeep


def _below(path: str | None, step: str) -> str:
    return step if path is None else f"{path}{STEP}{step}"


def depth_of(lineage: str) -> int:
    """How many steps lead to the category, itself included."""
    return lineage.count(STEP) + 1


class Product(TenantOwned, Base):
    """A good that can be stocked, or a service."""

    __tablename__ = "products"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("units", "unit_id"),
        refers_to("categories", "category_id"),
        unique("number", says=Conflict),
        unique("sku_key", says=SkuTaken),
        unique("barcode", says=BarcodeTaken),
        one_of("kind", "goods", "service"),
        CheckConstraint("sale_price >= 0 AND cost_price >= 0", name="prices"),
        sorted_by("name_key", "id"),
        sorted_by("updated_at", "id"),
        sorted_by("category_id"),
        sorted_by("twin_key"),
    )

    number: Mapped[int]
    sku: Mapped[str | None]
    sku_key: Mapped[str | None] = mapped_column(Key)
    barcode: Mapped[str | None] = mapped_column(Key)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    twin_key: Mapped[str | None] = mapped_column(Key)
    description: Mapped[str | None]
    supplier_code: Mapped[str | None]
    kind: Mapped[str]
    unit_id: Mapped[UUID]
    category_id: Mapped[UUID | None]
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
        self.twin_key = bare(self.name)
        words = (self.name, self.sku, self.barcode, self.supplier_code, str(self.number))
        self.search_key = plain(" ".join(word for word in words if word))

    def ensure_can_become(self, values: dict[str, Any]) -> None:
        """Raises `ProductHasMoves` if kind or unit would change after the first move."""
        fixed = {"kind": self.kind, "unit_id": self.unit_id}
        if self.first_moved_at and any(values.get(name, old) != old for name, old in fixed.items()):
            raise ProductHasMoves

    def ensure_live(self) -> None:
        """Raises `ProductArchived`: it takes no receipts and stands on no new document."""
        if self.archived_at is not None:
            raise ProductArchived(product={"id": self.id, "number": self.number})
