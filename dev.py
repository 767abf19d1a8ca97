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
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    Command = Sequence[str | Path]
    Changes = dict[str, str | None]

ROOT = Path(__file__).resolve().parent
UI = ROOT / "ui"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMP = VENV / "setup-stamp"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
LOCK_OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
PROXY_ADDRESS = "http://localhost:5173"
SOURCES = {".py", ".txt", ".html"}
MADE_HERE = (
    ".venv ui/node_modules src/erp/web/static dist .mypy_cache .ruff_cache .pytest_cache "
    ".hypothesis .import_linter_cache test-results"
)


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
    vite = start([UI / "node_modules" / ".bin" / "vite", "--port", "5173", "--strictPort"], UI)
    server = start_server()
    seen = source_times()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: both servers end too
    try:
        while vite.poll() is None:
            time.sleep(0.5)
            if seen != (seen := source_times()):
                end(server)
                server = start_server()
    finally:
        end(server)
        end(vite)


def test(*_: str) -> None:
    """Run every check there is, the tests on both databases among them."""
    prepare("dev")
    build_ui()
    ensure_node_modules()
    os.execv(PYTHON, [str(PYTHON), str(ROOT / ".ci" / "gate.py")])


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
    call([BIN / "erp", "openapi", UI / "src" / "api" / "openapi.json"])
    call(["npm", "run", "--silent", "gen"], cwd=UI)


def bench(*words: str) -> None:
    """Measure list, read and create on both databases."""
    prepare("dev")
    call([PYTHON, "-m", "bench", *words])


def fuzz(minutes: str = "5", *_: str) -> None:
    """Attack the API for MINUTES (5) on each database."""
    prepare("dev")
    seconds = {"ERP_FUZZ_SECONDS": str(int(minutes) * 60)}
    call([PYTHON, "-m", "pytest", "-q", "-rP", "tests/fuzz"], environ=seconds)


def audit(*_: str) -> None:
    """Ask public advisories about every locked package; needs the network, so the gate does not."""
    prepare("dev")
    ensure_node_modules()
    install("pip-audit")
    locks = [word for path in LOCKS.values() for word in ("-r", path)]
    call([BIN / "pip-audit", "--strict", "--require-hashes", "--disable-pip", *locks])
    call(["npm", "audit", "--audit-level", "low"], cwd=UI)


def clean(*_: str) -> None:
    """Remove what the other verbs made; data/ and .env stay."""
    for name in MADE_HERE.split():
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for folder in ("src", "tests", "bench"):
        for cache in list((ROOT / folder).rglob("__pycache__")):
            shutil.rmtree(cache, ignore_errors=True)


VERBS = {
    verb.__name__: verb for verb in (setup, run, dev, test, lock, api, bench, fuzz, audit, clean)
} | {"sure": test}


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


def call(command: Command, cwd: Path = ROOT, environ: Changes | None = None) -> None:
    """Run a program; stop with its exit code if it fails. A variable set to None is removed."""
    code = subprocess.run(strings(command), cwd=cwd, env=merged(environ), check=False).returncode
    if code:
        stop(f"This failed: {' '.join(strings(command))}", code)


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


def start(
    command: Command, cwd: Path = ROOT, environ: Changes | None = None
) -> subprocess.Popen[bytes]:
    """Start a program and go on."""
    return subprocess.Popen(strings(command), cwd=cwd, env=merged(environ))


def start_server() -> subprocess.Popen[bytes]:
    """The API as Vite expects it: links and the check of origins name Vite's address."""
    environ: Changes = {"PUBLIC_BASE_URL": PROXY_ADDRESS, "HOST": "127.0.0.1", "PORT": "8000"}
    return start([BIN / "erp", "serve"], environ=environ)


def source_times() -> dict[Path, int]:
    """When each file of the server was changed last."""
    source = [path for path in (ROOT / "src").rglob("*.*") if "static" not in path.parts]
    return {path: path.stat().st_mtime_ns for path in source if path.suffix in SOURCES}


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program to end, and wait until it did."""
    process.terminate()
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
