"""How organizations says no."""

from erp.kernel.errors import Conflict, Malformed, NotAllowed, NotFound, Unacceptable


class OrganizationNotFound(NotFound):
    """You are not a member of such an organization."""


class SlugTaken(Conflict):
    """Another organization has this address."""


class MemberExists(Conflict):
    """This person is a member already."""


class LastAdmin(Conflict):
    """An organization needs an active administrator."""


class OwnMembership(Conflict):
    """Nobody changes his or her own membership; ask another administrator."""


class NamesOfTheirOwner(NotAllowed):
    """Names of an account are its owner's to change, once he or she has taken it over."""


class ApiKeyLimit(Conflict):
    """You have 50 API keys here; revoke one before you make another."""


class SettingPinned(Conflict):
    """Records depend on this setting, so it stays as it is."""


class InvitationInvalid(Malformed):
    """This invitation is not valid any more; ask for a new one."""


class InvitedElsewhere(Conflict):
    """This invitation went to another e-mail address; sign up with that one."""


class JobDone(Conflict):
    """This was done already; only mails are sent a second time."""


class JobRunning(Conflict):
    """It is being sent at this very moment."""


class MailWiped(Conflict):
    """The mail held a code or a link, which is wiped; ask for a new one."""


class NoAddress(Conflict):
    """Your account has no e-mail address."""


class IdempotencyKeyReused(Unacceptable):
    """This Idempotency-Key was used for another request."""


class RequestInFlight(Conflict):
    """The same request is still running; ask again in a moment."""
