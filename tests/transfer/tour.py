"""The tour's calls of imports by file."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, listed
from tests.making import Person
from tests.transfer.importing import IMPORTS, upload

IMPORT = IMPORTS + "/{import_id}"
CALLS = (
    *listed(IMPORTS),
    Call("POST", IMPORTS, b"Name\nUploaded\n", query="kind=products&name=a.csv"),
    Call("GET", IMPORT),
    Call("PATCH", IMPORT, {"mapping": {"name": {"column": 0}}}),
    *listed(IMPORT + "/rows"),
    *(Call("POST", f"{IMPORT}/{verb}") for verb in ("check", "apply", "undo", "discard")),
)


async def make_records(_app: FastAPI, person: Person) -> dict[str, str]:
    """An import that was uploaded."""
    record = await upload(person, "products", b"Name\nImported\n")
    return {"import_id": record["id"]}
