"""Taking a backup, proving that it can be restored, and restoring it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Literal, cast

from erp import __version__
from erp.kernel.clock import Clock, utc_now
from erp.kernel.settings import Settings
from erp.transfer.actions.backups import postgres, sqlite
from erp.transfer.actions.backups.archives import (
    digest_of,
    pack,
    publish,
    read_manifest,
    unpack,
    workshop,
)
from erp.transfer.actions.backups.contents import ensure_same
from erp.transfer.errors import BackupImpossible, TargetNotEmpty
from erp.transfer.schemas.reports import Contents, Manifest

Database = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of database is copied, how a copy is proved, and how it is put back."""

    take: Callable[[Settings, Path], Contents]
    rehearse: Callable[[Settings, Path], Contents]
    ensure_free: Callable[[Settings], bool]
    put_back: Callable[[Settings, Path, Contents], int]


KINDS = {
    "sqlite": Kind(sqlite.take, sqlite.rehearse, sqlite.ensure_free, sqlite.put_back),
    "postgresql": Kind(postgres.take, postgres.rehearse, postgres.ensure_free, postgres.put_back),
}


def backup_folder(settings: Settings) -> Path:
    """Where backups go that were given no name."""
    return settings.backup_dir or settings.data_dir / "backups"


def default_name(settings: Settings, clock: Clock = utc_now) -> Path:
    """A file named by this moment."""
    return backup_folder(settings) / f"erp-{clock():%Y%m%d-%H%M%S}.zip"


def make_backup(settings: Settings, archive: Path, clock: Clock = utc_now) -> Manifest:
    """Copy the whole database into one file, which has its name only once it is finished.

    Raises `BackupImpossible`, `BackupDamaged` if the database itself is broken.
    """
    if archive.exists():
        raise BackupImpossible(f"{archive} is there already; give another name")
    database = cast("Database", settings.url.get_backend_name())
    try:
        with workshop(archive.parent) as folder:
            made_at, data = clock(), folder / "copy"
            contents = KINDS[database].take(settings, data)
            if contents.revision is None:
                raise BackupImpossible("The database has no tables yet; run erp migrate first")
            manifest = Manifest(
                release=__version__,
                database=database,
                made_at=made_at,
                data_bytes=data.stat().st_size,
                data_sha256=digest_of(data),
                contents=contents,
            )
            pack(folder / archive.name, manifest, data)
            publish(folder / archive.name, archive)
    except OSError as error:
        raise BackupImpossible(f"{archive} cannot be written: {error.strerror}") from error
    return manifest


def verify_backup(settings: Settings, archive: Path) -> Manifest:
    """Restore the backup into a scratch database, and compare all that its manifest says.

    Raises `BackupDamaged`, and `BackupImpossible` where no scratch database may be made.
    """
    manifest = read_manifest(archive)
    with workshop(Path(gettempdir())) as folder:
        data = unpack(archive, manifest, folder)
        ensure_same(manifest.contents, KINDS[manifest.database].rehearse(settings, data))
    return manifest


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the old data is kept, how many mails wait, what was not proved."""

    manifest: Manifest
    kept: Path | None
    parked: int
    unproved: str | None


def restore_backup(
    settings: Settings, archive: Path, known_revisions: Collection[str], *, replace: bool
) -> Restored:
    """Put a backup in the place of the database, once all that can be proved about it is.

    Raises `BackupDamaged`, `BackupImpossible`, `TargetInUse`, and `TargetNotEmpty` without
    `replace`. On PostgreSQL a role that may not make a scratch database proves less beforehand.
    """
    manifest = read_manifest(archive)
    kind = KINDS[manifest.database]
    _ensure_fits(settings, manifest, known_revisions)
    is_empty = kind.ensure_free(settings)
    if not is_empty and not replace:
        raise TargetNotEmpty
    place = Path(settings.url.database or "").parent if manifest.database == "sqlite" else None
    with workshop(place or Path(gettempdir())) as folder:
        data = unpack(archive, manifest, folder)
        unproved = _prove(settings, manifest, data)
        kept = None if is_empty else _keep(settings)
        parked = kind.put_back(settings, data, manifest.contents)
    return Restored(manifest, kept, parked, unproved)


def _ensure_fits(settings: Settings, manifest: Manifest, known: Collection[str]) -> None:
    if manifest.database != (named := settings.url.get_backend_name()):
        raise BackupImpossible(f"The backup is of {manifest.database}, the settings name {named}")
    if manifest.contents.revision not in known:
        raise BackupImpossible(
            f"The backup is of release {manifest.release}, whose schema "
            f"{manifest.contents.revision} this release does not know"
        )


def _prove(settings: Settings, manifest: Manifest, data: Path) -> str | None:
    """Compare a restored copy with the manifest; why not, where there can be none."""
    try:
        found = KINDS[manifest.database].rehearse(settings, data)
    except BackupImpossible as error:
        return error.detail
    ensure_same(manifest.contents, found)
    return None


def _keep(settings: Settings) -> Path:
    """The data that is about to be replaced: beside the file, or as a backup of its own."""
    stamp = f"{utc_now():%Y%m%d-%H%M%S}"
    if settings.url.get_backend_name() == "sqlite":
        return sqlite.keep(settings, f"before-restore-{stamp}")
    kept = backup_folder(settings) / f"before-restore-{stamp}.zip"
    try:
        make_backup(settings, kept)
    except BackupImpossible as error:
        raise BackupImpossible(
            f"What is there now cannot be kept ({error.detail}); restore into an empty database"
        ) from error
    return kept
