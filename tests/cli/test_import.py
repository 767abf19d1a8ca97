"""`erp import` as an operator runs it: a rehearsal, a refusal with its proposal, then for good."""

from __future__ import annotations

import json

from erp.migrations.upgrade import migrate
from tests.process.running import run_erp, settings_for
from tests.transfer import old_systems
from tests.transfer.old_systems import entry, write_sqlite


def test_hours_are_rehearsed_refused_trimmed_and_then_nothing_is_left_to_do(empty_url, tmp_path):
    migrate(empty_url)
    settings = settings_for(tmp_path, empty_url)
    admin = ("create-admin", "--email", "ada@example.com", "--organization", "Acme")
    assert run_erp(tmp_path, settings, *admin).returncode == 0
    overlapping = (entry("a", "u1", "04 08:00", "04 10:00"), entry("b", "u1", "04 09:00", None))
    place = write_sqlite(tmp_path / "old.db", old_systems.logger("cli", *overlapping))
    words = ("import", "logger", place, "--organization", "acme")

    refused, rehearsed, done, again = (
        run_erp(tmp_path, settings, *words, *more)
        for more in ((), ("--trim", "--dry-run"), ("--trim",), ("--trim",))
    )

    assert (refused.returncode, rehearsed.returncode, done.returncode) == (1, 0, 0)
    assert "It fits with --trim: begins 2026-05-04T10:00:00Z" in refused.stdout
    assert "Nothing was written" in refused.stdout
    assert rehearsed.stdout.splitlines()[0] == "logger → acme (dry run)"
    assert "  time_entries: 2 created" in rehearsed.stdout.splitlines()
    assert "  time_entries: 2 created" in done.stdout.splitlines()
    assert "  time_entries: 2 skipped" in again.stdout.splitlines()
    reports = [json.loads(path.read_text()) for path in (tmp_path / "data/imports").glob("*.json")]
    assert sorted(each["dry_run"] for each in reports) == [False, False, False, True]


def test_a_system_nobody_knows_is_refused_with_the_known_ones(tmp_path):
    words = ("import", "abacus", "old.db", "--organization", "acme")

    result = run_erp(tmp_path, settings_for(tmp_path), *words)

    assert result.returncode == 2
    assert "task-hub" in result.stderr
