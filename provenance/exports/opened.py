"""Open a package that somebody handed over: a folder or a zip archive, both taken as hostile.

Rules, in order; the first that fails ends the reading (Malformed):
  1. a folder holds plain files and folders, no link and no device; nothing is followed;
  2. every name is one that a package may hold (`layout`): so no name leads outside;
  3. no more than MAX_FILES files.
What holds for archives stands in `archive`.
Nothing is ever unpacked to the disk. What is neither a folder nor an archive is NothingToCheck.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from provenance.errors import Malformed, NothingToCheck
from provenance.exports.archive import MAX_FILES, Archive
from provenance.exports.layout import FOLDERS, is_package_name, printable

BLOCK: Final = 1 << 20  # bytes read at a time


class PackageFiles(Protocol):
    """The files of a package, by the names of `layout`."""

    def sizes(self) -> Mapping[str, int]:
        """Return name -> bytes of every file."""
        ...

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes. Raises Malformed."""
        ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._sizes = dict(self._walk(root, ""))

    def sizes(self) -> Mapping[str, int]:
        return self._sizes

    def blocks(self, name: str) -> Iterator[bytes]:
        # O_NOFOLLOW: the file may have become a link since it was listed.
        flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        try:
            with open(os.open(self._root / name, flags), "rb") as stream:  # noqa: PTH123 - a descriptor
                yield from iter(lambda: stream.read(BLOCK), b"")
        except OSError as error:
            raise Malformed(f"{name} cannot be read: {error.strerror}") from error

    def _walk(self, folder: Path, prefix: str) -> Iterator[tuple[str, int]]:
        count = 0
        with os.scandir(folder) as entries:
            for entry in entries:
                name, state = prefix + entry.name, entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(state.st_mode) and f"{name}/" in FOLDERS:
                    yield from self._walk(folder / entry.name, f"{name}/")
                elif stat.S_ISREG(state.st_mode) and is_package_name(name):
                    yield name, state.st_size
                else:
                    raise Malformed(f"no package holds this: {printable(name)}")
                count += 1
                if count > MAX_FILES:
                    raise Malformed(f"more than {MAX_FILES} files in one folder")


@contextmanager
def open_package(place: Path) -> Iterator[PackageFiles]:
    """Open a package for reading.

    Raises:
        NothingToCheck: there is no folder and no archive.
        Malformed: it breaks a rule of the module.
    """
    if place.is_dir():
        try:
            files: PackageFiles = _Folder(place)
        except OSError as error:
            raise NothingToCheck(f"the folder cannot be read: {error.strerror}") from error
        yield files
        return
    try:
        stream = place.open("rb")
    except OSError as error:
        raise NothingToCheck(f"{place} cannot be read: {error.strerror}") from error
    with stream:
        if stream.read(2) != b"PK":
            raise NothingToCheck(f"{place} is neither a folder nor a zip archive")
        yield Archive(stream)


def read_file(files: PackageFiles, name: str, *, limit: int) -> bytes:
    """Return a small file's bytes.

    Raises:
        Malformed: it is missing, or larger than the limit, in bytes.
    """
    size = files.sizes().get(name)
    if size is None:
        raise Malformed(f"{name} is missing")
    if size > limit:
        raise Malformed(f"{name} has {size} bytes; at most {limit} are read")
    data = bytearray()
    for block in files.blocks(name):
        data += block
        if len(data) > limit:
            raise Malformed(f"{name} has more than {limit} bytes")
    return bytes(data)
