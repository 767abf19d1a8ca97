"""The set-up files agree with the code, and `make run` writes safe settings."""

import re
import runpy
import stat
from pathlib import Path
from typing import get_args

from erp.kernel.settings import OldApi, setting_names
from erp.transfer.actions.moving import SYSTEMS

ROOT = Path(__file__).parents[2]
DEV = runpy.run_path(str(ROOT / "dev.py"))


def test_each_setting_stands_once_in_the_example_file():
    text = (ROOT / ".env.example").read_text()

    named = re.findall(r"^#?([A-Z_0-9]+)=", text, re.MULTILINE)

    assert sorted(named) == sorted(setting_names())


def test_each_setting_in_the_example_file_has_a_sentence():
    lines = (ROOT / ".env.example").read_text().splitlines()

    settings = [number for number, line in enumerate(lines) if re.match("#?[A-Z_0-9]+=", line)]

    assert [lines[number] for number in settings if not lines[number - 1].startswith("# ")] == []


def test_a_fresh_clone_gets_local_settings_with_a_key_of_its_own(tmp_path):
    files = [tmp_path / "one.env", tmp_path / "two.env"]

    for file in files:
        DEV["make_env_file"](file)

    keys = [
        re.search(r"^SECRET_KEY=(\S{64})$", file.read_text(), re.MULTILINE).group(1)
        for file in files
    ]
    assert keys[0] != keys[1]
    assert "\nENVIRONMENT=local\n" in files[0].read_text()
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_settings_that_exist_are_left_alone(tmp_path):
    (tmp_path / ".env").write_text("SECRET_KEY=mine\n")

    DEV["make_env_file"](tmp_path / ".env")

    assert (tmp_path / ".env").read_text() == "SECRET_KEY=mine\n"


def test_the_locks_name_no_address():
    locks = [path.read_text() for path in (ROOT / "requirements").glob("*.txt")]

    assert len(locks) == 2
    assert [line for text in locks for line in text.splitlines() if "://" in line] == []


def test_every_verb_has_a_make_target():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert sorted(targets) == sorted(["help", *DEV["VERBS"]])


def test_the_readme_says_how_to_come_from_each_system():
    chapters = (ROOT / "README.md").read_text().split("\n### Coming from ")[1:]
    told = {
        re.search(r"`erp import ([a-z-]+) ", text)[1]: re.search(r"`/compat/([a-z-]+)`", text)[1]
        for text in chapters
    }

    assert told == {system: system for system in SYSTEMS}
    assert set(get_args(OldApi)) <= set(told)
