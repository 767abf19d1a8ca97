"""What the files of deployment say, read as their programs read them."""

from __future__ import annotations

import re
import shlex
from configparser import RawConfigParser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from erp.kernel.settings import setting_names

ROOT = Path(__file__).parents[2]
Step = tuple[str, list[str]]


def read_stages() -> list[list[Step]]:
    """The Dockerfile's stages, each a list of instructions with their words."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    steps = [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]
    stages: list[list[Step]] = []
    for name, rest in steps:
        if name == "FROM":
            stages.append([])
        words = yaml.safe_load(rest) if rest.startswith("[") else shlex.split(rest)
        stages[-1].append((name, words))
    return stages


def told_of(stage: list[Step], name: str) -> list[list[str]]:
    return [words for step, words in stage if step == name]


def is_ignored(path: str) -> bool:
    """Whether the build context leaves the path out (.dockerignore, without exceptions)."""
    patterns = (ROOT / ".dockerignore").read_text().split()
    parts = Path(path).parts
    heads = ["/".join(parts[: length + 1]) for length in range(len(parts))]
    return any(
        fnmatch(head, pattern.removeprefix("**/"))
        or (pattern.startswith("**/") and fnmatch(head.rpartition("/")[2], pattern[3:]))
        for head in heads
        for pattern in patterns
    )


def read_compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def variables_of(text: str) -> set[str]:
    """Every `${NAME}`, whatever its default is."""
    return set(re.findall(r"\$\{([A-Z_0-9]+)", text))


def fill_in(value: Any, values: dict[str, str]) -> Any:
    """Put values in, as Compose does with `${NAME}`, `${NAME:-default}` and `${NAME:?why}`."""
    if isinstance(value, dict):
        return {key: fill_in(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [fill_in(each, values) for each in value]
    if not isinstance(value, str):
        return value

    def put(found: re.Match[str]) -> str:
        given = values.get(found[1], "")
        default = (found[2] or "").removeprefix(":-") if (found[2] or "").startswith(":-") else ""
        return given or default

    return re.sub(r"\$\{([A-Z_0-9]+)(:[-?][^}]*)?\}", put, value)


def read_unit(name: str) -> RawConfigParser:
    """A systemd unit; of keys that come twice the last one counts."""
    unit = RawConfigParser(strict=False, comment_prefixes=("#",), delimiters=("=",))
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read_string((ROOT / "deploy" / name).read_text())
    return unit


def unknown_settings(names: set[str]) -> set[str]:
    """Names that the product does not read; what the interpreter reads is none of ours."""
    return names - {*setting_names(), "PATH", "PYTHONUNBUFFERED"}
