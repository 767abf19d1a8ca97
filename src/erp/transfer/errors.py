"""How transfer says no."""

from erp.kernel.errors import Conflict, Unacceptable


class SourceUnreadable(Unacceptable):
    """The old data could not be read."""


class KnownAddress(Conflict):
    """An account with this e-mail address is here already; pass --join to make it a member."""

    pointer = "/email"


class KnownIdentity(Conflict):
    """This directory account is known here already; pass --join to make it a member."""

    pointer = "/guid"


class KnownCode(Conflict):
    """A project with this code is here already; pass --join to use it, or change the code."""

    pointer = "/code"


class HoursDoNotFit(Conflict):
    """Nobody works twice at the same time, nor for more than a day without an end."""


class OldReferenceMissing(Unacceptable):
    """The row names another one that was not imported."""


class BackupImpossible(Conflict):
    """The database cannot be backed up, proved or restored as things are."""


class BackupDamaged(Unacceptable):
    """The file is not a whole backup, or does not hold what it says."""


class TargetInUse(Conflict):
    """Somebody works with the database; stop servers and workers first."""


class TargetNotEmpty(Conflict):
    """The database holds data; pass --replace to put the backup in its place."""
