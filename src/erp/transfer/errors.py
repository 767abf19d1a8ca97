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


class FileUnreadable(Unacceptable):
    """The file could not be read."""


class ImportTooLong(Unacceptable):
    """The file has more rows than one import takes."""


class RowRepeated(Conflict):
    """A row above names the same record."""


class ImportClosed(Conflict):
    """This import was applied or discarded; upload the file again."""


class ImportNotChecked(Conflict):
    """Check this import first."""


class ImportNotApplied(Conflict):
    """Only an applied import can be undone, and only once."""


class ImportHasErrors(Conflict):
    """Some rows of this import are wrong; nothing was written."""


class ImportStale(Conflict):
    """Records of this import were changed since the check; nothing was written. Check again."""


class ImportTouched(Conflict):
    """What this import wrote was changed or used since; nothing was undone."""
