"""Hours over HTTP: entries and the timer, weeks and their approval, rates, leaving."""

from erp.timesheets.router import entries, offboarding, rates, weeks

router = entries.router
for each in (weeks, rates, offboarding):
    router.routes.extend(each.router.routes)
