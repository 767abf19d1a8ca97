"""How organizations says no."""

from erp.kernel.errors import Conflict, NotFound, Unacceptable


class OrganizationNotFound(NotFound):
    """You are not a member of such an organization."""


class SlugTaken(Conflict):
    """Another organization has this address."""


class MemberExists(Conflict):
    """This person is a member already."""


class IdempotencyKeyReused(Unacceptable):
    """This Idempotency-Key was used for another request."""


class RequestInFlight(Conflict):
    """The same request is still running; ask again in a moment."""
