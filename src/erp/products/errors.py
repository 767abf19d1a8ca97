"""How products says no."""

from erp.kernel.errors import Conflict


class SkuTaken(Conflict):
    """Another product has this SKU."""

    pointer = "/sku"


class BarcodeTaken(Conflict):
    """Another product has this barcode."""

    pointer = "/barcode"


class ProductArchived(Conflict):
    """This product is archived; restore it first."""


class ProductHasMoves(Conflict):
    """This product was moved in stock already: its kind and its unit are fixed."""


class UnitInUse(Conflict):
    """Products counted in this unit were moved already: it cannot lose decimals."""

    pointer = "/decimals"


class UnitCodeTaken(Conflict):
    """Another unit has this code."""

    pointer = "/code"


class CategoryNameTaken(Conflict):
    """Beside it there is a category of this name."""

    pointer = "/name"


class CategoryCycle(Conflict):
    """A category cannot lie within itself."""

    pointer = "/parent_id"


class CategoryTooDeep(Conflict):
    """Categories lie at most five deep."""

    pointer = "/parent_id"
