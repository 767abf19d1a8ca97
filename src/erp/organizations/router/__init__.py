"""Organizations over HTTP: coming in, working together, and being told."""

from erp.organizations.router import (
    directory,
    entering,
    keys,
    membership,
    notices,
    password_form,
    profile,
    sessions,
)

router = entering.router
for part in (sessions, password_form, profile, membership, keys, directory, notices):
    router.routes.extend(part.router.routes)
