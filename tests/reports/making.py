"""Reading reports, and the rows behind their figures."""

from __future__ import annotations

from typing import Any

from tests.making import Person


async def report(person: Person, name: str, **query: str) -> dict[str, Any]:
    """The report; `from_` stands for `from`."""
    given = {key.rstrip("_"): value for key, value in query.items()}
    answer = await person.client.get(f"/api/reports/{name}", params=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def rows_behind(person: Person, path: str) -> list[dict[str, Any]]:
    """Every row of the list, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        more = f"{'&' if '?' in path else '?'}limit=3" + (f"&cursor={cursor}" if cursor else "")
        answer = await person.client.get(path + more)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return rows


def figures_in(part: Any, place: str = "") -> dict[str, tuple[str, dict[str, Any]]]:
    """Each figure of a report: where it stands, its name, and itself."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    items = part.items() if isinstance(part, dict) else enumerate(part)
    for name, each in items:
        if isinstance(each, dict) and set(each) == {"value", "rows"}:
            found[f"{place}/{name}"] = (name, each)
        elif isinstance(each, dict | list):
            found |= figures_in(each, f"{place}/{name}")
    return found


def added_up(name: str, rows: list[dict[str, Any]]) -> int:
    """What the rows come to: a figure in seconds adds them, every other one counts."""
    if name.endswith("seconds"):
        column = "estimate_seconds" if name == "estimate_seconds" else "seconds"
        return sum(row[column] or 0 for row in rows)
    return len(rows)
