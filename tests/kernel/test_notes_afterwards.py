"""Small notes after a request: their failure changes neither the answer nor what was kept."""

import pytest
from fastapi import FastAPI, Request

from erp.kernel.db import Interrupted, open_session
from erp.kernel.errors import DatabaseBusy

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("fault", [Interrupted(is_repeatable=True), DatabaseBusy()], ids=repr)
async def test_a_note_that_cannot_be_written_is_no_reason_to_repeat_the_request(
    app: FastAPI, fault: Exception
):
    written = []

    async def fail(_database):
        raise fault

    async def write(_database):
        written.append("note")

    scope = {"type": "http", "method": "POST", "app": app, "afterwards": [fail, write]}
    async for _session in open_session(Request(scope)):
        pass

    assert written == ["note"]
    assert "afterwards" not in scope


async def test_notes_are_written_after_a_refusal_too(app: FastAPI):
    written = []

    async def write(_database):
        written.append("note")

    request = Request({"type": "http", "method": "GET", "app": app, "afterwards": [write]})
    running = open_session(request)
    await anext(running)
    with pytest.raises(DatabaseBusy):
        await running.athrow(DatabaseBusy())

    assert written == ["note"]
