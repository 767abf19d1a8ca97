"""Hours over HTTP: entries and the timer."""

from erp.timesheets.router import entries

router = entries.router
