"""`docs/security.md` names the test behind each promise, and each such test exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ITEM = re.compile(r"^\| ([0-9]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
PROOF = re.compile(r"`([a-z_]+)/(test_[a-z_0-9]+)::(test_[a-z_0-9]+)`")
ITEMS = {int(number): proofs for number, _rule, proofs in ITEM.findall(PAGE)}


@cache
def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def exists(folder: str, module: str, name: str) -> bool:
    path = ROOT / "tests" / folder / f"{module}.py"
    return path.exists() and name in functions_of(path)


def test_every_item_has_a_row():
    assert sorted(ITEMS) == list(range(1, 81))
    assert len(ITEM.findall(PAGE)) == 80


def test_every_row_names_a_test_or_says_why_there_is_none():
    bare = {number for number, said in ITEMS.items() if not PROOF.search(said)}

    assert bare == {80}
    assert "network" in ITEMS[80]


def test_every_named_test_exists():
    named = {found for said in ITEMS.values() for found in PROOF.findall(said)}

    assert len(named) > 100
    assert sorted("{}/{}::{}".format(*each) for each in named if not exists(*each)) == []


def test_a_row_says_nothing_in_code_but_tests():
    """A misspelt name would otherwise be no proof and no fault."""
    words = re.compile(r"`([^`]*)`")
    loose = {
        (number, word)
        for number, said in ITEMS.items()
        for word in words.findall(PROOF.sub("", said))
        if "test" in word
    }

    assert loose == set()
