"""Projects over HTTP: projects and states, tasks, and what is said about them."""

from erp.projects.router import projects, saving, syncing, talk, tasks

router = saving.router  # before projects: an id in their paths would take `batch` as well
for part in (projects, tasks, talk, syncing):
    router.routes.extend(part.router.routes)
