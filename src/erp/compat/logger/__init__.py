"""The API of the time logger: cookies with CSRF, and one's own time entries."""

from erp.compat.dialect import Dialect, together
from erp.compat.logger import auth, entries
from erp.compat.logger.words import say
from erp.identity.actions.desk import Habits

DESCRIPTION = """
The calls of the time logger, over the same accounts and hours as the product's own API.

- Cookies `access_token` (10 minutes), `refresh_token` (14 days, rotated) and `csrf_token`, which
  pages read. They belong to one host, and to https where the product does.
- Logout and what writes entries want `X-CSRF-Token`. The token belongs to the session. `refresh`
  and `revoke_all` go without it, and only from a page of this host or of a listed origin.
- Where addresses must be proved, signing up says so, alike for known and unknown addresses.
- Entries are whole seconds. Those that are amounts of a day stand at its start.
"""

LOGGER = Dialect(
    name="logger",
    title="Logger",
    description=DESCRIPTION,
    router=together(auth.router, entries.router),
    say=say,
    lives={"access_token_minutes": 10, "refresh_token_days": 14},
    habits=Habits(has_plain_cookies=True),
)
