#!/usr/bin/env python3
"""Every command of this repository: `make <verb>`, or `python3 dev.py <verb>` without make.

All it needs is Python 3.11 or newer, pip and Node 20.19 or newer; uv is used where it is found.
Words after the verb of `lock`, `bench` and `run` are handed on: `python3 dev.py lock --upgrade`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import NoReturn

    Command = Sequence[str | Path]
    Changes = dict[str, str | None]

ROOT = Path(__file__).resolve().parent
UI = ROOT / "ui"
API = UI / "src" / "api"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMP = VENV / "setup-stamp"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
LOCK_OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
PROXY_ADDRESS = "http://localhost:5173"
MADE_HERE = (
    ".venv ui/node_modules src/erp/web/static dist .mypy_cache .ruff_cache .pytest_cache "
    ".hypothesis .import_linter_cache test-results"
)


# --- verbs -------------------------------------------------------------------------------------


def setup(*_: str) -> None:
    """Prepare everything, start nothing."""
    prepare("run")
    build_ui()


def run(*words: str) -> None:
    """Prepare, migrate and serve on HOST:PORT (127.0.0.1:8000)."""
    setup()
    make_env_file(ROOT / ".env")
    os.chdir(ROOT)
    os.execv(BIN / "erp", ["erp", "serve", *words])  # signals reach the server itself


def dev(*_: str) -> None:
    """Serve with reload on 8000 and Vite on 5173; open the latter."""
    prepare("dev")
    make_env_file(ROOT / ".env")
    ensure_node_modules()
    say(f"{PROXY_ADDRESS} (Ctrl-C ends both servers)")
    server: Command = [BIN / "erp", "serve", "--reload"]
    vite: Command = [UI / "node_modules" / ".bin" / "vite", "--port", "5173", "--strictPort"]
    environ = {**os.environ, "PUBLIC_BASE_URL": PROXY_ADDRESS, "PORT": "8000"}
    run_side_by_side([(server, ROOT), (vite, UI)], environ)


def test(*_: str) -> None:
    """Run every check there is, the tests on both databases among them."""
    prepare("dev")
    build_ui()
    ensure_node_modules()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "pytest.xml")
        passed, failed = run_in_order(checks(report))
        summarize(passed, failed, skips_in(report), time.monotonic() - started)
    sys.exit(1 if failed else 0)


def sure(*_: str) -> None:
    """Run what the build server runs: the same as test."""
    test()


def lock(*words: str) -> None:
    """Write requirements/*.txt anew; --upgrade takes the latest versions."""
    uv = uv_program()
    compile_lock(uv, LOCKS["run"], ["--group", "build", *words])
    groups = ["--group", "build", "--group", "dev"]
    compile_lock(uv, LOCKS["dev"], [*groups, "-c", LOCKS["run"], *words])


def api(*_: str) -> None:
    """Write ui/src/api/openapi.json and the typed client anew."""
    prepare("dev")
    ensure_node_modules()
    (API / "openapi.json").write_bytes(openapi())
    call(["npm", "run", "--silent", "gen"], cwd=UI)


def bench(*words: str) -> None:
    """Measure list, read and create on both databases."""
    prepare("dev")
    call([PYTHON, "-m", "bench", *words])


def clean(*_: str) -> None:
    """Remove what the other verbs made; data/ and .env stay."""
    for name in MADE_HERE.split():
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for folder in ("src", "tests", "bench"):
        for cache in list((ROOT / folder).rglob("__pycache__")):
            shutil.rmtree(cache, ignore_errors=True)


VERBS = {
    "setup": setup,
    "run": run,
    "dev": dev,
    "test": test,
    "sure": sure,
    "lock": lock,
    "api": api,
    "bench": bench,
    "clean": clean,
}


# --- set-up ------------------------------------------------------------------------------------


def prepare(wanted: str) -> None:
    """Bring `.venv` to the state of the lock `wanted`; nothing happens when it is there already."""
    if is_prepared(wanted):
        return
    require_python()
    require_node()
    STAMP.unlink(missing_ok=True)
    make_venv()
    say(f"Installing the packages of {LOCKS[wanted].relative_to(ROOT)}")
    install("--require-hashes", "-r", LOCKS[wanted])
    install("--no-deps", "--no-build-isolation", "-e", ROOT)
    STAMP.write_text(f"{wanted} {fingerprint()}")


def is_prepared(wanted: str) -> bool:
    """Whether `.venv` was made here from the present locks; the dev lock contains the run lock."""
    stamp = STAMP.read_text() if STAMP.exists() and PYTHON.exists() else ""
    return stamp in {f"dev {fingerprint()}", f"{wanted} {fingerprint()}"}


def fingerprint() -> str:
    """A hash of all that decides what is installed; a moved folder breaks the scripts in it."""
    parts = [path.read_bytes() for path in (*LOCKS.values(), ROOT / "pyproject.toml")]
    return hashlib.sha256(b"\0".join([str(ROOT).encode(), *parts])).hexdigest()


def require_python() -> None:
    """Stop with one sentence on an old Python or on Windows."""
    if os.name == "nt":
        stop("This runs on Linux and macOS; on Windows please use WSL.")
    if sys.version_info < (3, 11):
        found = ".".join(map(str, sys.version_info[:2]))
        stop(f"Python 3.11 or newer is needed, this is {found}: try make PYTHON=python3.12 …")


def require_node() -> None:
    """Stop with one sentence without Node or with an old one."""
    if not shutil.which("node") or not shutil.which("npm"):
        stop("Node 20.19 or newer with npm is needed and was not found: https://nodejs.org")
    found = output(["node", "--version"]).strip().lstrip("v")
    if tuple(map(int, found.split(".")[:2])) < (20, 19):
        stop(f"Node 20.19 or newer is needed, this is {found}.")


def make_venv() -> None:
    """Make `.venv`, without its own pip where the system's Python has no ensurepip."""
    if PYTHON.exists():
        return
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv"):
        call(["uv", "venv", "--quiet", "--python", sys.executable, VENV])
    elif not succeeds([sys.executable, "-m", "venv", VENV]):
        call([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])


def install(*words: str | Path) -> None:
    """Install into `.venv`. The user interface is built apart, so that its build is seen."""
    call([*installer(), "install", *pip_flags(), *words], environ={"ERP_SKIP_UI": "1"})


def installer() -> Command:
    """Uv, the pip of `.venv`, or the pip of the Python that runs this."""
    if shutil.which("uv"):
        return ["uv", "pip"]
    if succeeds([PYTHON, "-m", "pip", "--version"]):
        return [PYTHON, "-m", "pip"]
    if not succeeds([sys.executable, "-m", "pip", "--version"]):
        stop("pip is needed and was not found: install python3-pip, python3-venv or uv.")
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def pip_flags() -> Command:
    """Quiet, as far as each installer can be."""
    if shutil.which("uv"):
        return ["--quiet", "--python", PYTHON]
    return ["-qq", "--disable-pip-version-check", "--no-input"]


def build_ui() -> None:
    """Build the user interface where its sources changed."""
    call([PYTHON, UI / "build.py"])


def ensure_node_modules() -> None:
    """Install the UI's packages where a build was not needed."""
    if not (UI / "node_modules" / ".package-lock.json").exists():
        require_node()
        call(["npm", "ci", "--include=dev", "--no-audit", "--no-fund"], cwd=UI)


def make_env_file(path: Path) -> None:
    """Give a fresh clone its own settings, readable by their owner alone; an old file stays."""
    if path.exists():
        return
    say("Writing .env with a fresh secret key")
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    text = text.replace("\nENVIRONMENT=production\n", "\nENVIRONMENT=local\n")
    text = text.replace("\nSECRET_KEY=\n", f"\nSECRET_KEY={secrets.token_urlsafe(48)}\n")
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


# --- the gate ----------------------------------------------------------------------------------


def checks(report: Path) -> Iterator[tuple[str, Callable[[], bool]]]:
    """What `test` runs, cheapest first; pytest writes its results to `report` too."""
    yield "format", lambda: passes([BIN / "ruff", "format", "--check", "."])
    yield "lint", lambda: passes([BIN / "ruff", "check", "."])
    yield "types", lambda: passes([BIN / "mypy"])
    yield "import contracts", lambda: passes([BIN / "lint-imports", "--no-logo"])
    yield "OpenAPI file", is_openapi_fresh
    yield "typed client", is_client_fresh
    yield "user interface", lambda: passes(["npm", "run", "--silent", "sure"], cwd=UI)
    yield "bench, tiny", lambda: passes([PYTHON, "-m", "bench", "--tiny"])
    yield "tests", lambda: passes([PYTHON, "-m", "pytest", "-n", "2", f"--junitxml={report}"])


def run_in_order(
    pairs: Iterator[tuple[str, Callable[[], bool]]],
) -> tuple[list[str], str | None]:
    """Run checks until one fails; the names of those that passed, and of the one that did not."""
    passed: list[str] = []
    for name, check in pairs:
        say(name)
        if not succeeds_without_stopping(check):
            return passed, name
        passed.append(name)
    return passed, None


def succeeds_without_stopping(check: Callable[[], bool]) -> bool:
    """A check that gives up has failed, and the summary still has to be said."""
    try:
        return check()
    except SystemExit:
        return False


def is_openapi_fresh() -> bool:
    """Whether the committed OpenAPI file is what the code would write."""
    if (API / "openapi.json").read_bytes() == openapi():
        return True
    print("ui/src/api/openapi.json is stale: run make api and commit the result.")
    return False


def is_client_fresh() -> bool:
    """Whether the committed client is what the OpenAPI file would give; leaves it untouched."""
    before = {path: path.read_bytes() for path in API.glob("*.gen.ts")}
    is_made = passes(["npm", "run", "--silent", "gen"], cwd=UI)
    after = {path: path.read_bytes() for path in API.glob("*.gen.ts")}
    for path, content in before.items():
        path.write_bytes(content)
    for path in after.keys() - before.keys():
        path.unlink()
    if is_made and before != after:
        print("ui/src/api/*.gen.ts is stale: run make api and commit the result.")
    return is_made and before == after


def openapi() -> bytes:
    """The OpenAPI document of the present code."""
    return output([BIN / "erp", "openapi"]).encode()


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


# --- locks -------------------------------------------------------------------------------------


def uv_program() -> str | Path:
    """Uv from PATH or `.venv`, put there if need be."""
    if not shutil.which("uv") and not (BIN / "uv").exists():
        require_python()
        make_venv()
        install("uv")
    return shutil.which("uv") or BIN / "uv"


def compile_lock(uv: str | Path, target: Path, words: Command) -> None:
    """Write one lock from the public index alone, so that it installs from any mirror of it."""
    local = [name for name in os.environ if name.startswith(("PIP_", "UV_"))]
    command = [uv, "--no-config", "pip", "compile", "--quiet", "pyproject.toml", "-o", target]
    call([*command, *LOCK_OPTIONS.split(), *words], environ=dict.fromkeys(local))
    text = target.read_text(encoding="utf-8")
    if "://" in text or "\n--" in f"\n{text}":
        stop(f"{target.name} names an address, which a lock must not.")
    names = [line for line in text.splitlines() if line[:1].isalpha()]
    say(f"{target.relative_to(ROOT)}: {len(names)} packages")


# --- processes ---------------------------------------------------------------------------------


def call(command: Command, cwd: Path = ROOT, environ: Changes | None = None) -> None:
    """Run a program; stop with its exit code if it fails. A variable set to None is removed."""
    code = subprocess.run(strings(command), cwd=cwd, env=merged(environ), check=False).returncode
    if code:
        stop(f"This failed: {' '.join(strings(command))}", code)


def passes(command: Command, cwd: Path = ROOT) -> bool:
    """Run a program and tell whether it succeeded."""
    return subprocess.run(strings(command), cwd=cwd, check=False).returncode == 0


def succeeds(command: Command) -> bool:
    """Run a program unseen and tell whether it succeeded."""
    done = subprocess.run(strings(command), cwd=ROOT, capture_output=True, check=False)
    return done.returncode == 0


def output(command: Command) -> str:
    """What a program writes; stop if it fails."""
    done = subprocess.run(
        strings(command), cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if done.returncode:
        stop(f"This failed: {' '.join(strings(command))}", done.returncode)
    return done.stdout


def run_side_by_side(programs: list[tuple[Command, Path]], environ: dict[str, str]) -> None:
    """Run programs until one of them ends, then end the others."""
    running = [subprocess.Popen(strings(line), cwd=cwd, env=environ) for line, cwd in programs]
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def strings(command: Command) -> list[str]:
    """A command line of paths and words, as words."""
    return [str(word) for word in command]


def merged(environ: Changes | None) -> dict[str, str]:
    """The environment with changes; None removes a variable."""
    changed = {**os.environ, **(environ or {})}
    return {name: value for name, value in changed.items() if value is not None}


def say(text: str) -> None:
    """One line of progress."""
    print(f"==> {text}", flush=True)


def stop(sentence: str, code: int = 1) -> NoReturn:
    """End with one sentence for people and a code for programs."""
    print(sentence, file=sys.stderr)
    sys.exit(code)


def main(verb: str = "help", *rest: str) -> None:
    """Run one verb, or say which there are."""
    if verb in VERBS:
        VERBS[verb](*rest)
        return
    print(__doc__)
    for name, function in VERBS.items():
        print(f"  {name:6} {function.__doc__}")
    sys.exit(0 if verb in {"help", "-h", "--help"} else 2)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
