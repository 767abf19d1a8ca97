"""Old front ends: clients of one dialect, and the words they read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI

from tests.making import PASSWORD, Person, make_address, make_client


def make_front_end(app: FastAPI, dialect: str, **headers: str) -> httpx2.AsyncClient:
    """A front end that only changed its base URL."""
    client = make_client(app, **headers)
    client.base_url = f"http://erp.test/compat/{dialect}"
    return client


@asynccontextmanager
async def front_end(app: FastAPI, dialect: str, person: Person | None = None) -> AsyncIterator[Any]:
    """A front end, signed in by a bearer token if a person is given."""
    token = person.tokens["access_token"] if person else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with make_front_end(app, dialect, **headers) as client:
        yield client


def new_account() -> dict[str, str]:
    return {"email": make_address(), "password": PASSWORD}
