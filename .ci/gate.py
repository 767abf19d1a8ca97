"""Every check there is, cheapest first, up to the first that fails: `make test`, `make sure`.

The last lines say how it went, and which tests could not run on this machine and why.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
UI = ROOT / "ui"
API = UI / "src" / "api"
BIN = ROOT / ".venv" / "bin"

Check = Callable[[], bool]


def main() -> int:
    """Run the checks; 0 if all passed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # many processes import the same files
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "pytest.xml")
        passed, failed = run_in_order(checks(report))
        summarize(passed, failed, skips_in(report), time.monotonic() - started)
    return 1 if failed else 0


def checks(report: Path) -> Iterator[tuple[str, Check]]:
    """Each check and its name; pytest writes its results to `report` too."""
    spread = ["-n", "2", "--dist", "worksteal"]  # one begins with SQLite, the other with PostgreSQL
    pytest = ["pytest", *spread, f"--junitxml={report}"]
    yield "format", lambda: passes([BIN / "ruff", "format", "--check", "."])
    yield "lint", lambda: passes([BIN / "ruff", "check", "."])
    yield "types", lambda: passes([BIN / "mypy"])
    yield "import contracts", lambda: passes([BIN / "lint-imports", "--no-logo"])
    yield "OpenAPI file", lambda: is_openapi_fresh(report.with_name("openapi.json"))
    yield "typed client", is_client_fresh
    yield "user interface", lambda: passes(["npm", "run", "--silent", "sure"], cwd=UI)
    yield "bench, tiny", lambda: passes([sys.executable, "-m", "bench", "--tiny"])
    yield "tests", lambda: passes([sys.executable, "-m", *pytest])


def run_in_order(pairs: Iterator[tuple[str, Check]]) -> tuple[list[str], str | None]:
    """Run checks until one fails; the names of those that passed, and of the one that did not."""
    passed: list[str] = []
    for name, check in pairs:
        say(name)
        if not check():
            return passed, name
        passed.append(name)
    return passed, None


def is_openapi_fresh(fresh: Path) -> bool:
    """Whether the committed OpenAPI file is what the code would write; it is written to `fresh`."""
    if not passes([BIN / "erp", "openapi", fresh]):
        return False
    if fresh.read_bytes() != (API / "openapi.json").read_bytes():
        print("ui/src/api/openapi.json is stale: run make api and commit the result.")
        return False
    return True


def is_client_fresh() -> bool:
    """Whether the committed client is what the OpenAPI file gives; the files stay as they are."""
    committed = client_files()
    is_made = passes(["npm", "run", "--silent", "gen"], cwd=UI)
    made = client_files()
    for path, content in committed.items():
        path.write_bytes(content)
    if is_made and made != committed:
        print("ui/src/api/*.gen.ts is stale: run make api and commit the result.")
    return is_made and made == committed


def client_files() -> dict[Path, bytes]:
    """What is generated from the OpenAPI file."""
    return {path: path.read_bytes() for path in API.glob("*.gen.ts")}


def skips_in(report: Path) -> Counter[str]:
    """How many tests pytest skipped for each reason."""
    if not report.exists():
        return Counter()
    skipped = ET.parse(report).getroot().iter("skipped")
    return Counter(entry.get("message", "no reason given") for entry in skipped)


def summarize(passed: list[str], failed: str | None, skips: Counter[str], seconds: float) -> None:
    """Say how it went, and last of all what could not be checked here."""
    if failed:
        say(f"FAILED: {failed} (passed before it: {', '.join(passed) or 'nothing'})")
    else:
        say(f"All checks passed in {seconds:.0f} s: {', '.join(passed)}")
        print(f"Tests skipped: {skips.total() or 'none'}")
    for reason, count in skips.most_common():
        print(f"Skipped {count} {'test' if count == 1 else 'tests'}: {reason}")


def passes(command: Sequence[str | Path], cwd: Path = ROOT) -> bool:
    """Run a program and tell whether it succeeded."""
    return subprocess.run([str(word) for word in command], cwd=cwd, check=False).returncode == 0


def say(text: str) -> None:
    """One line of progress."""
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
