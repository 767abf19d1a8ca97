"""Projects over HTTP: projects and states, tasks, and what is said about them."""

from erp.projects.router import projects, talk, tasks

router = projects.router
router.routes.extend((*tasks.router.routes, *talk.router.routes))
