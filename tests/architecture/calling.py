"""One call of a tour (tour.py), with ids left open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.making import Person

WORDS = {"kind": "product", "day": "2026-03-02"}


@dataclass(frozen=True)
class Call:
    """A call; names in braces, in the path and in the body, stand for ids."""

    method: str
    path: str
    body: Any = None
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def names(self) -> list[str]:
        """The ids it needs; some names stand for words, not for ids."""
        found = re.findall(r"\{([a-z_]+)\}", self.path + repr(self.body) + self.query)
        return sorted(set(found) - WORDS.keys())

    async def send(self, person: Person, ids: dict[str, str], **headers: str) -> Any:
        """Make the call."""
        path = self.path.format_map(ids | WORDS)
        if self.query:
            path += f"?{self.query.format_map(ids)}"
        if isinstance(self.body, bytes):  # a file
            return await person.client.post(path, content=self.body, headers=headers)
        return await person.client.request(
            self.method, path, json=_filled(self.body, ids), headers=headers
        )


def listed(path: str) -> tuple[Call, ...]:
    """A list, and the same as files (`also_as_files`)."""
    return tuple(Call("GET", path + ending) for ending in ("", ".csv", ".xlsx"))


def _filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return body.format_map(ids) if isinstance(body, str) else body


def batch_of(name: str, created: dict[str, str]) -> dict[str, Any]:
    return {
        "items": [
            {"op": "create", "data": {"name": "New", **created}},
            {"op": "change", "id": f"{{{name}}}", "data": {"name": "Changed"}},
            {"op": "archive", "id": f"{{{name}}}"},
            {"op": "restore", "id": f"{{{name}}}"},
        ]
    }
