"""Many processes may bring one database up at once, and a broken migration leaves no trace."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import URL, inspect, text

from erp.migrations.upgrade import current_revision, migrate, newest_revision, try_to_migrate
from erp.records import metadata
from tests.process.database import another_migrates, engine_for
from tests.process.running import ERP, copy_package, environment, free_port, run_erp, settings_for

STARTERS = 4
BROKEN = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "broken", {at!r}
branch_labels = depends_on = None


def upgrade():
    op.create_table("half_done", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.execute("INSERT INTO half_done VALUES (1)")
    op.execute("DELETE FROM kept")
    with op.batch_alter_table("units") as batch_op:
        batch_op.add_column(sa.Column("half_done", sa.Text()))
    op.execute("INSERT INTO there_is_no_such_table VALUES (1)")


def downgrade():
    pass
"""


def test_four_starters_at_once_all_succeed_on_an_empty_database(empty_url, tmp_path):
    settings = environment(settings_for(tmp_path, empty_url))
    starters = [
        subprocess.Popen(
            [ERP, "migrate"],
            cwd=tmp_path,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(STARTERS)
    ]

    said = [starter.communicate(timeout=60)[0] for starter in starters]

    assert [starter.returncode for starter in starters] == [0] * STARTERS, said
    with engine_for(empty_url).connect() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())


def test_a_starter_does_nothing_while_another_migrates(empty_url):
    with another_migrates(empty_url):
        meanwhile = try_to_migrate(empty_url)

    assert not meanwhile
    assert try_to_migrate(empty_url)


def test_the_first_migration_makes_the_folder_of_the_database(tmp_path):
    settings = settings_for(tmp_path)

    result = run_erp(tmp_path, settings, "migrate")

    assert result.stdout == "The database is up to date.\n", result.stderr
    assert (tmp_path / "data" / "erp.db").is_file()


@pytest.fixture
def broken_release(tmp_path: Path) -> Path:
    """A folder with a copy of the product whose newest migration fails half-way."""
    release = copy_package(tmp_path / "release")
    versions = release / "erp" / "migrations" / "versions"
    (versions / "99991231_broken.py").write_text(BROKEN.format(at=newest_revision()))
    return release


def snapshot(url: URL) -> tuple[list[str], list[str], int, str | None]:
    """Tables, columns of units, rows of kept, revision."""
    with engine_for(url).connect() as connection:
        seen = inspect(connection)
        kept = connection.scalar(text("SELECT count(*) FROM kept"))
        columns = [column["name"] for column in seen.get_columns("units")]
        return sorted(seen.get_table_names()), columns, kept, current_revision(connection)


@pytest.mark.parametrize("verb", ["migrate", "serve"])
def test_a_failing_migration_leaves_nothing_behind_and_ends_the_process(
    empty_url, tmp_path, broken_release, verb
):
    migrate(empty_url)
    with engine_for(empty_url).begin() as connection:
        connection.execute(text("CREATE TABLE kept (n BIGINT)"))
        connection.execute(text("INSERT INTO kept VALUES (7)"))
    before = snapshot(empty_url)
    settings = settings_for(tmp_path, empty_url, PORT=free_port(), PYTHONPATH=broken_release)

    result = run_erp(tmp_path, settings, verb)

    assert result.returncode == 1
    assert "there_is_no_such_table" in result.stdout + result.stderr
    assert snapshot(empty_url) == before
    assert before[2] == 1
