"""The tour's calls of hours."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, listed
from tests.making import Person
from tests.timesheets.making import make_entry, make_project

ENTRY = "/api/time-entries/{entry_id}"
NEW = {
    "project_id": "{spent_on_id}",
    "started_at": "2026-03-02T12:00:00Z",
    "ended_at": "2026-03-02T13:00:00Z",
}
BATCH = {
    "items": [
        {"op": "create", "data": NEW | {"ended_at": "2026-03-02T12:30:00Z"}},
        {"op": "change", "id": "{entry_id}", "data": {"note": "Changed"}},
    ]
}
CALLS = (
    *listed("/api/time-entries"),
    Call("POST", "/api/time-entries/batch", BATCH),
    Call("POST", "/api/time-entries", NEW | {"started_at": "2026-03-02T12:30:00Z"}),
    Call("GET", ENTRY),
    Call("PATCH", ENTRY, {"project_id": "{spent_on_id}", "note": "Patched [a:b]"}),
    Call("POST", "/api/timer/start", {"project_id": "{spent_on_id}"}),
    Call("GET", "/api/timer"),
    Call("POST", "/api/timer/stop", {}),
    Call("DELETE", ENTRY),
)


async def make_records(app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    project = await make_project(app, person)
    entry = await make_entry(person, project, "09:00", "10:00", note="[a:b]")
    return {"entry_id": entry["id"], "spent_on_id": project}
