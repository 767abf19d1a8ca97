"""Builds the UI into src/erp/web/static/ when its sources changed. Standard library only.

`python ui/build.py` from anywhere, or `build_if_needed()` from the build hook and `dev.py`.
A hash of the sources decides, not their times: a checkout changes those.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

UI = Path(__file__).resolve().parent
STATIC = UI.parent / "src" / "erp" / "web" / "static"
STAMP = STATIC / ".stamp"
OLDEST_NODE = (20, 19)
NOT_SOURCES = {"node_modules", "__pycache__", ".tanstack"}


class CannotBuild(Exception):
    """The UI cannot be built here; the message says what to do."""


def hash_of_sources() -> str:
    """One hash over the names and contents of all sources, the same on every machine."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(UI):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(names):
            path = Path(folder, name)
            found.update(f"{path.relative_to(UI).as_posix()}\0".encode())
            found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def is_built() -> bool:
    """Whether the built UI belongs to these sources."""
    return STAMP.is_file() and STAMP.read_text() == hash_of_sources()


def build_if_needed() -> bool:
    """Build unless the stamp matches; True if something was built. Raises `CannotBuild`."""
    if is_built():
        return False
    ensure_node()
    npm("ci", "--no-audit", "--no-fund")
    npm("run", "build")
    STAMP.write_text(hash_of_sources())
    return True


def ensure_node() -> None:
    """Raise `CannotBuild` unless Node and npm are here and new enough."""
    wanted = ".".join(map(str, OLDEST_NODE))
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise CannotBuild(f"The browser UI needs Node {wanted} or newer, with npm, to be built.")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.match(r"v(\d+)\.(\d+)", said)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST_NODE:
        raise CannotBuild(f"The browser UI needs Node {wanted} or newer; here is {said.strip()}.")


def npm(*arguments: str) -> None:
    """Run npm in `ui/`; its words are shown only when it fails."""
    command = [shutil.which("npm") or "npm", *arguments]
    done = subprocess.run(command, cwd=UI, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(f"`npm {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Exit code 1 with one plain sentence when the UI cannot be built.

    `--mark` says that the built files came from elsewhere, as an image's first stage.
    """
    try:
        if sys.argv[1:] == ["--mark"]:
            STAMP.write_text(hash_of_sources())
        print("The UI was built." if build_if_needed() else "The UI is up to date.")
    except CannotBuild as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
