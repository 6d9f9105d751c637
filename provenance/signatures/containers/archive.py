"""Open a zip package so strictly that all readers of it would see the same members.

Signed packages have been attacked by showing one archive to the checker and another to the reader:
two members of one name, headers that contradict the directory, a damaged archive that an office
program "repairs" (Rohlmann et al. 2023). Rules, in order; the first that fails refuses the archive:
  1. the end record and the directory are as `provenance.intake.zip_directory` demands, and there
     are no more members than the limit, unpacking to no more in all than the limit;
  2. no two members answer to one name, whichever way slashes, dots and percent signs are read;
  3. local headers repeat the directory: name, method, and sizes where they state them; and no
     header holds a second name that some programs prefer (APPNOTE 4.6.9);
  4. members do not overlap, and nothing that looks like a member lies between them.
A member that is encrypted, compressed in a rare way, or a bomb stands in the list and cannot be
read: a signature over it is not checkable, the others are. Claims bound the work; false claims are
found before more is done than they allowed.
"""

import hashlib
import io
import posixpath
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from provenance.intake.failures import Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.zip_directory import (
    LOCAL,
    ZipDirectory,
    ZipEntry,
    find_directory,
    read_entries,
)
from provenance.intake.zips import unpack_entry
from provenance.signatures.xmldsig.refusal import Refusal

MAX_MEMBERS: Final = 20_000  # of one package; a deck of a thousand slides has some 5,000 parts
MAX_TOTAL: Final = 2 << 30  # bytes unpacked, of all members together
LIMITS: Final = Limits(members=MAX_MEMBERS, all_members=MAX_MEMBERS, all_bytes=MAX_TOTAL)
_DESCRIBED: Final = 1 << 3  # APPNOTE 4.4.4 bit 3: sizes follow the member, in 12 to 24 bytes
_DESCRIPTORS: Final = frozenset({0, 12, 16, 20, 24})  # APPNOTE 4.3.9, with and without its mark
_LOCAL_MARK: Final = b"PK\x03\x04"
_LENGTHS: Final = struct.Struct("<3H")  # of name, extra fields and comment, APPNOTE 4.3.12
_FIELD: Final = struct.Struct("<2H")  # APPNOTE 4.5.1
_OTHER_NAME: Final = 0x7075
_UTF8: Final = 1 << 11  # APPNOTE 4.4.4 bit 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive that all readers see alike."""

    data: bytes
    directory: ZipDirectory
    members: Mapping[str, ZipEntry]
    """By name, in the order of the directory; folders are left out."""
    loose: int = 0
    """Bytes that belong to no member, no header and no directory."""
    _digests: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a member.

        Raises:
            Refusal: it cannot be unpacked.
        """
        budget = Budget(limits=LIMITS, size=len(self.data))
        entry = self.members[name]
        try:
            yield from unpack_entry(io.BytesIO(self.data), self.directory, entry, budget)
        except Untaken as fault:
            raise _refused(fault) from fault

    def read(self, name: str, *, most: int) -> bytes:
        """Return the bytes of a member.

        Raises:
            Refusal: it cannot be unpacked, or has more bytes than `most`.
        """
        if self.members[name].unpacked > most:
            raise Refusal("member-too-large", f"a file in it has more than {most} bytes")
        return b"".join(self.blocks(name))

    def digest(self, name: str, algorithm: str) -> bytes:
        """Return the digest of a member; each is computed once.

        Args:
            name: of the member.
            algorithm: hashlib's name.

        Raises:
            Refusal: the member cannot be unpacked.
        """
        known = self._digests.get((name, algorithm))
        if known is not None:
            return known
        counted = hashlib.new(algorithm, usedforsecurity=False)
        for block in self.blocks(name):
            counted.update(block)
        return self._digests.setdefault((name, algorithm), counted.digest())


def open_archive(data: bytes) -> Archive:
    """Open a package.

    Raises:
        Refusal: by the rules above.
    """
    stream = io.BytesIO(data)
    try:
        directory = find_directory(stream)
        entries = list(read_entries(stream, directory, LIMITS))
        if directory.count > MAX_MEMBERS:
            raise Refusal("zip-too-many-members", f"it has more than {MAX_MEMBERS} files")
        _require_modest(entries)
        _require_one_name(data, directory)
        loose = _require_orderly(stream, entries, directory.start)
    except Untaken as fault:
        raise _refused(fault) from fault
    named = [(_name(entry), entry) for entry in entries]
    _require_distinct([name for name, _ in named])
    members = {
        name: entry for name, entry in named if not (name.endswith("/") and not entry.unpacked)
    }
    return Archive(data=data, directory=directory, members=members, loose=loose)


def _refused(fault: Untaken) -> Refusal:
    return Refusal(fault.failure.value, f"the zip archive: {fault}")


def _name(entry: ZipEntry) -> str:
    try:
        return entry.name.decode("utf-8")
    except UnicodeDecodeError as error:
        if entry.flags & _UTF8:
            raise Refusal("zip-malformed", "a file name in it is not the text it claims") from error
        return entry.name.decode("cp437")


def _require_modest(entries: list[ZipEntry]) -> None:
    if sum(entry.unpacked for entry in entries) > MAX_TOTAL:
        raise Refusal("zip-too-large", f"it claims to unpack to more than {MAX_TOTAL} bytes")
    if any(len(entry.name) > LIMITS.name or not entry.name for entry in entries):
        raise Refusal("zip-malformed", "a file in it has no name, or one that is too long")


def _require_distinct(names: list[str]) -> None:
    seen = set[str]()
    for name in names:
        same = posixpath.normpath(unquote(name).replace("\\", "/")).lstrip("/")
        if same in seen or same.startswith("..") or "\x00" in same:
            raise Refusal("zip-ambiguous-name", "two files in it answer to one name")
        seen.add(same)


def _require_one_name(data: bytes, directory: ZipDirectory) -> None:
    """Look through the extra fields of the directory; its entries have been read already."""
    at, end = directory.start, directory.start + directory.size
    while at < end:
        names, extras, comments = _LENGTHS.unpack_from(data, at + 28)
        name_at = at + 46  # APPNOTE 4.3.12: the fixed part
        _require_no_other(
            data[name_at + names : name_at + names + extras], data[name_at : name_at + names]
        )
        at = name_at + names + extras + comments


def _require_no_other(extra: bytes, name: bytes) -> None:
    """Refuse an Info-ZIP Unicode Path field that says another name than the header."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = _FIELD.unpack_from(extra, at)
        if kind == _OTHER_NAME and extra[at + 9 : at + 4 + size] != name:  # version, CRC-32, name
            raise Refusal("zip-ambiguous-name", "a file in it has two names")
        at += 4 + size


def _require_orderly(stream: io.BytesIO, entries: list[ZipEntry], end: int) -> int:
    """Check that members follow each other up to the directory; returns the loose bytes."""
    free_from, loose, described = 0, 0, False
    for entry in sorted(entries, key=lambda one: one.offset):
        start = _start_of(stream, entry)
        if entry.offset < free_from or start + entry.held > end:
            raise Refusal("zip-overlap", "the bytes of two files in it overlap")
        loose += _loose_between(stream, free_from, entry.offset, described=described)
        free_from, described = start + entry.held, bool(entry.flags & _DESCRIBED)
    return loose + _loose_between(stream, free_from, end, described=described)


def _start_of(stream: io.BytesIO, entry: ZipEntry) -> int:
    """Return where a member's bytes begin, if its two headers say the same."""
    stream.seek(entry.offset)
    header = stream.read(LOCAL.size)
    if len(header) != LOCAL.size or not header.startswith(_LOCAL_MARK):
        raise Refusal("zip-malformed", "a file in it is not where the directory says")
    _, _, flags, method, _, _, crc, held, whole, names, extras = LOCAL.unpack(header)
    same = (flags, method, stream.read(names)) == (entry.flags, entry.method, entry.name)
    _require_no_other(stream.read(extras), entry.name)
    if not flags & _DESCRIBED:
        wide = held == whole == 0xFFFFFFFF  # the sizes stand in a zip64 field
        sizes = wide or (held, whole) == (entry.held, entry.unpacked)
        same = same and crc == entry.crc and sizes
    if not same:
        raise Refusal("zip-malformed", "the two headers of a file in it contradict each other")
    return entry.offset + LOCAL.size + int(names) + int(extras)


def _loose_between(stream: io.BytesIO, start: int, end: int, *, described: bool) -> int:
    stream.seek(start)
    between = stream.read(end - start)
    if _LOCAL_MARK in between:
        raise Refusal("zip-hidden-member", "between its files lies one that it does not list")
    return 0 if described and len(between) in _DESCRIPTORS else len(between)
