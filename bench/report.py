"""Writes what was measured into docs/performance.md."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.run import Findings, Line, Plan

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
NAMES = {"product": "product", "bare": "bare handler", "ninja": "Django-ninja"}


def write_table(found: Findings, plan: Plan) -> None:
    """Put the tables between the markers; everything else on the page stays."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    made = "\n".join([conditions(plan), "", *cases(found), "", *facts(found)])
    PAGE.write_text(f"{head}{BEGIN}\n{made}\n{END}{tail}", encoding="utf-8")
    print(f"Written to {PAGE.relative_to(PAGE.parents[1])}")


def conditions(plan: Plan) -> str:
    """What a reader must know to compare."""
    driver = "wrk" if plan.with_wrk else "the asyncio client"
    words = " ".join(["python -m bench", *sys.argv[1:]])
    return (
        f"`{words}`, {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores shared by product, "
        f"database and {driver}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}; 16 connections, {plan.rounds} rounds of {plan.seconds:g} s, "
        f"visited in turn."
    )


def cases(found: Findings) -> list[str]:
    head = "| database | case | | requests/s (min to max) | p50 ms | p99 ms | CPU µs | MB | ratio |"
    rows = [head, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    bare = {(line.database, line.case): line for line in found.lines if line.name == "bare"}
    return rows + [row(line, bare[line.database, line.case]) for line in found.lines]


def row(line: Line, bare: Line) -> str:
    ratio = f"{line.rate / bare.rate:.2f}"
    if line.name == "product":
        ratio = f"**{ratio}** (goal {line.goal})"
    cells = [
        line.database,
        line.case,
        NAMES[line.name],
        f"{line.rate:,.0f} ({line.rates[0]:,.0f} to {line.rates[-1]:,.0f})",
        f"{line.p50:.1f}",
        f"{line.p99:.1f}",
        f"{line.cpu_us:,.0f}",
        f"{line.memory:.0f}",
        ratio,
    ]
    return f"| {' | '.join(cells)} |"


def facts(found: Findings) -> list[str]:
    rows = ["| database | what | measured | goal |", "| --- | --- | --- | --- |"]
    return rows + [f"| {' | '.join(fact)} |" for fact in found.facts]
