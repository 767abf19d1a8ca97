"""How projects says no."""

from erp.kernel.errors import Conflict, Unacceptable


class ProjectCodeTaken(Conflict):
    """Another project has this code."""

    pointer = "/code"


class ExternalIdTaken(Conflict):
    """Another record has this identifier of that source."""

    pointer = "/external_id"


class ProjectArchived(Conflict):
    """This project is archived; restore it first."""


class StateNameTaken(Conflict):
    """Another task state has this name."""

    pointer = "/name"


class StateNeeded(Conflict):
    """One default state and at least one unstarted and one completed state are needed."""


class StateInUse(Conflict):
    """Tasks are in this state; name a state that takes them."""


class TaskBlocked(Conflict):
    """Tasks that this one depends on are not finished."""


class SubtasksOpen(Conflict):
    """Subtasks are not finished; complete them too or first."""


class TaskCycle(Conflict):
    """A task cannot stand above itself or wait for itself."""


class TooDeep(Conflict):
    """Subtasks can be nested five levels deep."""


class OtherProject(Unacceptable):
    """These tasks belong to different projects."""


class ProjectFixed(Unacceptable):
    """A task never changes its project; copy it instead."""

    pointer = "/project"


class MemberCanSignIn(Conflict):
    """This member can sign in; only placeholders are renamed by others."""

    pointer = "/name"


class PlanExpired(Conflict):
    """This plan was applied or is too old; preview the synchronization again."""


class SyncStale(Conflict):
    """Some projects were changed since the preview; preview the synchronization again."""
