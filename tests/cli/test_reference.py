"""The reference of settings is what the settings object says."""

from __future__ import annotations

import re

import pytest
from dotenv import dotenv_values

from erp.cli.described import SECTIONS
from erp.cli.reference import env_example, markdown
from erp.kernel.settings import OLD_NAMES, Settings, read_settings, setting_names
from tests.deploy.files import ROOT
from tests.process.running import run_erp


def test_every_setting_is_described_once_and_nothing_else_is():
    described = [name for texts in SECTIONS.values() for name in texts]

    assert sorted(described) == sorted(setting_names())


@pytest.mark.parametrize(
    ("words", "path"), [((), ".env.example"), (("--markdown",), "docs/settings.md")]
)
def test_the_committed_reference_is_what_the_command_writes(tmp_path, words, path):
    written = run_erp(tmp_path, {}, "settings", *words)

    assert written.returncode == 0, written.stderr
    assert written.stdout == (ROOT / path).read_text(), (
        f"run erp settings {' '.join(words)} > {path}"
    )


def test_older_names_stand_beside_the_setting_they_mean():
    text, page = env_example(), markdown()

    for name, older in OLD_NAMES.items():
        said = f"Older names: {', '.join(older)}."
        assert re.search(rf"# {re.escape(said)}\n#?{name}=", text), name
        assert re.search(rf"\| `{name}` \|.*{re.escape(said)}", page), name


def test_what_stands_commented_loads_as_it_is_written(tmp_path, monkeypatch):
    """Samples are fit values, and where the line shows the default it is the default."""
    samples = {name for texts in SECTIONS.values() for name, told in texts.items() if told.sample}
    (tmp_path / "all.env").write_text(
        re.sub(r"^#([A-Z_0-9]+=)", r"\1", env_example(), flags=re.MULTILINE)
    )
    given = {name: value for name, value in dotenv_values(tmp_path / "all.env").items() if value}
    monkeypatch.chdir(tmp_path)

    read = read_settings(given | {"ENVIRONMENT": "local", "EMAIL_VERIFICATION": "off"})

    default = Settings()
    differing = {
        name.upper()
        for name in Settings.model_fields
        if getattr(read, name) != getattr(default, name)
    }
    assert set(given) >= samples
    assert differing <= samples | {"ENVIRONMENT", "EMAIL_VERIFICATION"}
