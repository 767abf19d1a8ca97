"""Files for imports, and the calls that carry one through."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.making import Person

IMPORTS = "/api/imports"


def csv_of(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    """A CSV file with the keys of the first row as the names of its columns."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


async def upload(person: Person, kind: str, data: bytes, **headers: str) -> dict[str, Any]:
    """A file that could be read."""
    answer = await send_file(person, kind, data, **headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def send_file(person: Person, kind: str, data: bytes, **headers: str) -> Any:
    path = f"{IMPORTS}?kind={kind}&name=list.csv"
    return await person.client.post(path, content=data, headers=headers)


async def step(person: Person, record: dict[str, Any], verb: str) -> Any:
    """Check, apply, undo or discard, as somebody who saw this version."""
    seen = {"If-Match": f'"{record["version"]}"'}
    return await person.client.post(f"{IMPORTS}/{record['id']}/{verb}", headers=seen)


async def checked(person: Person, kind: str, data: bytes) -> dict[str, Any]:
    """A file that was uploaded and checked."""
    answer = await step(person, await upload(person, kind, data), "check")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def applied(person: Person, kind: str, data: bytes) -> dict[str, Any]:
    """A file that was uploaded, checked and applied."""
    answer = await step(person, await checked(person, kind, data), "apply")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def rows_of(
    person: Person, record: dict[str, Any], outcome: str | None = None
) -> list[dict[str, Any]]:
    """The rows of the file, and what became of them."""
    query = f"?limit=200{f'&outcome={outcome}' if outcome else ''}"
    answer = await person.client.get(f"{IMPORTS}/{record['id']}/rows{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def counted(record: dict[str, Any]) -> dict[str, int]:
    """The outcomes that there are."""
    return {name: count for name, count in record["counts"].items() if count}
