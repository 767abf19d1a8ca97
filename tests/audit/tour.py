"""The tour's calls of both trails; the history of one record is among those of products."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, listed
from tests.making import Person

CALLS = (*listed("/api/audit"), Call("GET", "/api/audit/status"))


async def make_records(_app: FastAPI, _person: Person) -> dict[str, str]:
    """Nothing: the other rooms leave traces enough."""
    return {}
