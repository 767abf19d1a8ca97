"""Organizations over HTTP: coming in, and working together."""

from erp.organizations.router import (
    directory,
    entering,
    keys,
    membership,
    password_form,
    profile,
    sessions,
)

router = entering.router
for part in (sessions, password_form, profile, membership, keys, directory):
    router.routes.extend(part.router.routes)
