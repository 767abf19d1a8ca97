"""Organizations over HTTP: coming in, working together, and being told."""

from erp.organizations.router import (
    directory,
    entering,
    keys,
    membership,
    notices,
    outbox,
    password_form,
    profile,
    sessions,
)

router = entering.router
PARTS = (sessions, password_form, profile, membership, keys, directory, notices, outbox)
for part in PARTS:
    router.routes.extend(part.router.routes)
