"""Projects, their teams, and the tasks in them."""

from erp.projects.models.projects import Project, ProjectMember, SyncPlan
from erp.projects.models.tasks import (
    FINISHED,
    GROUPS,
    PRIORITIES,
    STANDARD_STATES,
    STEP,
    Comment,
    Task,
    TaskAssignee,
    TaskDependency,
    TaskLog,
    TaskState,
    standard_state_id,
)

__all__ = [
    "FINISHED",
    "GROUPS",
    "PRIORITIES",
    "STANDARD_STATES",
    "STEP",
    "Comment",
    "Project",
    "ProjectMember",
    "SyncPlan",
    "Task",
    "TaskAssignee",
    "TaskDependency",
    "TaskLog",
    "TaskState",
    "standard_state_id",
]
