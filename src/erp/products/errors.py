"""How products says no."""

from erp.kernel.errors import Conflict


class SkuTaken(Conflict):
    """Another product has this SKU."""


class BarcodeTaken(Conflict):
    """Another product has this barcode."""


class ProductArchived(Conflict):
    """This product is archived; restore it first."""
