"""How transfer says no."""

from erp.kernel.errors import Conflict, Unacceptable


class SourceUnreadable(Unacceptable):
    """The old data could not be read."""


class KnownAddress(Conflict):
    """An account with this e-mail address is here already; pass --join to make it a member."""

    pointer = "/email"


class OldReferenceMissing(Unacceptable):
    """The row names another one that was not imported."""
