"""The tour's calls of what the rooms tell together."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, listed
from tests.making import Person

CALLS = (
    *listed("/api/customers/{customer_id}/timeline"),
    Call("GET", "/api/reports/tasks"),
    Call("GET", "/api/reports/task-logs"),
    *listed("/api/reports/task-stays"),
)


async def make_records(_app: FastAPI, _person: Person) -> dict[str, str]:
    """Nothing of its own: the other rooms' records are told."""
    return {}
