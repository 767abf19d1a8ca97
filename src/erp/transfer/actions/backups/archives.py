"""The file a backup is: a zip of the data and its manifest, sealed by a digest at its very end.

The digest is the zip's comment, over every byte before it: a flipped bit anywhere, or a missing
end, shows before anything is unpacked. It guards against damage, not against forgery.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import Field, TypeAdapter, ValidationError

from erp.transfer.errors import BackupDamaged, BackupImpossible
from erp.transfer.schemas.reports import ExportManifest, Manifest

DIGEST = 64  # hexadecimal digits of SHA-256
BLOCK = 1024 * 1024
DATA, MANIFEST = "data", "manifest.json"
UNFINISHED = ".unfinished-"  # how folders of backups at work begin

_MANIFEST: TypeAdapter[Manifest | ExportManifest] = TypeAdapter(
    Annotated[Manifest | ExportManifest, Field(discriminator="format")]
)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder inside this one, for its owner alone, that is gone after the block.

    What is finished in it moves out by a rename, so that nobody ever sees half a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as made:
        yield Path(made)


def pack(archive: Path, manifest: Manifest, data: Path) -> None:
    """Write the archive of a backup."""
    # a dump is compressed already
    method = ZIP_STORED if manifest.database == "postgresql" else ZIP_DEFLATED
    write_archive(archive, manifest, {DATA: data}, method)


def write_archive(
    archive: Path,
    manifest: Manifest | ExportManifest,
    members: Mapping[str, Path],
    method: int = ZIP_DEFLATED,
) -> None:
    """Write an archive, readable by its owner alone, and keep it on the disk.

    The same members under the same manifest give the same bytes, whenever they were made.
    """
    with _private(archive) as file, ZipFile(file, "w", method) as made:
        made.comment = b"0" * DIGEST
        made.writestr(_entry(MANIFEST, ZIP_DEFLATED), manifest.model_dump_json(indent=1))
        for name, path in members.items():
            _add(made, _entry(name, method), path)
    with archive.open("r+b") as file:
        digest = _digest_but_last(archive)
        file.seek(-DIGEST, os.SEEK_END)
        file.write(digest.encode())
        file.flush()
        os.fsync(file.fileno())


def _entry(name: str, method: int) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type, entry.external_attr = method, 0o600 << 16
    return entry


def _add(made: ZipFile, entry: ZipInfo, path: Path) -> None:
    entry.file_size = path.stat().st_size  # tells whether it takes the form for large files
    with path.open("rb") as source, made.open(entry, "w") as target:
        shutil.copyfileobj(source, target, BLOCK)


def _private(path: Path) -> BinaryIO:
    """A new file that nobody else can read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


def _digest_but_last(archive: Path) -> str:
    """SHA-256 over all but the place where it is written."""
    return digest_of(archive, archive.stat().st_size - DIGEST)


def digest_of(path: Path, size: int | None = None) -> str:
    """SHA-256 of the first bytes of a file, or of all of it."""
    left = path.stat().st_size if size is None else size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()


def publish(made: Path, name: Path) -> None:
    """Give the finished file its name, once and for all."""
    try:
        made.replace(name)
        keep_names(name.parent)
    except OSError as error:
        raise BackupImpossible(f"{name} cannot be written: {error.strerror}") from error


def keep_names(folder: Path) -> None:
    """A rename lasts once the folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(archive: Path) -> Manifest:
    """What a backup says, once every byte of it is as written.

    Raises `BackupDamaged`, and `BackupImpossible` for the file of one organization.
    """
    manifest = _read_any(archive)
    if isinstance(manifest, ExportManifest):
        raise BackupImpossible(f"{archive} holds one organization; erp restore puts it in")
    return manifest


def read_export_manifest(archive: Path) -> ExportManifest:
    """What the file of one organization says. Raises `BackupDamaged`."""
    manifest = _read_any(archive)
    if isinstance(manifest, Manifest):
        raise BackupDamaged(f"{archive} is a backup of a whole database, not of one organization")
    return manifest


def is_export(archive: Path) -> bool:
    """Whether the file says that it holds one organization; what it says is not proved yet."""
    try:
        with ZipFile(archive) as packed:
            return isinstance(_MANIFEST.validate_json(packed.read(MANIFEST)), ExportManifest)
    except (OSError, BadZipFile, KeyError, ValidationError):
        return False


def _read_any(archive: Path) -> Manifest | ExportManifest:
    try:
        with archive.open("rb") as file:
            file.seek(-min(DIGEST, archive.stat().st_size), os.SEEK_END)
            if file.read() != _digest_but_last(archive).encode():
                raise BackupDamaged(f"{archive} is damaged or cut off: its digest does not match")
        with ZipFile(archive) as packed:
            return _MANIFEST.validate_json(packed.read(MANIFEST))
    except OSError as error:
        raise BackupDamaged(f"{archive} cannot be read: {error.strerror}") from error
    except (BadZipFile, KeyError, ValidationError) as error:
        raise BackupDamaged(f"{archive} is no backup that this release can read") from error


def unpack(archive: Path, manifest: Manifest, folder: Path) -> Path:
    """The data of an archive, as a file in the folder. Raises `BackupDamaged`."""
    target = folder / DATA
    with ZipFile(archive) as packed, packed.open(DATA) as source, _private(target) as file:
        shutil.copyfileobj(source, file, BLOCK)
        file.flush()
        os.fsync(file.fileno())
    if digest_of(target) != manifest.data_sha256:
        raise BackupDamaged(f"the data of {archive} is not what the manifest says")
    return target
