"""Projects and hours of the people in journeys."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.e2e.conftest import Visit
from tests.process.running import wait_for

DASH = "\N{EN DASH}"  # between two times of the clock
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def today() -> date:
    """The day where a new organization is."""
    return datetime.now(UTC).date()


def last_week() -> date:
    """The Monday before this one: all its days have passed, whatever today is."""
    return today() - timedelta(days=today().weekday() + 7)


def make_project(visit: Visit, code: str = "ACME", **fields: Any) -> dict[str, Any]:
    """A project, behind the browser's back."""
    body = {"code": code, "name": f"{code} project"} | fields
    made: dict[str, Any] = visit.call("POST", "/api/projects", body)
    return made


def book(visit: Visit, project: dict[str, Any], day: date, times: str, **over: Any) -> Any:
    """Hours on a day: `09:00-10:30` by the clock, or so many seconds."""
    body: dict[str, Any] = {"project_id": project["id"]}
    if "-" in times:
        start, end = times.split("-")
        body |= {"started_at": f"{day}T{start}:00Z", "ended_at": f"{day}T{end}:00Z"}
    else:
        body |= {"kind": "amount", "work_date": day.isoformat(), "seconds": int(times)}
    return visit.call("POST", "/api/time-entries", body | over)


def list_entries(visit: Visit) -> list[dict[str, Any]]:
    """What is stored, the latest first."""
    items: list[dict[str, Any]] = visit.call("GET", "/api/time-entries")["items"]
    return items


def wait_for_entries(visit: Visit, **expected: Any) -> list[dict[str, Any]]:
    """Entries once the latest one is like this: screens show what is asked for before it is stored."""
    found: list[dict[str, Any]] = []

    def are_stored() -> bool:
        found[:] = list_entries(visit)
        return bool(found) and expected.items() <= found[0].items()

    wait_for(are_stored, lambda: f"no entry like {expected} but {found}")
    return found


def my_id(visit: Visit) -> str:
    member: str = visit.call("GET", "/api/auth/me")["member"]["id"]
    return member


def expect_hours(visit: Visit, member: str, seconds: int) -> None:
    """Let so much be due on every day of the week."""
    days = dict.fromkeys(WEEKDAYS, seconds)
    visit.call("PUT", f"/api/work-schedules/{member}", {"valid_from": "2020-01-01", **days})


def submit(visit: Visit, member: str, day: date) -> None:
    """Hand a week in."""
    visit.call("POST", f"/api/timesheets/{member}/{day}/submit")
