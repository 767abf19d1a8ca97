"""A batch of another system, as large as one may be: people, projects, tasks and who does them."""

from __future__ import annotations

from typing import Any


def make_batch(hub: str, *, size: int = 5000) -> dict[str, Any]:
    """So many items of all kinds, new to the product under this name of a hub."""
    few, tasks = size // 50, size * 14 // 25

    def known(external_id: str, **fields: Any) -> dict[str, Any]:
        return {"external_source": hub, "external_id": external_id} | fields

    return {
        "members": [known(f"m{n}", name=f"Member {n}") for n in range(few)],
        "projects": [
            known(f"p{n}", ref=f"p{n}", code=f"{hub}{n}", name=f"Project {n}") for n in range(few)
        ],
        "tasks": [
            known(
                f"t{n}",
                project={"ref": f"p{n % few}"},
                title=f"Task {n}",
                description="What is to be done, and why: " * 12,
                due_on="2026-12-24",
            )
            for n in range(tasks)
        ],
        "assignees": [
            {"task": known(f"t{n}"), "member": known(f"m{n % few}")}
            for n in range(size - 2 * few - tasks)
        ],
    }
