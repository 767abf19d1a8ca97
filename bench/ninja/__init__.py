"""A second reference: the same work in Django-ninja, in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
VENV = FOLDER.parents[1] / ".venv-bench"


def is_installed() -> bool:
    return (VENV / "bin" / "gunicorn").exists()


def install() -> None:
    """Make `.venv-bench`; needs pip and a package index."""
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "pip"), "install", "--quiet", "-r", str(FOLDER / "requirements.txt")]
    subprocess.run(pip, check=True)


def command() -> list[str]:
    """One worker of gunicorn with a few threads, which measured best of its modes."""
    options = ["--chdir", str(FOLDER), "--bind", "127.0.0.1:PORT", "--workers", "1"]
    options += ["--threads", "4", "--keep-alive", "30", "--config", str(FOLDER / "calm.py")]
    return [str(VENV / "bin" / "gunicorn"), *options, "shop:application"]
