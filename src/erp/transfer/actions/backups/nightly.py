"""The worker's own backups: one for each day, fourteen kept, the newest proved each week."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import rmtree

from erp.kernel.clock import Clock
from erp.kernel.settings import Settings
from erp.transfer.actions.backups.archives import UNFINISHED
from erp.transfer.actions.backups.running import backup_folder, make_backup, verify_backup
from erp.transfer.errors import BackupImpossible

KEPT = 14
NAMES = "nightly-*.zip"
LEFT_BEHIND = timedelta(days=1)


def runs_nightly(settings: Settings) -> bool:
    """Whether the worker makes backups: unless told, where it can without being set up for it."""
    if settings.nightly_backups == "auto":
        return settings.url.get_backend_name() == "sqlite" or bool(settings.backup_database_url)
    return settings.nightly_backups == "on"


def make_daily(settings: Settings, clock: Clock) -> Path:
    """The backup of this day, unless it is there; older ones go. Raises as `make_backup` does."""
    folder = backup_folder(settings)
    archive = folder / f"nightly-{clock():%Y-%m-%d}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not archive.exists():
            make_backup(settings, archive, clock)
        _tidy(folder, clock)
    return archive


def verify_newest(settings: Settings) -> Path | None:
    """Prove the newest daily backup of this machine, if there is one."""
    newest = max(backup_folder(settings).glob(NAMES), default=None)
    if newest:
        verify_backup(settings, newest)
    return newest


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A backup may outlast the lease of its job; a second worker then tries again later."""
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupImpossible("Another process makes today's backup just now") from None
        yield


def _tidy(folder: Path, clock: Clock) -> None:
    for old in sorted(folder.glob(NAMES))[:-KEPT]:
        old.unlink()
    before = (clock() - LEFT_BEHIND).timestamp()
    for begun in folder.glob(f"{UNFINISHED}*"):
        if begun.stat().st_mtime < before:
            rmtree(begun, ignore_errors=True)
