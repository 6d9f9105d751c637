"""Where a package is written to: a folder, or one zip archive. Both give the same bytes each time.

Folder: written beside its place under a temporary name and renamed at the end, so that a package is
there whole or not at all when a process ends at any moment; its files are not forced to the disk
one by one (thousands of them), so check a folder that was written just before a power cut. Zip:
members in the order given, stored and not compressed (the output of a compressor differs between
versions), dated 1980-01-01, mode 0644, under one top folder (RFC 8493 section 4). Refuses to
overwrite.
"""

import errno
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from provenance.errors import DeskError, DiskFull, Refused, StoreFault
from provenance.exports.target import Target

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can state
_REGULAR: Final = 0o100644 << 16  # a plain file, readable by all


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            for block in blocks:
                out.write(block)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, top: str) -> None:
        self._archive = archive
        self._top = top

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        member = zipfile.ZipInfo(f"{self._top}/{name}", _EPOCH)
        member.external_attr = _REGULAR
        member.create_system = 3  # Unix, wherever it was made
        # The size is not known beforehand, so headers are those of zip64 (4.3.9.2), always.
        with self._archive.open(member, "w", force_zip64=True) as out:
            for block in blocks:
                out.write(block)


@contextmanager
def package_target(place: Path, *, top: str) -> Iterator[Target]:
    """Open a place to write a package to: a zip if its name ends so, else a folder.

    The package appears under its name when the block is left normally, and not at all otherwise.

    Raises:
        Refused: there is something already.
        DiskFull: no space.
        StoreFault: the disk failed.
    """
    if place.exists() or place.is_symlink():
        raise Refused(f"{place} is there already: name a new place")
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    with _faults():
        place.absolute().parent.mkdir(parents=True, exist_ok=True)
        try:
            if place.suffix == ".zip":
                with beside.open("xb") as stream:
                    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                        yield _Zip(archive, top)
                    stream.flush()
                    os.fsync(stream.fileno())
            else:
                beside.mkdir()
                yield _Folder(beside)
            beside.rename(place)
        except BaseException:
            _remove(beside)
            raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if (first := _before(error)) is not None:
            raise first from None
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull("no space left for the package; nothing was kept") from error
        raise StoreFault(f"the package could not be written: {error.strerror}") from error


def _before(error: OSError) -> DeskError | None:
    """Return the act's own error: closing what it left open fails on a full disk as well."""
    earlier = error.__context__
    while earlier is not None and not isinstance(earlier, DeskError):
        earlier = earlier.__context__
    return earlier
