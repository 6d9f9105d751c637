"""Open a package that somebody handed over: a folder or a zip archive, both taken as hostile.

Rules, in order; the first that fails ends the reading (Malformed):
  1. a folder holds plain files and folders, no link and no device; nothing is followed;
  2. an archive ends where its directory says (no second archive hidden before or behind), is not
     encrypted, its members are stored or deflated, and it unpacks to no more than MAX_RATIO allows;
  3. an archive has one top folder (RFC 8493 section 4), and no name twice;
  4. every name below the top is one that a package may hold (`layout`): so no name leads outside;
  5. no more than MAX_FILES files.
Nothing is ever unpacked to the disk. What is neither a folder nor an archive is NothingToCheck.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from provenance.errors import Malformed, NothingToCheck
from provenance.exports.layout import is_package_name
from provenance.intake.failures import Untaken
from provenance.intake.zip_directory import find_directory

MAX_FILES: Final = 200_000  # entries come in pairs of files; the largest items have some thousands
MAX_RATIO: Final = 100  # bytes unpacked for each byte of the archive, beyond the allowance
ALLOWANCE: Final = 64 << 20  # bytes that any archive may unpack to
BLOCK: Final = 1 << 20  # bytes read at a time

_FOLDERS: Final = frozenset({"", "data/", "data/entries/", "data/log/", "data/documents/"})
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


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
                if stat.S_ISDIR(state.st_mode) and f"{name}/" in _FOLDERS:
                    yield from self._walk(folder / entry.name, f"{name}/")
                elif stat.S_ISREG(state.st_mode) and is_package_name(name):
                    yield name, state.st_size
                else:
                    raise Malformed(f"no package holds this: {_printable(name)}")
                count += 1
                if count > MAX_FILES:
                    raise Malformed(f"more than {MAX_FILES} files in one folder")


class _Zip:
    def __init__(self, stream: BinaryIO) -> None:
        length = stream.seek(0, os.SEEK_END)
        try:
            directory = find_directory(stream)
            if directory.count > 2 * MAX_FILES:
                raise Malformed(f"an archive of more than {MAX_FILES} files")
            self._archive = zipfile.ZipFile(stream)
            infos = self._archive.infolist()
        except (Untaken, *_BROKEN) as error:
            raise Malformed("the archive is damaged, or is none") from error
        self._members = _members(infos)
        unpacked = sum(info.file_size for info in self._members.values())
        if unpacked > ALLOWANCE + MAX_RATIO * length:
            raise Malformed("the archive unpacks to far more than it should: not read")

    def sizes(self) -> Mapping[str, int]:
        return {name: info.file_size for name, info in self._members.items()}

    def blocks(self, name: str) -> Iterator[bytes]:
        try:
            with self._archive.open(self._members[name]) as stream:
                yield from iter(lambda: stream.read(BLOCK), b"")
        except _BROKEN as error:
            raise Malformed(f"{name} is damaged in the archive") from error


def _members(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    tops = {info.filename.partition("/")[0] for info in infos}
    if len(tops) != 1:
        raise Malformed("an archive with more than one top folder, or none")
    for info in infos:
        name = info.filename.partition("/")[2]
        mode = info.external_attr >> 16
        if info.is_dir() and name in _FOLDERS:
            continue
        if info.flag_bits & 1 or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
            raise Malformed("the archive holds something encrypted, or a link")
        if not is_package_name(name) or name in members:
            raise Malformed(f"no package holds this, or not twice: {_printable(name)}")
        members[name] = info
    return members


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
        yield _Zip(stream)


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


def _printable(name: str) -> str:
    return ascii(name[:80])
