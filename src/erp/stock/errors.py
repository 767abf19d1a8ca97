"""How stock says no."""

from erp.kernel.errors import Conflict, Unacceptable


class NotEnoughStock(Conflict):
    """There is less available than is wanted."""


class PeriodClosed(Conflict):
    """This day lies in a closed period."""

    pointer = "/effective_at"


class AlreadyReversed(Conflict):
    """This posting was reversed before."""


class ReversalIsFinal(Conflict):
    """A reversal cannot be reversed; post anew what should hold."""


class OpeningNotFirst(Conflict):
    """An opening figure must be the first move of the product at this location."""


class ReservationEnded(Conflict):
    """This reservation was released or used up before."""


class CountEnded(Conflict):
    """This count was posted or canceled before."""


class CountEmpty(Conflict):
    """Nothing was counted yet."""


class CountBelowReserved(Conflict):
    """Less was counted than is reserved."""


class LocationCodeTaken(Conflict):
    """Another location has this code."""

    pointer = "/code"


class LocationNotEmpty(Conflict):
    """There are goods at this location."""


class LocationFixed(Conflict):
    """This location belongs to the product and stays as it is."""


class ClosingMovesBack(Conflict):
    """A closing moves back only with a reason."""

    pointer = "/reason"


class WrongLocations(Unacceptable):
    """Goods do not go between these locations by this kind of posting."""


class ProductNotStocked(Unacceptable):
    """Only goods have stock."""
