"""How customers says no."""

from erp.kernel.errors import Conflict


class CustomerEmailTaken(Conflict):
    """Another customer has this e-mail address."""

    pointer = "/email"


class CustomerArchived(Conflict):
    """This customer is archived; restore it first."""


class PrimaryContactExists(Conflict):
    """This customer has a primary contact already."""

    pointer = "/is_primary"


class BillingAddressExists(Conflict):
    """This customer has a billing address already."""

    pointer = "/kind"


class CustomerMerged(Conflict):
    """This customer was merged into another; work goes on there."""


class AlreadyMerged(Conflict):
    """This customer was merged into another already."""


class MergeTouched(Conflict):
    """What the merge brought was changed since; it cannot be undone any more."""


class MergeUndone(Conflict):
    """This merge was undone already."""
