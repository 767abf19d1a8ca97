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
WEEK = "/api/timesheets/{member_id}/{day}"
SCHEDULE = "/api/work-schedules/{member_id}"
SPAN = {"day_from": "2026-03-01", "day_to": "2026-03-31"}
CELL = {"project_id": "{spent_on_id}", "day": "2026-03-03", "seconds": 60}
WHY = {"reason": "Because"}
RATE = {"kind": "bill", "rate": "90", "valid_from": "2026-01-01"}
RULE = {"step": 900, "direction": "up", "applies_to": "entry"}
CALLS = (
    *listed("/api/time-entries"),
    Call("POST", "/api/time-entries/batch", BATCH),
    Call("POST", "/api/time-entries", NEW | {"started_at": "2026-03-02T12:30:00Z"}),
    Call("GET", ENTRY),
    Call("PATCH", ENTRY, {"project_id": "{spent_on_id}", "note": "Patched [a:b]"}),
    Call("POST", "/api/timer/start", {"project_id": "{spent_on_id}"}),
    Call("GET", "/api/timer"),
    Call("POST", "/api/timer/stop", {}),
    Call("GET", "/api/time-entries/sums"),
    Call("DELETE", ENTRY),
    *listed("/api/timesheets"),
    Call("GET", "/api/timesheets/completeness"),
    Call("GET", WEEK),
    Call("PUT", WEEK + "/cells", CELL),
    Call("POST", WEEK + "/submit"),
    Call("POST", WEEK + "/withdraw"),
    Call("POST", WEEK + "/submit"),
    Call("POST", WEEK + "/reject", WHY),
    Call("POST", WEEK + "/submit"),
    Call("POST", WEEK + "/approve"),
    Call("POST", WEEK + "/reopen", WHY),
    Call("PUT", SCHEDULE, {"valid_from": "2026-01-01", "monday": 3600}),
    *listed(SCHEDULE),
    *listed("/api/rates"),
    Call("POST", "/api/rates", RATE | {"project_id": "{spent_on_id}"}),
    Call("POST", "/api/rates/reprice", SPAN | {"project_id": "{spent_on_id}"}),
    Call("GET", "/api/rates/{rate_id}"),
    Call("PATCH", "/api/rates/{rate_id}", {"rate": "91"}),
    Call("DELETE", "/api/rates/{rate_id}"),
    Call("PUT", "/api/billing-rules", RULE),
    Call("PUT", "/api/billing-rules/{project_id}", RULE),
    *listed("/api/billing-rules"),
    Call("DELETE", "/api/billing-rules/{project_id}"),
    Call("DELETE", "/api/billing-rules"),
    Call("POST", "/api/timesheets/close", {"until": "2026-02-28"}),
    Call("GET", "/api/timesheets/close"),
)


async def make_records(app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    project = await make_project(app, person)
    entry = await make_entry(person, project, "09:00", "10:00", note="[a:b]")
    rate = (await person.client.post("/api/rates", json=RATE)).json()
    return {
        "entry_id": entry["id"],
        "spent_on_id": project,
        "rate_id": rate["id"],
        "successor_id": entry["member"]["id"],
    }
