"""What the browser has to load, and addresses that screens need for themselves."""

import re
from pathlib import Path

import pytest

from erp.organizations.models import RESERVED_SLUGS
from erp.web.pages import STATIC

KIB = 1024
ROUTES = Path(__file__).parents[2] / "ui" / "src" / "routes"


@pytest.fixture
def index() -> str:
    if not (STATIC / "index.html").is_file():
        pytest.skip("browser: the UI is not built, run `python ui/build.py`")
    return (STATIC / "index.html").read_text()


def packed(path: Path) -> int:
    return path.with_name(path.name + ".gz").stat().st_size


def test_the_entry_stays_below_200_kb(index: str):
    scripts = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', index)

    assert sum(packed(STATIC / name) for name in scripts) < 200 * KIB


def test_no_screen_adds_more_than_60_kb(index: str):
    parts = [path for path in (STATIC / "assets").glob("*.js") if path.name not in index]

    assert parts
    assert max(map(packed, parts)) < 60 * KIB


def test_nothing_in_the_index_needs_an_exception_from_the_policy(index: str):
    assert "__NONCE__" in index
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", index)


def test_screens_of_their_own_keep_their_names_from_organizations():
    entrance = {path.stem for path in (ROUTES / "(identity)").glob("[a-z]*.tsx")}

    assert entrance
    assert entrance <= RESERVED_SLUGS
