"""A directory that answers as it is told, and a process of the product that asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.identity.directories import asking
from tests.strangers import Stranger, stranger_at_work


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    async with stranger_at_work() as somebody:
        yield somebody


@pytest.fixture
async def asker(app: FastAPI, stranger: Stranger) -> AsyncIterator[FastAPI]:
    async with asking(app, stranger.address) as product:
        yield product
