"""Organizations over HTTP: coming in, and working together."""

from erp.organizations.router import directory, entering, keys, membership

router = entering.router
router.routes.extend(membership.router.routes)
router.routes.extend(keys.router.routes)
router.routes.extend(directory.router.routes)
