"""A product whose UI is built, so that `erp check` can find everything in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.process.running import copy_package


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What PYTHONPATH must be to run it."""
    folder = copy_package(tmp_path_factory.mktemp("release"))
    (folder / "erp" / "web" / "static").mkdir()
    (folder / "erp" / "web" / "static" / "index.html").write_text("<!doctype html>")
    return folder
