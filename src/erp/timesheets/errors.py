"""How timesheets says no."""

from erp.kernel.errors import Conflict, Unacceptable


class TimerRunning(Conflict):
    """A timer is running; stop it first."""


class NoTimer(Conflict):
    """No timer is running."""


class TimeOverlap(Conflict):
    """Other entries lie within this time."""


class EntryLocked(Conflict):
    """This time is locked and cannot change any more."""


class CellHasClockEntries(Conflict):
    """This cell holds entries with a start and an end; change those."""


class WrongState(Conflict):
    """The week is in another state."""


class OwnWeek(Conflict):
    """Nobody approves his or her own week while somebody else may."""


class ReviewNeeded(Conflict):
    """Entries wait for a second look; correct or confirm them first."""


class EntriesBilled(Conflict):
    """Entries of this week are billed already."""


class RateTaken(Conflict):
    """There is a rate of this scope that begins on the same day."""

    pointer = "/valid_from"


class EndBeforeStart(Unacceptable):
    """The end must come after the start."""

    pointer = "/ended_at"


class TimeInFuture(Unacceptable):
    """Time that has not passed yet cannot be recorded."""


class EntryTooLong(Unacceptable):
    """By hand an entry has 24 hours at most."""

    pointer = "/ended_at"


class DayTooLong(Unacceptable):
    """The day is not that long."""

    pointer = "/seconds"


class TaskNotInProject(Unacceptable):
    """The task belongs to another project."""

    pointer = "/task_id"


class UnknownProject(Unacceptable):
    """There is no such project."""

    pointer = "/project_id"
