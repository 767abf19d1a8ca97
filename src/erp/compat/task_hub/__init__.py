"""The API of the task hub: sign-in through the company directory, tasks, saving, reports."""

from erp.compat.dialect import Dialect, together
from erp.compat.task_hub import signing, tasks
from erp.compat.task_hub.words import say
from erp.identity.actions.desk import Habits

DESCRIPTION = """
The calls of the task hub, over the same people, projects and tasks as the product's own API.

- Sign-in goes through the company directory that an administrator connected with an organization.
- Access tokens live 30 minutes. The refresh token stays the same for 7 days, and ends with its
session: signing out elsewhere, or ending the session in the product, ends it at once.
- Answers are `SuccessResponse`; refusals are `ErrorResponse` with a fitting status.
- Figures of reports name the lists of their rows in the product's own API; the same token reads
them.
"""

TASK_HUB = Dialect(
    name="task-hub",
    title="Task hub",
    description=DESCRIPTION,
    router=together(signing.router, tasks.router),
    say=say,
    lives={"access_token_minutes": 30, "refresh_token_days": 7, "session_days": 7},
    habits=Habits(has_fixed_tokens=True),
)
