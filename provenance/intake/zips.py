"""Unpack zip archives, member by member, in the order of their bytes.

A zip is a container unless it is a document that happens to be zipped. It is a document if
  - its first member is `mimetype` or `[Content_Types].xml` (OpenDocument, EPUB, ASiC, OOXML), or
  - its directory names one of `DOCUMENT_MARKS`, or an ASiC signature file in META-INF.
A document is examined as a whole, because its signature covers the whole; its parts are no
exhibits.

Rules for a member, in order; the first that fails is its failure, the others go on:
  1. its name is not longer than the limit. Names are recorded as text: `../` or a leading `/` in
     one is kept as evidence and harms nobody, since no file of that name is ever made;
  2. it is not encrypted (APPNOTE 4.4.4 bits 0, 6, 13), and stored, deflated or bzip2. LZMA is
     refused: its header may demand a 4 GiB dictionary;
  3. its local header repeats its name, and it begins after the end of the member before it and ends
     before the directory: overlapping members are how small bombs grow large (Fifield 2019);
  4. what it claims to unpack to is within the ratio of what it holds;
  5. unpacking yields exactly the claimed size, uses exactly the claimed bytes, and the CRC-32
     matches.
So a claim bounds the work, and a false claim is found before more is done than it allowed.
Two members of one name are both taken; the second is also reported.
"""

import bz2
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from provenance.digests import BLOCK
from provenance.intake.failures import Failure, FailureCode, Place, Untaken
from provenance.intake.limits import Budget
from provenance.intake.members import Member, counted, slice_blocks
from provenance.intake.names import name_text
from provenance.intake.zip_directory import (
    LOCAL,
    ZipDirectory,
    ZipEntry,
    find_directory,
    read_entries,
)

DOCUMENT_MARKS: Final = frozenset(
    {
        b"[Content_Types].xml",  # OOXML, XPS (ECMA-376 part 2)
        b"META-INF/container.xml",  # EPUB (OCF 3)
        b"META-INF/manifest.xml",  # OpenDocument (part 2), ASiC
        b"META-INF/MANIFEST.MF",  # jar, signed Android packages
        b"AndroidManifest.xml",
        b"Index/Document.iwa",  # Pages, Numbers, Keynote
        b"Index.zip",
    }
)
_ASIC: Final = re.compile(  # ETSI EN 319 162-1 A.7
    rb"META-INF/[^/]*(?:signature|timestamp|evidencerecord)[^/]*\.\w+", re.IGNORECASE
)
_FIRST_MEMBER: Final = (b"mimetype", b"[Content_Types].xml")
_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13  # APPNOTE 4.4.4
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12  # APPNOTE 4.4.5


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    def feed(self, data: bytes, most: int) -> bytes: ...

    @property
    def hungry(self) -> bool: ...

    @property
    def left(self) -> int: ...


class _Inflate:
    """Deflate with a bound on each step's output."""

    def __init__(self) -> None:
        self._state = zlib.decompressobj(-zlib.MAX_WBITS)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._state.eof

    @property
    def hungry(self) -> bool:
        # A step that filled its bound may have left output behind although its input is used up.
        return not self._state.unconsumed_tail and not self._full

    @property
    def left(self) -> int:
        return len(self._state.unused_data)

    def feed(self, data: bytes, most: int) -> bytes:
        block = self._state.decompress(data or self._state.unconsumed_tail, most)
        self._full = len(block) == most
        return block


class _Bunzip:
    """Bzip2 with a bound on each step's output."""

    def __init__(self) -> None:
        self._state = bz2.BZ2Decompressor()

    @property
    def eof(self) -> bool:
        return self._state.eof

    @property
    def hungry(self) -> bool:
        return self._state.needs_input

    @property
    def left(self) -> int:
        return len(self._state.unused_data)

    def feed(self, data: bytes, most: int) -> bytes:
        return self._state.decompress(data, most)


def looks_zipped(head: bytes) -> bool:
    """Tell whether a file beginning with these bytes is a zip that may be a container."""
    if head.startswith(b"PK\x05\x06"):  # an archive without members
        return True
    if not head.startswith(b"PK\x03\x04") or len(head) < LOCAL.size:
        return False
    length = LOCAL.unpack_from(head)[9]
    return head[LOCAL.size : LOCAL.size + length] not in _FIRST_MEMBER


def zip_members(stream: BinaryIO, place: Place, budget: Budget) -> Iterator[Member | Failure]:
    """Yield the members of an archive in the order of their bytes; nothing if it is a document."""
    entries: list[ZipEntry] = []
    try:
        directory = find_directory(stream)
        entries.extend(read_entries(stream, directory, budget.limits))
    except Untaken as fault:
        yield Failure(code=fault.failure, place=place, taken=True)
        return
    if any(entry.name in DOCUMENT_MARKS or _ASIC.fullmatch(entry.name) for entry in entries):
        return
    yield from _members(stream, place, budget, directory, entries)
    if directory.count > budget.limits.members:
        yield Failure(code=FailureCode.TOO_MANY_MEMBERS, place=place, taken=True)


def unpack_entry(
    stream: BinaryIO, directory: ZipDirectory, entry: ZipEntry, budget: Budget
) -> Iterator[bytes]:
    """Yield the bytes of one member that is wanted by itself, under the rules above.

    The one rule it cannot hold alone is that members do not overlap; the budget bounds what
    overlapping ones may cost together.

    Raises:
        Untaken: the member breaks a rule, or the budget is used up.
    """
    _require_takable(entry, budget)
    start = _data_start(stream, entry, 0, directory.start)
    yield from counted(_unpacked(stream, entry, start), budget)


def _members(
    stream: BinaryIO,
    place: Place,
    budget: Budget,
    directory: ZipDirectory,
    entries: list[ZipEntry],
) -> Iterator[Member | Failure]:
    entries.sort(key=lambda entry: entry.offset)
    names, free_from = set[bytes](), 0
    for position, entry in enumerate(entries):
        if entry.name.endswith(b"/") and not entry.unpacked:
            continue  # a folder: it has no bytes of its own
        here = place.within(name_text(entry.name[: budget.limits.name]))
        try:
            _require_takable(entry, budget)
            start = _data_start(stream, entry, free_from, directory.start)
            budget.add_member()
        except Untaken as fault:
            yield Failure(code=fault.failure, place=here)
            continue
        free_from = start + entry.held
        yield Member(
            place=here,
            position=position,
            blocks=counted(_unpacked(stream, entry, start), budget),
        )
        if entry.name in names:
            yield Failure(code=FailureCode.DUPLICATE_NAME, place=here, taken=True)
        names.add(entry.name)


def _data_start(stream: BinaryIO, entry: ZipEntry, free_from: int, directory_start: int) -> int:
    """Return where a member's bytes begin, between the member before it and the directory."""
    if entry.offset < free_from:
        raise Untaken(FailureCode.ZIP_OVERLAP)
    stream.seek(entry.offset)
    header = stream.read(LOCAL.size)
    if len(header) != LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise Untaken(FailureCode.ZIP_MALFORMED)
    names, extras = LOCAL.unpack(header)[9:11]
    # Readers that trust the local name and readers that trust the directory must see one archive.
    if stream.read(names) != entry.name:
        raise Untaken(FailureCode.ZIP_MALFORMED)
    start: int = entry.offset + LOCAL.size + names + extras
    if start + entry.held > directory_start:
        raise Untaken(FailureCode.ZIP_OVERLAP)
    return start


def _require_takable(entry: ZipEntry, budget: Budget) -> None:
    if len(entry.name) > budget.limits.name:
        raise Untaken(FailureCode.NAME_TOO_LONG)
    if entry.flags & _ENCRYPTED:
        raise Untaken(FailureCode.ZIP_ENCRYPTED)
    if entry.method not in (_STORED, _DEFLATED, _BZIP2):
        raise Untaken(FailureCode.ZIP_COMPRESSION)
    budget.require_ratio(entry.unpacked, entry.held)


def _unpacked(stream: BinaryIO, entry: ZipEntry, start: int) -> Iterator[bytes]:
    crc, done = 0, 0
    held = slice_blocks(stream, start, start + entry.held)
    blocks = held if entry.method == _STORED else _decompressed(held, entry)
    for block in blocks:
        crc, done = zlib.crc32(block, crc), done + len(block)
        if done > entry.unpacked:
            raise Untaken(FailureCode.ZIP_SIZES)
        yield block
    if done != entry.unpacked:
        raise Untaken(FailureCode.ZIP_SIZES)
    if crc != entry.crc:
        raise Untaken(FailureCode.ZIP_CRC)


def _decompressed(held: Iterator[bytes], entry: ZipEntry) -> Iterator[bytes]:
    unpacker: _Unpacker = _Inflate() if entry.method == _DEFLATED else _Bunzip()
    for data in held:
        if unpacker.eof:
            raise Untaken(FailureCode.ZIP_SIZES)  # bytes hidden behind the stream's end
        yield _feed(unpacker, data)
        while not unpacker.hungry and not unpacker.eof:
            yield _feed(unpacker, b"")
    if not unpacker.eof or unpacker.left:
        raise Untaken(FailureCode.ZIP_SIZES)


def _feed(unpacker: _Unpacker, data: bytes) -> bytes:
    try:
        return unpacker.feed(data, BLOCK)
    except (zlib.error, OSError, ValueError, EOFError) as fault:  # bz2 reports bad data as OSError
        raise Untaken(FailureCode.ZIP_MALFORMED) from fault
