"""Taking backups and proving them: under load, killed, damaged, and by roles that see too little."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import insert, text, update

from erp.identity.models import Throttle
from erp.kernel.jobs import OutboxRow
from erp.transfer.actions.backups.archives import digest_of, pack, read_manifest, unpack
from erp.transfer.actions.backups.nightly import make_daily
from erp.transfer.actions.backups.running import make_backup, verify_backup
from erp.transfer.errors import BackupDamaged, BackupImpossible
from erp.worker import Worker
from tests.identity.making import rows, run
from tests.making import make_client, make_product, sign_up
from tests.process.database import engine_for
from tests.process.running import settings_for, start_erp
from tests.transfer.homes import environment_of, opened

pytestmark = pytest.mark.anyio

WRITERS = 4


async def test_a_backup_made_under_load_holds_one_moment_of_it(make_home, tmp_path):
    home = make_home("busy")
    archive = tmp_path / "busy.zip"

    async with opened(home) as app:
        person = await sign_up(app)
        await make_product(person)
        finished = asyncio.Event()

        async def write() -> int:
            made = 0
            while not finished.is_set() or not made:
                await make_product(person)
                made += 1
                await asyncio.sleep(0)  # on SQLite a request never waits for anything
            return made

        writers = [asyncio.create_task(write()) for _ in range(WRITERS)]
        await asyncio.to_thread(make_backup, home, archive)
        finished.set()
        made = sum(await asyncio.gather(*writers))

    assert verify_backup(home, archive) == read_manifest(archive)
    assert 0 < read_manifest(archive).contents.tables["products"].rows < 1 + made
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_kill_in_the_middle_leaves_no_file_of_that_name(make_home, tmp_path):
    home = make_home("killed")
    fill(home, rows=10_000)
    archive = tmp_path / "out" / "erp.zip"
    settings = settings_for(tmp_path, **environment_of(home))

    with start_erp(tmp_path, settings, "backup", str(archive)) as running:
        while not running.has_ended() and not list(archive.parent.glob(".unfinished-*/copy")):
            time.sleep(0.001)
        running.kill()
    left = [path.name for path in archive.parent.iterdir()]
    made = make_backup(home, archive)

    assert running.process.returncode == -9, running.said()
    assert [name for name in left if not name.startswith(".unfinished-")] == []
    assert verify_backup(home, archive) == made


def fill(settings, *, rows: int) -> None:
    """So much that a backup takes a while."""
    made = [
        {"key_hash": f"{number:064}", "window_start": number, "count": 1, "blocked_until": 0}
        for number in range(rows)
    ]
    with engine_for(settings.migration_url).begin() as connection:
        connection.execute(insert(Throttle), made)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_flipped_byte_anywhere_is_refused(make_home, tmp_path):
    home = make_home("flipped")
    archive = tmp_path / "whole.zip"
    make_backup(home, archive)
    whole = archive.read_bytes()

    for place in (0, 12, 40, len(whole) // 2, -200, -70, -1):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        archive.write_bytes(flipped)
        with pytest.raises(BackupDamaged, match="damaged or cut off"):
            verify_backup(home, archive)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_file_that_is_cut_off_is_refused(make_home, tmp_path):
    home = make_home("cut")
    archive = tmp_path / "cut.zip"
    make_backup(home, archive)
    whole = archive.read_bytes()

    for kept in (0, 10, 64, len(whole) // 2, -1):
        archive.write_bytes(whole[:kept])
        with pytest.raises(BackupDamaged, match="damaged or cut off"):
            verify_backup(home, archive)


async def test_a_row_that_is_missing_is_named(make_home, tmp_path):
    home = make_home("short")
    async with opened(home) as app:
        person = await sign_up(app)
        for _ in range(3):
            await make_product(person)
    whole = make_backup(home, tmp_path / "whole.zip")
    remove_a_product(home)
    short = make_backup(home, tmp_path / "short.zip")

    data = unpack(tmp_path / "short.zip", short, tmp_path)
    lie = whole.model_copy(update={"data_sha256": digest_of(data)})
    pack(tmp_path / "lie.zip", lie, data)

    with pytest.raises(BackupDamaged, match="products has 2 rows, not 3"):
        verify_backup(home, tmp_path / "lie.zip")


def remove_a_product(settings) -> None:
    """As nobody could through the product: history goes on telling of it."""
    with engine_for(settings.backup_url).connect() as connection:
        [organization, product] = connection.execute(
            text("SELECT organization_id, id FROM products ORDER BY id LIMIT 1")
        ).one()
    with engine_for(settings.migration_url).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL app.organization_id = '{organization}'"))
        connection.execute(text("DELETE FROM products WHERE id = :id"), {"id": product})


async def test_nothing_secret_of_the_settings_is_in_it(make_home, tmp_path):
    home = make_home("quiet")
    make_backup(home, tmp_path / "quiet.zip")

    with ZipFile(tmp_path / "quiet.zip") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())

    assert home.secret_key.get_secret_value().encode() not in everything


async def test_a_name_that_is_taken_is_refused(make_home, tmp_path):
    home = make_home("named")
    (tmp_path / "mine.zip").write_text("mine")

    with pytest.raises(BackupImpossible, match="is there already"):
        make_backup(home, tmp_path / "mine.zip")

    assert (tmp_path / "mine.zip").read_text() == "mine"


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_a_role_that_row_level_security_holds_back_makes_no_backup(make_home, tmp_path):
    home = make_home("held", backup_database_url=None)

    with pytest.raises(BackupImpossible, match="Row-level security hides rows from the role erp_o"):
        make_backup(home, tmp_path / "held.zip")

    assert not (tmp_path / "held.zip").exists()


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_a_role_that_makes_no_databases_cannot_prove(make_home, tmp_path):
    home = make_home("bare")
    make_backup(home, tmp_path / "bare.zip")

    with pytest.raises(BackupImpossible, match='ALTER ROLE "erp_owner" CREATEDB'):
        verify_backup(make_home("poor", backup_database_url=None), tmp_path / "bare.zip")


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_a_pg_dump_older_than_the_server_is_refused_by_both_versions(
    make_home, tmp_path, monkeypatch
):
    home = make_home("aged")
    for program in ("pg_dump", "pg_restore", "psql"):
        script = tmp_path / program
        script.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])

    with pytest.raises(
        BackupImpossible, match=r"The server is PostgreSQL \d+\.\d+, but pg_dump is 9.6"
    ):
        make_backup(home, tmp_path / "aged.zip")


async def test_the_worker_makes_one_backup_a_day_and_proves_the_newest(make_home):
    home = make_home("nightly", nightly_backups="on")
    async with opened(home) as app:
        worker = Worker(app.state.database, home)
        while await worker.run_once():
            pass
        jobs = await rows(app, OutboxRow, OutboxRow.kind.like("transfer.%"))

    made = sorted(path.name for path in (home.data_dir / "backups").glob("*.zip"))
    assert made == [f"nightly-{datetime.now(UTC):%Y-%m-%d}.zip"]
    assert {job.kind: job.last_error for job in jobs if job.done_at} == {
        "transfer.back_up": None,
        "transfer.verify_backup": None,
    }


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_fourteen_daily_backups_are_kept_and_others_are_left_alone(make_home):
    home = make_home("many")
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    make_backup(home, home.data_dir / "backups" / "by-hand.zip")

    for day in range(16):
        make_daily(home, lambda day=day: begun + timedelta(days=day))

    names = sorted(path.name for path in (home.data_dir / "backups").glob("*.zip"))
    assert names == ["by-hand.zip", *(f"nightly-2026-01-{day:02}.zip" for day in range(3, 17))]


async def test_a_backup_that_fails_shows_in_the_health_until_one_is_made(make_home, tmp_path):
    home = make_home("failing", nightly_backups="on", ops_token="ops", backup_dir=tmp_path / "b")
    (tmp_path / "b").write_text("in the way")
    async with opened(home) as app:
        worker = Worker(app.state.database, home)
        await worker.run_once()
        while await worker.run_once():
            pass
        failing = await health_of(app)
        (tmp_path / "b").unlink()
        await make_due(app)
        while await worker.run_once():
            pass
        well = await health_of(app)

    assert (failing["status"], failing["failing"]) == ("degraded", ["backup"])
    assert (well["status"], well.get("failing")) == ("ok", None)
    assert (
        well["details"]["last_backup_at"] > f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%d}"
    )


async def make_due(app) -> None:
    """Let jobs that failed be tried again at once."""
    await run(app, update(OutboxRow).values(run_at=datetime.now(UTC)))


async def health_of(app) -> dict:
    async with make_client(app, Authorization="Bearer ops") as client:
        return (await client.get("/health")).json()
