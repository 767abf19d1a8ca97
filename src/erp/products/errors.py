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
