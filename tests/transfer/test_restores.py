"""Restoring a backup: into an empty home, in the place of another, and never under a running one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from erp.cli.backups import change_parked
from erp.kernel.jobs import OutboxRow, claim_due
from erp.kernel.mail import KIND as MAIL
from erp.migrations.protection import missing_protection
from erp.migrations.upgrade import known_revisions, migrate
from erp.transfer.actions.backups.archives import read_manifest
from erp.transfer.actions.backups.parking import discard_parked, release_parked
from erp.transfer.actions.backups.running import make_backup, restore_backup, verify_backup
from erp.transfer.errors import BackupImpossible, TargetInUse, TargetNotEmpty
from tests.identity.making import log_in, rows
from tests.making import make_client, sign_up
from tests.organizations.making import invite
from tests.process.database import engine_for
from tests.process.running import run_erp, settings_for
from tests.stock.making import ensure_proven, make_stocked
from tests.transfer.homes import environment_of, opened

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def lived_in(anyio_backend, make_home, tmp_path_factory):
    """A home where somebody works, its backup, and what the stock was."""
    home = make_home("old")
    async with opened(home) as app:
        person = await sign_up(app)
        for quantity in ("3", "4"):
            await make_stocked(person, quantity)
        await invite(app, person, "guest@example.com")
        stock = (await person.client.get("/api/stock")).json()["items"]
    archive = tmp_path_factory.mktemp("backups") / "old.zip"
    make_backup(home, archive)
    return home, archive, person, stock


def restore(settings, archive, *, replace=False):
    """What `erp restore` does."""
    restored = restore_backup(settings, archive, known_revisions(), replace=replace)
    migrate(settings.migration_url, application=settings.url)
    return restored


def restore_as_operator(settings, archive, folder, *words):
    return run_erp(
        folder, settings_for(folder, **environment_of(settings)), "restore", str(archive), *words
    )


async def test_in_an_empty_home_people_sign_in_and_the_stock_is_what_it_was(
    lived_in, make_home, tmp_path
):
    _home, archive, person, stock = lived_in
    new = make_home("new", migrated=False)

    done = restore_as_operator(new, archive, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "2 mails were still to be sent" in done.stdout
    assert "kept" not in done.stdout
    async with opened(new) as app:
        person.client = make_client(app)
        answer = await log_in(person.client, person)
        person.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        assert (await person.client.get("/api/stock")).json()["items"] == stock
        await ensure_proven(person)
        assert await what_protects(app) == []


async def what_protects(app) -> list[str]:
    """What of PostgreSQL's walls is missing for the application's role."""
    if app.state.database.is_sqlite:
        return []
    async with app.state.database.reading() as session:
        role = app.state.settings.url.username
        return await session.run_sync(lambda sync: missing_protection(sync.connection(), role))


async def test_a_home_with_data_is_left_alone(lived_in, make_home):
    _home, archive, _person, _stock = lived_in
    other = make_home("other")
    async with opened(other) as app:
        stranger = await sign_up(app)

    with pytest.raises(TargetNotEmpty):
        restore(other, archive)

    async with opened(other) as app:
        assert (await log_in(make_client(app), stranger)).status_code == 200


async def test_what_is_replaced_is_kept_as_a_whole(lived_in, make_home):
    home, archive, person, _stock = lived_in
    async with opened(home) as app:
        stranger = await sign_up(app)

    restored = restore(home, archive, replace=True)

    async with opened(home) as app:
        assert (await log_in(make_client(app), person)).status_code == 200
        assert (await log_in(make_client(app), stranger)).status_code == 401
    assert users_in(home, restored.kept) == read_manifest(archive).contents.tables["users"].rows + 1


def users_in(settings, kept) -> int:
    if kept.suffix == ".zip":
        return verify_backup(settings, kept).contents.tables["users"].rows
    old = settings.url.set(database=str(kept))
    with engine_for(old).connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM users"))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_damaged_database_can_be_replaced_and_is_kept_too(lived_in, make_home):
    _home, archive, person, _stock = lived_in
    broken = make_home("broken")
    damage(broken)

    with pytest.raises(TargetNotEmpty):
        restore(broken, archive)
    restored = restore(broken, archive, replace=True)

    async with opened(broken) as app:
        assert (await log_in(make_client(app), person)).status_code == 200
    assert restored.kept.read_bytes() == b"no database any more" * 500


def damage(settings) -> None:
    Path(settings.url.database).write_bytes(b"no database any more" * 500)


async def test_a_home_where_somebody_is_at_work_is_refused_even_to_be_replaced(lived_in):
    home, archive, person, _stock = lived_in

    async with opened(home) as app:
        person.client = make_client(app)
        await log_in(person.client, person)
        with pytest.raises(TargetInUse):
            restore(home, archive, replace=True)
        after = await log_in(person.client, person)

    assert after.status_code == 200


async def test_mails_that_were_promised_wait_until_somebody_says_so(lived_in, make_home):
    _home, archive, _person, _stock = lived_in
    new = make_home("quiet")  # migrated, and still empty
    restored = restore(new, archive)

    async with opened(new) as app:
        database = app.state.database
        before = await kinds_due(database)
        async with database.writing() as session:
            released = await release_parked(session)
        after = await kinds_due(database)

    assert MAIL not in before
    assert (restored.parked, released, after.count(MAIL)) == (2, 2, 2)


async def kinds_due(database) -> list[str]:
    """Every kind of job that a worker would run now."""
    kinds = []
    while jobs := await claim_due(database):
        kinds += [job.kind for job in jobs]
    return kinds


async def test_mails_that_were_promised_can_be_dropped(lived_in, make_home):
    _home, archive, _person, _stock = lived_in
    new = make_home("silent", migrated=False)
    restore(new, archive)

    dropped = await change_parked(new, discard_parked)

    async with opened(new) as app:
        left = await rows(app, OutboxRow, OutboxRow.kind == MAIL)
    assert (dropped, left) == (2, [])


async def test_a_backup_of_a_later_release_is_refused(lived_in, make_home):
    _home, archive, _person, _stock = lived_in
    new = make_home("early", migrated=False)
    known = known_revisions() - {read_manifest(archive).contents.revision}

    with pytest.raises(BackupImpossible, match="this release does not know"):
        restore_backup(new, archive, known, replace=False)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_damaged_backup_touches_nothing(lived_in, tmp_path):
    home, archive, person, _stock = lived_in
    damaged = bytearray(archive.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged.zip").write_bytes(damaged)

    done = restore_as_operator(home, tmp_path / "damaged.zip", tmp_path, "--replace")

    assert done.returncode == 1
    assert "is damaged or cut off" in done.stderr
    async with opened(home) as app:
        assert (await log_in(make_client(app), person)).status_code == 200


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_a_restore_that_fails_halfway_changes_nothing(lived_in):
    home, archive, _person, _stock = lived_in
    async with opened(home) as app:
        stranger = await sign_up(app)
    with engine_for(home.migration_url).begin() as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT id FROM products"))

    with pytest.raises(
        BackupImpossible, match=r"psql failed: .*view mine depends on table products"
    ):
        restore(home, archive, replace=True)

    with engine_for(home.migration_url).begin() as connection:
        connection.execute(text("DROP VIEW mine"))
    async with opened(home) as app:
        assert (await log_in(make_client(app), stranger)).status_code == 200


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_without_a_scratch_database_the_restore_says_so_and_compares_afterwards(
    lived_in, make_home
):
    _home, archive, _person, _stock = lived_in
    new = make_home("plain", migrated=False, backup_database_url=None)

    restored = restore(new, archive)

    assert "may not make the scratch database" in restored.unproved
