"""A package as a zip archive: one package to every reader, or none.

Rules, in order; the first that fails ends the reading (Malformed):
  1. the archive ends where its directory says, and holds at most MAX_FILES pairs of files;
  2. a member is a plain file or one of the package's folders, not encrypted, stored or deflated,
     and has one name: Info-ZIP follows a second one in an extra field (APPNOTE 4.6.9);
  3. it unpacks to no more than MAX_RATIO allows;
  4. there is one top folder (RFC 8493 section 4), whose name leads nowhere else, is no option of a
     command, and can be seen;
  5. every name below it is one that a package may hold (`layout`), and none comes twice;
  6. from its first byte to its directory the archive is made of exactly the members that the
     directory names, each with the same header twice, so that who reads from the front (streams,
     some unpackers) sees what who reads by the directory sees. Sizes behind the data (bit 3) are
     taken for deflated members only: those end by themselves;
  7. unpacking uses exactly the bytes that a member holds, and its CRC-32 matches.
Nothing is ever unpacked to the disk.
"""

import os
import re
import stat
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final

from provenance.errors import Malformed
from provenance.exports.layout import FOLDERS, is_package_name, printable
from provenance.intake.failures import Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.zip_directory import (
    LOCAL,
    ZipDirectory,
    ZipEntry,
    find_directory,
    has_second_name,
    read_entries,
    wide_values,
)
from provenance.intake.zips import unpack_entry

MAX_FILES: Final = 200_000  # entries come in pairs of files; the largest items have some thousands
MAX_RATIO: Final = 100  # bytes unpacked for each byte of the archive, beyond the allowance
ALLOWANCE: Final = 64 << 20  # bytes that any archive may unpack to
MAX_TOP: Final = 255  # bytes of the top folder's name: what file systems take
_LONGEST: Final = 96  # bytes of a name below the top folder, with its slash: the longest has 79

_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13  # APPNOTE 4.4.4
_BEHIND: Final = 1 << 3  # 4.4.4: sizes and CRC stand behind the data
_UTF8: Final = 1 << 11
_METHODS: Final = frozenset({0, 8})  # 4.4.5: stored, deflated
_ONES: Final = 0xFFFFFFFF
_LONGEST_BEHIND: Final = 24  # bytes of sizes behind a member
_UNNAMED: Final = "the archive holds bytes that its directory does not name"
_TWO_THINGS: Final = "the archive says two things of one file"
_TOP: Final = re.compile(r"(?!-)(?!\.{1,2}\Z)[^/\\:]*[^/\\:\s][^/\\:]*")


class Archive:
    """The files of a package in a zip archive (`opened.PackageFiles`)."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read the directory and every header; the members' bytes come later."""
        self._stream = stream
        self._length = stream.seek(0, os.SEEK_END)
        limits = Limits(members=2 * MAX_FILES, name=MAX_TOP + _LONGEST)
        self._limits = limits
        try:
            self._directory = find_directory(stream)
            if self._directory.count > limits.members:
                raise Malformed(f"an archive of more than {MAX_FILES} files")
            entries = list(read_entries(stream, self._directory, limits))
            self._members = _members(entries)
            self._require_room()
            _require_one_reading(stream, entries, self._directory)
        except Untaken as error:
            raise Malformed("the archive is damaged, or is none") from error

    def sizes(self) -> Mapping[str, int]:
        """Return name -> bytes of every file."""
        return {name: entry.unpacked for name, entry in self._members.items()}

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes.

        Raises:
            Malformed: they are not what the archive's headers say.
        """
        budget = Budget(limits=self._limits, size=self._length)
        try:
            yield from unpack_entry(self._stream, self._directory, self._members[name], budget)
        except Untaken as error:
            raise Malformed(f"{name} is damaged in the archive") from error

    def _require_room(self) -> None:
        unpacked = sum(entry.unpacked for entry in self._members.values())
        if unpacked > ALLOWANCE + MAX_RATIO * self._length:
            raise Malformed("the archive unpacks to far more than it should: not read")


def _members(entries: list[ZipEntry]) -> dict[str, ZipEntry]:
    members: dict[str, ZipEntry] = {}
    tops = {entry.name.partition(b"/")[0] for entry in entries}
    if len(tops) != 1:
        raise Malformed("an archive with more than one top folder, or none")
    for entry in entries:
        _require_plain(entry)
        name = entry.name.partition(b"/")[2].decode("latin-1")
        if name in FOLDERS and entry.name.endswith(b"/") and not entry.unpacked and not entry.held:
            continue
        if not is_package_name(name) or name in members:
            raise Malformed(f"no package holds this, or not twice: {printable(name)}")
        members[name] = entry
    _require_top(entries[0])
    return members


def _require_plain(entry: ZipEntry) -> None:
    mode = entry.attributes >> 16 if entry.made_by >> 8 == 3 else 0  # 4.4.2: 3 is Unix
    folder = entry.name.endswith(b"/")
    odd = stat.S_IFMT(mode) not in {0, stat.S_IFDIR if folder else stat.S_IFREG}
    if odd or entry.flags & _ENCRYPTED:
        raise Malformed("the archive holds something encrypted, or a link")
    if entry.method not in _METHODS:
        raise Malformed("the archive is compressed in a way that not every program knows")
    if entry.renamed:
        raise Malformed("the archive gives a file two names")


def _require_top(entry: ZipEntry) -> None:
    raw = entry.name.partition(b"/")[0]
    # Programs differ in which of the two they read a name in (4.4.4 bit 11): it is good in both.
    readings = [raw.decode("cp437")]
    try:
        readings.append(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        if entry.flags & _UTF8:
            raise Malformed("the archive's top folder has a name that is no text") from error
    good = all(top.isprintable() and _TOP.fullmatch(top) for top in readings)
    if len(raw) > MAX_TOP or not good:
        raise Malformed(f"a top folder with a name that can do harm: {printable(readings[-1])}")


def _require_one_reading(
    stream: BinaryIO, entries: Iterable[ZipEntry], directory: ZipDirectory
) -> None:
    """Check rule 6: members without gaps, each with one header."""
    ordered = sorted(entries, key=lambda each: each.offset)
    ends = [*(entry.offset for entry in ordered[1:]), directory.start]
    if ordered[0].offset != 0:
        raise Malformed(_UNNAMED)
    for entry, end in zip(ordered, ends, strict=True):
        behind = _start(stream, entry) + entry.held
        if not 0 <= end - behind <= _LONGEST_BEHIND:
            raise Malformed(_UNNAMED)
        stream.seek(behind)
        if stream.read(end - behind) not in _possibly_behind(entry):
            raise Malformed(_TWO_THINGS if entry.flags & _BEHIND else _UNNAMED)


def _start(stream: BinaryIO, entry: ZipEntry) -> int:
    """Return where a member's bytes begin; its local header must say what the directory says."""
    stream.seek(entry.offset)
    header = stream.read(LOCAL.size)
    if len(header) != LOCAL.size:
        raise Malformed(_TWO_THINGS)
    mark, _, flags, method, _, _, crc, held, unpacked, names, extras = LOCAL.unpack(header)
    name, extra = stream.read(names), stream.read(extras)
    wide = wide_values(extra)  # 4.5.3: first the size unpacked, then the size held
    sizes = [next(wide, size) if size == _ONES else size for size in (unpacked, held)]
    said, told = (crc, *sizes), (entry.crc, entry.unpacked, entry.held)
    # 4.4.4 bit 3: what was not known yet is 0; Info-ZIP knows one of the three beforehand.
    unsaid = entry.flags & _BEHIND and all(s in {0, t} for s, t in zip(said, told, strict=True))
    same = (mark, flags, method, name) == (b"PK\x03\x04", entry.flags, entry.method, entry.name)
    if not same or has_second_name(extra) or not (unsaid or said == told):
        raise Malformed(_TWO_THINGS)
    start: int = entry.offset + LOCAL.size + names + extras
    return start


def _possibly_behind(entry: ZipEntry) -> list[bytes]:
    """Return what may stand behind a member: nothing, or its sizes (4.3.9) in one of four forms."""
    if not entry.flags & _BEHIND:
        return [b""]
    if entry.method == 0 and entry.held:
        raise Malformed("the archive does not say where a file ends")
    forms = ["<I2Q"] if max(entry.held, entry.unpacked) >> 32 else ["<3I", "<I2Q"]
    sizes = [struct.pack(form, entry.crc, entry.held, entry.unpacked) for form in forms]
    return [*sizes, *(b"PK\x07\x08" + each for each in sizes)]
